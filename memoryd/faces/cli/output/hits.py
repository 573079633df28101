"""Writes the hits of a search: two aligned lines each, in colour on a terminal that has any."""

import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from memoryd.config import allows_colour
from memoryd.model import Hit
from memoryd.text import escaped

if TYPE_CHECKING:
    from memoryd.ranking import Explanation

WIDEST = 60
"""The most cells of a column; what is longer moves only its own line."""
MOST_REASONS = 8
"""The most features that are told of a hit's file, and of itself."""
PIPED_CELLS = 160
"""The most cells of a line of source that is not written to a terminal."""


class _Row(NamedTuple):
    """The cells of a hit, escaped."""

    score: str
    place: str
    named: str
    reasons: str
    number: str
    line: str


def drawn(hits: Sequence[Hit]) -> str:
    """Return the hits as text: score, place, what it is and the signals that found it; below, its best line with the number.

    On a terminal lines of source are cut at its width; where the columns are wider than it, what a hit is stands in a line of its own.
    """
    is_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if is_terminal else PIPED_CELLS
    style = click.style if is_terminal and allows_colour() else _plain
    rows = list(map(_row, hits))
    places, names, numbers = _widest(row.place for row in rows), _widest(row.named for row in rows), _widest(row.number for row in rows)
    cells = ((len(row.score), max(places, _width(row.place)), max(names, _width(row.named)), _width(row.reasons)) for row in rows)
    is_narrow = is_terminal and any(sum(widths) + 2 * (len(widths) - 1) > width for widths in cells)
    lines = []
    for row in rows:
        place, named = style(_padded(row.place, places), fg="cyan"), style(_padded(row.named, names), bold=True)
        if is_narrow:
            named = style(_cut(row.named, width - 2), bold=True)
            lines.append(f"{style(row.score, dim=True)}  {style(row.place, fg='cyan')}\n  {named}\n")
        else:
            lines.append(f"{style(row.score, dim=True)}  {place}  {named}  {style(row.reasons, dim=True)}\n")
        if row.line:
            margin = f"{row.number:>{numbers + 2 if is_narrow else len(row.score) + 2 + numbers}}: "
            lines.append(f"{style(margin, dim=True)}{_cut(row.line, width - len(margin))}\n")
    return "".join(lines)


def told(explained: "Sequence[tuple[Hit, Explanation]]") -> str:
    """Return hits with the features that gave most to the log odds of their files and to their own."""
    lines = []
    for hit, why in explained:
        row = _row(hit)
        lines.append(f"{row.score}  {row.place}  {row.named}\n")
        for head, contributions in (("file", why.of_file), ("unit", why.of_unit)):
            parts = (f"{one.feature} {one.value:.2f} ({one.worth:+.2f})" for one in contributions[:MOST_REASONS])
            lines.append(f"        {head}: {', '.join(parts)}\n")
    return "".join(lines)


def _row(hit: Hit) -> _Row:
    place, named = f"{hit.path}:{hit.start_line}-{hit.end_line}", f"{hit.kind} {hit.title}".strip()
    number, line = (str(hit.best.number), hit.best.text.replace("\t", "    ")) if hit.best else ("", "")
    return _Row(f"{hit.score:.4f}", escaped(place), escaped(named), f"({', '.join(hit.reasons)})", number, escaped(line))


def _widest(cells: Iterable[str]) -> int:
    return max((width for cell in cells if (width := _width(cell)) <= WIDEST), default=0)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    from rich.cells import set_cell_size

    return f"{set_cell_size(text, max(width - 1, 0)).rstrip()}…"


def _width(text: str) -> int:
    """Return how many cells of a terminal a text takes. `rich`, which knows, is imported only where it is needed."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _plain(text: str, **_style: object) -> str:
    return text
