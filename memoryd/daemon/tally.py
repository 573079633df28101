"""Counts refreshes and their cost since the daemon started, by cause. Safe to use from several threads."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from memoryd.errors import MemorydError, RefreshBusy, Stopping
from memoryd.model import RefreshReport

CAUSES = ("asked", "loaded", "watched")
"""The causes of a refresh: a client asked for it, a project was loaded, watched files changed."""

Report = TypeVar("Report", bound=RefreshReport | None)


@dataclass(frozen=True, slots=True)
class Refreshes:
    """The refreshes of one cause: how many were done and failed, the files they parsed, the seconds they took."""

    done: int = 0
    failed: int = 0
    parsed: int = 0
    seconds: float = 0.0


class Tally:
    """The sums of refreshes by cause. A load that needs no refresh is not counted, nor is a refresh that was put off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._causes = dict.fromkeys(CAUSES, Refreshes())

    def counted(self, cause: str, refresh: Callable[[], Report]) -> Report:
        """Call `refresh` and count it; return its report or raise its error."""
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
        """Return the sums by cause."""
        with self._lock:
            return dict(self._causes)
