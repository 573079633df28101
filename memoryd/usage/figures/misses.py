"""Cache misses: requests that found less in the cache than the one before had left there, why, and what that cost. Pure.

What the request before read and wrote was in the cache when it ended. A request that reads less of it pays for the difference again:
at the price of writing (or of input, where nothing was written) instead of that of reading.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from memoryd.usage.duplicates import AgentRequests
from memoryd.usage.prices import Lookup
from memoryd.usage.requests import MIXED, Request

LEAST = 2_000
"""Tokens that are missed at least: clients move their marks by a few hundred."""
MINUTES_5, HOUR = 300_000, 3_600_000


class Reason(StrEnum):
    """Why a cache was missed."""

    IDLE = "idle for longer than the cache lives"
    MODEL = "model switched"
    COMPACTED = "context compacted"
    PREFIX = "beginning changed"


@dataclass(frozen=True, slots=True)
class Miss:
    """A miss: when, in which session, how many tokens were not found, and the dollars lost, `None` without a price."""

    session: str
    at: int
    reason: Reason
    tokens: int
    cost: float | None


def find_misses(agents: Iterable[AgentRequests], prices: Lookup) -> list[Miss]:
    """Return the misses of all requests that count, in the order of the agents; where agents are mixed nobody can tell."""
    return [miss for agent in agents if agent.name != MIXED for miss in _of_agent(agent, prices)]


def _of_agent(agent: AgentRequests, prices: Lookup) -> Iterable[Miss]:
    lives = MINUTES_5
    for place in range(1, len(agent.requests)):
        before, request = agent.requests[place - 1], agent.requests[place]
        if before.write_1h or before.write_5m:
            lives = HOUR if before.write_1h else MINUTES_5
        missed = before.read + before.write_5m + before.write_1h - request.read
        if missed < LEAST or place in agent.apart:
            continue
        # A context that became smaller cannot be read as before: only what is still there was missed.
        missed = min(missed, request.context - request.read)
        if missed >= LEAST:
            reason = _reason(agent, place, before, request, lives)
            yield Miss(agent.where(request).session, request.at, reason, missed, _lost(agent, request, missed, prices))


def _reason(agent: AgentRequests, place: int, before: Request, request: Request, lives: int) -> Reason:
    if place in agent.compacted:
        return Reason.COMPACTED
    if agent.where(before).model != agent.where(request).model:
        return Reason.MODEL
    return Reason.IDLE if request.at - before.at > lives else Reason.PREFIX


def _lost(agent: AgentRequests, request: Request, missed: int, prices: Lookup) -> float | None:
    priced = prices(agent.where(request), request.at)
    if not priced.tiers:
        return None
    rates = priced.tiers[priced.tier(request.context)][1]
    of_hour = min(missed, request.write_1h)
    of_minutes = min(missed - of_hour, request.write_5m)
    paid = of_hour * rates.write_1h + of_minutes * rates.write_5m + (missed - of_hour - of_minutes) * rates.input
    return paid - missed * rates.read


@dataclass(frozen=True, slots=True)
class Missed:
    """The misses of one reason: how many, their tokens, dollars, and how many of them have no price."""

    reason: Reason
    number: int
    tokens: int
    cost: float
    unpriced: int


def by_reason(found: Sequence[Miss]) -> tuple[Missed, ...]:
    """Return the misses by reason, the dearest first."""
    reasons = []
    for reason in Reason:
        some = [miss for miss in found if miss.reason == reason]
        if some:
            cost = sum(miss.cost or 0.0 for miss in some)
            reasons.append(Missed(reason, len(some), sum(miss.tokens for miss in some), cost, sum(miss.cost is None for miss in some)))
    return tuple(sorted(reasons, key=lambda one: (-one.cost, -one.tokens)))
