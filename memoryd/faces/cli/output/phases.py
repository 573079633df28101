"""Shows the progress of long work on standard error: a bar for each phase on a terminal, a line every few seconds in a log."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

QUIET_SECONDS = 0.7
LINE_SECONDS = 5.0
SURE_SECONDS, SURE_SHARE = 2.0, 0.02
"""How long a phase is watched, and how much of it is done meanwhile, before it is estimated."""
WARM_SHARE = 0.01
"""How much of a phase is done before it is watched: parsers start slowly."""
STEADINESS = 0.1
"""How slowly an estimate gives way to what is seen since, as a share of what was done while it was watched."""
Report = Callable[[str, int, int], None]
"""Called with the name of a phase, how much is done, and of how much; 0 of 0 where nobody knows."""


class Estimate:
    """How long a phase still takes. Files differ in size: the mean speed decides, and an estimate moves slowly."""

    def __init__(self) -> None:
        self._warm: tuple[int, float] | None = None
        self._told: tuple[int, float, float] | None = None

    def left(self, done: int, total: int, now: float) -> float | None:
        """Return the seconds left at the time `now`, `None` as long as they cannot be told."""
        if self._warm is None and done >= WARM_SHARE * total:
            self._warm = done, now
        first, began = self._warm or (done, now)
        seen, elapsed = done - first, now - began
        if seen < SURE_SHARE * total or elapsed < SURE_SECONDS:
            return None
        left = elapsed * (total - done) / seen
        if self._told is not None and done < total:
            before, then, was = self._told
            left += (max(was - (now - then), 0.0) - left) * (before / seen) ** (1 / STEADINESS)
        self._told = seen, now, left
        return left


class _Phases:
    """The phases of one piece of work, in the order in which they began, each with its estimate and whether it is over."""

    def __init__(self) -> None:
        self._estimates: dict[str, Estimate] = {}
        self._over: dict[str, bool] = {}

    def told(self, what: str, done: int, total: int) -> str:
        """Return how far a phase is, in words: done, of how much, how long it still takes, as far as that is known."""
        now = time.monotonic()
        self._over[what] = done == total
        if not total:
            self._estimates.pop(what, None)  # where it begins once more, it is estimated anew
            return ""
        left = self._estimates.setdefault(what, Estimate()).left(done, total, now)
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
