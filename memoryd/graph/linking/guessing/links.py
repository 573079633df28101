"""Links references by name alone, to the definitions that are likely enough. Such a link proves nothing, and says how likely it is."""

import numpy as np

from memoryd.graph.columns import Flags, Ints
from memoryd.graph.linking.guessing.candidates import CONSIDERED, FEATURES, NOTHINGS, Candidates, Comparing, OpenReferences
from memoryd.graph.linking.guessing.odds import odds
from memoryd.graph.linking.lookup import NONE
from memoryd.graph.linking.tables import Tables
from memoryd.graph.linking.tiers import Links, Tier, Weights

SURE = 0.6
"""The probability from which the only definition that fits is linked as such, in the languages that odds were learnt from."""
FLOOR = 0.3
"""The probability below which a definition is not linked: what is left is a name that stands in several places."""
SPEAKING_AGAINST = [FEATURES.index(name) for name in ("only tests have it", "members beside: none")]
"""What rules out that the only definition is meant for sure: it is of tests alone, or its type has none of what is called beside."""
TELLING = [FEATURES.index(name) for name in ("last word alike", "members beside: all")]
"""What shows, where the file names its type, that a name which libraries have, too, means the only definition of the project."""
ALIKE, NAMED = FEATURES.index("named alike"), FEATURES.index("type is named here")
OF_LIBRARY = NOTHINGS.index("of a library")
MOST_LINKED = 4
"""The most definitions that one reference is linked to."""


def guess(comparing: Comparing, tables: Tables, asked: OpenReferences) -> tuple[Links, Ints]:
    """Link references by name. Returns links and codes as `Linker.link`."""
    found = comparing.candidates(asked)
    features = comparing.features(asked, found)
    # What a type calls on itself, and has neither itself nor above, is defined below it.
    mine = asked.is_mine[found.query]
    likely = np.where(mine, 1 / np.bincount(found.query, minlength=len(asked.row))[found.query], odds(found, features))
    alike, of_library = features.for_each[:, ALIKE] > 0, features.for_none[found.query, OF_LIBRARY] > 0
    is_learnt = comparing.is_learnt(asked.file)[found.query]
    telling = alike | (~is_learnt & features.for_each[:, TELLING].any(axis=1) & (features.for_each[:, NAMED] > 0))
    # In other languages few imports name files: there a name that only one definition has says more, unless something speaks against it.
    against = features.for_each[:, SPEAKING_AGAINST].any(axis=1) & ~alike
    speaks = ~against & ((likely >= SURE) | ~comparing.could_be_any(asked, found, features))
    sure = np.where(is_learnt, likely >= SURE, speaks)
    only = _only(found, alike, len(asked.row)) & sure & (telling | ~of_library) & ~comparing.out_of_sight(asked, found, features)
    kept = np.flatnonzero(only | ((likely >= FLOOR) & (_place(found, likely) < MOST_LINKED)))
    query, symbol = found.query[kept], found.symbol[kept]
    tier = np.where(only[kept], int(Tier.UNIQUE), int(Tier.AMBIGUOUS))
    linked = np.zeros(len(asked.row), dtype=np.bool_)
    linked[query] = True
    some = np.bincount(found.query, minlength=len(linked)) > 0
    unknown = ~some & ((found.total <= CONSIDERED) | asked.is_mine)
    code = np.where(linked, 0, np.where(unknown, NONE, np.maximum(found.total, 1)))
    return Links(asked.row[query], symbol + tables.files, tier, np.where(only[kept], 1.0, likely[kept])), code


def _only(found: Candidates, alike: Flags, size: int) -> Flags:
    """Mark the candidates that are the only ones of their reference, or the only ones whose type is called like its receiver."""
    number, named = np.bincount(found.query, minlength=size), np.bincount(found.query[alike], minlength=size)
    return np.asarray((number[found.query] == 1) | (alike & (named[found.query] == 1)))


def _place(found: Candidates, likely: Weights) -> Ints:
    """Return the place of each candidate among those of its reference, likeliest first."""
    order = np.lexsort((found.symbol, -likely, found.query))
    query = found.query[order]
    place = np.zeros(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.searchsorted(query, query)
    return place
