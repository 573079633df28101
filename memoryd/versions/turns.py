"""Turns: of the questions that threads answer, a few compute at once; who waits for a refresh lets others have its turn."""

import heapq
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count


class Turns:
    """At most `most` turns at once. Of those who want one, who asked first goes first, also after waiting for something else."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._lock = threading.Lock()
        self._numbers = count()
        self._queue: list[tuple[int, threading.Event]] = []
        self._mine = threading.local()

    @property
    def waiting(self) -> int:
        """The number of those who want a turn."""
        return len(self._queue)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn, and have it until the block ends."""
        number = next(self._numbers)
        self._wait(number)
        self._mine.number = number
        try:
            yield
        finally:
            del self._mine.number
            self._pass_on()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let others have this thread's turn until the block ends, then wait to have it back; does nothing where it has none."""
        number = getattr(self._mine, "number", None)
        if number is None:
            yield
            return
        self._pass_on()
        try:
            yield
        finally:
            self._wait(number)

    def _wait(self, number: int) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            called = threading.Event()
            heapq.heappush(self._queue, (number, called))
        called.wait()

    def _pass_on(self) -> None:
        with self._lock:
            if self._queue:
                heapq.heappop(self._queue)[1].set()
            else:
                self._free += 1
