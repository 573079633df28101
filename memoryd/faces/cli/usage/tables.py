"""Figures as tables of text. Pure."""

from collections.abc import Sequence
from datetime import datetime


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows below their heads; the first column is text, the others are figures and lie to the right."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    lines = []
    for row in (heads, *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  " + "  ".join(cells).rstrip() + "\n")
    return "".join(lines)


def tokens(number: float) -> str:
    """Return a number of tokens, short."""
    for size, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.1f}{name}" if abs(number) < 100 * size else f"{number / size:.0f}{name}"
    return f"{number:.0f}"


def dollars(amount: float | None) -> str:
    """Return an amount of money; what is not known is no zero."""
    if amount is None:
        return "no price"
    if amount and abs(amount) < 0.005:
        return "<$0.01" if amount > 0 else ">-$0.01"
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def share(part: float | None) -> str:
    """Return a share in percent."""
    return "–" if part is None else f"{part:.1%}"


def clock(milliseconds: int) -> str:
    """Return a time as a person reads it, in the zone of this machine."""
    return datetime.fromtimestamp(milliseconds / 1000).astimezone().strftime("%Y-%m-%d %H:%M") if milliseconds else "unknown"


def shortened(text: str, width: int) -> str:
    """Return the end of a text that is too long for a column: of a path it tells most."""
    return text if len(text) <= width else f"…{text[1 - width :]}"
