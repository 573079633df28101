"""Shows the progress of long work on standard error: a bar for each phase on a terminal, a line every few seconds in a log."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

QUIET_SECONDS = 0.7
LINE_SECONDS = 5.0
SURE_SECONDS, STEADY_SECONDS = 2.0, 8.0
"""How long a phase lasts before it is estimated, and how slowly an estimate gives way to what is seen since."""
Report = Callable[[str, int, int], None]
"""Called with the name of a phase, how much is done, and of how much; 0 of 0 where nobody knows."""


class Estimate:
    """How long a phase still takes. Files differ in size: the mean speed since its start decides, and an estimate moves slowly."""

    def __init__(self, began: float) -> None:
        self._began = self._told = began
        self._left: float | None = None

    def left(self, done: int, total: int, now: float) -> float | None:
        """Return the seconds left at the time `now`, `None` as long as they cannot be told."""
        if not done or now - self._began < SURE_SECONDS:
            return None
        seen = (now - self._began) * (total - done) / done
        since, self._told = now - self._told, now
        if self._left is None or done == total:
            self._left = seen
        else:
            expected = max(self._left - since, 0.0)
            self._left = expected + (seen - expected) * (1 - math.exp(-since / STEADY_SECONDS))
        return self._left


class _Phases:
    """The phases of one piece of work, in the order in which they began, each with its estimate and whether it is over."""

    def __init__(self) -> None:
        self._estimates: dict[str, Estimate] = {}
        self._over: dict[str, bool] = {}

    def told(self, what: str, done: int, total: int) -> str:
        """Return how far a phase is, in words: done, of how much, how long it still takes, as far as that is known."""
        now = time.monotonic()
        if what not in self._over:
            self._estimates[what] = Estimate(now)
        self._over[what] = done == total
        if not total:
            return ""
        left = self._estimates[what].left(done, total, now)
        return f"{done} of {total}" + (f", {_spoken(left)} left" if left and done < total else "")

    def is_first(self, what: str) -> bool:
        """Tell whether no phase that began before this one goes on. What nobody can measure is over when the next begins."""
        return what == next((one for one, is_over in self._over.items() if not is_over), what)


@contextmanager
def progress(stream: TextIO, line_seconds: float = LINE_SECONDS) -> Iterator[Report]:
    """Yield a function to call with the progress of phases, which may overlap. Quick work shows nothing.

    If `stream` is no terminal, a line is written at most every `line_seconds`.
    """
    if stream.isatty():
        with _bars(stream) as report:
            yield report
    else:
        yield _lines(stream, line_seconds)


def _lines(stream: TextIO, line_seconds: float) -> Report:
    phases = _Phases()
    last: float | None = None

    def report(what: str, done: int, total: int) -> None:
        nonlocal last
        now, told = time.monotonic(), phases.told(what, done, total)
        last = now if last is None else last  # loading the program is no work to tell of
        if now - last >= line_seconds and phases.is_first(what):
            last = now
            print(f"memoryd: {what} {told}".rstrip(), file=stream, flush=True)

    return report


@contextmanager
def _bars(stream: TextIO) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn

    columns = (TextColumn("{task.description:<13}"), BarColumn(), TextColumn("{task.fields[told]}"))
    bars = Progress(*columns, console=Console(file=stream), transient=True)
    phases, tasks, began = _Phases(), dict[str, TaskID](), time.monotonic()

    def report(what: str, done: int, total: int) -> None:
        told = phases.told(what, done, total)
        if what not in tasks:
            for known in bars.tasks:
                if known.total is None:  # what nobody could measure is over when the next phase begins
                    bars.update(known.id, completed=1, total=1)
            tasks[what] = bars.add_task(what, total=None, told=told)
        bars.update(tasks[what], completed=done, total=total or None, told=told)
        if time.monotonic() - began >= QUIET_SECONDS:
            bars.start()

    try:
        yield report
    finally:
        bars.stop()


def _spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
