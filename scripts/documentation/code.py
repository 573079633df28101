"""Generates documentation from the code: the command line's help, settings, limits, tools, routes, clients, languages, the tree."""

import ast
import inspect
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import Any

import click

from indexers import languages
from memoryd import limits
from memoryd.config import Settings, read_settings
from memoryd.daemon import Projects
from memoryd.embed import EMBEDDERS
from memoryd.faces.access import Access
from memoryd.faces.cli import cli
from memoryd.faces.http import application
from memoryd.faces.http.problems import PROBLEMS
from memoryd.faces.install.clients import CLIENTS
from memoryd.faces.mcp.tools import RESOURCES, SERVER, TOOLS
from memoryd.notes.claim import EXAMPLES, ClaimKind
from memoryd.tokens import counter
from scripts.documentation.markdown import TOP, repository, table

WIDTH = 100
"""The width of help texts in columns."""
PACKAGES = ("indexers", "memoryd")
SETTINGS = {
    "MEMORYD_HOME": (
        "the platform's user data folder",
        "where indexes, the list of projects, your secret, tokens and the daemon's log live; indexes in it are derived and may be deleted",
    ),
    "MEMORYD_EMBEDDER": ("`{embedder}`", "which embedder: see [Embedders](#embedders); another one embeds again and parses nothing"),
    "MEMORYD_DAEMON": (
        "`ask`",
        "`ask`: commands that only read ask the daemon if one runs; `no`: they read the index themselves, as with `--no-daemon`",
    ),
    "MEMORYD_WORKERS": ("number of cores, at most 8", "parser processes"),
    "MEMORYD_HOOKS": (
        "all parts",
        "`off`: hooks do nothing; or the parts to leave out, by commas: `start`, `places`, `notes`, `working-set`, `outputs`, `rereads`",
    ),
    "MEMORYD_CACHE_MB": (
        "`512`",
        "how many megabytes the cache of facts may hold, which spares parsing what was parsed before in any checkout; `0`: there is none",
    ),
    "MEMORYD_REMOTE_KEY": ("none", "the private key that signs what `memoryd remote push` writes; see [Remotes](remotes.md)"),
    "MEMORYD_RANKING": ("`model`", "`model`: units are ranked by what was learnt from history; `formula`: by the formula of before"),
    "MEMORYD_SECRETS": (
        "`mask`",
        "`mask`: secret files are not indexed, secret values are masked; `show`: neither, in an index of its own. See [Secrets](#secrets)",
    ),
}
"""The default and the meaning of each environment variable."""
EMBEDDER_FORMS = {
    "static": "`static`, `static:FOLDER`",
    "sentence-transformers": "`sentence-transformers:MODEL`, where MODEL is a name or a folder",
    "hash": "`hash`",
}
HOLDS_WHEN = {
    ClaimKind.PATH: "there is such a file or folder",
    ClaimKind.SYMBOL: "the file defines it",
    ClaimKind.SIGNATURE: "its signature reads so, apart from white space",
    ClaimKind.CONSTANT: "its value is that: compared as a value in Python, elsewhere as text without comments and layout",
    ClaimKind.CALLS: "the graph has that call; a name without a path is one from outside, as the imports of the file say",
    ClaimKind.INHERITS: "the graph has that base class, directly",
    ClaimKind.IMPORTS: "the graph has that import; the target may also be `PATH#NAME`",
    ClaimKind.TEXT: "the file contains these words, on however many lines",
    ClaimKind.COMMAND: "that exit code was recorded last; memoryd runs no command",
}


class _Asked(dict[str, str]):
    """An empty environment that records which variables are read."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def get(self, name: str, default: Any = None) -> Any:
        self.names.append(name)
        return default


def overview() -> str:
    """Return what `memoryd --help` prints."""
    return _help(_context())


def commands() -> str:
    """Return the help of every command, each under a heading; a command with two names appears once."""
    return "\n".join(_sections(cli, _context()))


def _context() -> click.Context:
    return click.Context(cli, info_name="memoryd", **{**cli.context_settings, "terminal_width": WIDTH})


def _sections(group: click.Group, context: click.Context) -> Iterator[str]:
    second = {name: other for other, name in getattr(group, "also", {}).items()}
    for name in group.list_commands(context):
        command = group.commands[name]
        inner = click.Context(command, info_name=name, parent=context, terminal_width=WIDTH)
        also = f" (also `{second[name]}`)" if name in second else ""
        yield f"### `{inner.command_path}`{also}\n\n{_help(inner)}"
        if isinstance(command, click.Group):
            yield from _sections(command, inner)


def _help(context: click.Context) -> str:
    lines = "\n".join(line.rstrip() for line in context.get_help().strip().splitlines())
    return f"```text\n{lines}\n```\n"


def settings() -> str:
    """Return the table of environment variables that settings are read from. Fails on one that has no description here."""
    asked = _Asked()
    found = read_settings(asked)
    described = {name: SETTINGS[name] for name in dict.fromkeys(asked.names)}
    rows = [[f"`{name}`", default.format(embedder=found.embedder), what] for name, (default, what) in described.items()]
    return table(["variable", "default", "meaning"], rows)


def embedders() -> str:
    """Return the table of values that `MEMORYD_EMBEDDER` accepts, described by the docstring of each one's loader."""
    return table(["value", "embedder"], [[EMBEDDER_FORMS[name], _first_line(load.__doc__)] for name, load in EMBEDDERS.items()])


def limit_table() -> str:
    """Return the table of limits, described by the strings below the constants."""
    body = ast.parse(inspect.getsource(limits)).body
    rows = []
    for statement, after in zip(body, [*body[1:], None], strict=True):
        names = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        said = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        if names:
            spoken = ", ".join(name.lower().replace("_", " ") for name in names)
            rows.append([spoken, "; ".join(f"{getattr(limits, name):,}" for name in names), str(said)])
    return table(["limit", "value", "of what"], rows)


def tools() -> str:
    """Return the MCP tools and resources as agents see them."""
    took = sum(counter()(json.dumps(_sent(tool), separators=(",", ":"))) for tool in TOOLS)
    parts = [
        f"Together the definitions, with the names that Claude Code gives them, take {took} tokens (o200k) of at most"
        f" {limits.MOST_DEFINED}.\n"
    ]
    parts += [part for tool in TOOLS for part in _tool(tool)]
    rows = [[f"`{one['uri']}`", one["description"]] for one in RESOURCES]
    return "\n".join(parts) + f"\n{table(['resource', 'content'], rows)}"


def _sent(tool: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": f"mcp__{SERVER}__{tool['name']}", "description": tool["description"], "input_schema": tool["inputSchema"]}


def _tool(tool: Mapping[str, Any]) -> Iterator[str]:
    yield f"### `{tool['name']}`: {tool['title']}\n\n{tool['description']}\n"
    schema = tool["inputSchema"]
    required = schema.get("required", ())
    yield table(
        ["argument", "type", "needed", "meaning"],
        [
            [f"`{name}`", _type(one), "yes" if name in required else _default(one), one.get("description", "")]
            for name, one in schema["properties"].items()
        ],
    )


def _type(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    return f"list of {schema['items']['type']}s" if schema["type"] == "array" else str(schema["type"])


def _default(schema: Mapping[str, Any]) -> str:
    return f"no; default {schema['default']}" if "default" in schema else "no"


def routes() -> str:
    """Return the routes of the daemon, as its OpenAPI document describes them."""
    with tempfile.TemporaryDirectory() as home, closing(Projects(Settings(Path(home), embedder="hash"))) as projects:
        paths = application(projects, Access(Path(home))).openapi()["paths"]
    rows = [
        [f"`{method.upper()} {path}`", _sentence(operation)]
        for path, operations in paths.items()
        for method, operation in operations.items()
    ]
    return table(["route", "what it does"], rows)


def _sentence(operation: Mapping[str, Any]) -> str:
    return " ".join(operation.get("description", operation["summary"]).split("\n\n")[0].split())


def problems() -> str:
    """Return the table of problems that the daemon may answer with."""
    found = sorted(PROBLEMS.values(), key=lambda one: one.status)
    return table(["status", "problem", "meaning", "what to do"], [[str(one.status), f"`{one.name}`", one.title, one.next] for one in found])


def clients() -> str:
    """Return the table of clients that `memoryd install` knows, with the files it edits."""
    rows = [
        [f"`{name}`", client.title, _paths(client.project), _paths(client.user), client.scope, client.then]
        for name, client in CLIENTS.items()
    ]
    return table(["client", "program", "file of a project", "file of the user", "default scope", "then"], rows)


def _paths(paths: tuple[str, ...]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def claims() -> str:
    """Return the table of kinds of claims: an example of each, and when it holds. Fails on a kind that has no description here."""
    return table(["claim", "holds when"], [[f"`{EXAMPLES[kind]}`", HOLDS_WHEN[kind]] for kind in ClaimKind])


def language_table() -> str:
    """Return the table of languages, each with its grammar, if it needs one, and the file names by which its files are recognised."""
    rows = [
        [name, _listed(language.grammar), _listed(*(*language.extensions, *language.filenames)[:8])]
        for name, language in languages().items()
    ]
    return table(["language", "grammar", "files"], rows)


def _listed(*names: str) -> str:
    return ", ".join(f"`{name}`" for name in names if name)


def tree() -> str:
    """Return the folders of the source and the modules at their top, each with the first line of its docstring."""
    files = [name for name in repository(TOP) if name.endswith(".py") and name.startswith(tuple(f"{one}/" for one in PACKAGES))]
    doors = sorted(str(PurePosixPath(name).parent) for name in files if name.endswith("/__init__.py"))
    tops = [name for name in files if str(PurePosixPath(name).parent) in PACKAGES and not PurePosixPath(name).stem.startswith("__")]
    entries = {**{f"{door}/": f"{door}/__init__.py" for door in doors}, **{name: name for name in tops}}
    lines = []
    for shown, source in sorted(entries.items(), key=lambda entry: _order(entry[0])):
        path = PurePosixPath(shown)
        label = f"{path.name}/" if shown.endswith("/") else path.name
        lines.append(f"{'  ' * (len(path.parts) - 1)}- [`{label}`](../{shown.rstrip('/')}): {_docstring(source)}")
    return "\n".join(lines) + "\n"


def _order(shown: str) -> tuple[tuple[str, ...], ...]:
    """Return a key that sorts a folder before its contents, and within a folder its subfolders before its modules."""
    parts = PurePosixPath(shown).parts
    last = ("0" if shown.endswith("/") else "1") + parts[-1]
    return tuple((part,) for part in (*(f"0{part}" for part in parts[:-1]), last))


def _docstring(source: str) -> str:
    return _first_line(ast.get_docstring(ast.parse((TOP / source).read_text(encoding="utf-8"))))


def _first_line(docstring: str | None) -> str:
    return (docstring or "").partition("\n")[0]


PARTS: dict[str, Callable[[], str]] = {
    "help": overview,
    "commands": commands,
    "settings": settings,
    "embedders": embedders,
    "limits": limit_table,
    "tools": tools,
    "routes": routes,
    "problems": problems,
    "clients": clients,
    "claims": claims,
    "languages": language_table,
    "tree": tree,
}
