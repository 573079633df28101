"""The signals of a ranking: the matches of each for a query, best first, with strengths relative to its best match.

Signals are exact names, paths and stack frames; BM25 over names ("title") and over the words of the text ("text"), of units and
of whole files; vectors; and the graph around units already found. A report of several lines is searched twice, the second time
by its headline alone, because the lines below it hold many words that have nothing to do with the cause.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np

from memoryd.embed import Vectors
from memoryd.ranking.query import Query, name_parts
from memoryd.ranking.routes import handlers
from memoryd.searchindex import Matches
from memoryd.text import file_id
from memoryd.versions import Unit, View

CANDIDATES = 120
FILE_CANDIDATES = 100
QUERY_WORDS = 40
STEEPNESS = {"title": 0.5, "headline title": 0.5}
"""The exponent of strengths by signal, 1 for the others: strength = (score / best score of the signal) ** exponent."""
LEAST_BEST = {"vector": 0.6}
"""The least score by signal that counts as its best: some vector is always nearest, even to words unknown to the project."""
NAMES, COMMON_NAME = 40, 40
"""The most names of a query that are looked up, and the most definitions of a name that tells anything."""
MEMBER, COMMON_MEMBER = 0.6, 8
"""What it is worth to have a field or case of a name, and the most types that have one of a name that tells anything."""


class Named(NamedTuple):
    """What a query names, by id: how well definitions match a name or a request of it, and of these what handles a request."""

    matches: Mapping[str, float]
    handlers: Mapping[str, float]

    @classmethod
    def by(cls, view: View, query: Query) -> Self:
        """Look up the names and the requests of a query."""
        handling = _handlers(view, query)
        return cls({**_name_matches(view, query), **handling}, handling)


def signals(view: View, query: Query, named: Named, vector: Vectors) -> Iterator[tuple[str, Matches]]:
    """Yield each signal with its matches among units, which are numbered as in the matcher; `vector` is that of the headline."""
    exact = {"frame": _frames(view, query), "name": _best_names(named), "path": _paths(view, query)}
    for signal, ids in exact.items():
        numbers = view.matcher.numbers(ids)  # units of skipped files and of our own folder have none
        yield signal, Matches(numbers, np.ones(len(numbers)))
    found = view.matcher.search(query.words[:QUERY_WORDS], vector, CANDIDATES)
    yield "title", _strengths("title", found.names)
    yield "text", _strengths("text", found.words)
    yield "headline vector" if query.is_report else "vector", _strengths("vector", found.nearest)
    if query.is_report:
        nearer = view.matcher.search(query.headline_words, vector * 0, CANDIDATES)
        yield "headline title", _strengths("headline title", nearer.names)
        yield "headline text", _strengths("headline text", nearer.words)


def names_anything(view: View, query: Query) -> bool:
    """Tell whether a query names anything of a version: by stack frame, by path, by name, by a request."""
    return bool(_frames(view, query) or _paths(view, query) or _name_matches(view, query) or _handlers(view, query))


def headline_vector(view: View, query: Query) -> Vectors:
    """Return the vector of what a query says first."""
    found: Vectors = view.embedder.embed([query.headline[:2_000]])[0]
    return found


def file_signals(view: View, query: Query) -> Iterator[tuple[str, Matches]]:
    """Yield each signal with its matches among files, each one document; files are numbered as in the matcher."""
    found = view.matcher.files(query.words[:QUERY_WORDS], FILE_CANDIDATES)
    yield "file title", _strengths("file title", found.names)
    yield "file text", _strengths("file text", found.words)


def _strengths(signal: str, found: Matches) -> Matches:
    best = max(found.scores[0] if len(found.scores) else 1.0, LEAST_BEST.get(signal, 0.0))
    return Matches(found.numbers, (found.scores / best) ** STEEPNESS.get(signal, 1.0))


def _frames(view: View, query: Query) -> list[str]:
    """Return the units at the lines a stack trace names, the innermost frame (the last one) first."""
    found = []
    for path, line in reversed(query.frames):
        for match in _path_matches(view, path)[:2]:
            unit = view.catalog.at(match, line)
            found.append(unit.id if unit else file_id(match))
    return list(dict.fromkeys(found))[:20]


def _path_matches(view: View, path: str) -> list[str]:
    """Return the files that a path may mean; leading folders of a path from another machine are dropped until it matches."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    for first in range(len(parts)):
        if found := view.catalog.matching_paths("/".join(parts[first:])):
            return found
    return []


def _paths(view: View, query: Query) -> list[str]:
    found: list[str] = []
    for path in query.paths[:20]:
        matches = view.catalog.matching_paths(path)
        if 0 < len(matches) <= 8:
            found += map(file_id, matches)
    return list(dict.fromkeys(found))


def _handlers(view: View, query: Query) -> dict[str, float]:
    """Return by id how well definitions match a request of the query, as handlers of routes."""
    return handlers(view.graph.routes, query.routes) if query.routes else {}


def _name_matches(view: View, query: Query) -> dict[str, float]:
    """Return by id how well definitions match a name of the query: up to 1 for the name, 1 for each holder; less for common names."""
    found: dict[str, float] = {}
    for name in query.names[:NAMES]:
        parts = name_parts(name)
        ids = view.catalog.by_name.get(parts[-1].lower(), ()) if parts else ()
        if 0 < len(ids) <= COMMON_NAME:
            for id_ in ids:
                found[id_] = max(found.get(id_, 0.0), _name_match(view.catalog.by_id[id_], parts) / len(ids) ** 0.5)
        elif parts and not ids:
            found.update((id_, max(found.get(id_, 0.0), worth)) for id_, worth in _holders(view, parts))
    return found


def _holders(view: View, parts: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Yield the types that have a field or case of a name which no definition has, each with what that is worth."""
    ids = view.catalog.by_member.get(parts[-1].lower(), ())
    if len(ids) <= COMMON_MEMBER:
        for id_ in ids:
            yield id_, (MEMBER + sum(part == view.catalog.by_id[id_].name for part in parts[:-1])) / len(ids) ** 0.5


def _best_names(named: Named) -> list[str]:
    """Return the definitions that the query names: best match of a qualified name first, rare names before common ones."""
    found = named.matches
    return sorted(found, key=lambda id_: (-found[id_], id_))[:60]


def _name_match(unit: Unit, parts: Sequence[str]) -> float:
    holders = {part.lower() for part in re.split(r"[./]", f"{unit.path}.{unit.qualname}")}
    exact = 1.0 if unit.name == parts[-1] else 0.6
    return exact + sum(part.lower() in holders for part in parts[:-1])
