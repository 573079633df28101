"""What was read of one file so far: its requests, and counts of what filled the contexts. It goes on where it stopped. Never text.

Of each agent it is known how many characters of which source lie in its context; a request carries all of them once more.
"""

from typing import Any

from memoryd.usage.readers.values import digest
from memoryd.usage.requests import COUNTED, Request, Where

Interval = tuple[int, int]


class Reading:
    """The counts of one file. What is stored of it are `rows` for reports, and `state`, which only going on needs."""

    def __init__(self) -> None:
        self.requests: list[list[int]] = []
        self.wheres: list[Where] = []
        self.seen = 0
        """Lines that told of usage, repeated ones too."""
        self.damaged = 0
        self.synthetic = 0
        self.is_cut = False
        self.compacted: list[tuple[str, int]] = []
        """Agents, each with the number of its requests before a compaction of its context."""
        self.sources: dict[str, list[int]] = {}
        """For each source its characters, and those times the requests that carried them."""
        self.lines = [0, 0]
        """Lines of files that agents read, and those of them that they had read before."""
        self.calls: dict[str, int] = {}
        self.ours: list[list[Any]] = []
        """What memoryd put into contexts: agent, requests before it, kind, tokens, handle or characters."""
        self.parent = ""
        self.limits: dict[str, Any] = {}
        self.state: dict[str, Any] = {}
        self._resident: dict[str, dict[str, int]] = {}
        self._intervals: dict[str, dict[str, list[Interval]]] = {}
        self._counts: dict[str, int] = {}
        self._places: dict[Where, int] = {}
        self._rows: dict[int, int] = {}

    def request(self, where: Where, request: Request) -> None:
        """Take a request, or more of one that is known: the largest of each count is kept."""
        self.seen += 1
        at = self._rows.get(request.key) if request.key else None
        if at is not None:
            known = self.requests[at]
            known[COUNTED] = map(max, known[COUNTED], request.counts)
            return
        place = self._places.get(where)
        if place is None:
            place = self._places[where] = len(self.wheres)
            self.wheres.append(where)
        self._rows[request.key] = len(self.requests)
        self.requests.append([*request[:3], place, *request.counts])
        self._counts[where.agent] = self._counts.get(where.agent, 0) + 1
        for source, size in self._resident.get(where.agent, {}).items():
            self.sources[source][1] += size

    def count(self, agent: str) -> int:
        """Return how many requests an agent has made."""
        return self._counts.get(agent, 0)

    def fills(self, agent: str, source: str, size: int) -> None:
        """Take characters that come into the context of an agent."""
        if size:
            resident = self._resident.setdefault(agent, {})
            resident[source] = resident.get(source, 0) + size
            self.sources.setdefault(source, [0, 0])[0] += size

    def reads(self, agent: str, path: str, first: int, number: int) -> None:
        """Take a reading of lines of a file by an agent."""
        if not number:
            return
        files = self._intervals.setdefault(agent, {})
        name = str(digest(path))
        known, new = files.get(name, []), (first, first + number)
        self.lines[0] += number
        self.lines[1] += sum(max(0, min(end, new[1]) - max(start, new[0])) for start, end in known)
        files[name] = _joined([*known, new])

    def changes(self, agent: str, path: str) -> None:
        """Take a change of a file: to read it again is no repetition."""
        self._intervals.get(agent, {}).pop(str(digest(path)), None)

    def compacts(self, agent: str) -> None:
        """Take a compaction of the context of an agent."""
        self.compacted.append((agent, self.count(agent)))
        self._resident.pop(agent, None)
        self._intervals.pop(agent, None)

    def tells(self, agent: str, kind: str, tokens: int, what: str | int = "") -> None:
        """Take something that memoryd put into the context of an agent."""
        self.ours.append([agent, self.count(agent), kind, tokens, what])

    def rows(self) -> dict[str, Any]:
        """Return what reports need, as JSON."""
        return {
            "requests": self.requests, "wheres": [list(where) for where in self.wheres], "seen": self.seen, "damaged": self.damaged,
            "synthetic": self.synthetic, "is_cut": self.is_cut, "compacted": self.compacted, "sources": self.sources, "lines": self.lines,
            "calls": self.calls, "ours": self.ours, "parent": self.parent, "limits": self.limits,
        }  # fmt: skip

    def rest(self) -> dict[str, Any]:
        """Return what going on needs besides, as JSON."""
        return {"state": self.state, "resident": self._resident, "intervals": self._intervals, "counts": self._counts}

    @classmethod
    def stored(cls, rows: dict[str, Any], rest: dict[str, Any]) -> "Reading":
        """Return a reading as it was stored; without the rest it only tells."""
        reading = cls()
        for field, value in rows.items():
            setattr(reading, field, value)
        reading.wheres = [Where(*where) for where in reading.wheres]
        if rest:
            reading.state, reading._resident = rest["state"], rest["resident"]
            reading._intervals, reading._counts = rest["intervals"], rest["counts"]
            reading._places = {where: place for place, where in enumerate(reading.wheres)}
            reading._rows = {row[0]: at for at, row in enumerate(reading.requests)}
        return reading


def _joined(intervals: list[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for start, end in sorted((start, end) for start, end in intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
