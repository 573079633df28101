"""The whole report: every figure of `memoryd usage` about some transcripts, as one value. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from memoryd.limits import MOST_DEFINED
from memoryd.usage.collecting import Collected
from memoryd.usage.duplicates import Counted
from memoryd.usage.figures import (
    Cell,
    Growth,
    Missed,
    Pace,
    Savings,
    Session,
    Sums,
    Typical,
    by_reason,
    cells,
    find_misses,
    grouped,
    growths,
    pace_of,
    savings_of,
    sessions_of,
    start_share,
    typical,
)  # fmt: skip
from memoryd.usage.prices import Lookup

GROUPS: dict[str, Callable[[Cell], str]] = {
    "day": lambda cell: cell.day,
    "project": lambda cell: cell.where.project,
    "model": lambda cell: cell.where.model + (f" ({cell.where.speed})" if cell.where.speed else ""),
    "session": lambda cell: cell.where.session,
    "branch": lambda cell: cell.where.branch,
    "client": lambda cell: cell.where.client,
    "agent": lambda cell: "subagents" if cell.where.agent else "main",
}
"""What sums may be grouped by."""
SizeOf = Callable[[str, str], int | None]


@dataclass(frozen=True, slots=True)
class Source:
    """What came into contexts from one source: its characters, and how many were carried by all requests together."""

    name: str
    characters: int
    carried: int


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: files, lines with usage, copies of requests, damaged and synthetic lines, cut files, unreadable ones."""

    files: int
    lines: int
    copies: int
    damaged: int
    synthetic: int
    cut: int
    unreadable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All figures. `unpriced` are the models that have no price."""

    read: Read
    total: Sums
    cells: tuple[Cell, ...]
    unpriced: tuple[str, ...]
    sessions: tuple[Session, ...]
    misses: tuple[Missed, ...]
    growths: tuple[Growth, ...]
    typical: tuple[Typical, ...]
    begun: tuple[int, int]
    """Tokens of what contexts began with, as often as it was carried, and of all contexts."""
    sources: tuple[Source, ...]
    lines_read: int
    lines_again: int
    calls: tuple[tuple[str, int], ...]
    savings: Savings
    pace: Pace

    def by(self, group: str) -> dict[str, Sums]:
        """Return the sums of a group of `GROUPS`, by name."""
        return grouped(self.cells, GROUPS[group])


def report_on(collected: Collected, counted: Counted, prices: Lookup, size_of: SizeOf) -> Report:
    """Return all figures about what was collected and counted. `size_of` tells the tokens of a whole output by project and handle."""
    found = cells(counted.agents, prices)
    missed = find_misses(counted.agents, prices)
    grown = growths(counted.agents)
    readings = [reading for _, reading in collected.readings]
    return Report(
        _read(collected, counted),
        sum((cell.sums for cell in found), Sums()),
        tuple(found),
        tuple(sorted({cell.where.model or "(no name)" for cell in found if cell.sums.unpriced.requests})),
        tuple(sessions_of(counted, found, missed)),
        by_reason(missed),
        tuple(grown),
        typical(grown),
        start_share(counted.agents),
        _sources(collected),
        sum(reading.lines[0] for reading in readings),
        sum(reading.lines[1] for reading in readings),
        _calls(collected),
        savings_of(counted, prices, size_of, MOST_DEFINED),
        pace_of(counted, found),
    )


def _read(collected: Collected, counted: Counted) -> Read:
    readings = [reading for _, reading in collected.readings]
    return Read(
        len(readings), sum(one.seen for one in readings), counted.copies, sum(one.damaged for one in readings),
        sum(one.synthetic for one in readings), sum(one.is_cut for one in readings), collected.unreadable,
    )  # fmt: skip


def _sources(collected: Collected) -> tuple[Source, ...]:
    sums: dict[str, list[int]] = {}
    for _, reading in collected.readings:
        for name, (size, carried) in reading.sources.items():
            known = sums.setdefault(name, [0, 0])
            known[0] += size
            known[1] += carried
    return tuple(Source(name, *sums[name]) for name in sorted(sums, key=lambda one: (-sums[one][1], one)))


def _calls(collected: Collected) -> tuple[tuple[str, int], ...]:
    sums: dict[str, int] = {}
    for _, reading in collected.readings:
        for name, number in reading.calls.items():
            sums[name] = sums.get(name, 0) + number
    return tuple(sorted(sums.items(), key=lambda one: (-one[1], one[0])))
