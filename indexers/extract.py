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
- `@reference.token` is a call among tokens that no grammar orders; what it is made on is told by the text before it.
- `@reference.words` is a `type` reference to each of the words of `@name`: the classes of an element. `@reference.pointer` is one to the
  last part of a path.
- `@doc.file` is the documentation of the file.
- `@comment` and `@attribute` mark nodes above a definition, as the header's `comments` and `attributes` do; only comments
  document the definition.
- `@ignore` marks a name that is no reference. The name of a definition never is one.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from operator import itemgetter
from typing import NamedTuple

import tree_sitter

from indexers.bindings import DECLARED, LITERAL, condensed, declared, plain
from indexers.joining import joined
from indexers.language import Language, compiled, mends
from indexers.mending import layers, mended, parsed
from indexers.model import FileFacts, Member, Reference, Span, Symbol
from indexers.registrations import KINDS as REGISTERED
from indexers.registrations import Registered, registrations
from indexers.text import Lines, cut_blocks, gaps

SIGNATURE_CHARACTERS = 300
DOC_CHARACTERS = 1_200
NAME_CHARACTERS = 200
TEXT_BYTES = 4 * DOC_CHARACTERS
"""The most bytes of a node that are read."""
ROLES = frozenset(("reference", "binding", "definition", "member", "comment", "attribute", "import", "ignore"))
"""The captures, or their beginnings, that give a match its role."""
TYPES = frozenset({"class", "interface", "struct", "enum", "trait", "impl", "type", "object", "protocol", "extension"})
FUNCTIONS = frozenset({"function", "prototype", "method", "constructor", "destructor"})
LOCALS = frozenset({"variable", "constant", "type", "prototype"})
NOT_UTF8 = re.compile("[\udc80-\udcff]")
CLAUSES = frozenset({"function", "method", "macro"})
COMMENT_MARKS = re.compile(
    r"^[ \t]*(?:/\*+!?|\(\*+(?!\))|\*+[/)]|\*(?![/)])|//[/!]*|--\[=*\[|(?:--)?\]=*\](?=[ \t]*$)"
    r"|=(?:begin|end|cut|head\d|item|over|back|pod)\b|--+(?: ?[|^](?=\s))?|<!--|-->|<#|#>|#+[!':]?|;+|%+|!+[<>!]?(?=\s|$)"
    r"|\{-(?: ?[|^])?|-\}|\"\"\"|''')?[ \t]?"
    r"|(?:(?<![ \t])[ \t]++)?(?:(?<!\*)\*++[/)]|-\}|-->|#>)[ \t]*+$",
    re.MULTILINE,
)
NAMES_BEFORE = re.compile(r"(?<![\w$])(?:[^\W\d]\w*\s{0,8}(?:\.|::)\s{0,8})+$")
RECEIVER = re.compile(r"(?:[\w$@.:>\\-]*\w(?:\(\))?)?")
DOTTED = re.compile(r"\w[\w.]*\.\w+")
NEEDING = frozenset({"call", "attribute", "returns", *REGISTERED})
"""The kinds of references for which it matters what the variable before them holds."""
EXPRESSION = "?"
"""The qualifier of a call on something that has no name, such as `"".join`; before a chain such as `f().g`, of `f(x).g`."""
XML_DOC = re.compile(r"<(?:summary|inheritdoc|remarks|param|returns)\b")
XML_PARAMETER = re.compile(r"""<(?:param|typeparam|exception)\s+\w+=["'](?:\w:)?([^"']*)["']\s*>""")
XML_TAG = re.compile(r"""</?[a-z]+(?:\s+(?:cref|name|langword|href|type)=["'](?:\w:)?([^"']*)["'])?\s*/?>""")
QUOTES = "\"'`<>"
ENDIF = re.compile(rb"#[ \t]*endif\b")
INK = re.compile(rb"\S")
HAS_WORD = re.compile(r"\w")
NO_BLANK = re.compile(r"\S+")
REPETITION = re.compile(r"(?<!~)~++(?=\d)")
DESTRUCTOR = re.compile(r"~\w")
PRAGMA = re.compile(
    r"\A/\S*bin/.*|^(?:-\*-.*|(?:frozen_string_literal|encoding|coding|warn_indent|typed): .*|vim?:.*|eslint.*)$", re.MULTILINE
)
"""Lines of an opening comment that address a program: the shebang, an encoding, the settings of an editor or linter."""

NOTICE = re.compile(r"copyright|licen[sc]e|SPDX|\A!", re.IGNORECASE)
DOC_BLOCK = re.compile(rb"=(?:head|item|over|pod|begin)|/\*\*(?!.*@(?:callback|file|module|typedef))", re.DOTALL)
STRING_MARKS = re.compile(r"""^[A-Za-z]{0,2}(\"\"\"|'''|\"|'|`)|(\"\"\"|'''|\"|'|`)$""")


_Found = tuple[int, str, str, str, str, str]
"""A captured reference: byte offset, kind, name, qualifier, alias, owner."""
_Member = tuple[int, int, str]
"""A captured member of a type: where its name begins, where it ends, its name."""


@dataclass(slots=True)
class _Definition:
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


_Captured = tuple[list[_Definition], list[_Found], list[_Found], list[_Member], list[tree_sitter.Node], dict[int, int], str]
"""Definitions, references, what names hold, members of types, comments, attributes by their starts, and the documentation of the file."""


def extract(language: Language, source: bytes, lines: Lines) -> FileFacts:
    """Return the facts of one source file."""
    parser, query = compiled(language.name)
    text = _utf8(source)
    tree, read, shown = parsed(parser, text, mends(language.name), language.branches)
    has_errors = tree.root_node.has_error
    if language.nested and len(texts := layers(text, language.nested)) > 1:
        trees = [parsed(parser, one, mends(language.name), language.branches).tree for one in texts]
        read, has_errors = mended(text, mends(language.name)), any(one.root_node.has_error for one in trees)
        captured = _together(_captures(query, one.root_node, read) for one in trees)
    else:
        captured = _captures(query, tree.root_node, read)
    definitions, references, bindings, members, comments, attributes, doc = captured
    if read != source:
        _begin_at_blanked(definitions, source, read, lines)
        references = [_as_written(found, source, read) for found in references]
    runs = _comment_runs(source, lines, comments, attributes)
    apart = {id(definition) for definition in definitions if definition.doc}
    definitions = _documented(definitions, runs, source, lines)
    _end_heads_at_comments(definitions, comments)
    if language.trimmed:
        for definition in definitions:
            definition.name = definition.name.rstrip(language.trimmed)
    above = {node.start_byte: node.end_byte for node in comments}
    if language.clauses:
        definitions = _joined_clauses(definitions, apart, source, above)
    remarks = sorted((start, end) for start, end in above.items() if start not in attributes)
    alone, scopes = _nest(definitions, above, remarks, source if shown is text else shown, lines)
    symbols = joined(source, lines, alone, above)
    modules = {found[3] for found in references if found[1] == "import"}
    registered = _registered(registrations(language.name, tree, source, modules), scopes, lines)
    return FileFacts(
        language=language.name,
        symbols=symbols,
        own_spans=tuple(symbol.span for symbol in alone),
        references=_needed((*_scoped(references + bindings, scopes, lines), *registered), symbols),
        blocks=cut_blocks(source, lines, gaps(source, symbols), language.name),
        doc=doc or _opening_comment(runs, source, alone),
        has_errors=has_errors,
        members=tuple(_members(members, alone, scopes, lines)),
    )


def _utf8(source: bytes) -> bytes:
    """Return `source` with each byte that is not UTF-8 replaced by `_`: the predicates of a query raise on such bytes."""
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        return NOT_UTF8.sub("_", source.decode("utf-8", "surrogateescape")).encode("utf-8")
    return source


def _together(found: Iterable[_Captured]) -> _Captured:
    """Join what was captured in the layers of a source."""
    definitions, references, bindings, members, comments, attributes, docs = zip(*found, strict=True)
    held: dict[int, int] = {}
    for one in attributes:
        held.update(one)
    return (
        list(chain.from_iterable(definitions)), list(chain.from_iterable(references)), list(chain.from_iterable(bindings)),
        list(chain.from_iterable(members)), list(chain.from_iterable(comments)), held, next(filter(None, docs), ""),
    )  # fmt: skip


def _captures(query: tree_sitter.Query, root: tree_sitter.Node, source: bytes) -> _Captured:
    definitions: dict[int, _Definition] = {}
    references: list[_Found] = []
    bindings: list[_Found] = []
    members: list[_Member] = []
    ignored: set[int] = set()
    modules: list[tuple[int, int, str]] = []
    comments: list[tree_sitter.Node] = []
    attributes: dict[int, int] = {}
    doc = ""
    roles: dict[int, tuple[str, str, str]] = {}
    for pattern, captures in tree_sitter.QueryCursor(query).matches(root):
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
            references.append(_reference(kind, node, captures))
        elif family == "binding":
            if (held := _binding(kind, captures)) is not None:
                bindings.append(held)
        elif family == "definition":
            _define(definitions, pattern, kind, node, captures)
        elif family == "member":
            end = captures["doc"][0].end_byte if "doc" in captures else node.end_byte
            members.append((captures["name"][0].start_byte, end, _unquoted(_text(captures["name"][0]))))
        elif family in ("comment", "attribute"):
            comments.append(node)
            if family == "attribute":
                attributes[node.start_byte] = node.end_byte
        elif family == "import":
            modules.append((node.start_byte, node.end_byte, _unquoted(_joined(captures["module"]))))
        elif family == "ignore":
            ignored.add(node.start_byte)
        elif family == "doc":
            doc = doc or clean_doc(_text(node))
    definitions = _without_defaults(definitions)
    references = [found for found in _of_modules(references, modules, source) if found[0] not in definitions and found[0] not in ignored]
    members = [found for found in members if found[0] not in definitions]
    return list(definitions.values()), references, bindings, members, comments, attributes, doc


def _role(captures: dict[str, list[tree_sitter.Node]]) -> tuple[str, str, str]:
    """Return the capture that gives a match its role, and the two parts of its name; empty texts if there is none."""
    for capture in captures:
        family, _, kind = capture.partition(".")
        if family in ROLES or capture == "doc.file":
            return capture, family, kind
    return "", "", ""


def _reference(kind: str, node: tree_sitter.Node, captures: dict[str, list[tree_sitter.Node]]) -> _Found:
    # Most matches are references, and most of those calls: what a capture costs to ask for is asked once.
    text, before = "", ""
    if (named := captures.get("name")) is not None:
        node = named[0]
        text = _text(node)
    if (qualifier := captures.get("module" if kind == "import" else "qualifier")) is not None:
        before = _joined(qualifier)
    if kind == "import":
        before, text = _unquoted(before), _unquoted(text)
    else:
        before = before.rstrip(".")
        if not before and kind != "call" and DOTTED.fullmatch(text):
            before, _, text = text.rpartition(".")
        before = _receiver(before) if before else ""
    alias = captures.get("alias")
    return node.start_byte, kind, text, before, _text(alias[0]) if alias else "", _owner(captures)


def _binding(kind: str, captures: dict[str, list[tree_sitter.Node]]) -> _Found | None:
    """Return what a name holds, as a reference whose qualifier is the chain: by its declared type where there is one."""
    if (nodes := captures.get("type")) is not None:
        chain, how = declared(_text(nodes[0])), DECLARED
    elif (nodes := captures.get("value")) is not None:
        chain, how = condensed(_text(nodes[0])), ""
    elif (nodes := captures.get("literal")) is not None:
        chain, how = LITERAL, LITERAL
    if not nodes or not chain:
        return None
    named = captures.get("name")
    return nodes[0].start_byte, kind, _text(named[0]) if named else "", chain[:NAME_CHARACTERS], how, ""


def _needed(references: tuple[Reference, ...], symbols: tuple[Symbol, ...]) -> tuple[Reference, ...]:
    """Return references without what the variables of functions hold, where no chain begins with the variable."""
    functions = {symbol.qualname for symbol in symbols if symbol.kind in FUNCTIONS}
    needed = {_first_name(found.qualifier) for found in references if found.kind in NEEDING and found.qualifier}
    for _ in range(2):
        needed.update(_first_name(found.qualifier) for found in references if found.kind == "variable" and found.name in needed)
    return tuple(found for found in references if found.kind != "variable" or found.name in needed or found.scope not in functions)


@lru_cache(maxsize=50_000)
def _first_name(chain: str) -> str:
    return plain(chain.lstrip(EXPRESSION)).partition(".")[0].removesuffix("()")


@lru_cache(maxsize=50_000)
def _receiver(text: str) -> str:
    """Return what a call is made on: a name or chain of names, or after `?` a chain with calls in it, or `?` alone."""
    return _unquoted(text) if RECEIVER.fullmatch(text) else EXPRESSION + condensed(text)[: NAME_CHARACTERS - 1]


def _receiver_before(source: bytes, name: int) -> str:
    """Return what a call is made on, by the tokens before its name: names in a row, "" for none, `?` for anything else."""
    head = source[max(0, name - NAME_CHARACTERS) : name].decode("utf-8", "replace")
    names = NAMES_BEFORE.search(head)
    if names is None:
        return EXPRESSION if head.rstrip().endswith((".", "::")) and not head.rstrip().endswith("..") else ""
    return EXPRESSION if head[: names.start()].rstrip().endswith((".", ":", ")", "]")) else "".join(names[0].split())[:-1].rstrip(":")


def _of_modules(references: list[_Found], modules: list[tuple[int, int, str]], source: bytes) -> Iterator[_Found]:
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


def _joined(parts: list[tree_sitter.Node]) -> str:
    """Join the pieces of a path, `std` and `io` in `use std::{io::Read}`, by the separator after the first piece."""
    if len(parts) == 1:
        return _text(parts[0])
    mark = parts[0].next_sibling
    return (_text(mark) if mark else ".").join(map(_text, parts))


def _owner(captures: dict[str, list[tree_sitter.Node]]) -> str:
    owner = captures.get("owner")
    return _unquoted("::".join(map(_text, owner))) if owner else ""


def _define(
    definitions: dict[int, _Definition], pattern: int, kind: str, node: tree_sitter.Node, captures: dict[str, list[tree_sitter.Node]]
) -> None:
    named = captures.get("name") or captures.get("default")
    if not named:
        return
    name, owner, below = named[0], _owner(captures), captures.get("doc")
    if below and below[0].start_byte >= node.end_byte and below[0].start_point[0] > node.end_point[0] + 1:
        return  # below a blank line it documents something else
    doc, end = (clean_doc(_text(below[0])), max(node.end_byte, below[0].end_byte)) if below else ("", node.end_byte)
    body = captures.get("body")
    stop = body[0] if body else node.child_by_field_name("body")
    head = captures["head"][0].end_byte if "head" in captures else -1
    found = definitions.get(name.start_byte)
    if found is None:
        definitions[name.start_byte] = _Definition(
            kind, pattern, _unquoted(_text(name)), node.start_byte, end, node, stop.start_byte if stop else -1, head, owner, doc,
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


def _without_defaults(definitions: dict[int, _Definition]) -> dict[int, _Definition]:
    """Drop each definition with a default name whose node has another, and give that one its documentation."""
    if not any(definition.is_default for definition in definitions.values()):
        return definitions
    chosen: dict[tuple[int, int], _Definition] = {}
    kept: dict[int, _Definition] = {}
    for name, one in sorted(definitions.items(), key=lambda item: (item[1].is_default, item[1].pattern)):
        held = chosen.setdefault((one.inner.start_byte, one.inner.end_byte), one)
        if held is one or not one.is_default:
            kept[name] = one
        held.doc = held.doc or one.doc
    return kept


def _text(node: tree_sitter.Node) -> str:
    text = node.text
    return text[:TEXT_BYTES].decode("utf-8", "replace") if text else ""


@lru_cache(maxsize=20_000)
def _unquoted(text: str) -> str:
    text = " ".join(text.split())[: 2 * NAME_CHARACTERS]
    if text[:1] in QUOTES and HAS_WORD.search(text):
        text = text.strip(QUOTES)
    return (text.lstrip(":") or text)[:NAME_CHARACTERS]


def clean_doc(text: str) -> str:
    """Return documentation without quotes, or comment marks, and indentation: in a string, what looks like a mark is text."""
    text = text.strip()
    # A comment may end in a quote, too.
    text = STRING_MARKS.sub("", text) if STRING_MARKS.match(text) else COMMENT_MARKS.sub("", text)
    if XML_DOC.search(text):
        text = XML_TAG.sub(r"\1", XML_PARAMETER.sub(r"\1: ", text))
    return "\n".join(line.strip() for line in text.splitlines()).strip()[:DOC_CHARACTERS]


class _Run(NamedTuple):
    """Comments and attributes on adjacent lines; `comments` are the byte ranges of the comments alone."""

    span: Span
    comments: list[tuple[int, int]]


def _comment_runs(source: bytes, lines: Lines, comments: list[tree_sitter.Node], attributes: dict[int, int]) -> dict[int, _Run]:
    """Return the runs of comments and attributes that stand alone on adjacent lines, by the last line of each run."""
    runs: dict[int, _Run] = {}
    ends = {node.start_byte: node.end_byte for node in comments}
    for node in sorted(comments, key=lambda node: node.start_byte):
        start = node.start_byte
        text = source[start : node.end_byte]
        span = lines.span(start, max(start + 1, start + len(text.rstrip())))
        if source[lines.start_of(span.first_line) : start].strip() or not _ends_line(span.end, ends, source, lines):
            continue
        if start in attributes:  # the comment above stays: the definition may begin with this attribute
            above = runs.get(span.first_line - 1)
            run = _Run(above.span, list(above.comments)) if above else _Run(span, [])
        else:
            run = runs.pop(span.first_line - 1) if span.first_line - 1 in runs else _Run(span, [])
            run.comments.append((span.start, span.end))
        runs[span.last_line] = run._replace(span=Span(run.span.start, span.end, run.span.first_line, span.last_line))
    return runs


def _ends_line(end: int, ends: dict[int, int], source: bytes, lines: Lines) -> bool:
    """Tell whether only comments and attributes follow the offset `end` on its line; `ends` maps their starts to their ends."""
    stop = lines.start_of(lines.line_of(end - 1) + 1)
    while rest := source[end:stop].lstrip():
        following = ends.get(stop - len(rest))
        if following is None or following <= end:
            return False
        end = following
    return True


def _opening_comment(runs: dict[int, _Run], source: bytes, symbols: tuple[Symbol, ...]) -> str:
    """Return the comment that a file opens with; if it holds only pragmas or a licence, the next one that documents no symbol."""
    documented = {symbol.span.start for symbol in symbols}
    above = 0
    for run in sorted(runs.values()):
        if (run.span.first_line > 3 and source[above : run.span.start].strip()) or (above and run.span.start in documented):
            return ""
        doc = PRAGMA.sub("", _comment_doc(source, run)).strip()
        if doc and not NOTICE.search(doc):
            return doc
        above = run.span.end
    return ""


def _documented(definitions: list[_Definition], runs: dict[int, _Run], source: bytes, lines: Lines) -> list[_Definition]:
    """Extend each definition by the run of comments directly above it, which documents it unless it documents itself."""
    claimed = {lines.line_of(definition.start) - 1 for definition in definitions}
    taken: list[tuple[int, int]] = []
    for definition in definitions:
        above_body = lines.line_of(definition.body) - 1 if definition.body > 0 else 0
        opening = runs.get(above_body)
        if opening and opening.comments and opening.span.start > definition.start:
            definition.body = opening.span.start
            if above_body not in claimed:
                definition.doc = definition.doc or _comment_doc(source, opening)
        first = lines.line_of(definition.start)
        run = runs.get(first - 1) or _over_blank_line(runs, first, source, lines)
        if run is None or source[lines.start_of(first) : definition.start].strip():
            continue
        taken.append((run.span.start, definition.start))
        definition.start = run.span.start
        definition.doc = definition.doc or _comment_doc(source, run)
    return _trimmed(definitions, taken)


def _over_blank_line(runs: dict[int, _Run], first: int, source: bytes, lines: Lines) -> _Run | None:
    """Return the `/** … */` or `=pod` one blank line above its definition, as in older JavaScript and in Perl.

    A comment that opens the file is not taken.
    """
    run = runs.get(first - 2)
    if run is None or run.span.first_line <= 3 or not DOC_BLOCK.match(source, run.span.start, run.span.end):
        return None
    return None if source[lines.start_of(first - 1) : lines.start_of(first)].strip() else run


def _begin_at_blanked(definitions: list[_Definition], source: bytes, read: bytes, lines: Lines) -> None:
    """Let each definition begin with what was blanked before it, such as a macro: on its line, and alone on the lines right above."""
    for definition in definitions:
        line = lines.line_of(definition.start)
        if read[lines.start_of(line) : definition.start].strip():
            continue
        while line > 1 and not read[(above := lines.start_of(line - 1)) : lines.start_of(line)].strip():
            what = source[above : lines.start_of(line)].strip()
            if not what or ENDIF.match(what):
                break
            line -= 1
        start = lines.start_of(line)
        definition.start = start + len(source[start : definition.start]) - len(source[start : definition.start].lstrip())


def _as_written(found: _Found, source: bytes, read: bytes) -> _Found:
    """Return a reference with its name as the source has it, where another name was read in its place."""
    start, kind, name, qualifier, alias, owner = found
    end = start + len(name.encode())
    if source[start:end] == read[start:end]:
        return found
    return start, kind, source[start:end].decode("utf-8", "replace"), qualifier, alias, owner


def _trimmed(definitions: list[_Definition], taken: list[tuple[int, int]]) -> list[_Definition]:
    """End each definition before the comments of the next one: some grammars make those part of the definition above."""
    by_end = sorted(definitions, key=lambda definition: definition.end)
    ends = [definition.end for definition in by_end]
    for start, stop in taken:
        for definition in by_end[bisect_right(ends, start) : bisect_right(ends, stop)]:
            definition.end = start if definition.start < start else definition.end
    return definitions


def _end_heads_at_comments(definitions: list[_Definition], comments: list[tree_sitter.Node]) -> None:
    """Let a signature end where a comment stands between head and body, as in `def f(): # why`."""
    comments = sorted(comments, key=lambda node: node.start_byte)
    starts = [node.start_byte for node in comments]
    for definition in definitions:
        if definition.body < 0:
            continue
        for node in comments[bisect_right(starts, definition.inner.start_byte) : bisect_left(starts, definition.body)]:
            if node.parent == definition.inner:
                definition.body = node.start_byte
                break


def _joined_clauses(definitions: list[_Definition], apart: set[int], source: bytes, comments: Mapping[int, int]) -> list[_Definition]:
    """Merge adjacent clauses of one function into one definition; a clause in `apart` has its own documentation and begins a new one.

    A comment behind a clause, on its last line, is part of it, as `-- ^ what comes back` is in Haskell.
    """
    joined: list[_Definition] = []
    latest: dict[tuple[str, str, str], _Definition] = {}
    for definition in sorted(definitions, key=lambda found: (found.start, -found.end)):
        key = (definition.kind, definition.owner, definition.name)
        first = latest.get(key)
        joins = definition.kind in CLAUSES and id(definition) not in apart
        if first and joins and first.end <= definition.start and _is_adjacent(first.end, definition, source, comments):
            first.end = definition.end
            continue
        latest[key] = definition
        joined.append(definition)
    return joined


def _is_adjacent(end: int, definition: _Definition, source: bytes, comments: Mapping[int, int]) -> bool:
    """Tell whether nothing, or a comment that begins on the same line, stands between the offset `end` and a definition."""
    if not source[end : definition.start].strip():
        return True
    start = definition.inner.start_byte
    found = INK.search(source, end, start)
    if found and b"\n" in source[end : found.start()]:
        return False
    while found:
        if found.start() not in comments:
            return False
        found = INK.search(source, comments[found.start()], start)
    return True


def _comment_doc(source: bytes, run: _Run) -> str:
    text = b"\n".join(source[start:end] for start, end in run.comments)
    return clean_doc(text[: 4 * DOC_CHARACTERS].decode("utf-8", "replace"))


def _nest(
    definitions: list[_Definition], above: dict[int, int], remarks: list[tuple[int, int]], source: bytes, lines: Lines
) -> tuple[tuple[Symbol, ...], list[tuple[int, int, str]]]:
    """Return the symbols in the order of the source, and their ranges with qualnames, outer before inner.

    `above` are the ends of comments and attributes by their starts: a signature begins after them. `remarks` are the comments alone: it
    holds none.
    """
    symbols: list[Symbol] = []
    scopes: list[tuple[int, int, str]] = []
    counts: dict[str, int] = {}
    around: list[tuple[_Definition, str]] = []
    for definition in sorted(definitions, key=lambda found: (found.start, -found.end, found.inner.start_byte)):
        while around and (definition.start >= around[-1][0].end or _same_span(definition, around[-1][0])):
            around.pop()
        outer = around[-1] if around and definition.end <= around[-1][0].end else None
        if definition.kind in LOCALS and outer and outer[0].kind in FUNCTIONS:
            continue
        name = _named(definition)
        prefix = [outer[1]] if outer else []
        if definition.owner and not (outer and outer[0].kind in TYPES):
            prefix.append(definition.owner.replace("::", ".").replace("~", ""))
        qualname = ".".join([*prefix, name])
        counts[qualname] = counts.get(qualname, 0) + 1
        if counts[qualname] > 1:
            qualname = f"{qualname}~{counts[qualname]}"
        end = definition.start + len(source[definition.start : definition.end].rstrip())
        span = lines.span(definition.start, max(definition.start + 1, end))
        signature = _signature(definition, above, remarks, source, lines)
        symbols.append(Symbol(qualname, _kind(definition, outer), signature, definition.doc, span))
        scopes.append((span.start, span.end, qualname))
        around.append((definition, qualname))
    return tuple(symbols), scopes


def _named(definition: _Definition) -> str:
    """Return the name of a definition without what would read as a repetition, `~2`: an operator may be `=~`, a destructor is `~Name`."""
    return REPETITION.sub("", definition.name) or "_"


def _same_span(one: _Definition, other: _Definition) -> bool:
    """Say whether two definitions are one statement, as in `var a, b int`: then neither holds the other."""
    return (one.start, one.end) == (other.start, other.end)


def _kind(definition: _Definition, outer: tuple[_Definition, str] | None) -> str:
    if DESTRUCTOR.match(definition.name):
        return "destructor"
    if definition.kind == "function" and definition.owner.rpartition("::")[2] == definition.name:
        return "constructor"
    if definition.kind == "function" and (definition.owner or (outer and outer[0].kind in TYPES)):
        return "method"
    return definition.kind


def _signature(definition: _Definition, above: dict[int, int], remarks: list[tuple[int, int]], source: bytes, lines: Lines) -> str:
    start = definition.inner.start_byte
    while (end := above.get(start, -1)) > start:
        start = end + len(source[end : end + 200]) - len(source[end : end + 200].lstrip())
    line_end = lines.start_of(lines.line_of(start) + 1)
    if definition.body > start:
        end = definition.body
    else:
        end = definition.head if definition.head > start else min(line_end, definition.inner.end_byte)
    pieces = []
    for remark in islice(remarks, bisect_left(remarks, (start, start)), None):
        if remark[0] >= end:
            break
        pieces.append(source[start : remark[0]])
        start = max(start, remark[1])
    pieces.append(source[start : min(end, start + 4 * SIGNATURE_CHARACTERS)])
    text = _one_line(b" ".join(pieces)[: 4 * SIGNATURE_CHARACTERS].decode("utf-8", "replace")).rstrip(" {:=,")
    return text[:SIGNATURE_CHARACTERS]


def _one_line(text: str) -> str:
    """Return text with single blanks, and without those and the comma that lines inside of brackets bring with them."""
    whole = ""
    for line in text.split("\n"):
        part = " ".join(line.split())
        if part.startswith((")", "]", ">")):
            whole = whole.removesuffix(",")
        elif part and whole and not whole.endswith(("(", "[", "<")):
            whole += " "
        whole += part
    return whole


def _members(members: list[_Member], symbols: tuple[Symbol, ...], scopes: list[tuple[int, int, str]], lines: Lines) -> Iterator[Member]:
    """Yield what stands right in a type, each name of a type once."""
    types = {symbol.qualname for symbol in symbols if symbol.kind in TYPES}
    walk = _ScopeWalk(scopes)
    known: set[tuple[str, str]] = set()
    for start, end, name in sorted(members):
        owner = walk.at(start)
        if owner in types and (owner, name) not in known and NO_BLANK.fullmatch(name):
            known.add((owner, name))
            yield Member(name, owner, lines.line_of(start), lines.line_of(end - 1))


def _scoped(references: list[_Found], scopes: list[tuple[int, int, str]], lines: Lines) -> tuple[Reference, ...]:
    """Give each reference the innermost symbol around it; of equal references in one symbol the first is kept, with all their lines."""
    found: dict[tuple[str, ...], list[int]] = {}
    walk, starts, line = _ScopeWalk(scopes), lines.starts, 0
    defined = {qualname for _, _, qualname in scopes}
    for start, kind, name, qualifier, alias, owner in sorted(references):
        scope = walk.at(start)
        if owner:
            scope = next((held for held in (f"{scope}.{owner}", owner) if held in defined), scope)
        line = bisect_right(starts, start, line)
        known = found.setdefault((name, kind, scope, qualifier, alias), [line])
        if known[-1] != line:
            known.append(line)
    return tuple(
        Reference(name[:NAME_CHARACTERS], kind, scope, line, qualifier, alias, ",".join(map(str, rest)) if rest else "")
        for (name, kind, scope, qualifier, alias), (line, *rest) in found.items()
    )


def _registered(found: list[Registered], scopes: list[tuple[int, int, str]], lines: Lines) -> Iterator[Reference]:
    """Yield registrations as references, each with the innermost symbol around it."""
    walk = _ScopeWalk(scopes)
    for one in found:
        qualifier = _receiver(one.qualifier) if one.name and one.qualifier else one.qualifier
        yield Reference(one.name, one.kind, walk.at(one.start), lines.line_of(one.line), qualifier, one.label)


class _ScopeWalk:
    """Finds the innermost scope at an offset, for offsets in ascending order."""

    def __init__(self, scopes: list[tuple[int, int, str]]) -> None:
        self._coming: Iterator[tuple[int, int, str]] = iter(scopes)
        self._next = next(self._coming, None)
        self._open: list[tuple[int, int, str]] = []

    def at(self, offset: int) -> str:
        while self._next is not None and self._next[0] <= offset:
            self._open.append(self._next)
            self._next = next(self._coming, None)
        while self._open and self._open[-1][1] <= offset:
            self._open.pop()
        return self._open[-1][2] if self._open else ""
