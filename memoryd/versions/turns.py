"""Turns: of the questions that threads answer, a few compute at once; who waits for a refresh lets others have its turn.

A refresh goes before them for a moment: beside questions, which want the interpreter's lock as often as it does, it takes many times as
long, while those that wait for it wait, and what others compute is outdated when it ends.
"""

import heapq
import threading
import time
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

    @contextmanager
    def held_back(self, seconds: float) -> Iterator[None]:
        """Let no long question begin until the block ends, for at most some seconds; does nothing where somebody holds them back already.

        Those that have a turn go on, and between one such block and the next as many begin as there are turns.
        """
        lane = self._lanes[Effort.LONG]
        if not lane.hold(seconds):
            yield
            return
        try:
            yield
        finally:
            lane.end_hold()


class _Lane:
    """The turns of one effort. Until `_held_until` none is given out."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._held_until = 0.0
        self._lock = threading.Lock()
        self._numbers = count()
        self._queue: list[tuple[int, _Waiting]] = []

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def draw(self) -> int:
        """Return the number of one who comes now."""
        return next(self._numbers)

    def wait(self, number: int) -> None:
        waiting = _Waiting()
        with self._lock:
            heapq.heappush(self._queue, (number, waiting))
            self._give_out()
        while not waiting.has_turn:
            left = self._held_until - time.monotonic()
            waiting.woken.wait(left if left > 0 else None)
            with self._lock:
                self._give_out()
                if not waiting.has_turn:
                    waiting.woken.clear()

    def pass_on(self) -> None:
        with self._lock:
            self._free += 1
            self._give_out()

    def hold(self, seconds: float) -> bool:
        """Give no turns out for so long, or until `end_hold`; tell whether nobody else has that done."""
        with self._lock:
            if self._held_until:
                return False
            self._held_until = time.monotonic() + seconds
            for _, waiting in self._queue:
                waiting.woken.set()  # to wait no longer than that
            return True

    def end_hold(self) -> None:
        with self._lock:
            self._held_until = 0.0
            self._give_out()

    def _give_out(self) -> None:
        while self._free and self._queue and time.monotonic() >= self._held_until:
            self._free -= 1
            waiting = heapq.heappop(self._queue)[1]
            waiting.has_turn = True
            waiting.woken.set()


class _Waiting:
    """One who waits for a turn: woken when it comes, and to look again how long to wait."""

    def __init__(self) -> None:
        self.has_turn = False
        self.woken = threading.Event()
