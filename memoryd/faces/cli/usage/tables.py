"""Figures as tables of text. Pure."""

from collections.abc import Sequence
from datetime import datetime

from memoryd.usage import Report, Sums, dollars, share, tokens

HEADS = ("requests", "tokens in", "tokens out", "from cache", "cost")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows below their heads; the first column is text, the others are figures and lie to the right."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    lines = []
    for row in (heads, *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  " + "  ".join(cells).rstrip() + "\n")
    return "".join(lines)


def cost_of(sums: Sums) -> str:
    """Return what requests cost; those without a price are said to be there."""
    if sums.unpriced.requests == sums.tokens.requests and sums.tokens.requests:
        return dollars(None)
    return dollars(sums.cost.total) + ("+" if sums.unpriced.requests else "")


def of_group(report: Report, group: str, most: int) -> dict[str, tuple[str, ...]]:
    """Return the figures of the `most` dearest of a group, or of its last days, by name; their heads are `HEADS`."""
    sums = report.by(group)
    names = list(sums)
    if group != "day":
        names.sort(key=lambda name: (-sums[name].cost.total, -sums[name].tokens.context, name))
    return {
        name: (
            f"{one.tokens.requests:,}", tokens(one.tokens.context), tokens(one.tokens.output), share(one.tokens.cached_share), cost_of(one),
        )
        for name, one in ((name, sums[name]) for name in (names[-most:] if group == "day" else names[:most]))
    }  # fmt: skip


def clock(milliseconds: int) -> str:
    """Return a time as a person reads it, in the zone of this machine."""
    return datetime.fromtimestamp(milliseconds / 1000).astimezone().strftime("%Y-%m-%d %H:%M") if milliseconds else "unknown"


def shortened(text: str, width: int) -> str:
    """Return the end of a text that is too long for a column: of a path it tells most."""
    return text if len(text) <= width else f"…{text[1 - width :]}"
