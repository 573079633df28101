"""The page of usage: what `memoryd usage --json` prints, and of it what is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_ROWS = 30
"""Rows of a table; the JSON has all."""
GROUPS = ("model", "project", "branch", "client", "agent")


@dataclass(frozen=True, slots=True)
class UsagePage:
    """A report, `None` where there is none yet; whether a newer one is being worked out, how far that is, and what went wrong.

    `files` transcripts of `size` bytes are there; `options` are those of the command that prints the same.
    """

    report: dict[str, Any] | None
    is_at_work: bool
    told: str
    trouble: str
    files: int
    size: int
    options: tuple[str, ...]

    @property
    def days(self) -> list[tuple[int, float]]:
        """When each day begins (Unix seconds, UTC), and what was spent on it."""
        named = self.report["by_day"].items() if self.report else ()
        return [(int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()), _cost(sums)) for day, sums in named if day]

    @property
    def longest(self) -> dict[str, Any] | None:
        """The growth of the context of the session with the most requests."""
        sessions = self.report["growth"]["sessions"] if self.report else ()
        return max(sessions, key=lambda one: (len(one["contexts"]), one["session"]), default=None)

    @property
    def groups(self) -> dict[str, list[tuple[str, dict[str, Any]]]]:
        """The dearest of each group, where there is more than one."""
        report = self.report or {}
        found = {group: report.get(f"by_{group}", {}) for group in GROUPS}
        return {group: sorted(sums.items(), key=_dearest)[:MOST_ROWS] for group, sums in found.items() if len(sums) > 1 or group == "model"}


def _cost(sums: Mapping[str, Any]) -> float:
    return float(sums["cost"]["total"]) if sums["cost"] else 0.0


def _dearest(item: tuple[str, Mapping[str, Any]]) -> tuple[float, str]:
    return -_cost(item[1]), item[0]
