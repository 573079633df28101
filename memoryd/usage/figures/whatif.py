"""The same requests at other prices: with another model, or with a cache that lives for another time. Pure.

It is arithmetic on what happened: another model would have written other texts, and another tokenizer counts other tokens.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from memoryd.usage.duplicates import AgentRequests
from memoryd.usage.figures.misses import HOUR, MINUTES_5
from memoryd.usage.prices import Lookup
from memoryd.usage.requests import Request, Tokens


class Cache(StrEnum):
    """How long a cache lives."""

    NONE = "none"
    MINUTES = "5m"
    HOUR = "1h"


LIVES = {Cache.NONE: -1, Cache.MINUTES: MINUTES_5, Cache.HOUR: HOUR}


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What all requests would have cost, and how many of them have no price then."""

    name: str
    cost: float
    unpriced: int


def with_model(agents: Iterable[AgentRequests], prices: Lookup, model: str) -> WhatIf:
    """Return what the requests would have cost with another model."""
    return _sum(f"with {model}", agents, lambda where, at: prices(where._replace(model=model, speed="", client=""), at), None)


def with_cache(agents: Iterable[AgentRequests], prices: Lookup, cache: Cache) -> WhatIf:
    """Return what the requests would have cost with a cache that lives for another time."""
    return _sum(f"with a cache of {cache}" if cache != Cache.NONE else "without a cache", agents, prices, cache)


def _sum(name: str, agents: Iterable[AgentRequests], prices: Lookup, cache: Cache | None) -> WhatIf:
    cost, unpriced = 0.0, 0
    for agent in agents:
        for place, request in enumerate(agent.requests):
            if place in agent.apart:
                continue
            priced = prices(agent.where(request), request.at)
            if not priced.tiers:
                unpriced += 1
                continue
            tokens = Tokens(1, *request.counts)
            if cache is not None:
                tokens = _cached(tokens, agent.requests[place - 1] if place else None, request, cache)
            cost += priced.tiers[priced.tier(request.context)][1].cost(tokens)
    return WhatIf(name, cost, unpriced)


def _cached(tokens: Tokens, before: Request | None, request: Request, cache: Cache) -> Tokens:
    """Return the tokens of a request as another cache would have counted them.

    After a pause that outlives it, nothing is read; after one that outlived only the old one, what was there before is.
    """
    if cache == Cache.NONE:
        return replace(tokens, input=tokens.context, read=0, write_5m=0, write_1h=0)
    read, written = tokens.read, tokens.write
    if before is not None:
        pause, there = request.at - before.at, before.read + before.write_5m + before.write_1h
        lived = HOUR if before.write_1h else MINUTES_5
        if pause > LIVES[cache]:
            read, written = 0, written + read
        elif pause > lived:
            found = min(max(there - read, 0), written)
            read, written = read + found, written - found
    return replace(tokens, read=read, write_5m=written if cache == Cache.MINUTES else 0, write_1h=written if cache == Cache.HOUR else 0)
