"""Figures as bars and curves of block characters. Pure."""

from collections.abc import Collection, Sequence
from itertools import pairwise

EIGHTHS = " ▏▎▍▌▋▊▉█"
LEVELS = " ▁▂▃▄▅▆▇█"


def bar(value: float, most: float, width: int) -> str:
    """Return a bar to the right, in eighths of a character."""
    filled = round(8 * width * value / most) if most > 0 else 0
    whole, part = divmod(max(0, filled), 8)
    return "█" * whole + (EIGHTHS[part] if part else "")


def curve(values: Sequence[int], marked: Collection[int], width: int, height: int) -> list[str]:
    """Return a curve as lines of columns, the highest first, then a line with a `^` below each column of a marked place.

    Where there are more values than columns, a column shows the largest of its values.
    """
    if not values:
        return []
    columns = min(width, len(values))
    edges = [place * len(values) // columns for place in range(columns + 1)]
    largest = [max(values[start:end]) for start, end in pairwise(edges)]
    most = max(largest) or 1
    lines = []
    for row in range(height - 1, -1, -1):
        levels = [min(8, max(0, round(8 * height * value / most) - 8 * row)) for value in largest]
        lines.append("".join(LEVELS[level] for level in levels))
    marks = ["^" if any(start <= place < end for place in marked) else " " for start, end in pairwise(edges)]
    return [*lines, "".join(marks).rstrip()]
