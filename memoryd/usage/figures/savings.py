"""What memoryd saved, and what it cost, by one formula: tokens × (writing them once + reading them at each later request). Pure.

Tokens that come into a context are written to the cache by the next request, and read from it by each one after, until the context is
compacted or ends; a request that reads nothing from the cache pays for them as for new ones. What memoryd kept out of a context is
saved by that formula; what it put in is paid by it. Nothing is claimed where memoryd had no part, nor for what has no measured size.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from memoryd.usage.duplicates import AgentRequests, Counted
from memoryd.usage.prices import Lookup, Rates
from memoryd.usage.requests import Request

MEASURED, ESTIMATED = "measured", "estimated from characters, four for a token"
NAMES = {
    "observation": "outputs that were shortened",
    "reread": "readings of files that the agent had",
    "definitions": "definitions of memoryd's tools",
    "injected": "what hooks put in",
    "answer": "answers of memoryd's tools",
    "show": "outputs that were fetched back",
}
BASES = {"reread": ESTIMATED}


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of saving or cost: how often, tokens kept out of contexts (less than 0: put in), and the dollars that these are."""

    name: str
    number: int
    tokens: int
    saved: float
    basis: str


@dataclass(frozen=True, slots=True)
class Savings:
    """What memoryd saved in the sessions that it had a part in; `unknown` outputs were shortened whose size nobody has any more."""

    lines: tuple[Line, ...]
    sessions: Mapping[str, float]
    """The dollars that each session saved; less than 0 where it lost."""
    unknown: int
    unpriced: int
    """Things that are in no line's dollars, since their model has no price."""

    @property
    def saved(self) -> float:
        """All of it, losses taken off."""
        return sum(line.saved for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Change:
    """Tokens that are missing from a context, or came into it, with the `place`-th request of an agent."""

    kind: str
    place: int
    tokens: int


def savings_of(counted: Counted, prices: Lookup, size_of: Callable[[str, str], int | None], definitions: int) -> Savings:
    """Return what memoryd saved.

    `size_of` returns the tokens of a whole output by project and handle; `definitions` are the tokens of our tools' definitions.
    """
    sums: dict[str, tuple[int, int, float]] = {}
    sessions: dict[str, float] = {}
    unknown = unpriced = 0
    for agent in counted.agents:
        if not (ours := agent.ours):
            continue
        where = agent.where(agent.requests[-1])
        changes, missing = _changes(ours, where.project, size_of, definitions)
        unknown += missing
        for change in changes:
            dollars = _dollars(agent, change, prices)
            unpriced += dollars is None
            number, tokens, saved = sums.get(change.kind, (0, 0, 0.0))
            sums[change.kind] = number + 1, tokens + change.tokens, saved + (dollars or 0.0)
            sessions[where.session] = sessions.get(where.session, 0.0) + (dollars or 0.0)
    lines = tuple(Line(name, *sums[kind], BASES.get(kind, MEASURED)) for kind, name in NAMES.items() if kind in sums)
    return Savings(lines, dict(sorted(sessions.items())), unknown, unpriced)


def _changes(
    ours: Iterable[Sequence[object]], project: str, size_of: Callable[[str, str], int | None], definitions: int
) -> tuple[list[_Change], int]:
    """Return what memoryd changed for an agent, and how many outputs have no known size."""
    changes, missing = [_Change("definitions", 0, -definitions)], 0
    for _agent, place, kind, tokens, what in ours:
        assert isinstance(place, int)
        assert isinstance(tokens, int)
        if kind in ("observation", "reread"):
            whole = what if isinstance(what, int) else size_of(project, str(what))
            missing += whole is None
            if whole is not None:
                changes.append(_Change(str(kind), place, whole - tokens))
        elif kind in NAMES:
            changes.append(_Change(str(kind), place, -tokens))
    return changes, missing


def _dollars(agent: AgentRequests, change: _Change, prices: Lookup) -> float | None:
    """Return what tokens cost from a request on, until the context is compacted or ends; `None` without a price.

    Definitions of tools are sent with every request, so they stay when a context is compacted.
    """
    end = len(agent.requests)
    if change.kind != "definitions":
        end = min((number for number in agent.compacted if number > change.place), default=end)
    rates = 0.0
    for place in range(change.place, end):
        if place in agent.apart:
            continue
        request = agent.requests[place]
        priced = prices(agent.where(request), request.at)
        if not priced.tiers:
            return None
        rate = priced.tiers[priced.tier(request.context)][1]
        rates += rate.read if place > change.place and request.read else _new(request, rate)
    return change.tokens * rates


def _new(request: Request, rate: Rates) -> float:
    """Return the price of a new token of a request: that of writing to the cache, if it did."""
    return rate.write_1h if request.write_1h else rate.write_5m if request.write_5m else rate.input
