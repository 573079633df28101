"""Patience: tells what is slow on a busy machine from what hangs, by the time that it waited for a processor (Linux)."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

SHARE = 0.5
"""Processes that waited for a processor for this share of a round, all threads together, are starved rather than stuck."""
MOST_ROUNDS = 10


class Patience:
    """Waits for processes for a round of some seconds, and for another one whenever they were starved in the last, up to `MOST_ROUNDS`."""

    def __init__(self, seconds: float, waited: Callable[[], float]) -> None:
        """`waited` tells the seconds that the processes have waited for a processor since they began."""
        self._seconds, self._waited = seconds, waited
        self._rounds = 0
        self._begin()

    @property
    def left(self) -> float:
        """The seconds left of this round."""
        return max(0.0, self._begun + self._seconds - time.monotonic())

    def over(self) -> bool:
        """Whether the time is over and the processes had a processor for enough of it."""
        return not self.left and not self.again()

    def again(self) -> bool:
        """Begin another round if the processes were starved so far in this one, which may have ended early; return whether they were."""
        starved = self._waited() - self._at_first >= SHARE * (time.monotonic() - self._begun)
        self._rounds += 1
        if not starved or self._rounds >= MOST_ROUNDS:
            return False
        self._begin()
        return True

    def _begin(self) -> None:
        self._begun, self._at_first = time.monotonic(), self._waited()


def seconds_waited(pids: Iterable[int]) -> float:
    """Return the seconds that threads of processes were ready to run without a processor, together; 0 where the kernel does not count.

    Processes and threads that end meanwhile count with what was read of them.
    """
    total = 0
    for pid in pids:
        for thread in _names(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                total += int(Path(f"/proc/{pid}/task/{thread}/schedstat").read_text().split()[1])
    return total / 1e9


def _names(folder: str) -> list[str]:
    """Return the names in a folder, none if it is gone. `Path.glob` raises where a folder ends while it is read."""
    try:
        return os.listdir(folder)
    except OSError:
        return []
