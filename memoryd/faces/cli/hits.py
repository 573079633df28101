"""Writes the hits of a search: two aligned lines each, in colour on a terminal that has any."""

import shutil
import sys
from collections.abc import Sequence
from typing import NamedTuple

import click

from memoryd.config import allows_colour
from memoryd.escaping import escaped
from memoryd.model import Hit

WIDEST = 60
"""The most cells of a column; what is longer moves only its own line."""
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

    On a terminal lines of source are cut at its width.
    """
    from rich.cells import cell_len, set_cell_size

    is_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if is_terminal else PIPED_CELLS
    style = click.style if is_terminal and allows_colour() else _plain
    rows = [_row(hit) for hit in hits]
    places, names, numbers = (max((cells for row in rows if (cells := cell_len(row[column])) <= WIDEST), default=0) for column in (1, 2, 4))

    def padded(text: str, cells: int) -> str:
        return text + " " * (cells - cell_len(text))

    def cut(text: str, cells: int) -> str:
        return text if cell_len(text) <= cells else f"{set_cell_size(text, max(cells - 1, 0)).rstrip()}…"

    lines = []
    for row in rows:
        score, place, named = (
            style(row.score, dim=True),
            style(padded(row.place, places), fg="cyan"),
            style(padded(row.named, names), bold=True),
        )
        lines.append(f"{score}  {place}  {named}  {style(row.reasons, dim=True)}\n")
        if row.line:
            margin = f"{row.number:>{len(row.score) + 2 + numbers}}: "
            lines.append(f"{style(margin, dim=True)}{cut(row.line, width - len(margin))}\n")
    return "".join(lines)


def _row(hit: Hit) -> _Row:
    place, named = f"{hit.path}:{hit.start_line}-{hit.end_line}", f"{hit.kind} {hit.title}".strip()
    number, line = (str(hit.best.number), hit.best.text) if hit.best else ("", "")
    return _Row(
        f"{hit.score:.4f}", escaped(place), escaped(named), f"({', '.join(hit.reasons)})", number, escaped(line.replace("\t", "    "))
    )


def _plain(text: str, **_style: object) -> str:
    return text
