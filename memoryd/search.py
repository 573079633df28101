"""Ranking: a query → units, best first, each with the signals that found it.

Signals (`memoryd.signals`) are fused by rank (reciprocal rank fusion, Cormack, Clarke & Büttcher 2009), each rank weighed by how
good it is beside the best of its signal, so no signal's scale matters. What a unit is and where it stands counts for or against
it: tests, prose and declarations step back, and so do definitions of a few lines, which words meet by chance. Then a file's best
units support each other, and the file as a whole supports them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from indexers import query_words
from memoryd.catalog import Unit
from memoryd.model import Hit
from memoryd.query import Query
from memoryd.rows import FILE, SECTION
from memoryd.signals import file_signals, neighbours, signals
from memoryd.view import View

SMOOTHING = 40.0
"""The constant of reciprocal rank fusion: how slowly the worth of a rank falls."""
WEIGHTS = {
    "frame": 1.0, "name": 1.6, "path": 1.2, "title": 0.6, "text": 1.0, "vector": 1.3,
    "headline title": 1.5, "headline text": 0.6, "headline vector": 0.8, "graph": 0.9, "neighbour": 0.15,
    "file title": 1.0, "file text": 1.0,
}  # fmt: skip
GRAPH_SEEDS = 12
FILE_SUPPORT, OWN_ROW_SUPPORT = 0.8, 0.4
SUPPORTERS, HALF = 5, 0.5
HITS_REPEAT = 0.3
"""Ten hits should not be one file."""
TEST_PATH = re.compile(
    r"(^|/)(tests?|specs?|testing|__tests__|testdata|fixtures)(/|$)|(^|/)(test_[^/]*|conftest\.py)$|[._-](test|tests|spec)\.\w+$|[a-z](Test|Tests|Spec)\.\w+$"
)
PROSE_PATH = re.compile(
    r"(^|/)(docs?|examples?|changelog|changes|news|releases|migrations|locale|benchmarks?)(/|\.|$)|\.(md|rst|txt|po)$", re.IGNORECASE
)
DECLARATION_PATH = re.compile(r"\.(h|hh|hpp|d\.ts)$")
"""What is declared here is done elsewhere."""
TEST_WORDS = frozenset(query_words("test spec fixture"))
TEST_FACTOR, PROSE_FACTOR, DECLARATION_FACTOR = 0.1, 0.3, 0.5
KIND_FACTOR = {FILE: 0.9, "variable": 0.9}
WHOLE_LINES, SHORTNESS = 60, 0.15
"""A definition of fewer lines counts less, by this power of its share of them."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit with its score and the signals that found it."""

    unit: Unit
    score: float
    reasons: tuple[str, ...]


class Part(NamedTuple):
    """What one signal gave a unit: its rank there (from 0), how good it was beside the best, and what that added to its score."""

    signal: str
    rank: int
    strength: float
    worth: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Why a unit scores what it does: sum of parts × factor of its kind and place + support by its file = score."""

    unit: Unit
    parts: tuple[Part, ...]
    factor: float
    support: float
    score: float


def search(view: View, query: Query, limit: int) -> list[Hit]:
    """Return at most `limit` hits, best first; equal scores in the order of their ids."""
    return [
        Hit(found.unit.id, found.unit.path, found.unit.first_line, found.unit.last_line, found.unit.kind, found.score, found.reasons)
        for found in rank(view, query, HITS_REPEAT, limit)
    ]


def rank(view: View, query: Query, repeat: float, limit: int) -> list[Ranked]:
    """Return the best candidates of all signals, at most `limit`, best first.

    `repeat` is what is left of a unit's score for each better unit of its file: small, and the first ranks are many files.
    """
    found = _Judgement.of(view, query)
    seen: dict[str, int] = defaultdict(int)
    spread = []
    for score, id_ in sorted((-score, id_) for id_, score in found.scores.items()):
        path = found.units[id_].path
        spread.append((round(score * repeat ** seen[path], 6), id_))
        seen[path] += 1
    spread.sort()
    return [Ranked(found.units[id_], -score, tuple([part[0] for part in found.parts[id_]])) for score, id_ in spread[:limit]]


def judged(view: View, query: Query) -> list[Judged]:
    """Return the candidates of all signals, in no order, with what speaks for and against each."""
    found = _Judgement.of(view, query)
    made = []
    for id_, score in found.scores.items():
        parts = tuple(Part(*part) for part in found.parts[id_])
        own = sum(part.worth for part in parts) * found.factors[id_]
        made.append(Judged(found.units[id_], parts, found.factors[id_], score - own, score))
    return made


@dataclass(frozen=True, slots=True)
class _Judgement:
    """The candidates by id: their units, what each signal gave them, their factors, their scores."""

    units: Mapping[str, Unit]
    parts: Mapping[str, list[tuple[str, int, float, float]]]
    factors: Mapping[str, float]
    scores: Mapping[str, float]

    @classmethod
    def of(cls, view: View, query: Query) -> "_Judgement":
        fused, parts = _fused(view, query)
        every = view.catalog.by_id
        asks_for_tests = not TEST_WORDS.isdisjoint(query.headline_words)
        is_lookup = len(query.text.split()) == 1  # a name, not words that may meet by chance
        units, factors, own = {}, {}, {}
        by_path: dict[str, list[float]] = defaultdict(list)
        for id_, score in fused.items():
            unit = units[id_] = every[id_]
            factor = factors[id_] = _factor(unit, asks_for_tests) * (1.0 if is_lookup else _shortness(unit))
            own[id_] = score * factor
            by_path[unit.path].append(score * factor)
        support = {path: _together(found) for path, found in by_path.items()}
        bonus = _bonus(view, query)
        scores = {}
        for id_, score in own.items():
            path = units[id_].path
            # What is in a file speaks for its units; of the file's own row it says little, which shows no code.
            if id_ == path:
                scores[id_] = score + OWN_ROW_SUPPORT * (support[path] - score)
            else:
                scores[id_] = score + FILE_SUPPORT * (support[path] - score) + bonus[path] * factors[id_]
        return cls(units, parts, factors, scores)


def _fused(view: View, query: Query) -> tuple[dict[str, float], dict[str, list[tuple[str, int, float, float]]]]:
    """Return the sum over signals of weight × strength / (smoothing + rank), and what it is made of, by unit."""
    scores: dict[str, float] = defaultdict(float)
    parts: dict[str, list[tuple[str, int, float, float]]] = defaultdict(list)

    def add(signal: str, found: Iterable[tuple[str, float]]) -> None:
        weight = WEIGHTS[signal]
        for place, (id_, strength) in enumerate(found):
            worth = weight * strength / (SMOOTHING + place)
            scores[id_] += worth
            parts[id_].append((signal, place, strength, worth))

    for signal, found in signals(view, query):
        add(signal, found)
    near = neighbours(view, dict(sorted(scores.items(), key=_by_score)[:GRAPH_SEEDS]))
    # The graph speaks for what other signals found too; what it alone found is no evidence yet, and ranks low.
    known = [id_ for id_ in near if id_ in scores]
    alone = [id_ for id_ in near if id_ not in scores]
    add("graph", ((id_, 1.0) for id_ in known))
    add("neighbour", ((id_, 1.0) for id_ in alone))
    return scores, parts


def _together(scores: list[float]) -> float:
    """Return what the best units of a file score together, each counting half of the one before: evidence gathers in files."""
    return sum(score * HALF**place for place, score in enumerate(sorted(scores, reverse=True)[:SUPPORTERS]))


def _bonus(view: View, query: Query) -> dict[str, float]:
    """Return what files score as whole documents, by path."""
    bonus: dict[str, float] = defaultdict(float)
    for signal, found in file_signals(view, query):
        for place, (path, strength) in enumerate(found):
            bonus[path] += WEIGHTS[signal] * strength / (SMOOTHING + place)
    return bonus


def _by_score(found: tuple[str, float]) -> tuple[float, str]:
    return -found[1], found[0]


def _factor(unit: Unit, asks_for_tests: bool) -> float:
    test, other = _place(unit.path)
    return KIND_FACTOR.get(unit.kind, 1.0) * (TEST_FACTOR if test and not asks_for_tests else other)


def _shortness(unit: Unit) -> float:
    is_definition = unit.is_symbol and unit.kind != SECTION
    return _SHORT[min(unit.last_line - unit.first_line + 1, WHOLE_LINES)] if is_definition else 1.0


_SHORT = [(lines / WHOLE_LINES) ** SHORTNESS for lines in range(WHOLE_LINES + 1)]


@lru_cache(maxsize=100_000)
def _place(path: str) -> tuple[bool, float]:
    """Tell whether a path is that of a test, and the factor of what else it is."""
    factor = DECLARATION_FACTOR if DECLARATION_PATH.search(path) else 1.0
    return bool(TEST_PATH.search(path)), factor * (PROSE_FACTOR if PROSE_PATH.search(path) else 1.0)
