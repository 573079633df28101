"""Sums of requests: their tokens, and what these cost by kind. What has no price is summed apart, and never as zero. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from memoryd.usage.duplicates import AgentRequests
from memoryd.usage.prices import Lookup, Priced, Rates
from memoryd.usage.requests import Request, Tokens, Where

QUARTER_MS = 900_000
"""No time zone changes its day within a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars by kind of tokens."""

    input: float = 0.0
    read: float = 0.0
    write: float = 0.0
    output: float = 0.0

    @property
    def total(self) -> float:
        """All of it."""
        return self.input + self.read + self.write + self.output

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.input + other.input, self.read + other.read, self.write + other.write, self.output + other.output)


@dataclass(frozen=True, slots=True)
class Sums:
    """Some requests: all tokens, what those with a price cost, and the tokens of those that have none."""

    tokens: Tokens = field(default_factory=Tokens)
    cost: Cost = field(default_factory=Cost)
    unpriced: Tokens = field(default_factory=Tokens)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.tokens + other.tokens, self.cost + other.cost, self.unpriced + other.unpriced)


@dataclass(frozen=True, slots=True)
class Cell:
    """The requests of one place within a quarter of an hour, the first of them at a time in milliseconds, at one tier of its prices."""

    where: Where
    day: str
    at: int
    sums: Sums


def cells(agents: Iterable[AgentRequests], prices: Lookup) -> list[Cell]:
    """Return the sums of all requests that count, by where they belong, quarter of an hour, and tier of prices."""
    counts: dict[tuple[Where, int, int], list[int]] = {}
    starts: dict[tuple[Where, int, int], int] = {}
    for agent in agents:
        last, priced, sums = (-1, -1), Priced(()), list[int]()
        for request in agent.counted():
            place = request.where, request.at // QUARTER_MS
            # Neighbours mostly have all but their counts in common, which is told at once: this is the innermost loop of all figures.
            if place != last or len(priced.tiers) > 1:
                last, where = place, agent.where(request)
                priced = prices(where, request.at)
                key = where, place[1], priced.tier(request.context)
                sums = counts.setdefault(key, [0] * 7)
                starts.setdefault(key, request.at)
            sums[0] += 1
            sums[1] += request.input
            sums[2] += request.read
            sums[3] += request.write_5m
            sums[4] += request.write_1h
            sums[5] += request.output
            sums[6] += request.searches
    return [
        Cell(where, day_of(quarter), starts[key], _priced(Tokens(*sums), _rates(prices, where, starts[key], tier)))
        for key, sums in counts.items()
        for where, quarter, tier in (key,)
    ]


def grouped(found: Iterable[Cell], by: Callable[[Cell], str]) -> dict[str, Sums]:
    """Return the sums of groups of cells by name, in the order of their names."""
    groups: dict[str, Sums] = {}
    for cell in found:
        name = by(cell)
        groups[name] = groups.get(name, Sums()) + cell.sums
    return dict(sorted(groups.items()))


def day_of(quarter: int) -> str:
    """Return the day that a quarter of an hour lies in, in the zone of this machine; "" for a time that is not known."""
    return datetime.fromtimestamp(quarter * QUARTER_MS / 1000).astimezone().date().isoformat() if quarter else ""


def cost_of(request: Request, rates: Rates | None) -> float:
    """Return what one request cost, 0 if it has no price."""
    return rates.cost(Tokens(1, *request.counts)) if rates is not None else 0.0


def _rates(prices: Lookup, where: Where, at: int, tier: int) -> Rates | None:
    tiers = prices(where, at).tiers
    return tiers[tier][1] if tiers else None


def _priced(tokens: Tokens, rates: Rates | None) -> Sums:
    if rates is None:
        return Sums(tokens, unpriced=tokens)
    return Sums(tokens, Cost(rates.of_input(tokens), rates.of_read(tokens), rates.of_write(tokens), rates.of_output(tokens)))
