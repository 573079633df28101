"""What a file tells a framework to call: routes, listeners of events, fixtures of tests, dependencies.

A framework is one file `frameworks/<name>.scm`: a TOML header in comments, and queries for the grammars of its languages. It is asked
of a file only if the file imports the framework, or says what only its users say: a name alone is no evidence.

Captures a query may use, beside a kind (`@route`, `@listener`, `@fixture`, `@dependency`, `@mount`) on the node of the registration:

- `@handler`, the name of a definition in this file that is registered where it stands; or `@to`, the name of what is registered, with
  `@receiver`, what stands before it; or `@action`, a text that names a member of a class: `users#show`, `UserController@index`;
  or `@operation`, a name that each language spells in its way.
- `@path` and `@method` of a route (`@methods` where a list names several), `@event` of a listener, `@given`, the name of a fixture.
- `@prefix` stands before the paths of the routes that are registered `@on` a variable, or `@within` a node.
- A `@mount` puts `@path` before the routes of another file, of what is named `@to`: a variable, or a module. In one file it is a `@prefix`.
  A match without a path counts where no other match of its node has one.
- `@default` on a `@prefix` says that any other prefix replaces it; in a label `//` stands after one.
- `@resources` names what Rails derives seven routes from.
"""

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import tree_sitter

FOLDER = Path(__file__).parent / "frameworks"
ROUTE, LISTENER, FIXTURE, DEPENDENCY, MOUNT = "route", "listener", "fixture", "dependency", "mount"
KINDS = (ROUTE, LISTENER, FIXTURE, DEPENDENCY, MOUNT)
"""The kinds of registrations. One without a name registers the definition that it stands in; `alias` is its label."""
SAYING = ("path", "event", "method")
"""The captures whose line is that of a registration, the first of them that there is."""
PLACED = "<path>"
"""Stands in a label for the path of a route that the place of its file tells."""
LONGEST = 160
"""The most characters of a path, an event or a name in a label."""
MOST = 5_000
"""The most registrations of one file."""
MOST_PREFIXES = 100
"""The most places of a file that say where paths begin."""
WORD = re.compile(r"[A-Za-z]+")
MADE = re.compile(
    rb"^[ \t]*+(?:(?:const|let|var)[ \t]++)?+(\w{1,40})[ \t]*+(?::[^=\n]{0,80})?=[ \t]*+(?:\w{1,40}\.)?+(\w{1,40})\(", re.MULTILINE
)
"""A variable, and the name of what is called to make its value."""
NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
"""A word of a name, however its words are joined."""
ANCHORS = ("/", "^", "*", "<path>")
"""What paths begin with as they are; to others a slash is added, so that they read alike."""
SLASHES = re.compile(r"/{2,}")
USE = "USE"
"""The method of what Express calls for a path, whatever the method of a request; for all paths, if it names none."""
REPLACEABLE = "//"
"""Ends the prefix of a path that a mount replaces."""
STRING = re.compile(r"^[rRbBuUfF]{0,2}(\"\"\"|'''|\"|'|`)(.*?)(?:\1)$", re.DOTALL)
ACTION = re.compile(r"(?<![\w\\/])([\w\\/]+)[#@](\w+[?!]?)")
RESOURCES = (
    ("index", "GET", ""), ("show", "GET", "/:id"), ("new", "GET", "/new"), ("edit", "GET", "/:id/edit"),
    ("create", "POST", ""), ("update", "PATCH", "/:id"), ("destroy", "DELETE", "/:id"),
)  # fmt: skip
"""The actions of a resource of Rails, each with its method and its path."""

Captures = dict[str, "list[tree_sitter.Node]"]


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework: who uses it imports one of `imports` and says one of `words`, or says one of `texts`, or begins with one of `openings`.

    A word that begins with a letter is the beginning of a name: `path(` is not said by `full_path(`.
    `method` is that of a route that names none; `placed` says that the place of a file tells the path of its routes. `depth` is how
    deep in a file registrations begin, 0 for anywhere. `makers` make what routes are registered on: of two frameworks that a file
    imports, and that register alike, the one is meant that made the variable.
    """

    title: str
    languages: tuple[str, ...]
    query: str
    imports: tuple[str, ...] = ()
    words: tuple[bytes, ...] = (b"",)
    texts: tuple[bytes, ...] = ()
    openings: tuple[bytes, ...] = ()
    method: str = ""
    placed: bool = False
    depth: int = 0
    makers: tuple[str, ...] = ()

    def is_used(self, source: bytes, modules: Collection[str]) -> bool:
        """Tell whether a file that imports some modules is to be asked."""
        if any(text in source for text in self.texts) or source.startswith(self.openings):
            return True
        imports = any(module.startswith(self.imports) and self._imports(module) for module in modules)
        return imports and any(_says(source, word) for word in self.words)

    def _imports(self, module: str) -> bool:
        return any(module.startswith(name) and not module[len(name) : len(name) + 1].isalnum() for name in self.imports)


def _says(source: bytes, word: bytes) -> bool:
    at = source.find(word)
    while at > 0 and word[:1].isalpha() and (source[at - 1 : at].isalnum() or source[at - 1 : at] == b"_"):
        at = source.find(word, at + 1)
    return at >= 0


class Registered(NamedTuple):
    """A registration, and where it stands: the byte whose scope it is of, and the byte of its line."""

    start: int
    line: int
    kind: str
    name: str
    qualifier: str
    label: str


@cache
def frameworks(language: str) -> tuple[Framework, ...]:
    """Return the frameworks of a language, in the order of their names."""
    known = (_read(path) for path in sorted(FOLDER.glob("*.scm")))
    return tuple(framework for framework in known if language in framework.languages)


@cache
def _read(path: Path) -> Framework:
    text = path.read_text(encoding="utf-8")
    header = tomllib.loads("\n".join(re.findall(r"^; ?(\w+ = .*)$", text, re.MULTILINE)))
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in header.items()}
    values.update((key, tuple(map(str.encode, values[key]))) for key in ("words", "texts") if key in values)
    # A file may begin with what else begins a line.
    openings = tuple(one.lstrip(b"\n") for one in values.get("texts", ()))
    return Framework(query=text, openings=openings, **values)


@cache
def _compiled(framework: Framework, grammar: "tree_sitter.Language") -> "tree_sitter.Query":
    import tree_sitter

    return tree_sitter.Query(grammar, framework.query)


def registrations(language: str, tree: "tree_sitter.Tree", source: bytes, modules: Collection[str]) -> list[Registered]:
    """Return what a file registers with the frameworks that it uses, in the order of the source."""
    used = [framework for framework in frameworks(language) if framework.is_used(source, modules)]
    found: dict[Registered, None] = {}
    makers = _makers(source) if len(used) > 1 else {}
    for framework in used:
        others = {maker for other in used if other is not framework for maker in other.makers}
        for one, on in _of_framework(_compiled(framework, tree.language), framework, tree.root_node):
            if makers.get(on) not in others:
                found[one] = None
    return sorted(found)[:MOST]


def _makers(source: bytes) -> dict[str, str]:
    """Return the names of what is called to make the values of variables, by variable; of several the first."""
    return {variable.decode(): maker.decode() for variable, maker in reversed(MADE.findall(source))}


def _of_framework(query: "tree_sitter.Query", framework: Framework, root: "tree_sitter.Node") -> Iterator[tuple[Registered, str]]:
    """Yield what is registered, each with the text of what it is registered on, if that is told."""
    import tree_sitter

    cursor = tree_sitter.QueryCursor(query)
    if framework.depth:
        cursor.set_max_start_depth(framework.depth)
    matches = [captures for _, captures in cursor.matches(root)]
    prefixes = [captures for captures in matches if "prefix" in captures][:MOST_PREFIXES]
    below = {captures[MOUNT][0].start_byte for captures in matches if MOUNT in captures and "path" in captures}
    for captures in matches[:MOST]:
        kind = next((kind for kind in KINDS if kind in captures), "")
        if kind and not (kind == MOUNT and "path" not in captures and captures[MOUNT][0].start_byte in below):
            prefix, on = _prefix(captures, captures[kind][0].start_byte, prefixes), _text(captures["on"][0]) if "on" in captures else ""
            yield from ((one, on) for one in _registered(kind, captures, framework, prefix))


def _registered(kind: str, captures: Captures, framework: Framework, prefix: str) -> Iterator[Registered]:
    start = captures[kind][0].start_byte
    line = next(captures[name][0].start_byte for name in (*SAYING, kind) if name in captures)
    label = f"{_said(kind, captures, framework, prefix)} ({framework.title})".lstrip()
    if "resources" in captures:
        yield from _resources(start, _string(captures, "resources").lstrip(":"), framework)
    elif "handler" in captures:
        yield Registered(captures["handler"][0].start_byte, line, kind, "", _string(captures, "given"), label)
    elif "action" in captures:
        for owner, name in ACTION.findall(_string(captures, "action")):
            yield Registered(start, line, kind, name, _controller(owner), label)
    elif "operation" in captures:
        for name in spellings(_string(captures, "operation")):
            yield Registered(start, captures["operation"][0].start_byte, kind, name, "", label)
    else:
        yield Registered(start, line, kind, _string(captures, "to"), _string(captures, "receiver"), label)


def _said(kind: str, captures: Captures, framework: Framework, prefix: str) -> str:
    if kind == MOUNT:
        return _below(prefix, f"/{_string(captures, 'path')}")
    if kind != ROUTE:
        return _string(captures, "event") or _string(captures, "given")
    methods = [_text(node) for name in ("method", "methods") for node in captures.get(name, ())]
    bare = (text.removeprefix("Map").removeprefix("Http").removesuffix("Mapping") for text in methods)
    words = [word.upper() for text in bare for word in WORD.findall(text)]
    path = PLACED if framework.placed else _string(captures, "path")
    whole = _below(prefix, path)
    if not whole.startswith(ANCHORS) and (whole or "path" in captures or words == [USE]):
        whole = f"/{whole}"
    return f"{','.join(dict.fromkeys(words)) or framework.method} {whole}".strip()


def _prefix(captures: Captures, start: int, prefixes: list[Captures]) -> str:
    """Return what stands before the path of a route: what is said of the variable that it is registered on, or of what is around it.

    One that a mount replaces ends in `REPLACEABLE`.
    """
    found = [
        one
        for one in prefixes
        if ("within" in one and one["within"][0].start_byte <= start < one["within"][0].end_byte)
        or ("on" in one and "on" in captures and one["on"][0].text == captures["on"][0].text)
    ]
    kept = [one for one in found if "default" not in one]
    whole = SLASHES.sub("/", "/".join(_string(one, "prefix") for one in kept or found))
    return f"{whole.rstrip('/')}{REPLACEABLE}" if found and not kept else whole


def _below(prefix: str, path: str) -> str:
    """Return a path below a prefix, with single slashes but for those after a prefix that is replaced."""
    own = SLASHES.sub("/", path)
    if prefix.endswith(REPLACEABLE):
        return f"{prefix}{own}"
    return SLASHES.sub("/", f"{prefix}/{own}") if prefix and own else prefix or own


def _resources(start: int, name: str, framework: Framework) -> Iterator[Registered]:
    for action, method, path in RESOURCES:
        yield Registered(start, start, ROUTE, action, _controller(name), f"{method} /{name}{path} ({framework.title})")


def spellings(operation: str) -> tuple[str, ...]:
    """Return the names that the function of an operation may have: `shop.list-orders` → list_orders, listOrders, ListOrders."""
    name = re.split(r"[./#]", operation[:LONGEST])[-1]
    words = NAME_PART.findall(name)
    if not words:
        return ()
    snake = "_".join(word.lower() for word in words)
    pascal = "".join(f"{word[0].upper()}{word[1:]}" for word in words)
    as_it_is = (name,) if re.fullmatch(r"\w+", name) else ()
    return tuple(dict.fromkeys((*as_it_is, snake, f"{words[0].lower()}{pascal[len(words[0]) :]}", pascal)))


def _controller(owner: str) -> str:
    """Return the class that an action names: `admin/users` is Admin::UsersController, a class stands for itself."""
    if owner[:1].isupper() or "\\" in owner:
        return owner
    parts = ["".join(word.capitalize() for word in part.split("_")) for part in owner.split("/")]
    return "::".join(parts) + "Controller"


def _string(captures: Captures, name: str) -> str:
    """Return the text of a capture in one line, without quotes."""
    if name not in captures:
        return ""
    text = _text(captures[name][0])
    quoted = STRING.match(text)
    return " ".join((quoted[2] if quoted else text).split())[:LONGEST]


def _text(node: "tree_sitter.Node") -> str:
    return (node.text or b"")[: 4 * LONGEST].decode("utf-8", "replace")
