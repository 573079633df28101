"""The ledger of one agent: which lines of which files lie in its context, by their digests.

It never says that an agent has a line unless that very line was shown at that place, or moved there by an edit of the agent's own.
Where something may have been lost, it is emptied. Bounded: the file that was seen longest ago is forgotten first.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from memoryd.sessions.events import Hunk

MOST_LINES = 40_000
"""Lines of all files that are remembered of one agent: more than fit into its context."""
LONGEST_LINE = 1_500
"""Characters of a line that is remembered: clients cut longer ones without saying so."""
SIZE = 8
UNKNOWN = bytes(SIZE)


@dataclass(frozen=True, slots=True)
class Run:
    """Lines of a file that follow each other from `first` on, as digests."""

    first: int
    digests: bytes

    @property
    def end(self) -> int:
        """The line after the last."""
        return self.first + len(self.digests) // SIZE

    def at(self, line: int) -> bytes:
        """Return the digest of a line that lies in the run."""
        place = (line - self.first) * SIZE
        return self.digests[place : place + SIZE]

    def part(self, first: int, end: int) -> "Run":
        """Return the lines of the run from `first` to before `end`."""
        first, end = max(first, self.first), min(end, self.end)
        return Run(first, self.digests[(first - self.first) * SIZE : (end - self.first) * SIZE])

    def moved(self, by: int) -> "Run":
        """Return the run with other line numbers."""
        return Run(self.first + by, self.digests)


class Ledger:
    """What one agent has. Not safe to use from several threads."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[Run, ...]] = {}
        self._lines = 0

    def __iter__(self) -> Iterator[tuple[str, tuple[Run, ...]]]:
        return iter(self._files.items())

    def __len__(self) -> int:
        return self._lines

    def put(self, path: str, runs: tuple[Run, ...]) -> None:
        """Take a file from a stored ledger."""
        self._store(path, runs)

    def saw(self, path: str, first: int, lines: Sequence[str]) -> None:
        """Remember that lines of a file were shown, from line `first` on."""
        new = Run(first, _digests(lines))
        kept = [part for run in self._files.get(path, ()) for part in (run.part(0, new.first), run.part(new.end, run.end)) if part.digests]
        self._store(path, _joined([*kept, new]))

    def edited(self, path: str, hunks: Iterable[Hunk]) -> None:
        """Move what is known of a file as an edit of the agent's own moved it; it knows the lines that it wrote."""
        runs = list(self._files.get(path, ()))
        for hunk in sorted(hunks, key=lambda one: -one.first):
            end, by = hunk.first + hunk.count, len(hunk.lines) - hunk.count
            before = [run.part(0, hunk.first) for run in runs if run.first < hunk.first]
            after = [run.part(end, run.end).moved(by) for run in runs if run.end > end]
            runs = [*before, Run(hunk.first, _digests(hunk.lines)), *after]
        self._store(path, _joined([run for run in runs if run.digests]))

    def has(self, path: str, lines: Sequence[str], numbers: Collection[int]) -> bool:
        """Tell whether the agent has some lines of a file just as they are now; `lines` are all of the file's."""
        runs = self._files.get(path)
        if not runs or not numbers or max(numbers) > len(lines):
            return False
        for number in numbers:
            run = next((one for one in runs if one.first <= number < one.end), None)
            if run is None or run.at(number) == UNKNOWN or run.at(number) != _digest(lines[number - 1]):
                return False
        return True

    def holds(self, path: str) -> bool:
        """Tell whether the agent has any line of a file, as it is or as it was."""
        return path in self._files

    def forget(self) -> None:
        """Forget everything."""
        self._files.clear()
        self._lines = 0

    def _store(self, path: str, runs: tuple[Run, ...]) -> None:
        self._lines -= _size(self._files.pop(path, ()))
        if runs and _size(runs) <= MOST_LINES:
            self._files[path] = runs
            self._lines += _size(runs)
        while self._lines > MOST_LINES:
            oldest = next(iter(self._files))
            self._lines -= _size(self._files.pop(oldest))


def _joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return runs in order, those that touch as one."""
    found: list[Run] = []
    for run in sorted(runs, key=lambda one: one.first):
        if found and found[-1].end == run.first:
            found[-1] = Run(found[-1].first, found[-1].digests + run.digests)
        else:
            found.append(run)
    return tuple(found)


def _size(runs: Iterable[Run]) -> int:
    return sum(run.end - run.first for run in runs)


def _digests(lines: Iterable[str]) -> bytes:
    return b"".join(map(_digest, lines))


def _digest(line: str) -> bytes:
    if len(line) > LONGEST_LINE:
        return UNKNOWN
    return hashlib.blake2b(line.rstrip("\r").encode("utf-8", "replace"), digest_size=SIZE).digest()
