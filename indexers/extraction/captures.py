"""Extracts nested definitions and references from a parse tree with a tags query. Works from captures alone and knows no language.

Captures a query may use:

- `@definition.<kind>` on the node of a definition, with `@name` in it; `@owner` names the type it belongs to where the
  tree does not nest it (a Go receiver, a Rust `impl`), in one piece or outer before inner; `@body` is where the signature
  ends (else the field `body`, else the first line); `@doc` is documentation inside the definition, or on the line below it,
  where the definition then ends. Two patterns may match one definition: one name node is one symbol, its span the largest
  match, its kind that of the earliest pattern. Where there is no body, the signature ends after `@head`. Definitions that
  share a node (`int a, b;`) are siblings. Variables, constants, type aliases and prototypes inside a function are local and dropped.
- `@reference.<kind>` (call, import, inherit, type) with `@name`, `@qualifier`, and for imports `@module` and `@alias`. Several
  `@module` nodes are the pieces of one path, joined by the separator after the first. `@owner` names the type that the
  reference belongs to where the tree does not nest it there (`impl Trait for Owner`).
- `@reference.part`, with `@name` and `@alias`, is one name in the list of an import whose module follows the list. `@import`
  on the whole statement, with `@module`, gives that module in another match: a single pattern for both takes time cubic in the
  length of the list.
- `@binding.<kind>` tells what a name holds: `variable` and `attribute` (of the type around it) with `@name`, `returns` without. `@type` is
  its declared type, `@value` what it is given, `@literal` a value that is no definition's. A variable of a function is dropped if nothing
  is called on it.
- `@member` is a field or a case of the type around it, with `@name`: and no symbol, so that types do not drown in what they hold. What
  another pattern defines by the same name node is no member. `@doc` may stand below it.
- `@default` is the name of a definition whose node no `@name` names, of several the one of the earliest pattern; its `@doc` is that of the
  node, whatever names it.
- `@reference.value` is a name that is given as a value, and counts if it is that of a function or a type; an attribute that is given one
  itself, as `@reference.assigned` says, is no method.
- `@reference.receiver` is a name of which a member is taken, and a `type` reference if it may be that of a type.
- `@local` declares a local variable, with `@name`, which hides what has that name outside: in all of the innermost `@scope` around it,
  or, if the node is larger than the name, in what follows the node. What is declared right in a `@scope.type` is a member, and hides
  nothing; a `@scope.inner` is less than a function that has a name.
- `@reference.token` is a call among tokens that no grammar orders; what it is made on is told by the text before it.
- `@reference.words` is a `type` reference to each of the words of `@name`: the classes of an element. `@reference.pointer` is one to the
  last part of a path.
- `@doc.file` is the documentation of the file.
- `@comment` and `@attribute` mark nodes above a definition, as the header's `comments` and `attributes` do; only comments
  document the definition.
- `@ignore` marks a name that is no reference. The name of a definition never is one.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import itemgetter

import tree_sitter

from indexers.bindings import DECLARED, LITERAL, condensed, declared
from indexers.extraction.documentation import DOC_CHARACTERS, clean_doc
from indexers.extraction.found import EXPRESSION, Found, Local, Names, Scope
from indexers.extraction.hiding import hidden, with_receivers_as_types
from indexers.language import Language, compiled

NAME_CHARACTERS = 200
TEXT_BYTES = 4 * DOC_CHARACTERS
"""The most bytes of a node that are read."""
ROLES = frozenset(("reference", "binding", "definition", "member", "comment", "attribute", "import", "ignore", "local", "scope"))
"""The captures, or their beginnings, that give a match its role."""
NAMES_BACKWARDS = re.compile(r"(?:\s{0,8}+(?:\.|::)\s{0,8}+\w*[^\W\d])+(?![\w$])")
"""Names with the points or colons after them, read from their end: a search for their beginning would take quadratic time."""
RECEIVER = re.compile(r"(?:[\w$@.:>\\-]*\w(?:\(\))?)?")
DOTTED = re.compile(r"\w[\w.]*\.\w+")
VARIABLES = frozenset({"variable", "constant"})
QUOTES = "\"'`<>"
HAS_WORD = re.compile(r"\w")
Captures = dict[str, list[tree_sitter.Node]]
"""The nodes of a match, by the names of their captures."""
HeldMember = tuple[int, int, str]
"""A captured member of a type: where its name begins, where it ends, its name."""


@dataclass(slots=True)
class Definition:
    """A captured definition: its byte range, the node that holds its body, where body and head stand (-1 where they do not)."""

    kind: str
    pattern: int
    name: str
    start: int
    end: int
    inner: tree_sitter.Node
    body: int
    head: int
    owner: str
    doc: str
    is_default: bool


Captured = tuple[list[Definition], list[Found], list[Found], list[HeldMember], list[tree_sitter.Node], dict[int, int], str]
"""Definitions, references, what names hold, members of types, comments, attributes by their starts, and the documentation of the file."""


def together(found: Iterable[Captured]) -> Captured:
    """Join what was captured in the layers of a source."""
    definitions, references, bindings, members, comments, attributes, docs = zip(*found, strict=True)
    held: dict[int, int] = {}
    for one in attributes:
        held.update(one)
    return (
        list(chain.from_iterable(definitions)), list(chain.from_iterable(references)), list(chain.from_iterable(bindings)),
        list(chain.from_iterable(members)), list(chain.from_iterable(comments)), held, next(filter(None, docs), ""),
    )  # fmt: skip


def captured(language: Language, root: tree_sitter.Node, source: bytes, written: bytes) -> Captured:
    """Return what the tags query of a language captures below a node of the tree of `source`, the bytes that were parsed.

    What is defined or held is named as in `written`, the bytes that those were made of.
    """
    definitions: dict[int, Definition] = {}
    references: list[Found] = []
    bindings: list[Found] = []
    members: list[HeldMember] = []
    ignored: set[int] = set()
    modules: list[tuple[int, int, str]] = []
    comments: list[tree_sitter.Node] = []
    attributes: dict[int, int] = {}
    variables: list[Local] = []
    scopes: list[Scope] = []
    doc = ""
    roles: dict[int, tuple[str, str, str]] = {}
    for pattern, captures in tree_sitter.QueryCursor(compiled(language.name)[1]).matches(root):
        if (role := roles.get(pattern)) is None:
            role = roles[pattern] = _role(captures)
        if (nodes := captures.get(role[0])) is None:  # one of several alternatives in the pattern
            role = _role(captures)
            if not role[0]:
                continue
            nodes = captures[role[0]]
        _, family, kind = role
        node = nodes[0]
        if family == "reference":
            references.append(_reference(kind, node, captures, source))
        elif family == "local":
            name = captures["name"][0]
            variables.append(Local(_text(name, source), name.start_byte, 0 if node.id == name.id else node.end_byte))
        elif family == "scope":
            scopes.append(Scope(node.start_byte, node.end_byte, kind))
        elif family == "binding":
            if (held := _binding(kind, captures, source, written)) is not None:
                bindings.append(held)
        elif family == "definition":
            _define(definitions, pattern, kind, captures, written)
        elif family == "member":
            end = captures["doc"][0].end_byte if "doc" in captures else node.end_byte
            members.append((captures["name"][0].start_byte, end, _unquoted(_text(captures["name"][0], written))))
        elif family in ("comment", "attribute"):
            comments.append(node)
            if family == "attribute":
                attributes[node.start_byte] = node.end_byte
        elif family == "import":
            modules.append((node.start_byte, node.end_byte, _unquoted(_joined(captures["module"], source))))
        elif family == "ignore":
            ignored.add(node.start_byte)
        elif family == "doc":
            doc = doc or clean_doc(_text(node, source))
    definitions = _without_defaults(definitions)
    references = [found for found in _of_modules(references, modules, source) if found[0] not in definitions and found[0] not in ignored]
    defined = {start: definition.name for start, definition in definitions.items() if definition.kind not in VARIABLES}
    variables = [local for local in variables if local.start not in defined]
    references, bindings = hidden(references, bindings, Names(language.family, variables, scopes, list(defined.items())))
    references = with_receivers_as_types(references, {definition.name for definition in definitions.values()}, language.family)
    members = [found for found in members if found[0] not in definitions]
    return list(definitions.values()), references, bindings, members, comments, attributes, doc


def _role(captures: Captures) -> tuple[str, str, str]:
    """Return the capture that gives a match its role, and the two parts of its name; empty texts if there is none."""
    for capture in captures:
        family, _, kind = capture.partition(".")
        if family in ROLES or capture == "doc.file":
            return capture, family, kind
    return "", "", ""


def _reference(kind: str, node: tree_sitter.Node, captures: Captures, source: bytes) -> Found:
    # Most matches are references, and most of those calls: what a capture costs to ask for is asked once.
    text, before = "", ""
    if (named := captures.get("name")) is not None:
        node = named[0]
        text = _text(node, source)
    if (qualifier := captures.get("module" if kind == "import" else "qualifier")) is not None:
        before = _text(qualifier[0], source) if len(qualifier) == 1 else _joined(qualifier, source)
    if kind == "import":
        before, text = _unquoted(before), _unquoted(text)
    else:
        if not (before := before.rstrip(".")) and kind != "call" and DOTTED.fullmatch(text):
            before, _, text = text.rpartition(".")
        before = receiver(before) if before else ""
    alias = captures.get("alias")
    owner = _owner(captures, source) if "owner" in captures else ""
    return node.start_byte, kind, text, before, _text(alias[0], source) if alias else "", owner


def _binding(kind: str, captures: Captures, source: bytes, written: bytes) -> Found | None:
    """Return what a name holds, as a reference whose qualifier is the chain: by its declared type where there is one."""
    if (nodes := captures.get("type")) is not None:
        chain, how = declared(_text(nodes[0], source)), DECLARED
    elif (nodes := captures.get("value")) is not None:
        chain, how = condensed(_text(nodes[0], source)), ""
    elif (nodes := captures.get("literal")) is not None:
        chain, how = LITERAL, LITERAL
    if not nodes or not chain:
        return None
    named = captures.get("name")
    return nodes[0].start_byte, kind, _text(named[0], written) if named else "", chain[:NAME_CHARACTERS], how, ""


@lru_cache(maxsize=50_000)
def receiver(text: str) -> str:
    """Return what a call is made on: a name or chain of names, or after `?` a chain with calls in it, or `?` alone."""
    return _unquoted(text) if RECEIVER.fullmatch(text) else EXPRESSION + condensed(text)[: NAME_CHARACTERS - 1]


def _receiver_before(source: bytes, name: int) -> str:
    """Return what a call is made on, by the tokens before its name: names in a row, "" for none, `?` for anything else."""
    head = source[max(0, name - NAME_CHARACTERS) : name].decode("utf-8", "replace")
    found = NAMES_BACKWARDS.match(head[::-1])
    if found is None:
        return EXPRESSION if head.rstrip().endswith((".", "::")) and not head.rstrip().endswith("..") else ""
    names, before = found[0][::-1], head[: len(head) - found.end()].rstrip()
    return EXPRESSION if before.endswith((".", ":", ")", "]")) else "".join(names.split())[:-1].rstrip(":")


def _of_modules(references: list[Found], modules: list[tuple[int, int, str]], source: bytes) -> Iterator[Found]:
    """Yield the references: each `part` as an import from the module of the import around it, dropped if in none; `words` one by one.

    Each `token` is a call.
    """
    modules.sort()
    for found in references:
        if found[1] == "words":
            yield from ((found[0], "type", _unquoted(word), *found[3:]) for word in found[2].split())
            continue
        if found[1] == "token":
            end = found[0] + len(found[2].encode())
            if source[end : end + 1] in (b"(", b"!"):
                yield (found[0], "call", found[2], _receiver_before(source, found[0]), *found[4:])
            continue
        if found[1] == "pointer":
            yield (found[0], "type", _unquoted(found[2]).rpartition("/")[2], *found[3:])
            continue
        if found[1] != "part":
            yield found
            continue
        start, end, module = modules[max(0, bisect_right(modules, found[0], key=itemgetter(0)) - 1)] if modules else (0, 0, "")
        if start <= found[0] < end:
            yield (found[0], "import", found[2], module, *found[4:])


def _joined(parts: list[tree_sitter.Node], source: bytes) -> str:
    """Join the pieces of a path, `std` and `io` in `use std::{io::Read}`, by the separator after the first piece."""
    if len(parts) == 1:
        return _text(parts[0], source)
    mark = parts[0].next_sibling
    return (_text(mark, source) if mark else ".").join(_text(part, source) for part in parts)


def _owner(captures: Captures, source: bytes) -> str:
    owner = captures.get("owner")
    return _unquoted("::".join(_text(part, source) for part in owner)) if owner else ""


def _define(definitions: dict[int, Definition], pattern: int, kind: str, captures: Captures, source: bytes) -> None:
    node = captures[f"definition.{kind}"][0]
    named = captures.get("name") or captures.get("default")
    if not named:
        return
    name, owner, below = named[0], _owner(captures, source), captures.get("doc")
    if below and below[0].start_byte >= node.end_byte and below[0].start_point[0] > node.end_point[0] + 1:
        return  # below a blank line it documents something else
    doc, end = (clean_doc(_text(below[0], source)), max(node.end_byte, below[0].end_byte)) if below else ("", node.end_byte)
    body = captures.get("body")
    stop = body[0] if body else node.child_by_field_name("body")
    head = captures["head"][0].end_byte if "head" in captures else -1
    found = definitions.get(name.start_byte)
    if found is None:
        definitions[name.start_byte] = Definition(
            kind, pattern, _unquoted(_text(name, source)), node.start_byte, end, node, stop.start_byte if stop else -1, head, owner, doc,
            "name" not in captures,
        )  # fmt: skip
        return
    if pattern < found.pattern:
        found.kind, found.pattern = kind, pattern
    if stop is not None and (found.body < 0 or node.start_byte > found.inner.start_byte):
        found.inner, found.body = node, stop.start_byte
    found.head = max(found.head, head)
    found.start, found.end = min(found.start, node.start_byte), max(found.end, end)
    found.owner = found.owner or owner
    found.doc = found.doc or doc


def _without_defaults(definitions: dict[int, Definition]) -> dict[int, Definition]:
    """Drop each definition with a default name whose node has another, and give that one its documentation."""
    if not any(definition.is_default for definition in definitions.values()):
        return definitions
    chosen: dict[tuple[int, int], Definition] = {}
    kept: dict[int, Definition] = {}
    for name, one in sorted(definitions.items(), key=lambda item: (item[1].is_default, item[1].pattern)):
        held = chosen.setdefault((one.inner.start_byte, one.inner.end_byte), one)
        if held is one or not one.is_default:
            kept[name] = one
        held.doc = held.doc or one.doc
    return kept


def _text(node: tree_sitter.Node, source: bytes) -> str:
    # Cut from the source: to ask a node for its text takes five times as long.
    return source[node.start_byte : node.end_byte][:TEXT_BYTES].decode("utf-8", "replace")


@lru_cache(maxsize=20_000)
def _unquoted(text: str) -> str:
    text = " ".join(text.split())[: 2 * NAME_CHARACTERS]
    if text[:1] in QUOTES and HAS_WORD.search(text):
        text = text.strip(QUOTES)
    return (text.lstrip(":") or text)[:NAME_CHARACTERS]
