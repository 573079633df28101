"""One session in figures: what it cost, how far its context grew, and what made it dear. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from memoryd.usage.duplicates import AgentRequests, Counted
from memoryd.usage.figures.misses import Miss
from memoryd.usage.figures.sums import Cell, Sums
from memoryd.usage.requests import Tokens

NOTABLE = 0.15
"""The share of a session's cost from which on a reason is told."""
LARGE = 100_000
"""Tokens of a context that is called large."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session: times in milliseconds, `uses_memoryd` if anything of memoryd's came into a context of it."""

    id: str
    client: str
    project: str
    branch: str
    first: int
    last: int
    sums: Sums
    subagents: Sums
    largest: int
    compactions: int
    misses: int
    missed_cost: float
    uses_memoryd: bool


def sessions_of(counted: Counted, found: Sequence[Cell], missed: Sequence[Miss]) -> list[Session]:
    """Return all sessions that have requests, in the order of their ids."""
    sums, sides, places = dict[str, Sums](), dict[str, Sums](), dict[str, Cell]()
    for cell in found:
        name = cell.where.session
        sums[name] = sums.get(name, Sums()) + cell.sums
        places.setdefault(name, cell)
        if cell.where.agent:
            sides[name] = sides.get(name, Sums()) + cell.sums
    spans = _spans(counted.agents)
    compactions, ours = _compactions(counted)
    lost: dict[str, tuple[int, float]] = {}
    for miss in missed:
        number, cost = lost.get(miss.session, (0, 0.0))
        lost[miss.session] = number + 1, cost + (miss.cost or 0.0)
    return [
        Session(
            name, cell.where.client, cell.where.project, cell.where.branch, *spans[name][:2], sums[name], sides.get(name, Sums()),
            spans[name][2], compactions.get(name, 0), *lost.get(name, (0, 0.0)), name in ours,
        )
        for name, cell in sorted(places.items())
    ]  # fmt: skip


def dearest(found: Iterable[Session], number: int) -> list[Session]:
    """Return the sessions that cost most."""
    return sorted(found, key=lambda one: (-one.sums.cost.total, -one.sums.tokens.context, one.id))[:number]


def why(session: Session) -> list[str]:
    """Return what made a session dear, the largest share first."""
    cost = session.sums.cost
    total = cost.total
    if not total:
        return ["no price is known for its model"] if session.sums.unpriced.requests else []
    tokens: Tokens = session.sums.tokens
    parts: Mapping[str, float] = {
        f"for contexts sent again ({tokens.requests} requests, {tokens.read / max(1, tokens.requests) / 1000:.0f}k tokens each)": cost.read,
        "for what was new in its contexts": cost.write - session.missed_cost,
        "for what the model wrote": cost.output,
        "for input beside the cache": cost.input,
        f"for cache misses ({session.misses})": session.missed_cost,
    }
    told = [f"{part / total:.0%} {name}" for name, part in sorted(parts.items(), key=lambda one: -one[1]) if part / total >= NOTABLE]
    side = session.subagents.cost.total / total
    if side >= NOTABLE:
        told.append(f"{side:.0%} of it in subagents")
    if session.largest >= LARGE:
        told.append(f"contexts up to {session.largest / 1000:.0f}k")
    return told


def _spans(agents: Iterable[AgentRequests]) -> dict[str, tuple[int, int, int]]:
    """Return for each session the times of its first and last request, and its largest context."""
    spans: dict[str, tuple[int, int, int]] = {}
    for agent in agents:
        requests = list(agent.counted())
        names = {where.session for where in agent.reading.wheres}
        for name in names:
            some = requests if len(names) == 1 else [one for one in requests if agent.where(one).session == name]
            if some:
                times, largest = [one.at for one in some], max([one.context for one in some])
                known = spans.get(name, (times[0], times[0], 0))
                spans[name] = min(known[0], *times), max(known[1], *times), max(known[2], largest)
    return spans


def _compactions(counted: Counted) -> tuple[dict[str, int], set[str]]:
    """Return how often the contexts of each session were compacted, and the sessions that memoryd had a part in."""
    numbers, ours = dict[str, int](), set[str]()
    for agent in counted.agents:
        name = agent.where(agent.requests[-1]).session
        numbers[name] = numbers.get(name, 0) + len(agent.compacted)
        if agent.ours:
            ours.add(name)
    return numbers, ours
