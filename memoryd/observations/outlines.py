"""The outline of a long source file: its lines between definitions, how each definition begins, and those whole that speak of a task. Pure.

Clients number the lines of a file from the first one on that they show, so each line of an outline has its number in the file in front.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from memoryd.observations.about import speaking
from memoryd.observations.shortened import LEAST_SAVED, closed, tail
from memoryd.text import escaped_text

LONG = 16_000
"""Characters from which on a file is long."""
FEWEST = 6
"""Definitions of a file that has an outline."""
HEAD = (
    "[memoryd: an outline, each line behind its number in the file; whole are definitions that speak of the task. Read with an offset and"
    " a limit shows others; reading the file once more shows all of it]"
)
ANY_HANDLE = "obs:0123456789"


@dataclass(frozen=True, slots=True)
class Outline:
    """Lines of a file that an agent sees in its place, by number from 0 on."""

    lines: Sequence[str]
    kept: frozenset[int]

    def runs(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the lines that follow each other, with the number of the first, from 1 on."""
        ordered = sorted(self.kept)
        starts = [place for place, number in enumerate(ordered) if not place or ordered[place - 1] != number - 1]
        for start, end in zip(starts, [*starts[1:], len(ordered)], strict=True):
            yield ordered[start] + 1, self.lines[ordered[start] : ordered[end - 1] + 1]

    def text(self, handle: str) -> str:
        """Return what an agent sees, who gets the other lines by a handle."""
        shown = [f"{number + 1}\t{self.lines[number]}" for number in sorted(self.kept)]
        return escaped_text("\n".join([HEAD, *shown, tail(len(self.lines) - len(self.kept), len(self.lines), handle)]))


def outline(lines: Sequence[str], definitions: Sequence[tuple[int, int]], task: str) -> Outline | None:
    """Return the outline of a file with definitions, each from a line to before another, nested or not; `None` if it is to be left whole.

    That is a short file, one of few definitions, one none of which speaks of the task, and one whose outline saves too little.
    """
    size = sum(map(len, lines)) + len(lines)
    inner = _inner(definitions)
    if size < LONG or len(inner) < FEWEST:
        return None
    spoken = speaking(lines, inner, task)
    inside = {number for first, end in inner for number in range(first, end)}
    kept = set(range(len(lines))) - inside | {number for first, end in inner for number in _beginning(lines, first, end)}
    for place in spoken:
        kept.update(range(*inner[place]))
    found = Outline(lines, frozenset(closed(kept, len(lines))))
    return found if spoken and len(found.text(ANY_HANDLE)) <= (1 - LEAST_SAVED) * size else None


def names(task: str, path: str) -> bool:
    """Tell whether a task names a file, however the words of its name are joined: `CartView`, `cart_view.py`."""
    return _joined(PurePosixPath(path).stem) in _joined(task)


def _joined(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _inner(definitions: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the definitions in which no other stands, in the order of the file."""
    ordered = sorted(set(definitions), key=lambda one: (one[0], -one[1]))
    return [one for place, one in enumerate(ordered) if place + 1 == len(ordered) or ordered[place + 1][0] >= one[1]]


def _beginning(lines: Sequence[str], first: int, end: int) -> range:
    """Return the lines of a definition up to its first one that is no decorator."""
    at = first
    while at < end - 1 and lines[at].lstrip().startswith(("@", "#[")):
        at += 1
    return range(first, at + 1)
