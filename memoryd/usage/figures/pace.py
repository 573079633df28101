"""The pace: what was used within the window that a client's limits count by, and how much of a limit it says is used. Pure.

Claude Code's limits count five hours from the first request on; it does not write down how much of them is used. Codex does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from memoryd.usage.duplicates import Counted
from memoryd.usage.figures.sums import Cell

WINDOW_MS, HOUR_MS = 5 * 3_600_000, 3_600_000


@dataclass(frozen=True, slots=True)
class Window:
    """Five hours from the hour of a first request on: what was used, and until when (milliseconds)."""

    start: int
    last: int
    requests: int
    tokens: int
    cost: float


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of a limit a client said was used, in percent, of a window of some minutes, and when it said so."""

    client: str
    minutes: int
    percent: float
    at: int


@dataclass(frozen=True, slots=True)
class Pace:
    """The latest window, the dearest one before, and the limits that clients tell."""

    latest: Window | None
    dearest: Window | None
    limits: tuple[Limit, ...]


def pace_of(counted: Counted, found: Iterable[Cell]) -> Pace:
    """Return the pace of all requests that count, by their sums."""
    windows = _windows(found)
    limits: dict[tuple[str, int], Limit] = {}
    for agent in counted.agents:
        for minutes, (at, percent) in agent.reading.limits.items():
            limit = Limit(agent.reading.wheres[0].client, int(minutes), percent, at)
            known = limits.get((limit.client, limit.minutes))
            if known is None or known.at < at:
                limits[limit.client, limit.minutes] = limit
    before = sorted(windows[:-1], key=lambda one: (-one.cost, one.start))
    return Pace(windows[-1] if windows else None, before[0] if before else None, tuple(limits[key] for key in sorted(limits)))


def _windows(cells: Iterable[Cell]) -> list[Window]:
    """Return all windows; they begin at a full hour, so that a quarter of an hour lies in one of them."""
    found: list[Window] = []
    for cell in sorted(cells, key=lambda one: one.at):
        if not found or cell.at >= found[-1].start + WINDOW_MS:
            found.append(Window(cell.at // HOUR_MS * HOUR_MS, cell.at, 0, 0, 0.0))
        last, tokens = found[-1], cell.sums.tokens
        number, size = last.requests + tokens.requests, last.tokens + tokens.context + tokens.output
        found[-1] = Window(last.start, cell.at, number, size, last.cost + cell.sums.cost.total)
    return found
