"""Where a task most likely lives, by the search alone: no file is read and no text counted, so it takes little more than a search.

Nothing is said where a pack would say `grep`; `scripts/bench/agents/hooks.py` counts how often the two differ. Nor is anything said to a
prompt that is no task about the code: somebody who says "go on, and push it" has named nothing, and what is found of such words stands
scattered.
"""

from collections.abc import Sequence

from memoryd.packing.conversation import conversational
from memoryd.packing.likelihood import WORDS, Likely, likely
from memoryd.packing.verdicts import EXACT, JUDGED, spoken_of
from memoryd.ranking import Query, Ranked
from memoryd.versions import Unit, View

TOGETHER, AMONG = 2, 8
"""How many words of a task that are not mere conversation one unit must hold, and among how many of the likeliest units."""


def likely_places(view: View, ranked: Sequence[Ranked], query: Query, most: int) -> list[Unit]:
    """Return the units that a task most likely needs, the likeliest first; none where a plain search serves better."""
    found = likely(ranked, view.catalog, query)[:JUDGED]
    is_named = any(not EXACT.isdisjoint(one.ranked.reasons) for one in found)
    if is_named or (spoken_of(view, query, found).is_likely and _is_task(view, query, found[:AMONG])):
        return [one.unit for one in found[:most]]
    return []


def _is_task(view: View, query: Query, found: Sequence[Likely]) -> bool:
    """Tell whether some unit holds several words that are not mere conversation, in its name or in its text; a task may have no words."""
    words = tuple(word for word in query.words[:WORDS] if word not in conversational())
    rows = view.matcher.numbers(one.unit.id for one in found)
    held = view.matcher.text_scores(words, rows).parts + view.matcher.name_scores(words, rows).parts > 0
    return not query.words or int(held.sum(0).max(initial=0)) >= TOGETHER
