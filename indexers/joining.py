"""Joins lines that are too few for a unit of their own to a definition next to them.

Between definitions stand a single import, a separator, `export default x`, the head of an `impl`. As blocks of one or two lines they
were found by a word and showed nothing. Where they go: to the definition in whose last line they begin, else to one that is nested
below them, else to the nearer one; of two equally near a comment goes to the next, code to the one before.
"""

from collections.abc import Mapping, Sequence

from indexers.model import Span, Symbol
from indexers.text import FEW_LINES, WORD, Lines

FEW_BYTES = 1_000
"""The most bytes that are joined: a line of minified code stays a block."""


def joined(source: bytes, lines: Lines, symbols: Sequence[Symbol], comments: Mapping[int, int]) -> tuple[Symbol, ...]:
    """Return the symbols, in the order of the source, with the few lines that stand between them; `comments` maps starts to ends."""
    outermost = _outermost(symbols)
    reach = [list(symbols[group[0]].span[:2]) for group in outermost]
    for place in range(len(reach) + 1):
        before = reach[place - 1] if place else None
        after = reach[place] if place < len(reach) else None
        start, stop = before[1] if before else 0, after[0] if after else len(source)
        if not (before or after) or not WORD.search(source, start, stop):
            continue
        if before:
            before[1] = start = _end_of_line(source, lines, start, stop, comments)
        few = _few_lines(source, lines, start, stop)
        if few and after and (before is None or _is_of_next(source, lines, few, before[1], after[0], comments)):
            after[0] = few.start
        elif few and before:
            before[1] = few.end
    found = list(symbols)
    for (start, end), group in zip(reach, outermost, strict=True):
        for place in group:
            found[place] = found[place]._replace(span=lines.span(start, end))
    return tuple(found)


def _outermost(symbols: Sequence[Symbol]) -> list[list[int]]:
    """Return the places of the symbols that lie in no other, those that share a span together."""
    groups: list[list[int]] = []
    end = 0
    for place, symbol in enumerate(symbols):
        if symbol.span.start >= end:
            groups.append([place])
        elif symbol.span == symbols[groups[-1][0]].span:
            groups[-1].append(place)
        end = max(end, symbol.span.end)
    return groups


def _end_of_line(source: bytes, lines: Lines, start: int, stop: int, comments: Mapping[int, int]) -> int:
    """Return the end of what follows a definition on its last line, as in `x = 1  # why`, or `start` if there is nothing."""
    end = min(stop, lines.start_of(lines.line_of(start - 1) + 1))
    if not WORD.search(source, start, end):
        return start
    text = source[start:end]
    end = max(end, min(stop, comments.get(start + len(text) - len(text.lstrip()), 0)))
    return start + len(source[start:end].rstrip()) if end - start <= FEW_BYTES else start


def _few_lines(source: bytes, lines: Lines, start: int, stop: int) -> Span | None:
    """Return the lines with words between two definitions if they are few; lines without any, such as `}`, are not counted."""
    if stop - start > FEW_BYTES:
        return None
    words = list(WORD.finditer(source, start, stop))
    if not words:
        return None
    first, last = lines.line_of(words[0].start()), lines.line_of(words[-1].start())
    if last - first >= FEW_LINES:
        return None
    begin, end = max(start, lines.start_of(first)), min(stop, lines.start_of(last + 1))
    return lines.span(begin, begin + len(source[begin:end].rstrip()))


def _is_of_next(source: bytes, lines: Lines, few: Span, end: int, start: int, comments: Mapping[int, int]) -> bool:
    """Tell whether few lines belong to the definition at `start` rather than to the one that ends at `end`."""
    next_line = lines.line_of(start)
    if _indentation(source, lines, next_line) > _indentation(source, lines, few.last_line):
        return True
    above, below = few.first_line - lines.line_of(end - 1), next_line - few.last_line
    text = source[few.start : few.end]
    return below < above or (below == above and few.start + len(text) - len(text.lstrip()) in comments)


def _indentation(source: bytes, lines: Lines, line: int) -> int:
    text = source[lines.start_of(line) : lines.start_of(line + 1)]
    return len(text) - len(text.lstrip(b" \t"))
