"""What differs between two texts of a file, by the units in which it stands: each unit whole, with the lines that it lost. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import accumulate
from typing import NamedTuple

from memoryd.text import number_of

CONTEXT = 3
"""The unchanged lines that are shown around changed ones, where a unit is not shown whole."""
LOST = 6
"""The removed lines that are shown of a run, where a unit is not shown whole."""
MOST_COMPARED = 4_000_000
"""The most pairs of lines, and of changes and units, that are compared for all files: about a second's work."""
ALIKE = 0.5
"""The share of lines that a file has in common with one that is gone, from which it counts as that file, moved."""
MOST_MOVED = 60
"""The most files on either side that are compared for moves."""


class UnitLines(NamedTuple):
    """A unit of a file as it is now: its lines, and whether it is shown whole where it changed (a function, not a type)."""

    id: str
    first: int
    last: int
    is_whole: bool


class Change(NamedTuple):
    """Lines `[old_start, old_end)` that became lines `[start, end)`, counted from 0."""

    old_start: int
    old_end: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """The changes in one unit, or in the lines of a file that are in none: the unit whole, and only what changed, as lines of a diff."""

    id: str
    path: str
    first: int
    last: int
    added: int
    removed: int
    whole: tuple[str, ...]
    hunks: tuple[str, ...]


@dataclass(slots=True)
class Effort:
    """How many pairs may still be compared. A text takes half of what is left at most, so that none is left with nothing."""

    left: int = MOST_COMPARED

    def share(self) -> "Effort":
        """Take out what one text may take."""
        taken = self.left // 2
        self.left -= taken
        return Effort(taken)

    def takes(self, pairs: int) -> bool:
        """Take so many pairs if as many are left; tell whether they were."""
        if pairs > self.left:
            return False
        self.left -= pairs
        return True


def pieces(path: str, before: str, now: str, units: Sequence[UnitLines], effort: Effort) -> Iterator[Piece]:
    """Yield the changes in a file, unit by unit, in their order; `units` begin with the file itself."""
    old, new = _lines(before), _lines(now)
    grouped: dict[UnitLines, list[Change]] = {}
    share = effort.share()
    found = changes(old, new, share)
    if not share.takes(len(found) * len(units)):
        found = [Change(found[0].old_start, found[-1].old_end, found[0].start, found[-1].end)]
    effort.left += share.left
    for change in found:
        for unit, part in _placed(change, units):
            grouped.setdefault(unit, []).append(part)
    for unit in sorted(grouped, key=lambda one: (one.first, -one.last, one.id)):
        parts = grouped[unit]
        added, removed = sum(one.end - one.start for one in parts), sum(one.old_end - one.old_start for one in parts)
        hunks = tuple(_hunks(parts, old, new, unit, LOST))
        whole = _merged(parts, old, new, unit.first - 1, unit.last) if unit.is_whole else _hunks(parts, old, new, unit, len(old))
        first, last = (unit.first, unit.last) if unit.is_whole else (parts[0].start + 1, max(parts[-1].end, parts[0].start + 1))
        end = max(len(new), 1)  # where the end of a file is gone, its last line stands for it
        yield Piece(unit.id, path, min(first, end), min(last, end), added, removed, tuple(whole), hunks)


def changes(old: Sequence[str], new: Sequence[str], effort: Effort) -> list[Change]:
    """Return what differs between two texts; where that takes more effort than is left, more counts as changed than is."""
    start, most = 0, min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    if not left and not right:
        return []
    found = _Matcher(left, right, effort).get_opcodes()
    return [Change(start + a, start + b, start + c, start + d) for tag, a, b, c, d in found if tag != "equal"]


class _Matcher(SequenceMatcher[str]):
    """Compares two texts within an effort: what is left of them when that is used up is alike in nothing."""

    def __init__(self, left: Sequence[str], right: Sequence[str], effort: Effort) -> None:
        super().__init__(None, left, right)
        self._effort = effort
        equal: Mapping[str, Sequence[int]] = self.b2j  # type: ignore[attr-defined]
        # To look for the longest match, each line is compared with every equal one in the other text, in each part anew.
        self._pairs = list(accumulate((1 + len(equal.get(line, ())) for line in left), initial=0))

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """Return the longest match in parts of both texts; none where that would take too much."""
        pairs = self._pairs[-1 if ahi is None else ahi] - self._pairs[alo]
        return super().find_longest_match(alo, ahi, blo, bhi) if self._effort.takes(pairs) else Match(alo, blo, 0)


def moved(gone: Mapping[str, str], come: Mapping[str, str]) -> dict[str, str]:
    """Return which files that came are files that are gone, moved: old path by new path; nothing where these are too many or too long."""
    if not gone or not come or len(gone) > MOST_MOVED or len(come) > MOST_MOVED:
        return {}
    lines = {path: Counter(line for line in _lines(text) if line.strip()) for path, text in (*gone.items(), *come.items())}
    if len(gone) * sum(len(lines[path]) for path in come) > MOST_COMPARED:
        return {}
    scored = []
    for new in come:
        for old in gone:
            shared = (lines[new] & lines[old]).total()
            share = shared / max(lines[new].total(), lines[old].total(), 1)
            if share >= ALIKE:
                scored.append((-share, new, old))
    found: dict[str, str] = {}
    for _, new, old in sorted(scored):
        if new not in found and old not in found.values():
            found[new] = old
    return found


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _placed(change: Change, units: Sequence[UnitLines]) -> Iterator[tuple[UnitLines, Change]]:
    """Yield the units in which a change stands: the innermost around all of it, or else those that came whole, and what is between."""
    first, last = (change.start + 1, change.end) if change.end > change.start else (change.start, change.start + 1)
    around = min((one for one in units if one.first <= first and last <= one.last), key=lambda one: one.last - one.first, default=units[0])
    inner = [one for one in units if around.first <= one.first and one.last <= around.last and one is not around]
    inside = [one for one in inner if first <= one.first and one.last <= last]
    outer = _outermost(inside)
    if around.is_whole or not outer or change.end == change.start:
        yield around, change
        return
    at, old = change.start, change.old_start
    for one in sorted(outer, key=lambda other: other.first):
        if one.first - 1 > at:
            yield around, Change(old, change.old_end, at, one.first - 1)
            old = change.old_end
        if one.last > at:
            # What was there before belongs to the first part; units that share a line do not share its change.
            yield one, Change(old, change.old_end, max(at, one.first - 1), one.last)
            at, old = one.last, change.old_end
    if at < change.end:
        yield around, Change(old, change.old_end, at, change.end)


def _outermost(units: Sequence[UnitLines]) -> list[UnitLines]:
    """Return those of some units that lie in no other."""
    found, end = [], 0
    same = Counter((one.first, one.last) for one in units)
    for one in sorted(units, key=lambda one: (one.first, -one.last)):
        if one.last > end and same[one.first, one.last] == 1:
            found.append(one)
        end = max(end, one.last)
    return found


def _merged(parts: Sequence[Change], old: Sequence[str], new: Sequence[str], first: int, last: int) -> Iterator[str]:
    """Yield the lines `[first, last)` of a text, with those that it lost."""
    at = first
    for part in parts:
        yield from (f" {line}" for line in new[at : part.start])
        yield from (f"-{line}" for line in old[part.old_start : part.old_end])
        yield from (f"+{line}" for line in new[part.start : part.end])
        at = max(at, part.end)
    yield from (f" {line}" for line in new[at:last])


def _hunks(parts: Sequence[Change], old: Sequence[str], new: Sequence[str], unit: UnitLines, most_lost: int) -> Iterator[str]:
    """Yield what changed with a few lines around it, of long runs of removed lines only the first ones."""
    at = unit.first - 1
    for number, part in enumerate(parts):
        start = max(at, part.start - CONTEXT)
        if number and start > at:
            yield "@@"
        yield from (f" {line}" for line in new[start : part.start])
        lost = old[part.old_start : part.old_end]
        shown = lost if len(lost) <= most_lost + 1 else lost[:most_lost]
        yield from (f"-{line}" for line in shown)
        if len(shown) < len(lost):
            yield f"-… {number_of(len(lost) - len(shown), 'more line')}"
        yield from (f"+{line}" for line in new[part.start : part.end])
        following = parts[number + 1].start if number + 1 < len(parts) else len(new)
        at = max(part.end, min(part.end + CONTEXT, following, max(unit.last, part.end)))
        yield from (f" {line}" for line in new[part.end : at])
