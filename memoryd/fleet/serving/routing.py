"""Chooses the repositories that a question is asked of: by their names, vocabulary and summaries, and by the units that LanceDB finds.

LanceDB finds units by its full-text and vector indexes; what they are worth is told here, by how rare words are in the repositories that
the asker may see. So no score says anything of the others.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexers import split_words
from memoryd.embed import Vectors
from memoryd.fleet.tables import UNITS, WORDS, WRITTEN_IN
from memoryd.ranking import Query
from memoryd.store import Tables, Wanted, one_of

FOUND_UNITS, FOUND_NAMES = 120, 60
"""The units that a full-text or vector search returns, and those by their names."""
QUERY_WORDS = 24
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


@dataclass(frozen=True, slots=True)
class Within:
    """What may be asked: `candidates` are the repositories, and `is_all` tells whether these are all of the fleet; `languages` of units."""

    candidates: tuple[Candidate, ...]
    is_all: bool
    languages: tuple[str, ...] = ()


def route(tables: Tables, query: Query, vector: Vectors, within: Within) -> list[Routed]:
    """Return the repositories that speak of a query, best first; equal ones by name."""
    words = query.words[:QUERY_WORDS]
    by_part = {one.part: one for one in within.candidates}
    vocabulary = _Vocabulary.of(tables, words, by_part)
    signals = {
        "text": (_by_words(tables, "words", vocabulary, FOUND_UNITS, within), OF_TEXT),
        "name": (_by_words(tables, "names", vocabulary, FOUND_NAMES, within), OF_NAMES),
        "vector": (_by_vectors(tables, vector, within), OF_VECTORS),
        "vocabulary": (vocabulary.worth(), OF_WORDS),
        "summary": ({one.part: max(0.0, float(one.vector @ vector)) for one in within.candidates}, OF_SUMMARY),
    }
    worth, reasons = defaultdict[str, float](float), defaultdict[str, list[str]](list)
    for name, (found, share) in signals.items():
        best = max(found.values(), default=0.0)
        for part, value in found.items():
            if value > 0 and part in by_part:
                worth[part] += share * value / best
                reasons[part].append(name)
    said = frozenset(split_words(query.headline).split())
    for part, one in by_part.items():
        if _is_named(one.repository, said):
            worth[part] += OF_NAME
            reasons[part].append("repository name")
    routed = [Routed(by_part[part], round(value, 6), tuple(reasons[part])) for part, value in worth.items()]
    return sorted(routed, key=lambda one: (-one.worth, one.candidate.repository))


def _is_named(repository: str, said: Collection[str]) -> bool:
    """Tell whether a question says the last part of a repository's name."""
    parts = split_words(repository.rpartition("/")[2]).split()
    return bool(parts) and all(part in said for part in parts)


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """How many units of each part hold each word of a question in their text and in their names, and how rare the word is in all."""

    held: Mapping[str, Mapping[str, tuple[int, int]]]
    rarity: Mapping[str, float]
    units: Mapping[str, int]

    @classmethod
    def of(cls, tables: Tables, words: Sequence[str], candidates: Mapping[str, Candidate]) -> "_Vocabulary":
        rows = tables.rows(WORDS, ("part", "word", "units", "named"), one_of("word", words)) if words else None
        held: dict[str, dict[str, tuple[int, int]]] = {word: {} for word in words}
        for part, word, units, named in (
            zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True) if rows is not None else ()
        ):
            if part in candidates:
                held[word][part] = (units, named)
        total = sum(one.units for one in candidates.values())
        having = {word: sum(units for units, _ in parts.values()) for word, parts in held.items()}
        rarity = {word: math.log1p((total - number + 0.5) / (number + 0.5)) for word, number in having.items() if number}
        return cls(held, rarity, {part: one.units for part, one in candidates.items()})

    def worth(self) -> dict[str, float]:
        """Return for each part how much of a question its vocabulary speaks of: rare words that many of its units hold count most."""
        found = defaultdict[str, float](float)
        for word, parts in self.held.items():
            for part, (units, named) in parts.items():
                share = (math.log1p(units) + math.log1p(named)) / (2 * math.log1p(max(self.units[part], 2)))
                found[part] += self.rarity[word] * min(1.0, 0.3 + share)
        return found

    def covered(self, text: str) -> float:
        """Return the share of the question that a text of words speaks of, by the rarity of its words."""
        whole = sum(self.rarity.values())
        return sum(self.rarity.get(word, 0.0) for word in set(text.split(" "))) / whole if whole else 0.0


def _by_words(tables: Tables, column: str, vocabulary: _Vocabulary, limit: int, within: Within) -> dict[str, float]:
    if not vocabulary.rarity:
        return {}
    found = tables.matching(UNITS, column, list(vocabulary.rarity), Wanted(("part", column), limit, _condition(within)))
    return _gathered(found["part"].to_pylist(), [vocabulary.covered(text) ** 2 for text in found[column].to_pylist()])


def _by_vectors(tables: Tables, vector: Vectors, within: Within) -> dict[str, float]:
    if not vector.any():
        return {}
    found = tables.nearest(UNITS, np.asarray(vector, np.float32), Wanted(("part",), FOUND_UNITS, _condition(within)))
    return _gathered(found["part"].to_pylist(), [max(0.0, 1 - distance) ** 2 for distance in found["_distance"].to_pylist()])


def _gathered(parts: Sequence[str], worths: Sequence[float]) -> dict[str, float]:
    """Return the worth of parts by that of their units: the best counts whole, each further one less."""
    found = defaultdict[str, list[float]](list)
    for part, worth in zip(parts, worths, strict=True):
        found[part].append(worth)
    return {
        part: sum(value * FADING**place for place, value in enumerate(sorted(values, reverse=True)[:COUNTED]))
        for part, values in found.items()
    }


def _condition(within: Within) -> str:
    """Return the condition on units that may be found; none where all of the fleet is asked."""
    conditions = [] if within.is_all else [one_of("part", (one.part for one in within.candidates))]
    conditions += [one_of(WRITTEN_IN, within.languages)] if within.languages else []
    return " AND ".join(conditions)
