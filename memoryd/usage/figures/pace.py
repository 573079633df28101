"""The pace: what was used within the window that a client's limits count by, and how much of a limit it says is used. Pure.

Claude Code's limits count five hours from the first request on; it does not write down how much of them is used. Codex does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from memoryd.usage.duplicates import Chain, Counted
from memoryd.usage.figures.sums import cost_of
from memoryd.usage.prices import Lookup

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


def pace_of(counted: Counted, prices: Lookup) -> Pace:
    """Return the pace of all requests that count."""
    found = _windows((chain for _, _, chain in counted.chains), prices)
    limits: dict[tuple[str, int], Limit] = {}
    for reading, _agent, chain in counted.chains:
        for minutes, (at, percent) in reading.limits.items():
            limit = Limit(chain.wheres[0].client, int(minutes), percent, at)
            known = limits.get((limit.client, limit.minutes))
            if known is None or known.at < at:
                limits[limit.client, limit.minutes] = limit
    before = sorted(found[:-1], key=lambda one: (-one.cost, one.start))
    return Pace(found[-1] if found else None, before[0] if before else None, tuple(limits[key] for key in sorted(limits)))


def _windows(chains: Iterable[Chain], prices: Lookup) -> list[Window]:
    uses = []
    for chain in chains:
        for request in chain.counted():
            priced = prices(chain.wheres[request.where], request.at)
            rates = priced.tiers[priced.tier(request.context)][1] if priced.tiers else None
            uses.append((request.at, request.context + request.output, cost_of(request, rates)))
    found: list[Window] = []
    for at, tokens, cost in sorted(uses):
        if not found or at >= found[-1].start + WINDOW_MS:
            found.append(Window(at // HOUR_MS * HOUR_MS, at, 0, 0, 0.0))
        last = found[-1]
        found[-1] = Window(last.start, at, last.requests + 1, last.tokens + tokens, last.cost + cost)
    return found
