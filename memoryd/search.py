"""Ranking: a query → units, best first, each with the signals that found it.

Signals (`memoryd.signals`) are fused by rank (reciprocal rank fusion, Cormack, Clarke & Büttcher 2009), each rank weighed by how
good it is beside the best of its signal, so no signal's scale matters. What a unit is and where it stands counts for or against
it: tests, prose and declarations step back, and so do definitions of a few lines, which words meet by chance. Then a file's best
units support each other, and the file as a whole supports them.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexers import query_words
from memoryd.catalog import Unit
from memoryd.matching import Ranking
from memoryd.model import Hit
from memoryd.query import Query
from memoryd.rows import FILE, SECTION
from memoryd.signals import file_signals, neighbours, signals
from memoryd.view import View

Numbers = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]

SMOOTHING = 40.0
"""The constant of reciprocal rank fusion: how slowly the worth of a rank falls."""
WEIGHTS = {
    "frame": 1.0, "name": 1.6, "path": 1.2, "title": 0.7, "text": 1.0, "vector": 2.2,
    "headline title": 1.5, "headline text": 0.9, "headline vector": 1.0, "graph": 0.9, "neighbour": 0.15,
    "file title": 1.0, "file text": 1.2,
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
    r"(^|/)(docs?|examples?|demos?|changelog|changes|news|releases|migrations|locale|benchmarks?|benches)(/|\.|$)|(^|/)\.|\.(md|rst|txt|po)$",
    re.IGNORECASE,
)
"""What speaks of the code or sets things up around it: hidden files are the forms for reports, and settings of tools."""
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
    scores = np.round(found.scores * repeat ** _ranks_inside(found.files, found.scores), 6)
    least = np.partition(scores, -limit)[-limit] if len(scores) > limit else -np.inf
    best = [(-score, found.units[at].id, at) for at, score in enumerate(scores.tolist()) if score >= least]
    chosen = sorted(best)[:limit]
    reasons = found.candidates.reasons([at for *_, at in chosen])
    return [Ranked(found.units[at], -score, why) for (score, _, at), why in zip(chosen, reasons, strict=True)]


def judged(view: View, query: Query) -> list[Judged]:
    """Return the candidates of all signals, in no order, with what speaks for and against each."""
    found = _Judgement.of(view, query)
    parts = found.candidates.parts()
    made = []
    for unit, given, factor, score in zip(found.units, parts, found.factors.tolist(), found.scores.tolist(), strict=True):
        own = sum(part.worth for part in given) * factor
        made.append(Judged(unit, tuple(given), factor, score - own, score))
    return made


class _Candidates:
    """Units, or files, by number as they were found, and what each signal gave them: weight × strength / (smoothing + rank)."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._given: list[tuple[str, Numbers, Scores, Scores]] = []

    def add(self, signal: str, found: Ranking) -> None:
        """Take what a signal found, best first."""
        numbers = np.array([self.numbers.setdefault(id_, len(self.numbers)) for id_, _ in found], np.int64)
        strengths = np.array([strength for _, strength in found])
        self._given.append((signal, numbers, strengths, WEIGHTS[signal] * strengths / (SMOOTHING + np.arange(len(found)))))

    def fused(self) -> Scores:
        """Return the sum of what the signals gave, by number."""
        numbers, worths = (np.concatenate([given[column] for given in self._given]) for column in (1, 3))
        return np.bincount(numbers, worths, len(self.numbers)).astype(np.float64, copy=False)

    def reasons(self, chosen: list[int]) -> list[tuple[str, ...]]:
        """Return the signals that found each of some candidates."""
        flags = np.zeros((len(self.numbers), len(self._given)), bool)
        for place, (_, numbers, *_) in enumerate(self._given):
            flags[numbers, place] = True
        names = [signal for signal, *_ in self._given]
        return [tuple(compress(names, row)) for row in flags[chosen].tolist()]

    def parts(self) -> list[list[Part]]:
        """Return what each signal gave, by number."""
        parts: list[list[Part]] = [[] for _ in self.numbers]
        for signal, *columns in self._given:
            for rank, (number, strength, worth) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
                parts[number].append(Part(signal, rank, strength, worth))
        return parts


@dataclass(frozen=True, slots=True)
class _Judgement:
    """The candidates: their units, the numbers of their files, their factors, their scores."""

    candidates: _Candidates
    units: list[Unit]
    files: Numbers
    factors: Scores
    scores: Scores

    @classmethod
    def of(cls, view: View, query: Query) -> "_Judgement":
        candidates = _found(view, query)
        every = view.catalog.by_id
        units = [every[id_] for id_ in candidates.numbers]
        asks_for_tests = not TEST_WORDS.isdisjoint(query.headline_words)
        is_lookup = len(query.text.split()) == 1  # a name, not words that may meet by chance
        factors = np.array([_factor(unit, asks_for_tests) * (1.0 if is_lookup else _shortness(unit)) for unit in units])
        paths: dict[str, int] = {}
        files = np.array([paths.setdefault(unit.path, len(paths)) for unit in units], np.int64)
        own = candidates.fused() * factors
        worth = _bonus(view, query)
        bonus = np.array([worth.get(path, 0.0) for path in paths])
        # What is in a file speaks for its units; of the file's own row it says little, which shows no code.
        others = _support(files, own)[files] - own
        is_whole = np.array([unit.kind == FILE for unit in units], bool)
        scores = own + np.where(is_whole, OWN_ROW_SUPPORT * others, FILE_SUPPORT * others + bonus[files] * factors)
        return cls(candidates, units, files, factors, scores)


def _found(view: View, query: Query) -> _Candidates:
    found = _Candidates()
    for signal, ranking in signals(view, query):
        found.add(signal, ranking)
    scores, ids = found.fused(), list(found.numbers)
    seeds = {ids[at]: float(scores[at]) for at in np.argsort(-scores, kind="stable")[:GRAPH_SEEDS].tolist()}
    near = neighbours(view, seeds)
    # The graph speaks for what other signals found too; what it alone found is no evidence yet, and ranks low.
    known = [(id_, 1.0) for id_ in near if id_ in found.numbers]
    alone = [(id_, 1.0) for id_ in near if id_ not in found.numbers]
    found.add("graph", known)
    found.add("neighbour", alone)
    return found


def _ranks_inside(files: Numbers, scores: Scores) -> Numbers:
    """Return how many candidates of its file are better than each; of equals, the one that was found first counts as better."""
    order = np.lexsort((-scores, files))
    sizes = np.bincount(files)
    ranks = np.empty(len(files), np.int64)
    ranks[order] = np.arange(len(files)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return ranks


def _support(files: Numbers, scores: Scores) -> Scores:
    """Return what the best units of each file score together, each counting half of the one before: evidence gathers in files."""
    ranks = _ranks_inside(files, scores)
    return np.bincount(files, np.where(ranks < SUPPORTERS, scores * HALF**ranks, 0.0)).astype(np.float64, copy=False)


def _bonus(view: View, query: Query) -> dict[str, float]:
    """Return what files score as whole documents, by path."""
    files = _Candidates()
    for signal, found in file_signals(view, query):
        files.add(signal, found)
    return dict(zip(files.numbers, files.fused().tolist(), strict=True))


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
