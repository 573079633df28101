"""Where a task most likely lives, by the search alone: no file is read and no text counted, so it takes little more than a search.

Nothing is said where a pack would say `grep`. A pack judges by the words that its text has; here it is those that the likeliest units
hold, by the index; `scripts/bench/agents/hooks.py` counts how often the two differ. Nor is anything said to a prompt that is no task about
the code: somebody who says "go on, and push it" has named nothing, and what is found of such words stands scattered.
"""

from collections.abc import Sequence

import numpy as np

from memoryd.packing.conversation import conversational
from memoryd.packing.likelihood import likely, word_weights
from memoryd.packing.verdict import EXACT, UNSPOKEN
from memoryd.ranking import Query, Ranked
from memoryd.versions import Unit, View

TOGETHER, AMONG = 2, 8
"""How many words of a task that are not mere conversation one unit must hold, and among how many of the likeliest units."""
JUDGED = 10
"""The likeliest units whose words are counted: with so many it agrees most often with packs of 2,000 tokens."""


def likely_places(view: View, ranked: Sequence[Ranked], query: Query, most: int) -> list[Unit]:
    """Return the units that a task most likely needs, the likeliest first; none where a plain search serves better."""
    found = likely(ranked, view.catalog, query)[:JUDGED]
    if not found:
        return []
    if any(not EXACT.isdisjoint(one.ranked.reasons) for one in found):
        return [one.unit for one in found[:most]]
    return [one.unit for one in found[:most]] if _is_spoken_of(view, query, [one.unit for one in found]) else []


def _is_spoken_of(view: View, query: Query, units: Sequence[Unit]) -> bool:
    """Tell whether units hold enough of a task's words, by their weights, in their names or in their text, and one several together."""
    weights = word_weights(view, query)
    if not weights:
        return True
    rows = view.matcher.numbers(unit.id for unit in units)
    words = tuple(weights)
    held = view.matcher.text_evidence(words, rows).parts + view.matcher.name_evidence(words, rows).parts > 0
    telling = np.array([word not in conversational() for word in words])
    spoken = float(np.dot(held.any(1), list(weights.values())) / sum(weights.values()))
    return spoken >= UNSPOKEN and int(held[telling, :AMONG].sum(0).max(initial=0)) >= TOGETHER
