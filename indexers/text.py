"""Cuts text: into lines, the gaps between symbols, and blocks of lines within the gaps."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from indexers.model import Span, Symbol

BLOCK_LINES = 40
"""The most lines of a block, unless few more would be left."""
CATALOGUE_LINES = 400
"""The most lines of a block in the formats `CATALOGUES`."""
FEW_LINES = 2
"""The most lines that are no block of their own beside others."""
CATALOGUES = frozenset({"gettext", "csv", "svg", "json", "xml"})
"""Formats of many similar records. Their blocks are larger, because a search rarely looks for one record."""

BLANKED = bytes(byte if byte == 10 else 32 for byte in range(256))
"""A table that turns all bytes but the ends of lines into blanks."""
WORD = re.compile(rb"[A-Za-z0-9_\x80-\xff]{2}")
WITH_NEWLINE = (1).__add__
"""Adds the byte that ends a line to the line's length."""


TRANSLATION = re.compile(r'^msgstr.*\n(?:".*\n?)*', re.MULTILINE)


def searchable(language: str, text: str) -> str:
    """Return the part of a text that is indexed: of a gettext catalogue the originals without translations, of others all."""
    return TRANSLATION.sub("", text) if language == "gettext" else text


class Lines:
    """The byte offsets at which the lines of a text begin. Only `\\n` ends a line, as in every tool that prints line numbers."""

    __slots__ = ("size", "starts")

    def __init__(self, source: bytes) -> None:
        self.size = len(source)
        *whole, _ = source.split(b"\n")
        self.starts = list(accumulate(map(WITH_NEWLINE, map(len, whole)), initial=0))

    def line_of(self, offset: int) -> int:
        """Return the 1-based line that holds the byte at `offset`."""
        return bisect_right(self.starts, offset)

    def start_of(self, line: int) -> int:
        """Return the offset of the first byte of a 1-based line; past the last line it is the size of the text."""
        return self.starts[line - 1] if line <= len(self.starts) else self.size

    def span(self, start: int, end: int) -> Span:
        """Make the span of the bytes `[start, end)`."""
        starts = self.starts
        return Span(start, end, bisect_right(starts, start), bisect_right(starts, end - 1 if end > start else start))


def gaps(source: bytes, symbols: Sequence[Symbol]) -> Iterator[tuple[int, int]]:
    """Yield the byte ranges that no symbol covers, in order."""
    position = 0
    for symbol in sorted(symbols, key=lambda symbol: symbol.span):
        if symbol.span.start > position:
            yield position, symbol.span.start
        position = max(position, symbol.span.end)
    if position < len(source):
        yield position, len(source)


def cut_blocks(source: bytes, lines: Lines, ranges: Iterable[tuple[int, int]], language: str) -> tuple[Span, ...]:
    """Cut byte ranges into blocks of whole lines, preferably at blank lines; ranges without a word are dropped."""
    most = CATALOGUE_LINES if language in CATALOGUES else BLOCK_LINES
    found: list[Span] = []
    for start, end in ranges:
        first, last = lines.line_of(start), lines.line_of(max(start, end - 1))
        whole = len(found)
        while first <= last:
            cut = _cut_line(source, lines, first, min(first + most - 1, last), last)
            begin = max(start, lines.start_of(first))
            stop = min(end, lines.start_of(cut + 1))
            if WORD.search(source, begin, stop):
                block = _trimmed(source, lines, begin, stop)
                if len(found) > whole and (_is_few(block) or _is_few(found[-1])):
                    block = lines.span(found.pop().start, block.end)
                found.append(block)
            first = cut + 1
    return tuple(found)


def _is_few(block: Span) -> bool:
    return block.last_line - block.first_line < FEW_LINES


def _cut_line(source: bytes, lines: Lines, first: int, limit: int, last: int) -> int:
    """Return the last line of the block that starts at `first`: the last blank line of its second half, else `limit`."""
    if limit == last:
        return last
    for line in range(limit, first + (limit - first) // 2, -1):
        if not source[lines.start_of(line) : lines.start_of(line + 1)].strip():
            return line
    return limit


def _trimmed(source: bytes, lines: Lines, start: int, end: int) -> Span:
    text = source[start:end]
    end -= len(text) - len(text.rstrip())
    lead = len(text) - len(text.lstrip())
    begin = max(start, lines.start_of(lines.line_of(start + lead)))
    return lines.span(begin, end)
