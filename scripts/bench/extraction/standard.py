"""Standard parsers as oracles: Python's `ast` for Python and Starlark, its `html.parser`, and the TypeScript compiler."""

import ast
import json
import subprocess
import warnings
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

from scripts.bench.extraction.definitions import FUNCTION, TYPE, VALUE, Definition, Told
from scripts.bench.extraction.subjects import Subject

COMPILER = Path(__file__).parent / "typescript.cjs"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def of_python(source: bytes) -> Told:
    """Return what Python's own parser tells of a file: nothing, if it cannot read it."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return Told(())
    found = list(_in_python(tree.body, "", at_top=True))
    calls = tuple((name, node.lineno) for node in ast.walk(tree) if isinstance(node, ast.Call) and (name := _called(node.func)))
    return Told(tuple(one for is_member, one in found if not is_member), tuple(one for is_member, one in found if is_member), calls)


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _in_python(body: list[ast.stmt], owner: str, *, at_top: bool = False, in_class: bool = False) -> Iterator[tuple[bool, Definition]]:
    for node in body:
        if isinstance(node, (ast.ClassDef, *FUNCTIONS)):
            doc = ast.get_docstring(node)
            is_class = isinstance(node, ast.ClassDef)
            kind = TYPE if is_class else FUNCTION
            yield False, Definition(node.name, node.lineno, node.end_lineno or 0, kind, owner, _first_words(doc))
            yield from _in_python(node.body, node.name, in_class=is_class)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and (at_top or in_class):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    yield in_class, Definition(target.id, node.lineno, node.end_lineno or 0, VALUE, owner)
        else:
            for inner in ("body", "orelse", "finalbody"):
                yield from _in_python(getattr(node, inner, None) or [], owner, at_top=at_top, in_class=in_class)
            for handler in getattr(node, "handlers", ()):
                yield from _in_python(handler.body, owner, at_top=at_top, in_class=in_class)


def _first_words(doc: str | None) -> str:
    return " ".join((doc or "").split()[:3])


def of_starlark(source: bytes) -> Told:
    """Return what Python's parser tells of the top of a file of Starlark, which is written as Python is."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return Told(())
    found = []
    for node in body:
        if isinstance(node, ast.FunctionDef):
            found.append(Definition(node.name, node.lineno, node.end_lineno or 0, FUNCTION, "", _first_words(ast.get_docstring(node))))
        elif isinstance(node, ast.Assign):
            names = (target.id for target in node.targets if isinstance(target, ast.Name))
            found += [Definition(name, node.lineno, node.end_lineno or 0, VALUE, "") for name in names]
    return Told(tuple(found))


def of_html(source: bytes) -> Told:
    """Return the ids in a page."""
    found: list[Definition] = []

    class Ids(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(Definition(value, self.getpos()[0]) for key, value in attrs if key == "id" and value)

    Ids().feed(source.decode("utf-8", "replace"))
    return Told(tuple(found))


def of_typescript(subject: Subject, sources: Mapping[str, bytes]) -> dict[str, Told]:
    """Return what the TypeScript compiler tells of each file; the package `typescript` must be where Node looks for it."""
    files = [{"path": f"file.{subject.parser}", "text": source.decode("utf-8", "replace")} for source in sources.values()]
    answer = subprocess.run(["node", str(COMPILER)], input=json.dumps(files).encode(), check=True, capture_output=True).stdout
    return {
        path: Told(
            tuple(Definition(*one) for one in found["definitions"]),
            tuple(Definition(*one) for one in found["members"]),
            tuple((name, line) for name, line in found["calls"]),
            tuple(Definition(*one) for one in found["also"]),
        )
        for path, found in zip(sources, json.loads(answer), strict=True)
    }
