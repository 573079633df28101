"""Ranking: a query → units, best first, each with the signals that found it.

Signals: exact names, paths and stack frames; BM25 over split identifiers; vectors; the call graph around the first hits.
They are fused by rank (reciprocal rank fusion, Cormack, Clarke & Büttcher 2009), each rank weighed by how good it is beside the
best of its signal, so no signal's scale matters; then a file's best units support each other, and tests step back unless the
query is about them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from indexers import query_words
from memoryd.catalog import Unit
from memoryd.embed import Vectors
from memoryd.matching import Found
from memoryd.model import Hit
from memoryd.query import Query
from memoryd.rows import FILE
from memoryd.view import View

CANDIDATES = 120
OWN_FOLDER = ".memoryd/"
"""Notes are checked before they are read (`memoryd.notes`), so they are not found as text."""
QUERY_WORDS = 40
SMOOTHING = 40.0
"""The constant of reciprocal rank fusion: how slowly the worth of a rank falls."""
WEIGHTS = {"text": 1.0, "title": 0.8, "vector": 0.8, "name": 1.6, "path": 1.2, "frame": 2.0, "graph": 0.9, "neighbour": 0.15}
STEEPNESS = {"title": 0.5, "text": 1.0, "vector": 1.0}
"""How much a score below the best of its signal counts against a unit, besides its rank."""
GRAPH_SEEDS = 12
NEIGHBOURS = 60
FILE_SUPPORT = 0.8
HITS_REPEAT = 0.3
"""Ten hits should not be one file."""
TEST_PATH = re.compile(
    r"(^|/)(tests?|specs?|testing|__tests__|testdata|fixtures)(/|$)|(^|/)(test_[^/]*|conftest\.py)$|[._-](test|tests|spec)\.\w+$|[a-z](Test|Tests|Spec)\.\w+$"
)
PROSE_PATH = re.compile(
    r"(^|/)(docs?|examples?|changelog|changes|news|releases|migrations|locale|benchmarks?)(/|\.|$)|\.(md|rst|txt|po)$", re.IGNORECASE
)
TEST_WORDS = frozenset(query_words("test spec fixture"))
TEST_FACTOR, PROSE_FACTOR = 0.3, 0.7
KIND_FACTOR = {FILE: 0.9, "variable": 0.9, "section": 0.8}


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
    """Why a unit scores what it does: (sum of parts × factor of its kind and place + support by its file) = score."""

    unit: Unit
    parts: tuple[Part, ...]
    factor: float
    support: float
    score: float


def search(view: View, query: Query, limit: int) -> list[Hit]:
    """Return at most `limit` hits, best first; equal scores in the order of their ids."""
    return [
        Hit(found.unit.id, found.unit.path, found.unit.first_line, found.unit.last_line, found.unit.kind, found.score, found.reasons)
        for found in rank(view, query, HITS_REPEAT)[:limit]
    ]


def rank(view: View, query: Query, repeat: float) -> list[Ranked]:
    """Return the candidates of all signals, best first.

    `repeat` is what is left of a unit's score for each better unit of its file: small, and the first ranks are many files.
    """
    found = judged(view, query)
    return _spread([Ranked(one.unit, one.score, tuple(part.signal for part in one.parts)) for one in found], repeat)


def judged(view: View, query: Query) -> list[Judged]:
    """Return the candidates of all signals, in no order, with what speaks for and against each."""
    fused = _Fused()
    for signal, ids in _signals(view, query):
        fused.add(signal, [found for found in ids if not found[0].startswith(OWN_FOLDER)])
    seeds = dict(sorted(fused.scores.items(), key=lambda found: (-found[1], found[0]))[:GRAPH_SEEDS])
    near = _neighbours(view, seeds)
    fused.add("graph", [(id_, 1.0) for id_ in near if id_ in fused.scores])
    fused.add("neighbour", [(id_, 1.0) for id_ in near if id_ not in fused.scores])
    units = view.catalog.by_id
    asks_for_tests = bool(TEST_WORDS.intersection(query.words))
    factors = {id_: _factor(units[id_], asks_for_tests) for id_ in fused.scores}
    scored = {id_: score * factors[id_] for id_, score in fused.scores.items()}
    supported = _supported({id_: (units[id_].path, score) for id_, score in scored.items()})
    return [Judged(units[id_], tuple(fused.parts[id_]), factors[id_], score - scored[id_], score) for id_, score in supported.items()]


def _signals(view: View, query: Query) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Yield what each signal found, best first, with how good it is beside the best."""
    words = query.words[:QUERY_WORDS]
    vector = view.embedder.embed([query.text[:2_000]])[0]
    for signal, ids in (("frame", _frames(view, query)), ("name", _names(view, query)), ("path", _paths(view, query))):
        yield signal, [(id_, 1.0) for id_ in ids]
    found = _matched(view, words, vector)
    for signal, scored in (("title", found.names), ("text", found.words), ("vector", found.nearest)):
        best = scored[0][1] if scored and scored[0][1] > 0 else 1.0
        yield signal, [(id_, max(0.0, score / best) ** STEEPNESS[signal]) for id_, score in scored if id_ in view.catalog.by_id]


def _matched(view: View, words: Sequence[str], vector: Vectors) -> Found:
    """Return what the matcher finds besides what memoryd itself keeps in the project."""
    limit = CANDIDATES
    while True:
        every = view.matcher.search(words, vector, limit)
        found = Found(*([one for one in scored if not one[0].startswith(OWN_FOLDER)][:CANDIDATES] for scored in every))
        if all(len(kept) == CANDIDATES or len(scored) < limit for kept, scored in zip(found, every, strict=True)):
            return found
        limit *= 4


class _Fused:
    """The sum over signals of weight × strength / (smoothing + rank), and what it is made of, by unit."""

    def __init__(self) -> None:
        self.scores: dict[str, float] = defaultdict(float)
        self.parts: dict[str, list[Part]] = defaultdict(list)

    def add(self, signal: str, found: Iterable[tuple[str, float]]) -> None:
        for place, (id_, strength) in enumerate(found):
            worth = WEIGHTS[signal] * strength / (SMOOTHING + place)
            self.scores[id_] += worth
            self.parts[id_].append(Part(signal, place, strength, worth))


def _frames(view: View, query: Query) -> list[str]:
    """Return the units at the lines a stack trace names, the innermost frame (the last one) first."""
    found = []
    for path, line in reversed(query.frames):
        for match in _path_matches(view, path)[:2]:
            unit = view.catalog.at(match, line)
            found.append(unit.id if unit else match)
    return list(dict.fromkeys(found))[:20]


def _path_matches(view: View, path: str) -> list[str]:
    """Return the files a path means; a path from another machine loses leading folders until it fits."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    for first in range(len(parts)):
        if found := view.catalog.matching_paths("/".join(parts[first:])):
            return found
    return []


def _paths(view: View, query: Query) -> list[str]:
    found = []
    for path in query.paths[:20]:
        matches = view.catalog.matching_paths(path)
        if 0 < len(matches) <= 8:
            found += matches
    return list(dict.fromkeys(found))


def _names(view: View, query: Query) -> list[str]:
    """Return the definitions the query names, those that match most of a qualified name first, rare names before common ones."""
    found: dict[str, tuple[float, str]] = {}
    for name in query.names[:40]:
        parts = [part for part in re.split(r"\.|::|#|->", name) if part]
        ids = view.catalog.by_name.get(parts[-1].lower(), ()) if parts else ()
        if not 0 < len(ids) <= 40:
            continue
        for id_ in ids:
            score = _name_match(view.catalog.by_id[id_], parts) / len(ids) ** 0.5
            found[id_] = min(found.get(id_, (0.0, id_)), (-score, id_))
    return [id_ for _, id_ in sorted(found.values())][:60]


def _name_match(unit: Unit, parts: Sequence[str]) -> float:
    holders = {part.lower() for part in re.split(r"[./]", f"{unit.path}.{unit.qualname}")}
    exact = 1.0 if unit.name == parts[-1] else 0.6
    return exact + sum(part.lower() in holders for part in parts[:-1])


def _neighbours(view: View, seeds: Mapping[str, float]) -> list[str]:
    """Return what the graph holds close to the seeds, nearest first, the seeds themselves excluded.

    It speaks for what other signals found too; what it alone found is no evidence yet, and ranks low.
    """
    near = [id_ for id_ in view.graph.nearby(seeds, 2 * NEIGHBOURS) if id_ not in seeds and id_ in view.catalog.by_id]
    return near[:NEIGHBOURS]


def _factor(unit: Unit, asks_for_tests: bool) -> float:
    test, prose = _place(unit.path)
    factor = KIND_FACTOR.get(unit.kind, 1.0)
    if test and not asks_for_tests:
        return factor * TEST_FACTOR
    return factor * PROSE_FACTOR if prose else factor


@lru_cache(maxsize=100_000)
def _place(path: str) -> tuple[bool, bool]:
    """Tell whether a path is that of a test, and whether of documentation or the like."""
    return bool(TEST_PATH.search(path)), bool(PROSE_PATH.search(path))


def _supported(scored: Mapping[str, tuple[str, float]]) -> dict[str, float]:
    """Add to each unit, given with its path, a share of what the other good units of its file score: evidence gathers in files."""
    by_path: dict[str, list[float]] = defaultdict(list)
    for path, score in scored.values():
        by_path[path].append(score)
    support = {
        path: sum(score / 2**place for place, score in enumerate(sorted(found, reverse=True)[:5])) for path, found in by_path.items()
    }
    return {id_: score + FILE_SUPPORT * (support[path] - score) for id_, (path, score) in scored.items()}


def _spread(found: Iterable[Ranked], repeat: float) -> list[Ranked]:
    """Order by score, each further unit of a file losing a share of its own."""
    seen: dict[str, int] = defaultdict(int)
    spread = []
    for ranked in sorted(found, key=lambda ranked: (-ranked.score, ranked.unit.id)):
        score = ranked.score * repeat ** seen[ranked.unit.path]
        seen[ranked.unit.path] += 1
        spread.append(Ranked(ranked.unit, round(score, 6), ranked.reasons))
    return sorted(spread, key=lambda ranked: (-ranked.score, ranked.unit.id))
