"""Counts each request once, however many lines and files tell of it. Pure.

A request is one by the ids of its answer and of itself. Within a family (a session, its subagents, its forks) an answer counts once
even where its copy has another request id; that of the main agent is kept, and of the older file. Requests without any id all count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from memoryd.usage.readers import Reading
from memoryd.usage.requests import COUNTED, Request, Where

NEVER, LAST_MS = -1, 1 << 62
REPLAYED_MS = 1_000
"""Within how long a client writes what it replays of a session whose file is gone."""


@dataclass(frozen=True, slots=True)
class AgentRequests:
    """The requests of one agent in one file, in their order. `name` is empty for the main agent of a session.

    `apart` are the places of those that do not count here.
    """

    reading: Reading
    name: str
    requests: tuple[Request, ...]
    compacted: frozenset[int] = frozenset()
    """How many requests were made before each compaction."""
    apart: frozenset[int] = frozenset()

    @property
    def ours(self) -> list[list[Any]]:
        """What memoryd put into the context of the agent, as in `Reading.ours`."""
        return [one for one in self.reading.ours if one[0] == self.name]

    def where(self, request: Request) -> Where:
        """Return what a request belongs to."""
        return self.reading.wheres[request.where]

    def counted(self) -> Iterable[Request]:
        """Return the requests that count here."""
        if not self.apart:
            return self.requests
        return (request for place, request in enumerate(self.requests) if place not in self.apart)


@dataclass(frozen=True, slots=True)
class Counted:
    """The requests of the agents in all files, and how many requests were copies of others."""

    agents: tuple[AgentRequests, ...]
    copies: int


def count_once(readings: Sequence[tuple[str, Reading]], first: int = 0, end: int = LAST_MS) -> Counted:
    """Return the requests of some files from a time on to before another, in milliseconds, each once."""
    roots = _roots(reading for _, reading in readings)
    ordered = sorted(readings, key=lambda one: (_last(one[1]), one[0]))
    kept = dict[tuple[str, int] | int, list[int]]()
    copied = set[int]()
    known = {where.session for _, reading in readings for where in reading.wheres}
    for is_side in (False, True):
        for _, reading in ordered:
            sessions = {place: roots.get(where.session, where.session) for place, where in enumerate(reading.wheres)}
            taken = {place for place, where in enumerate(reading.wheres) if bool(where.agent) == is_side}
            replayed = _replayed(reading, known)
            for row in reading.requests:
                if row[3] in taken and (row[2] <= replayed or _is_copy(row, sessions[row[3]], kept)):
                    copied.add(id(row))
    agents = [one for _, reading in readings for one in _agents(reading, copied, first, end)]
    return Counted(tuple(agents), len(copied))


def of_session(counted: Counted, begun: str) -> Counted:
    """Return what counts of the files of the sessions whose id begins with a text, with those of their subagents."""
    agents = tuple(one for one in counted.agents if any(where.session.startswith(begun) for where in one.reading.wheres))
    return Counted(agents, counted.copies)


def _is_copy(row: list[int], root: str, kept: dict[tuple[str, int] | int, list[int]]) -> bool:
    """Tell whether a request is known; if so, the largest of each count is kept with the first."""
    key, message = row[0], row[1]
    known = (kept.get(key) if key else None) or (kept.get((root, message)) if message else None)
    if known is None:
        if key:
            kept[key] = row
        if message:
            kept[root, message] = row
        return False
    if row[COUNTED] != known[COUNTED]:
        known[COUNTED] = map(max, known[COUNTED], row[COUNTED])
    return True


def _roots(readings: Iterable[Reading]) -> dict[str, str]:
    """Return for each forked session the one that its family began with."""
    parents = {where.session: reading.parent for reading in readings if reading.parent for where in reading.wheres}
    roots = {}
    for session in parents:
        root, seen = session, {session}
        while (parent := parents.get(root)) is not None and parent not in seen:
            root = parent
            seen.add(root)
        roots[session] = root
    return roots


def _replayed(reading: Reading, known: set[str]) -> int:
    """Return until when a file replays its parent, as far as no file is at hand that has the parent's requests."""
    if not reading.parent or reading.parent in known or len(reading.requests) < 2:
        return NEVER
    end = reading.requests[0][2] + REPLAYED_MS
    return end if reading.requests[1][2] <= end else NEVER


def _last(reading: Reading) -> int:
    return reading.requests[-1][2] if reading.requests else 0


def _agents(reading: Reading, copied: set[int], first: int, end: int) -> Iterable[AgentRequests]:
    rows_of: dict[str, list[list[int]]] = {}
    for row in reading.requests:
        rows_of.setdefault(reading.wheres[row[3]].agent, []).append(row)
    for name, rows in rows_of.items():
        apart = frozenset(place for place, row in enumerate(rows) if not first <= row[2] < end or id(row) in copied)
        if len(apart) < len(rows):
            compacted = frozenset(number for whose, number in reading.compacted if whose == name)
            yield AgentRequests(reading, name, tuple(map(Request._make, rows)), compacted, apart)
