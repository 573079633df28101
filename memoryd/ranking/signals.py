"""Signals: what each way of looking finds for a query, best first, with how good it is beside the best of its kind.

Exact names, paths and stack frames; BM25 over names ("title") and over what is said ("text"), of units and of whole files;
vectors; the call graph around what was found. A report of several lines is asked for twice, its headline on its own: what
follows is full of words that say nothing of the cause.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from memoryd.ranking.query import Query
from memoryd.searchindex import Matches, Numbers
from memoryd.versions import Unit, View

CANDIDATES = 120
FILE_CANDIDATES = 100
QUERY_WORDS = 40
STEEPNESS = {"title": 0.5, "headline title": 0.5}
"""How much a score below the best of its signal counts against a unit, besides its rank: the power its share is raised to."""
LEAST_BEST = {"vector": 0.6}
"""The least score that the best match of a signal counts as: something is always nearest, even to words that mean nothing here."""
NEIGHBOURS = 60


def signals(view: View, query: Query) -> Iterator[tuple[str, Matches]]:
    """Yield what each signal finds among units, by their number in the matcher."""
    for signal, ids in (("frame", _frames(view, query)), ("name", _names(view, query)), ("path", _paths(view, query))):
        numbers = view.matcher.numbers(ids)  # what is not matched is not indexed, or ours
        yield signal, Matches(numbers, np.ones(len(numbers)))
    vector = view.embedder.embed([query.headline[:2_000]])[0]
    found = view.matcher.search(query.words[:QUERY_WORDS], vector, CANDIDATES)
    yield "title", _strengths("title", found.names)
    yield "text", _strengths("text", found.words)
    yield "headline vector" if query.is_report else "vector", _strengths("vector", found.nearest)
    if query.is_report:
        nearer = view.matcher.search(query.headline_words, vector * 0, CANDIDATES)
        yield "headline title", _strengths("headline title", nearer.names)
        yield "headline text", _strengths("headline text", nearer.words)


def file_signals(view: View, query: Query) -> Iterator[tuple[str, Matches]]:
    """Yield what each signal finds among files, each taken as one document, by their number in the matcher."""
    found = view.matcher.files(query.words[:QUERY_WORDS], FILE_CANDIDATES)
    yield "file title", _strengths("file title", found.names)
    yield "file text", _strengths("file text", found.words)


def neighbours(view: View, seeds: Matches) -> Numbers:
    """Return what the graph holds close to some units, nearest first, they themselves excluded."""
    weights = dict(zip(view.matcher.ids(seeds.numbers), seeds.scores.tolist(), strict=True))
    near = view.graph.nearby(weights, NEIGHBOURS + len(weights))
    return view.matcher.numbers(id_ for id_ in near if id_ not in weights)[:NEIGHBOURS]


def _strengths(signal: str, found: Matches) -> Matches:
    best = max(found.scores[0] if len(found.scores) else 1.0, LEAST_BEST.get(signal, 0.0))
    return Matches(found.numbers, (found.scores / best) ** STEEPNESS.get(signal, 1.0))


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
