"""Where a task most likely lives, by the search alone: no file is read and no text counted, so it takes little more than a search.

Nothing is said where a pack would say `grep`. A pack judges by the words that its text has; here it is those that the likeliest units
hold, by the index; `scripts/bench/agents/hooks.py` counts how often the two differ.
"""

from collections.abc import Sequence

import numpy as np

from memoryd.packing.likelihood import likely, word_weights
from memoryd.packing.verdict import EXACT, UNSPOKEN
from memoryd.ranking import Query, Ranked
from memoryd.versions import Unit, View

JUDGED = 10
"""The likeliest units whose words are counted: with so many it agrees most often with packs of 2,000 tokens."""


def likely_places(view: View, ranked: Sequence[Ranked], query: Query, most: int) -> list[Unit]:
    """Return the units that a task most likely needs, the likeliest first; none where a plain search serves better."""
    found = likely(ranked, view.catalog, query)[:JUDGED]
    if not found:
        return []
    is_named = any(not EXACT.isdisjoint(one.ranked.reasons) for one in found)
    units = [one.unit for one in found]
    return units[:most] if is_named or _spoken(view, query, units) >= UNSPOKEN else []


def _spoken(view: View, query: Query, units: Sequence[Unit]) -> float:
    """Return the share of a task's words, by their weights, that units hold in their names or in their text."""
    weights = word_weights(view, query)
    rows = view.matcher.numbers(unit.id for unit in units)
    words = tuple(weights)
    held = (view.matcher.text_evidence(words, rows).parts + view.matcher.name_evidence(words, rows).parts).any(1)
    return float(np.dot(held, list(weights.values())) / sum(weights.values())) if weights else 1.0
