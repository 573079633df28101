"""Version 0 of the ranking: a formula of ranks and factors. Its scores are features of the versions that came after.

Signals (`memoryd.ranking.signals`) are fused by rank (`memoryd.ranking.fusion`). The sum is multiplied by factors of the unit's
kind, path and length: tests, prose and declarations rank lower, and so do definitions of a few lines, which match words by chance.
Then the best units of a file support each other, and the score of the file as a whole supports them.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from indexers import query_words
from memoryd.embed import Vectors
from memoryd.filekinds import is_declaration, is_prose, is_test
from memoryd.graph import Near
from memoryd.parsing import BLOCK, FILE, SECTION
from memoryd.ranking.fusion import Candidates, weighted
from memoryd.ranking.query import Query
from memoryd.ranking.signals import Named, file_signals, headline_vector, signals
from memoryd.searchindex import Matches, Numbers, Scores
from memoryd.versions import View

WEIGHTS = {
    "frame": 1.0, "name": 1.6, "path": 1.2, "title": 0.7, "text": 1.0, "vector": 2.2,
    "headline title": 1.5, "headline text": 0.9, "headline vector": 1.0, "graph": 0.9, "neighbour": 0.15,
    "file title": 1.0, "file text": 1.2,
}  # fmt: skip
GRAPH_SEEDS, NEIGHBOURS, NEAR = 12, 60, 400
"""The number of best candidates around which the graph is looked at, the most neighbours that are candidates for it, and the most nodes
whose nearness is known."""
FILE_SUPPORT, OWN_ROW_SUPPORT = 0.8, 0.4
"""The share of the support by other units of its file that is added to a unit's score, and to that of the file's own row."""
SUPPORTERS, HALF = 5, 0.5
"""The number of best units of a file that support others, and the factor by which each counts less than the one before."""
TEST_WORDS = frozenset(query_words("test spec fixture"))
TEST_FACTOR, PROSE_FACTOR, DECLARATION_FACTOR = 0.1, 0.3, 0.5
KIND_FACTOR = {FILE: 0.9, "variable": 0.9}
WHOLE_LINES, SHORTNESS = 60, 0.15
"""A definition with fewer lines than the first has its score multiplied by (lines / the first) ** the second."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidates with scores, and their files, numbered from 0 among `paths`, which are numbers of the matcher.

    `near` are the nodes of the graph around the best of them, `named` is what the query names, `vector` that of its headline.
    """

    named: Named
    vector: Vectors
    candidates: Candidates
    near: Near
    paths: Numbers
    files: Numbers
    own: Scores
    scores: Scores

    @classmethod
    def of(cls, view: View, query: Query) -> "Scored":
        named, vector = Named.by(view, query), headline_vector(view, query)
        candidates, near = _found(view, query, named, vector)
        matcher = view.matcher
        lines, kinds = matcher.row_lines[candidates.numbers], matcher.row_kind[candidates.numbers]
        paths, files = np.unique(matcher.row_file[candidates.numbers], return_inverse=True)
        asks_for_tests = not TEST_WORDS.isdisjoint(query.headline_words)
        factors = np.array([_path_factor(matcher.paths[file], asks_for_tests) for file in paths.tolist()])[files]
        factors = factors * np.array([KIND_FACTOR.get(kind, 1.0) for kind in matcher.kinds])[kinds]
        if len(query.text.split()) > 1:  # several words may match by chance, a single name does not
            is_definition = np.array([kind not in (FILE, BLOCK, SECTION) for kind in matcher.kinds], bool)[kinds]
            factors = np.where(is_definition, (np.minimum(lines, WHOLE_LINES) / WHOLE_LINES) ** SHORTNESS, 1.0) * factors
        own = candidates.fused() * factors
        bonus = _bonus(view, query)[paths][files]
        # The other units of a file are evidence for a unit of it, less so for the file's own row, which shows no code.
        others = support(files, own)[files] - own
        is_whole = np.array([kind == FILE for kind in matcher.kinds], bool)[kinds]
        scores = own + np.where(is_whole, OWN_ROW_SUPPORT * others, FILE_SUPPORT * others + bonus * factors)
        return cls(named, vector, candidates, near, paths.astype(np.int64), files, own, scores)


def _found(view: View, query: Query, named: Named, vector: Vectors) -> tuple[Candidates, Near]:
    all_weighted = [weighted(signal, WEIGHTS[signal], found) for signal, found in signals(view, query, named, vector)]
    found = Candidates(all_weighted)
    scores = found.fused()
    best = np.argsort(-scores, kind="stable")[:GRAPH_SEEDS]
    seeds = view.matcher.ids(found.numbers[best])
    near = view.graph.nearby(dict(zip(seeds, scores[best].tolist(), strict=True)), NEAR)
    ids = view.graph.ids(near.nodes[: NEIGHBOURS + len(seeds)])
    neighbours = view.matcher.numbers(id_ for id_ in ids if id_ not in seeds)[:NEIGHBOURS]
    # The graph is evidence for units that other signals found, too; units that it alone found rank low.
    is_found = np.zeros(len(view.matcher.row_file), bool)
    is_found[found.numbers] = True
    for signal, numbers in (("graph", neighbours[is_found[neighbours]]), ("neighbour", neighbours[~is_found[neighbours]])):
        all_weighted.append(weighted(signal, WEIGHTS[signal], Matches(numbers, np.ones(len(numbers)))))
    return Candidates(all_weighted), near


def _bonus(view: View, query: Query) -> Scores:
    """Return the score of each file as one document, by number."""
    bonus = np.zeros(len(view.matcher.paths))
    for signal, found in file_signals(view, query):
        bonus[found.numbers] += weighted(signal, WEIGHTS[signal], found).worths
    return bonus


def ranks_inside(files: Numbers, scores: Scores) -> Numbers:
    """Return for each candidate how many of its file are better; of equal ones, the one found first counts as better."""
    order = np.lexsort((-scores, files))
    sizes = np.bincount(files)
    ranks = np.empty(len(files), np.int64)
    ranks[order] = np.arange(len(files)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return ranks


def support(files: Numbers, scores: Scores) -> Scores:
    """Return for each file the sum of its best units' scores, each counting half of the one before."""
    ranks = ranks_inside(files, scores)
    return np.bincount(files, np.where(ranks < SUPPORTERS, scores * HALF**ranks, 0.0)).astype(np.float64, copy=False)


def _path_factor(path: str, asks_for_tests: bool) -> float:
    traits = traits_of(path)
    if traits.is_test and not asks_for_tests:
        return TEST_FACTOR
    return (DECLARATION_FACTOR if traits.is_declaration else 1.0) * (PROSE_FACTOR if traits.is_prose else 1.0)


class PathTraits(NamedTuple):
    """What a path says of its file; `depth` is the number of folders around it."""

    is_test: bool
    is_prose: bool
    is_declaration: bool
    depth: int


@lru_cache(maxsize=100_000)
def traits_of(path: str) -> PathTraits:
    """Return what a path says of its file."""
    return PathTraits(is_test(path), is_prose(path), is_declaration(path), path.count("/"))
