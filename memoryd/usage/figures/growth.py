"""How contexts grow: the tokens of each request of a session, where it was compacted, and what it began with. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from memoryd.usage.duplicates import Chain


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


def growths(chains: Iterable[Chain]) -> list[Growth]:
    """Return how the contexts of the main agents grew."""
    found = []
    for chain in chains:
        where = chain.wheres[chain.requests[0].where]
        if not where.agent:
            contexts = tuple(request.context for request in chain.requests)
            found.append(Growth(chain.wheres[chain.requests[-1].where].session, contexts, tuple(sorted(chain.compacted))))
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


def start_share(chains: Iterable[Chain]) -> tuple[int, int]:
    """Return the tokens of what contexts began with, as often as it was carried, and of all contexts: both as clients tell them.

    The beginning is the context of the first request: instructions, definitions of tools, and the first prompt.
    """
    begun = total = 0
    for chain in chains:
        first = chain.requests[0].context
        for request in chain.counted():
            begun += min(first, request.context)
            total += request.context
    return begun, total
