"""Shows the progress of long work on standard error: a bar on a terminal, a line every few seconds in a log."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

QUIET_SECONDS = 0.7
LINE_SECONDS = 5.0


@contextmanager
def progress(stream: TextIO, line_seconds: float = LINE_SECONDS) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function to call with the name of a phase, how much is done, and of how much. Quick work shows nothing.

    If `stream` is no terminal, a line is written at most every `line_seconds`.
    """
    if stream.isatty():
        with _bar(stream) as report:
            yield report
    else:
        yield _lines(stream, line_seconds)


def _lines(stream: TextIO, line_seconds: float) -> Callable[[str, int, int], None]:
    last = time.monotonic()

    def report(what: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= line_seconds:
            last = time.monotonic()
            print(f"memoryd: {what} {done} of {total}", file=stream, flush=True)

    return report


@contextmanager
def _bar(stream: TextIO) -> Iterator[Callable[[str, int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(file=stream), transient=True)
    began = time.monotonic()
    tasks: dict[str, int] = {}

    def report(what: str, done: int, total: int) -> None:
        if not tasks and time.monotonic() - began < QUIET_SECONDS:
            return
        if what not in tasks:
            bar.start()
            tasks[what] = bar.add_task(what, total=total)
        bar.update(bar.tasks[tasks[what]].id, completed=done, total=total)

    try:
        yield report
    finally:
        bar.stop()
