"""What refreshes have cost since the daemon started, by cause. Safe to use from several threads."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from memoryd.errors import MemorydError, RefreshBusy, Stopping
from memoryd.model import RefreshReport

CAUSES = ("asked", "loaded", "watched")
"""A client asked for it; a project came into memory; files changed under a watcher."""

Report = TypeVar("Report", bound=RefreshReport | None)


@dataclass(frozen=True, slots=True)
class Refreshes:
    """Refreshes of one cause: how many there were and failed, the files they parsed and the seconds they took."""

    done: int = 0
    failed: int = 0
    parsed: int = 0
    seconds: float = 0.0


class Tally:
    """Adds up refreshes. Only what was done is counted: a project found fresh in memory is none, nor is one that was put off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._causes = dict.fromkeys(CAUSES, Refreshes())

    def counted(self, cause: str, refresh: Callable[[], Report]) -> Report:
        """Return what `refresh` returns, or raise what it raises, and count it."""
        try:
            report = refresh()
        except (RefreshBusy, Stopping):
            raise
        except MemorydError:
            self.fail(cause)
            raise
        if report is not None:
            self.add(cause, report)
        return report

    def add(self, cause: str, report: RefreshReport) -> None:
        """Count a refresh."""
        with self._lock:
            now = self._causes[cause]
            self._causes[cause] = Refreshes(now.done + 1, now.failed, now.parsed + report.parsed, now.seconds + report.seconds)

    def fail(self, cause: str) -> None:
        """Count a refresh that failed."""
        with self._lock:
            now = self._causes[cause]
            self._causes[cause] = Refreshes(now.done, now.failed + 1, now.parsed, now.seconds)

    def causes(self) -> dict[str, Refreshes]:
        """Return everything by cause."""
        with self._lock:
            return dict(self._causes)
