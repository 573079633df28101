"""Chooses the repositories that a question is asked of: by their names, vocabulary and summaries, and by the units that LanceDB finds.

LanceDB finds units by its full-text and vector indexes; what they are worth is told here, by how rare words are in the repositories that
the asker may see. So no score says anything of the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from indexers import split_words
from memoryd.embed import Vectors
from memoryd.fleet.serving.vocabulary import Counts, Vocabulary
from memoryd.fleet.tables import UNITS, WRITTEN_IN
from memoryd.ranking import Query
from memoryd.store import Tables, Wanted, one_of

Scores = npt.NDArray[np.float64]
FOUND = {"words": 120, "names": 60}
"""The units that LanceDB returns by the words of their text, as many by vectors, and those by the words of their names."""
QUERY_WORDS = 24
COMMON = 0.25
"""The share of the rarity of the rarest word below which units are not looked up by a word."""
FADING, COUNTED = 0.5, 8
"""By how much each further unit of a repository counts less than the one before, and how many count."""
OF_TEXT, OF_NAMES, OF_VECTORS, OF_WORDS, OF_SUMMARY, OF_NAME = 1.0, 0.6, 0.7, 0.5, 0.5, 1.0
"""What each signal is worth: units by their text, by their names and by vectors, the vocabulary, the summary, the repository's own name."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A repository that may be asked: its part, how many units it has, and the vector of its summary."""

    repository: str
    commit: str
    part: str
    units: int
    vector: Vectors


@dataclass(frozen=True, slots=True)
class Routed:
    """A repository with its worth for a question, from 0 to the sum of all signals, and the signals that speak for it."""

    candidate: Candidate
    worth: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Within:
    """What may be asked: `candidates` are the repositories, and `is_all` tells whether these are all of the fleet; `languages` of units.

    What many questions need of it is made once.
    """

    candidates: tuple[Candidate, ...]
    is_all: bool
    languages: tuple[str, ...] = ()

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each part among the candidates."""
        return {one.part: place for place, one in enumerate(self.candidates)}

    @cached_property
    def sizes(self) -> Scores:
        """How many units each candidate has."""
        return np.array([one.units for one in self.candidates], np.float64)

    @cached_property
    def vectors(self) -> Vectors:
        """The vectors of the summaries, a row each."""
        return np.array([one.vector for one in self.candidates], np.float32)

    @cached_property
    def names(self) -> Sequence[frozenset[str]]:
        """The words of the last part of each candidate's name."""
        return [frozenset(split_words(one.repository.rpartition("/")[2]).split()) for one in self.candidates]

    @cached_property
    def condition(self) -> str:
        """The condition on units that may be found; none where all of the fleet is asked."""
        conditions = [] if self.is_all else [one_of("part", self.places)]
        conditions += [one_of(WRITTEN_IN, self.languages)] if self.languages else []
        return " AND ".join(conditions)


@dataclass(frozen=True, slots=True)
class Searched:
    """What a question is asked of: the tables, the vocabulary, and threads beside the caller's, since LanceDB's searches run at once."""

    tables: Tables
    vocabulary: Vocabulary
    beside: Executor


def route(searched: Searched, query: Query, vector: Vectors, within: Within, most: int) -> list[Routed]:
    """Return at most so many repositories that speak of a query, best first; equal ones by name."""
    words = query.words[:QUERY_WORDS]
    nearest = searched.beside.submit(_nearest, searched.tables, vector, within)
    vocabulary = _Rarities.of(searched.vocabulary.of(words, within.places), words, within)
    telling = vocabulary.telling
    found = {
        column: searched.beside.submit(_matching, searched.tables, column, telling, limit, within) for column, limit in FOUND.items()
    }  # fmt: skip
    near = nearest.result()
    signals = {
        "text": (_by_words(found["words"].result(), "words", vocabulary, within), OF_TEXT),
        "name": (_by_words(found["names"].result(), "names", vocabulary, within), OF_NAMES),
        "vector": (_gathered(near["part"], 1 - near["_distance"].to_numpy(), within) if near is not None else None, OF_VECTORS),
        "vocabulary": (vocabulary.worths, OF_WORDS),
        "summary": (np.maximum(within.vectors @ vector.astype(np.float32), 0.0).astype(np.float64), OF_SUMMARY),
    }
    said = frozenset(split_words(query.headline).split())
    named = np.array([bool(name) and name <= said for name in within.names], np.float64)
    worth = OF_NAME * named
    for values, share in signals.values():
        if values is not None and (best := values.max(initial=0.0)) > 0:
            worth += share * values / best
    worth = np.round(worth, 6)
    least = max(np.partition(worth, -most)[-most] if len(worth) > most else 0.0, 1e-6)
    routed = [
        Routed(within.candidates[place], float(worth[place]), tuple(_reasons(signals, named, place)))
        for place in np.flatnonzero(worth >= least).tolist()
    ]
    return sorted(routed, key=lambda one: (-one.worth, one.candidate.repository))[:most]


def _reasons(signals: Mapping[str, tuple[Scores | None, float]], named: Scores, place: int) -> Iterable[str]:
    yield from (name for name, (values, _) in signals.items() if values is not None and values[place] > 0)
    if named[place]:
        yield "repository name"


@dataclass(frozen=True, slots=True)
class _Rarities:
    """How rare each word of a question is in the candidates, and how much of the question the vocabulary of each of them speaks of."""

    rarity: Mapping[str, float]
    worths: Scores

    @classmethod
    def of(cls, counts: Counts, words: Sequence[str], within: Within) -> "_Rarities":
        """Take the counts of the words."""
        held, named = counts
        total, having = within.sizes.sum(), held.sum(1)
        rarity = np.where(having > 0, np.log1p((total - having + 0.5) / (having + 0.5)), 0.0)
        # Rare words that many of its units hold count most.
        share = (np.log1p(held) + np.log1p(named)) / (2 * np.log1p(np.maximum(within.sizes, 2)))
        worths = rarity @ np.where(held > 0, np.minimum(1.0, 0.3 + share), 0.0)
        return cls({word: float(one) for word, one in zip(words, rarity, strict=True) if one > 0}, worths)

    @property
    def telling(self) -> list[str]:
        """The words that units are looked up by: a common one beside rare ones finds nothing that is worth anything, and costs most."""
        least = COMMON * max(self.rarity.values(), default=0.0)
        return [word for word, one in self.rarity.items() if one >= least]

    def covered(self, text: str) -> float:
        """Return the share of the question that a text of words speaks of, by the rarity of its words."""
        held = frozenset(text.split(" "))
        return sum(rarity for word, rarity in self.rarity.items() if word in held)


def _matching(tables: Tables, column: str, words: Sequence[str], limit: int, within: Within) -> pa.Table | None:
    return tables.matching(UNITS, column, words, Wanted(("part", column), limit, within.condition)) if words else None


def _nearest(tables: Tables, vector: Vectors, within: Within) -> pa.Table | None:
    if not vector.any():
        return None
    return tables.nearest(UNITS, np.asarray(vector, np.float32), Wanted(("part",), FOUND["words"], within.condition))


def _by_words(found: pa.Table | None, column: str, vocabulary: _Rarities, within: Within) -> Scores | None:
    whole = sum(vocabulary.rarity.values())
    if found is None or not whole:
        return None
    return _gathered(found["part"], np.array([vocabulary.covered(text) / whole for text in found[column].to_pylist()]), within)


def _gathered(parts: pa.ChunkedArray, worths: Scores, within: Within) -> Scores:
    """Return the worth of each candidate by the squares of its units' worths: the best counts whole, each further one less."""
    found = defaultdict[int, list[float]](list)
    for part, worth in zip(parts.to_pylist(), worths.tolist(), strict=True):
        found[within.places.get(part, -1)].append(max(0.0, worth) ** 2)
    gathered = np.zeros(len(within.candidates))
    for place, values in found.items():
        if place >= 0:
            gathered[place] = sum(value * FADING**rank for rank, value in enumerate(sorted(values, reverse=True)[:COUNTED]))
    return gathered
