"""Follows the newest session: which requests came since the last look."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from memoryd.usage.collecting import collect, find
from memoryd.usage.duplicates import count_once
from memoryd.usage.figures import cost_of
from memoryd.usage.kept import Kept
from memoryd.usage.prices import Lookup
from memoryd.usage.requests import Request, Where


@dataclass(frozen=True, slots=True)
class Used:
    """A request, what it cost and what its session did so far; `None` without a price."""

    where: Where
    request: Request
    cost: float | None
    total: float | None


class Follower:
    """Looks for news of the session whose transcript changed last."""

    def __init__(self, folders: Sequence[Path], kept: Kept, prices: Lookup) -> None:
        self._folders = folders
        self._kept = kept
        self._prices = prices
        self._told: set[tuple[str, int]] = set()
        self._has_begun = False

    def news(self) -> list[Used]:
        """Return the requests that came since the last look, the oldest first; at first only the last one that was made."""
        found = find(self._folders)
        if not found:
            return []
        newest = max(found, key=lambda one: (one.stat.st_mtime_ns, one.path))
        family = newest.path.removesuffix(".jsonl").partition("/subagents/")[0]
        some = [one for one in found if one.path.startswith(family)]
        counted = count_once(collect(some, self._kept, lambda *_: None).readings)
        requests = [(agent.where(request), request) for agent in counted.agents for request in agent.counted()]
        requests.sort(key=lambda one: one[1].at)
        news, total = [], 0.0
        for where, request in requests:
            priced = self._prices(where, request.at)
            cost = cost_of(request, priced.tiers[priced.tier(request.context)][1]) if priced.tiers else None
            total += cost or 0.0
            if (family, request.key) not in self._told:
                self._told.add((family, request.key))
                news.append(Used(where, request, cost, total if cost is not None else None))
        has_begun, self._has_begun = self._has_begun, True
        return news if has_begun else news[-1:]
