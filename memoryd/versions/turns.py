"""Turns: of the questions that threads answer, a few compute at once; who waits for a refresh lets others have its turn."""

import heapq
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from itertools import count


class Effort(Enum):
    """What a question costs. Those of one effort never wait for those of another."""

    BRIEF = "brief"
    """A look at what is there: milliseconds."""
    LONG = "long"
    """Ranking, packing, walking the graph."""


class Turns:
    """For each effort at most `most` turns at once. Of those who want one, who asked first goes first, also after waiting elsewhere."""

    def __init__(self, most: int) -> None:
        self._lanes = {effort: _Lane(most) for effort in Effort}
        self._mine = threading.local()

    @property
    def waiting(self) -> int:
        """The number of those who want a turn."""
        return sum(lane.waiting for lane in self._lanes.values())

    @contextmanager
    def taken(self, effort: Effort = Effort.LONG) -> Iterator[None]:
        """Wait for a turn, and have it until the block ends."""
        lane = self._lanes[effort]
        number = lane.draw()
        lane.wait(number)
        self._mine.turn = lane, number
        try:
            yield
        finally:
            del self._mine.turn
            lane.pass_on()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let others have this thread's turn until the block ends, then wait to have it back; does nothing where it has none."""
        turn: tuple[_Lane, int] | None = getattr(self._mine, "turn", None)
        if turn is None:
            yield
            return
        lane, number = turn
        lane.pass_on()
        try:
            yield
        finally:
            lane.wait(number)


class _Lane:
    """The turns of one effort."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._lock = threading.Lock()
        self._numbers = count()
        self._queue: list[tuple[int, threading.Event]] = []

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def draw(self) -> int:
        """Return the number of one who comes now."""
        return next(self._numbers)

    def wait(self, number: int) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            called = threading.Event()
            heapq.heappush(self._queue, (number, called))
        called.wait()

    def pass_on(self) -> None:
        with self._lock:
            if self._queue:
                heapq.heappop(self._queue)[1].set()
            else:
                self._free += 1
