"""The pieces of text that reach an agent, in reading order: those of a pack, or the files and windows of a baseline.

A line counts as delivered if its text is shown: in a pack, the lines of units shown whole and those that an outline quotes. All
counts are o200k tokens.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from memoryd.model import Pack
from memoryd.packing import heading
from memoryd.text import escaped_text, source_line

Count = Callable[[str], int]
HEADLINE = re.compile(r"\[(\d+)-(\d+)\]")
GAP = re.compile(r"  … lines \d+-(\d+) (?:left out|shown apart)\b")
CLIPPED = 200
"""The characters that identify a long line which is shown cut short."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A piece of text from one file: its lines and its tokens."""

    path: str
    lines: frozenset[int]
    tokens: int


def of_pack(pack: Pack, source: Callable[[str], Sequence[str]], count: Count) -> list[Delivered]:
    """Return the pieces of a pack in the order of its text; a file's heading is charged to its first piece."""
    quoted = _quoted_lines(pack, source)
    found, path = [], None
    for item in pack.items:
        opening = 0 if item.path == path else count(f"\n{heading(item.path)}\n")
        path = item.path
        lines = frozenset(line for line in quoted.get(path, ()) if item.start_line <= line <= item.end_line)
        found.append(Delivered(path, lines, item.tokens + opening))
    return found


def of_range(path: str, lines: Sequence[str], first: int, last: int, count: Count) -> Delivered:
    """Return lines `first` to `last` of a file as a piece."""
    return Delivered(path, frozenset(range(first, last + 1)), count("\n".join(lines[first - 1 : last]) + "\n"))


def within(pieces: Iterable[Delivered], budget: int, source: Callable[[str], Sequence[str]], count: Count) -> list[Delivered]:
    """Return the part of `pieces` that fits `budget` tokens; the last piece is cut at a line."""
    seen, left = [], budget
    for piece in pieces:
        if piece.tokens <= left:
            seen.append(piece)
            left -= piece.tokens
            continue
        lines, kept = source(piece.path), []
        for number in sorted(piece.lines):
            left -= count(lines[number - 1] + "\n")
            if left < 0:
                break
            kept.append(number)
        if kept:
            seen.append(Delivered(piece.path, frozenset(kept), budget))
        break
    return seen


def _quoted_lines(pack: Pack, source: Callable[[str], Sequence[str]]) -> dict[str, set[int]]:
    """Return the lines of each file that the text of a pack quotes.

    After a headline `[a-b]` line `a` is expected, after a mark of omitted lines the line behind them. A line that is not the
    expected line of the file is no quotation.
    """
    headings = {heading(item.path): item.path for item in pack.items}
    quoted: dict[str, set[int]] = {}
    lines: Sequence[str] = ()
    path, expected = "", 0
    for line in pack.text.split("\n"):
        if 0 < expected <= len(lines) and _is_line(line, lines[expected - 1]):
            quoted.setdefault(path, set()).add(expected)
            expected += 1
        elif line in headings:
            path, expected = headings[line], 0
            lines = source(path)
        elif match := HEADLINE.match(line):
            expected = int(match[1])
        elif match := GAP.match(line):
            expected = int(match[1]) + 1
    return quoted


def _is_line(shown: str, line: str) -> bool:
    shown, line = shown.removesuffix("\r"), line.removesuffix("\r")  # a line that ends with CR LF is shown so
    written = escaped_text(source_line(line))
    return shown == written or (len(line) > CLIPPED and shown[:CLIPPED] == written[:CLIPPED])


def reading(paths: Iterable[str], source: Callable[[str], Sequence[str]], count: Count, most: int) -> Iterator[Delivered]:
    """Yield whole files in the order of `paths` until `most` tokens are spent."""
    spent = 0
    for path in paths:
        if spent >= most:
            return
        lines = source(path)
        piece = of_range(path, lines, 1, len(lines), count)
        spent += piece.tokens
        yield piece
