"""What the reader of a pack has before it, or finds elsewhere in it: lines that a pack names instead of showing them again."""

from collections.abc import Callable, Collection, Sequence

from memoryd.packing.windows import ranges
from memoryd.text import block_id, escaped
from memoryd.versions import Unit

Known = Callable[[str, Sequence[str], Collection[int]], bool]
"""Tells whether the reader has some lines of a file, by path and number, just as they are now; it gets all lines of the file."""
LEAST_LINES = 4
"""Fewer lines are shown again: to name them costs as much."""


def nothing_known(_path: str, _lines: Sequence[str], _numbers: Collection[int]) -> bool:
    """Tell of a reader of whom nothing is known."""
    return False


def is_known(known: Known, path: str, lines: Sequence[str], numbers: Collection[int]) -> bool:
    """Tell whether lines are worth naming instead of showing them."""
    return len(numbers) >= LEAST_LINES and known(path, lines, numbers)


def named(numbers: Collection[int]) -> str:
    """Return the line that stands for lines that the reader has: for these, and for none between them."""
    runs = (f"{start}-{end - 1}" if end - start > 1 else f"{start}" for start, end in ranges(numbers))
    return f"  … lines {', '.join(runs)} are in your context already, unchanged\n"


def repeated(unit: Unit) -> str:
    """Return the line that stands for lines that say the same as those of a unit."""
    return f"  … the same lines as {escaped(block_id(unit.path, unit.first_line, unit.last_line))}\n"
