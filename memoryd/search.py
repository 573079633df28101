"""Ranking: a query → units, best first, each with the signals that found it.

Signals: exact names, paths and stack frames; BM25 over split identifiers; vectors; the call graph around the first hits.
They are fused by rank (reciprocal rank fusion, Cormack, Clarke & Büttcher 2009), so no signal's scale matters; then a
file's best units support each other, and tests step back unless the query is about them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from indexers import query_words
from memoryd.catalog import Unit
from memoryd.model import Hit
from memoryd.query import Query
from memoryd.rows import BLOCK, FILE
from memoryd.view import View

CANDIDATES = 150
QUERY_WORDS = 40
SMOOTHING = 12.0
"""The constant of reciprocal rank fusion: small, because the first ranks of each signal are much better than the tenth."""
WEIGHTS = {"text": 1.0, "title": 0.6, "vector": 0.8, "name": 1.6, "path": 1.2, "frame": 2.0, "graph": 0.25}
GRAPH_SEEDS = 12
NEIGHBOURS = 40
FILE_SUPPORT = 0.35
REPEAT_DECAY = 0.72
"""What is left of a unit's score for each better unit of the same file: ten hits should not be one file."""
TEST_PATH = re.compile(
    r"(^|/)(tests?|specs?|testing|__tests__|testdata|fixtures)(/|$)|(^|/)(test_[^/]*|conftest\.py)$|[._-](test|tests|spec)\.\w+$|[a-z](Test|Tests|Spec)\.\w+$"
)
PROSE_PATH = re.compile(
    r"(^|/)(docs?|examples?|changelog|changes|news|releases|migrations|locale|benchmarks?)(/|\.|$)|\.(md|rst|txt|po)$", re.IGNORECASE
)
TEST_WORDS = frozenset(query_words("test spec fixture"))
TEST_FACTOR, PROSE_FACTOR = 0.5, 0.7
KIND_FACTOR = {BLOCK: 0.8, FILE: 0.75, "variable": 0.85, "section": 0.8}
@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit with its score and the signals that found it."""

    unit: Unit
    score: float
    reasons: tuple[str, ...]


def search(view: View, query: Query, limit: int) -> list[Hit]:
    """Return at most `limit` hits, best first; equal scores in the order of their ids."""
    return [
        Hit(found.unit.id, found.unit.path, found.unit.first_line, found.unit.last_line, found.unit.kind, found.score, found.reasons)
        for found in rank(view, query)[:limit]
    ]


def rank(view: View, query: Query) -> list[Ranked]:
    """Return the candidates of all signals, best first, spread over files."""
    fused = _Fused()
    for signal, ids in _signals(view, query):
        fused.add(signal, ids)
    seeds = dict(sorted(fused.scores.items(), key=lambda found: (-found[1], found[0]))[:GRAPH_SEEDS])
    fused.add("graph", _neighbours(view, seeds))
    units = view.catalog.by_id
    asks_for_tests = bool(TEST_WORDS.intersection(query.words))
    scored = {id_: score * _factor(units[id_], asks_for_tests) for id_, score in fused.scores.items()}
    supported = _supported({id_: (units[id_].path, score) for id_, score in scored.items()})
    return _spread([Ranked(units[id_], score, tuple(fused.reasons[id_])) for id_, score in supported.items()])


def _signals(view: View, query: Query) -> Iterator[tuple[str, list[str]]]:
    words = query.words[:QUERY_WORDS]
    vector = view.embedder.embed([query.text[:2_000]])[0]
    known = view.catalog.by_id
    yield "frame", _frames(view, query)
    yield "name", _names(view, query)
    yield "path", _paths(view, query)
    yield "title", [id_ for id_, _ in view.store.text("names", words, CANDIDATES) if id_ in known]
    yield "text", [id_ for id_, _ in view.store.text("words", words, CANDIDATES) if id_ in known]
    yield "vector", [id_ for id_, _ in view.store.nearest(vector, CANDIDATES) if id_ in known]


class _Fused:
    """The sum over signals of weight / (smoothing + rank), and which signals those were, by unit."""

    def __init__(self) -> None:
        self.scores: dict[str, float] = defaultdict(float)
        self.reasons: dict[str, list[str]] = defaultdict(list)

    def add(self, signal: str, ids: Iterable[str]) -> None:
        for place, id_ in enumerate(ids):
            self.scores[id_] += WEIGHTS[signal] / (SMOOTHING + place)
            self.reasons[id_].append(signal)


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
    """Return what the graph holds close to the seeds, the seeds themselves excluded."""
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
    support = {path: sum(score / 2**place for place, score in enumerate(sorted(found, reverse=True)[:5])) for path, found in by_path.items()}
    return {id_: score + FILE_SUPPORT * (support[path] - score) for id_, (path, score) in scored.items()}


def _spread(found: Iterable[Ranked]) -> list[Ranked]:
    """Order by score, each further unit of a file losing a share of its own."""
    seen: dict[str, int] = defaultdict(int)
    spread = []
    for ranked in sorted(found, key=lambda ranked: (-ranked.score, ranked.unit.id)):
        score = ranked.score * REPEAT_DECAY ** seen[ranked.unit.path]
        seen[ranked.unit.path] += 1
        spread.append(Ranked(ranked.unit, round(score, 6), ranked.reasons))
    return sorted(spread, key=lambda ranked: (-ranked.score, ranked.unit.id))
