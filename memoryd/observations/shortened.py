"""Shortens an output for an agent: lines of it, word for word and in their order, and what was left out. Pure.

Characters that steer a terminal or hide are shown as escapes, and a line that reads as one of memoryd gets a backslash in front.

Left as they are: short outputs, those of unknown kinds, and those that would not shrink by `LEAST_SAVED`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from memoryd.observations.folding import keep
from memoryd.observations.kinds import Kind
from memoryd.text import escaped_text, source_line

LEAST = 2_000
"""Characters up to which an output is left as it is."""
LEAST_SAVED = 0.3
"""The share of an output that must be saved; else it is left as it is."""
LEAST_GAP = 3
"""Fewer lines are not left out: their mark costs as much."""


@dataclass(frozen=True, slots=True)
class Shortened:
    """The text that an agent sees of an output, and the lines of it that stand there, by number from 0 on."""

    text: str
    kind: Kind
    kept: tuple[int, ...]


def shorten(kind: Kind | None, output: str, handle: str, asked: str = "") -> Shortened | None:
    """Return a shortened output of a kind, whose whole text `handle` shows; `None` if it is to be left as it is.

    `asked` says what it was wanted for, where that was said.
    """
    if kind is None or len(output) <= LEAST:
        return None
    lines = output.split("\n")
    kept = closed(keep(kind, lines, asked), len(lines))
    text = _text(lines, kept, handle)
    if len(text) > (1 - LEAST_SAVED) * len(output):
        return None
    return Shortened(text, kind, tuple(sorted(kept)))


def closed(kept: set[int], end: int) -> set[int]:
    """Return kept lines with the small gaps between them, of `end` lines."""
    found, last = set(kept), -1
    for number in (*sorted(kept), end):
        if 0 < number - last - 1 < LEAST_GAP:
            found.update(range(last + 1, number))
        last = number
    found.discard(end)
    return found


def tail(aside: int, lines: int, handle: str) -> str:
    """Return the last line of what an agent sees: how much was left out, and how to get it."""
    return f"[memoryd: {aside} of {lines} lines kept aside; show_code {handle}:FIRST-LAST shows them]"


def _text(lines: Sequence[str], kept: set[int], handle: str) -> str:
    parts: list[str] = []
    gap = 0
    for number in range(len(lines) + 1):
        if number < len(lines) and number not in kept:
            gap += 1
            continue
        if gap:
            parts.append(f"[memoryd: lines {number - gap + 1}-{number} kept aside]")
            gap = 0
        if number < len(lines):
            parts.append(source_line(lines[number]))
    parts.append(tail(len(lines) - len(kept), len(lines), handle))
    return escaped_text("\n".join(parts))
