"""Reads the scripts that stand in a file of another language: in components of Vue and Svelte, in pages of HTML.

A script is read as a file of its own in which everything around it is blank, so each fact keeps its place.
"""

import re
from collections.abc import Iterator, Sequence

from indexers.extraction import extract
from indexers.joining import joined
from indexers.language import SCRIPTS, languages, readable
from indexers.model import FileFacts, Symbol, free_name
from indexers.text import Lines, cut_blocks, gaps

OPENING = re.compile(rb"<script\b([^<>]{0,300})>", re.IGNORECASE)
CLOSING = b"</script"
KIND = re.compile(rb"""\b(?:lang|type)\s?=\s?["']?([\w/+-]{1,40})""")
NOT_LINE_END = re.compile(rb"[^\r\n]")


def with_scripts(facts: FileFacts, source: bytes, lines: Lines) -> FileFacts:
    """Return the facts of a file with those of its scripts; of its scripts none, where the two do not nest."""
    by_language: dict[str, list[tuple[int, int]]] = {}
    for start, end, language in _scripts(source):
        if readable(language):
            by_language.setdefault(language, []).append((start, end))
    for language, ranges in by_language.items():
        inner = extract(languages()[language], _blanked(source, ranges), lines)
        facts = _merged(facts, inner, source, lines)
    return facts


def _scripts(source: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield where each script stands, and its language; what is no program, such as JSON, is left out."""
    position = 0
    while opening := OPENING.search(source, position):
        end = source.find(CLOSING, opening.end())
        if end < 0:
            return
        kind = KIND.search(opening[1])
        language = SCRIPTS.get(kind[1].decode() if kind else "")
        if language and source[opening.end() : end].strip():
            yield opening.end(), end, language
        position = end


def _blanked(source: bytes, ranges: Sequence[tuple[int, int]]) -> bytes:
    """Return a source with blanks for everything outside the ranges but the ends of lines, and for `<!--`, which once hid scripts."""
    pieces, position = [], 0
    for start, end in ranges:
        pieces += [NOT_LINE_END.sub(b" ", source[position:start]), source[start:end].replace(b"<!--", b"    ")]
        position = end
    return b"".join([*pieces, NOT_LINE_END.sub(b" ", source[position:])])


def _merged(outer: FileFacts, inner: FileFacts, source: bytes, lines: Lines) -> FileFacts:
    taken = {symbol.qualname for symbol in outer.symbols}
    # An element and a function may be called alike.
    names = {symbol.qualname: free_name(symbol.qualname, taken) for symbol in inner.symbols}
    found = [symbol._replace(span=span) for symbol, span in zip(outer.symbols, outer.own_spans, strict=True)]
    found += [
        symbol._replace(qualname=names[symbol.qualname], span=span) for symbol, span in zip(inner.symbols, inner.own_spans, strict=True)
    ]
    found.sort(key=lambda symbol: (symbol.span.start, -symbol.span.end))
    if not _nested(found):
        return outer
    symbols = joined(source, lines, found, {})
    return FileFacts(
        language=outer.language,
        symbols=symbols,
        own_spans=tuple(symbol.span for symbol in found),
        references=(*outer.references, *(one._replace(scope=names.get(one.scope, "")) for one in inner.references)),
        blocks=cut_blocks(source, lines, gaps(source, symbols), outer.language),
        doc=outer.doc or inner.doc,
        has_errors=outer.has_errors or inner.has_errors,
    )


def _nested(symbols: Sequence[Symbol]) -> bool:
    """Tell whether of any two symbols one holds the other or they do not touch; they are sorted, outer before inner."""
    around: list[int] = []
    for symbol in symbols:
        while around and around[-1] <= symbol.span.start:
            around.pop()
        if around and symbol.span.end > around[-1]:
            return False
        around.append(symbol.span.end)
    return True
