"""How likely a task needs each unit: what the ranking says, and what the task names; and how much each of its words tells. Pure.

What the task names by an exact name that hardly anything else has is needed, whatever its score: a test, too.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from indexers import PROTOTYPE, unnumbered
from memoryd.packing.choice import FUNCTIONS
from memoryd.parsing import SECTION
from memoryd.ranking import Query, Ranked, name_parts
from memoryd.versions import Catalog, Unit, View, announces

NAMED = 0.9
"""The probability of a definition that the task names."""
NEARLY_UNIQUE = 3
"""The most definitions of a name that are all shown where the task names it."""
WHOLE_OVERLOADS = 2
"""The overloads of a name, where a file has more than `NEARLY_UNIQUE`, that are shown whole if the task says nothing but the name."""
NAMES = 40
"""The most names of a task that are looked up."""
WORDS, RARE, COMMON = 40, 0.1, 0.2
"""The words of a task that have weights; the share of units with a word from which it has the least weight; that weight."""


class Likely(NamedTuple):
    """A unit with the probability that the task needs it."""

    ranked: Ranked
    probability: float

    @property
    def unit(self) -> Unit:
        """The unit."""
        return self.ranked.unit


def likely(ranked: Sequence[Ranked], catalog: Catalog, query: Query) -> list[Likely]:
    """Return the units with their probabilities, the likeliest first; with them those that the task names, ranked or not.

    Of a function and the prototype that announces it in its file only the function is returned, as likely as either.
    """
    named = {unit.id: unit for unit in named_exactly(catalog, query)}
    found = [Likely(one, max(one.probability, NAMED if one.unit.id in named else 0.0)) for one in ranked]
    known = {one.unit.id for one in ranked}
    found += [Likely(Ranked(unit, 0.0, ("name",), NAMED, NAMED), NAMED) for unit in named.values() if unit.id not in known]
    return sorted(_without_prototypes(found), key=lambda one: -one.probability)


def word_weights(view: View, query: Query) -> Mapping[str, float]:
    """Return the weight of each word of a task: the rarer in the project, the more it tells, but for those that the project lacks."""
    rows = max(view.matcher.rows, 1)
    held = {word: view.matcher.holding(word) for word in query.words[:WORDS]}
    return {word: max(COMMON, 1.0 - number / (RARE * rows)) if number else COMMON for word, number in held.items()}


def named_exactly(catalog: Catalog, query: Query) -> list[Unit]:
    """Return the definitions that have exactly a name of the task, of names that are nearly unique."""
    found: dict[str, Unit] = {}
    for parts in map(name_parts, query.names[:NAMES]):
        units = (catalog.by_id[id_] for id_ in catalog.by_name.get(parts[-1].lower(), ())) if parts else ()
        exact = [unit for unit in units if unit.name == parts[-1] and unit.kind != SECTION and _is_held(unit, parts[:-1])]
        if len(exact) <= NEARLY_UNIQUE:
            found.update((unit.id, unit) for unit in exact)
    return list(found.values())


def further_overloads(candidates: Sequence[Likely], query: Query) -> frozenset[str]:
    """Return the ids of functions of which signatures suffice: the less likely overloads of a name that is all that a task says."""
    if not query.is_name:
        return frozenset()
    wanted = {parts[-1] for parts in map(name_parts, query.names[:NAMES]) if parts}
    overloads = defaultdict(list)
    for one in candidates:
        if one.unit.kind in FUNCTIONS and one.unit.name in wanted:
            overloads[one.unit.path, unnumbered(one.unit.qualname)].append(one.unit.id)
    return frozenset(id_ for ids in overloads.values() if len(ids) > NEARLY_UNIQUE for id_ in ids[WHOLE_OVERLOADS:])


def _without_prototypes(found: Sequence[Likely]) -> list[Likely]:
    """Return units without the prototypes of functions that are among them, which are then as likely as either."""
    prototypes = {f"{one.unit.id}~2": one for one in found if one.unit.kind == PROTOTYPE}
    if not prototypes:
        return list(found)
    defined = {one.unit.id: one for one in found if one.unit.id in prototypes and announces(prototypes[one.unit.id].unit, one.unit)}
    likelier = {id_: one._replace(probability=max(one.probability, prototypes[id_].probability)) for id_, one in defined.items()}
    return [likelier.get(one.unit.id, one) for one in found if f"{one.unit.id}~2" not in defined]


def _is_held(unit: Unit, holders: Sequence[str]) -> bool:
    """Tell whether a definition stands in what the first parts of a qualified name say."""
    around = set(re.split(r"[./]", f"{unit.path}.{unit.qualname}"))
    return around.issuperset(holders)
