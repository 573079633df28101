"""Renders the OpenAPI document as one HTML page that needs no script and no other host."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from memoryd.faces.http.problems import PROBLEMS

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The page's Content-Security-Policy: it may load nothing."""

STYLE = """
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}
code,pre{font:14px/1.45 ui-monospace,monospace}pre{overflow:auto;padding:.8rem;border:1px solid #8886;border-radius:6px}
h2{margin-top:2.5rem;border-top:1px solid #8886;padding-top:1.2rem}h2 b{font:600 14px ui-monospace,monospace;color:#06c}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8884}
nav a{display:inline-block;margin-right:1rem}
"""


def render_docs(document: Mapping[str, Any]) -> str:
    """Return the documentation page as HTML."""
    return "".join(_page(document))


def _page(document: Mapping[str, Any]) -> Iterator[str]:
    info = document["info"]
    operations = [(path, method, said) for path, methods in document["paths"].items() for method, said in methods.items()]
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>memoryd {escape(info["version"])}</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
    yield f"<h1>memoryd {escape(info['version'])}</h1>"
    yield from (f"<p>{_prose(part)}</p>" for part in info["description"].split("\n\n"))
    yield '<p>For programs: <a href="/openapi.json">/openapi.json</a>.</p><nav>'
    yield from (f'<a href="#{said["operationId"]}"><code>{method.upper()} {escape(path)}</code></a>' for path, method, said in operations)
    yield '<a href="#problems">Problems</a></nav>'
    for path, method, said in operations:
        yield from _operation(document, path, method, said)
    yield from _problems()
    yield "</html>\n"


def _operation(document: Mapping[str, Any], path: str, method: str, said: Mapping[str, Any]) -> Iterator[str]:
    yield f'<h2 id="{said["operationId"]}"><b>{method.upper()}</b> <code>{escape(path)}</code></h2>'
    yield from (f"<p>{_prose(part)}</p>" for part in said.get("description", said["summary"]).split("\n\n"))
    for parameter in said.get("parameters", ()):
        yield f"<p>Parameter <code>{escape(parameter['name'])}</code>: {_prose(_about(parameter['schema']))}</p>"
    asked = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if asked:
        schema = _resolved(document, asked)
        yield from _fields(schema)
        for example in schema.get("examples", ())[:1]:
            yield f"<pre>{escape(_curl(path, method, example))}</pre>"
    for status, answer in said["responses"].items():
        schema = _resolved(document, answer.get("content", {}).get("application/json", {}).get("schema", {}))
        for example in schema.get("examples", ())[:1]:
            yield f"<p>Answers {status}: {_prose(schema.get('description', ''))}</p><pre>{escape(_pretty(example))}</pre>"


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    yield "<table><tr><th>field<th>what it is"
    for name, one in schema["properties"].items():
        needed = "" if name in schema.get("required", ()) else f" Default: {json.dumps(one.get('default'))}."
        yield f"<tr><td><code>{escape(name)}</code><td>{_prose(_about(one))}{escape(needed)}"
    yield "</table>"


def _about(schema: Mapping[str, Any]) -> str:
    # A schema without a type refers to an object that another schema describes.
    kinds = (one.get("type", "object") for one in schema.get("anyOf", schema.get("oneOf", [schema])))
    kind = " or ".join(dict.fromkeys(kind for kind in kinds if kind != "null"))
    bounds = [
        f"{word} {schema[key]:,}"
        for key, word in (("minimum", "at least"), ("maximum", "at most"), ("maxLength", "at most"), ("maxItems", "at most"))
        if key in schema
    ]
    return f"{kind}{', ' if bounds else ''}{', '.join(bounds)}. {schema.get('description', '')}".strip()


def _problems() -> Iterator[str]:
    yield '<h2 id="problems">Problems</h2><table><tr><th>status<th>type<th>what it means<th>what to do'
    for kind in PROBLEMS.values():
        cells = (str(kind.status), f"<code>{kind.name}</code>", escape(kind.title), _prose(kind.next))
        yield f'<tr id="{kind.name}">' + "".join(f"<td>{cell}" for cell in cells)
    yield "</table>"


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = document["components"]["schemas"][name] if name else schema
    return found


def _curl(path: str, method: str, example: Any) -> str:
    # Not in an argument of curl's: every user of a machine can list those.
    header = '-H @<(echo "Authorization: Bearer $(memoryd token local)")'
    sent = f"-H 'Content-Type: application/json' -d '{json.dumps(example)}'"
    return f"curl -X {method.upper()} http://127.0.0.1:$PORT{path} {header} {sent}"


def _pretty(example: Any) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)


def _prose(text: str) -> str:
    """Escape a text for HTML; text between back-ticks becomes code."""
    return "".join(f"<code>{escape(part)}</code>" if odd % 2 else escape(part) for odd, part in enumerate(text.split("`")))
