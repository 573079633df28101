"""How contexts grow: the tokens of each request of a session, where it was compacted, and what it began with. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from memoryd.usage.duplicates import AgentRequests


@dataclass(frozen=True, slots=True)
class Growth:
    """The contexts of the main agent of a session, request by request, and how many requests were made before each compaction."""

    session: str
    contexts: tuple[int, ...]
    compacted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Typical:
    """The median context at a request of a session, over those sessions that came so far."""

    request: int
    sessions: int
    context: float


def growths(agents: Iterable[AgentRequests]) -> list[Growth]:
    """Return how the contexts of the main agents grew."""
    found = []
    for agent in agents:
        if not agent.name:
            contexts = tuple(request.context for request in agent.requests)
            found.append(Growth(agent.where(agent.requests[-1]).session, contexts, tuple(sorted(agent.compacted))))
    return found


def typical(found: Sequence[Growth]) -> tuple[Typical, ...]:
    """Return the median context after 1, 2, 5, 10, 20, … requests."""
    longest = max((len(one.contexts) for one in found), default=0)
    steps = [step * 10**power for power in range(7) for step in (1, 2, 5)]
    rows = []
    for step in steps:
        if step <= longest:
            some = [one.contexts[step - 1] for one in found if len(one.contexts) >= step]
            rows.append(Typical(step, len(some), median(some)))
    return tuple(rows)


def start_share(agents: Iterable[AgentRequests]) -> tuple[int, int]:
    """Return the tokens of what contexts began with, as often as it was carried, and of all contexts: both as clients tell them.

    The beginning is the context of the first request: instructions, definitions of tools, and the first prompt.
    """
    begun = total = 0
    for agent in agents:
        first = agent.requests[0].context
        for request in agent.counted():
            begun += min(first, request.context)
            total += request.context
    return begun, total
