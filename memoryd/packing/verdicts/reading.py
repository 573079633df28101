"""What is known of a task before anything is shown: whether the project speaks of it, and in which of its words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from indexers import query_words
from memoryd.packing.likelihood import Likely
from memoryd.packing.verdicts.spoken import Spoken, spoken_of
from memoryd.ranking import Query, telling
from memoryd.versions import View

EXACT = frozenset(("name", "path", "frame"))
"""The signals of what a task names."""
WORD, READ, SOUGHT = re.compile(r"\w+"), 40, 4
"""A word of a headline as written; the most that are read, and the most that a plain search is offered."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a task: its words' weights, whether it is a report, whether the project speaks of it, has what it names.

    `sought` are words of the task that a plain search finds where the project hardly speaks of it.
    """

    weights: Mapping[str, float]
    is_report: bool
    spoken: Spoken
    is_named: bool
    sought: tuple[str, ...] = ()

    @property
    def is_spoken_of(self) -> bool:
        """Whether the project speaks of the task, or has what the task names: if not, its pack says `grep`."""
        return self.spoken.is_likely or self.is_named


def reading_of(view: View, query: Query, found: Sequence[Likely], weights: Mapping[str, float]) -> Reading:
    """Return what is known of a task, of which units were `found`, the likeliest first."""
    spoken = spoken_of(view, query, found)
    is_named = any(not EXACT.isdisjoint(one.ranked.reasons) for one in found)
    known = Reading(weights, query.is_report, spoken, is_named)
    return known if known.is_spoken_of else replace(known, sought=_sought(view, query.headline))


def _sought(view: View, headline: str) -> tuple[str, ...]:
    """Return the words of a headline, as written, that the project has, the rarest first."""
    words = list(dict.fromkeys(WORD.findall(telling(headline))))[:READ]
    rows = {word: min(map(view.matcher.holding, query_words(word)), default=0) for word in words}
    return tuple(sorted((word for word in words if rows[word]), key=lambda word: rows[word])[:SOUGHT])
