"""Makes symbols of definitions: joined clauses, qualified names, kinds and signatures."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from itertools import islice

from indexers.extraction.captures import Definition
from indexers.model import Symbol
from indexers.text import Lines

SIGNATURE_CHARACTERS = 300
TYPES = frozenset({"class", "interface", "struct", "enum", "trait", "impl", "type", "object", "protocol", "extension"})
FUNCTIONS = frozenset({"function", "prototype", "method", "constructor", "destructor"})
LOCALS = frozenset({"variable", "constant", "type", "prototype"})
CLAUSES = frozenset({"function", "method", "macro"})
ENDIF = re.compile(rb"#[ \t]*endif\b")
INK = re.compile(rb"\S")
REPETITION = re.compile(r"(?<!~)~++(?=\d)")
DESTRUCTOR = re.compile(r"~\w")


def begin_at_blanked(definitions: list[Definition], source: bytes, read: bytes, lines: Lines) -> None:
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


def joined_clauses(definitions: list[Definition], apart: set[int], source: bytes, comments: Mapping[int, int]) -> list[Definition]:
    """Merge adjacent clauses of one function into one definition; a clause in `apart` has its own documentation and begins a new one.

    A comment behind a clause, on its last line, is part of it, as `-- ^ what comes back` is in Haskell.
    """
    joined: list[Definition] = []
    latest: dict[tuple[str, str, str], Definition] = {}
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


def _is_adjacent(end: int, definition: Definition, source: bytes, comments: Mapping[int, int]) -> bool:
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


def nested(
    definitions: list[Definition], above: dict[int, int], remarks: list[tuple[int, int]], source: bytes, lines: Lines
) -> tuple[tuple[Symbol, ...], list[tuple[int, int, str]]]:
    """Return the symbols in the order of the source, and their ranges with qualnames, outer before inner.

    `above` are the ends of comments and attributes by their starts: a signature begins after them. `remarks` are the comments alone: it
    holds none.
    """
    symbols: list[Symbol] = []
    scopes: list[tuple[int, int, str]] = []
    counts: dict[str, int] = {}
    around: list[tuple[Definition, str]] = []
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


def _named(definition: Definition) -> str:
    """Return the name of a definition without what would read as a repetition, `~2`: an operator may be `=~`, a destructor is `~Name`."""
    return REPETITION.sub("", definition.name) or "_"


def _same_span(one: Definition, other: Definition) -> bool:
    """Say whether two definitions are one statement, as in `var a, b int`: then neither holds the other."""
    return (one.start, one.end) == (other.start, other.end)


def _kind(definition: Definition, outer: tuple[Definition, str] | None) -> str:
    if DESTRUCTOR.match(definition.name):
        return "destructor"
    if definition.kind == "function" and definition.owner.rpartition("::")[2] == definition.name:
        return "constructor"
    if definition.kind == "function" and (definition.owner or (outer and outer[0].kind in TYPES)):
        return "method"
    return definition.kind


def _signature(definition: Definition, above: dict[int, int], remarks: list[tuple[int, int]], source: bytes, lines: Lines) -> str:
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
