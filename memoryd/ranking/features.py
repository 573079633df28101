"""The features of the candidates: all that a model of the ranking knows of a unit, and of the file that it stands in.

Every value is a share, a count's logarithm or a flag, so that it means the same in every project. Candidates stand in the order of
their ids and values are rounded: equal versions have equal features to the last bit, however they came about.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memoryd.filekinds import is_declaration, is_prose, is_test
from memoryd.parsing import BLOCK, FILE, SECTION
from memoryd.ranking.formula import GRAPH_SEEDS, TEST_WORDS, Scored, ranks_inside
from memoryd.ranking.query import Query
from memoryd.ranking.signals import QUERY_WORDS, file_signals
from memoryd.searchindex import Numbers, Scores
from memoryd.versions import View

Values = npt.NDArray[np.float64]
OPENED_FILES, OPENED_UNITS = 5, 300
"""The best files by the formula, of which every definition is a candidate, and the most such definitions."""
NEAR = 400
"""The most nodes of the graph around the best candidates whose nearness is looked at."""
DECIMALS = 5


class Columns(NamedTuple):
    """Named columns of equal length."""

    names: tuple[str, ...]
    values: Values


@dataclass(frozen=True, eq=False)
class Features:
    """The features of units and of their files. `files` says for each unit the row of its file; `places` are numbers of the matcher.

    `found` is what the formula found, and `at` the position of each unit among its candidates, -1 for a unit it did not find.
    """

    units: Columns
    of_files: Columns
    numbers: Numbers
    files: Numbers
    paths: Numbers
    found: Scored
    at: Numbers


def features(view: View, query: Query) -> Features:
    """Return the features of all candidates for a query; there may be none."""
    found = Scored.of(view, query)
    numbers = _candidates(view, found)
    at = _positions(found.candidates.numbers, numbers)
    paths = view.matcher.by_path(np.unique(view.matcher.row_file[numbers]).astype(np.int64))
    files = _positions(paths, view.matcher.row_file[numbers])
    own, formula = (np.where(at >= 0, column[at], 0.0) if len(found.own) else np.zeros(len(at)) for column in (found.own, found.scores))
    table = {
        **_evidence(view, query, numbers), **_exact(view, query, found, numbers, at), "own": _of_best(own), "formula": _of_best(formula),
        "formula_rank": np.log1p(_ranks(formula)), **_graph(view, found, numbers),
    }  # fmt: skip
    kinds = _kinds(view, numbers)
    whole = _of_files(view, query, table, paths, files, own, formula)
    table |= _inside(table, files, own) | kinds | _relatives(view, numbers, own)
    asked = _asked(query, table)
    units = {**table, **{f"file_{name}": values[files] for name, values in whole.items()}, **{name: np.full(len(numbers), value) for name, value in asked.items()}}
    per_file = {**whole, **{name: np.full(len(paths), value) for name, value in asked.items()}}
    return Features(_columns(units), _columns(per_file), numbers, files, paths, found, at)


def _columns(table: dict[str, Scores]) -> Columns:
    return Columns(tuple(table), np.round(np.column_stack(list(table.values())), DECIMALS))


def _candidates(view: View, found: Scored) -> Numbers:
    """Return what the formula found and the other definitions of its best files, in the order of ids."""
    largest = dict(zip(found.paths.tolist(), np.round(_largest(found.scores, found.files, len(found.paths)), DECIMALS).tolist(), strict=True))
    best = view.matcher.by_path(found.paths.astype(np.int64))
    best = best[np.argsort([-largest[file] for file in best.tolist()], kind="stable")[:OPENED_FILES]]
    ids = [unit.id for file in best.tolist() for unit in view.catalog.files.get(view.matcher.paths[file], ()) if unit.is_symbol]
    return view.matcher.by_id(np.union1d(found.candidates.numbers, view.matcher.numbers(ids[:OPENED_UNITS])))


def _positions(among: Numbers, numbers: Numbers) -> Numbers:
    order = np.argsort(among)
    if not len(among):
        return np.full(len(numbers), -1)
    near = order[np.minimum(np.searchsorted(among[order], numbers), len(among) - 1)]
    return np.where(among[near] == numbers, near, -1)


def _evidence(view: View, query: Query, numbers: Numbers) -> dict[str, Scores]:
    """Return BM25 and the share of the rarity of the words that is covered, by text and names; and cosines."""
    words = query.words[:QUERY_WORDS]
    heads = np.isin(words, query.headline_words)
    named, told = view.matcher.row_evidence(words, numbers)
    vector = view.embedder.embed([query.headline[:2_000]])[0]
    cosines = view.matcher.cosines(vector, numbers)
    whole = max(float(told.rarity.sum()), 1e-9)
    headed = max(float(told.rarity[heads].sum()), 1e-9)
    covered = (told.parts > 0) | (named.parts > 0)
    rarest = np.where(covered, told.rarity[:, np.newaxis], 0.0)
    return {
        "text": told.parts.sum(0) / whole, "text_of_best": _of_best(told.parts.sum(0)), "text_covers": told.rarity @ (told.parts > 0) / whole,
        "name": named.parts.sum(0) / whole, "name_of_best": _of_best(named.parts.sum(0)), "name_covers": told.rarity @ (named.parts > 0) / whole,
        "covers": told.rarity @ covered / whole, "rarest": rarest.max(0, initial=0.0) / max(float(told.rarity.max(initial=0.0)), 1e-9),
        "head_text": told.parts[heads].sum(0) / headed, "head_text_of_best": _of_best(told.parts[heads].sum(0)),
        "head_name": named.parts[heads].sum(0) / headed, "head_name_of_best": _of_best(named.parts[heads].sum(0)),
        "head_covers": told.rarity[heads] @ covered[heads] / headed, "head_name_covers": told.rarity[heads] @ (named.parts[heads] > 0) / headed,
        "cosine": cosines, "cosine_of_best": _of_best(cosines), "cosine_rank": np.log1p(_ranks(cosines)),
        "text_rank": np.log1p(_ranks(told.parts.sum(0))), "name_rank": np.log1p(_ranks(named.parts.sum(0))),
    }  # fmt: skip


def _exact(view: View, query: Query, found: Scored, numbers: Numbers, at: Numbers) -> dict[str, Scores]:
    """Return the worth of being named, by name, frame and path, 1 for the first that is named."""
    table = {}
    for signal in ("name", "frame", "path"):
        worth = np.zeros(len(numbers))
        for one in found.candidates.given:
            if one.signal == signal:
                places = _positions(one.found.numbers, numbers)
                worth = np.where(places >= 0, 1 / (1 + np.maximum(places, 0)), 0.0)
        table[f"{signal}d" if signal != "path" else "in_path"] = worth
    return table


def _graph(view: View, found: Scored, numbers: Numbers) -> dict[str, Scores]:
    """Return the nearness of units to the best candidates in the graph, and the number of their uses."""
    fused = found.candidates.fused()
    best = np.argsort(-fused, kind="stable")[:GRAPH_SEEDS]
    seeds = dict(zip(view.matcher.ids(found.candidates.numbers[best]), fused[best].tolist(), strict=True))
    near = view.graph.nearby(seeds, NEAR)
    ids = view.matcher.ids(numbers)
    nearness = np.array([near.get(id_, 0.0) for id_ in ids])
    return {"near": _of_best(nearness), "uses": np.log1p(view.graph.used(ids))}


def _kinds(view: View, numbers: Numbers) -> dict[str, Scores]:
    names = np.array(view.matcher.kinds, object)
    kinds = names[view.matcher.row_kind[numbers]] if len(names) else np.array([], object)
    lines = view.matcher.row_lines[numbers]
    ids = view.matcher.ids(numbers)
    groups = {
        "is_function": ("function", "method", "constructor", "macro"), "is_type": ("class", "struct", "interface", "trait", "type", "enum", "module"),
        "is_variable": ("variable", "constant", "field", "property"), "is_block": (BLOCK,), "is_section": (SECTION,), "is_whole": (FILE,),
    }  # fmt: skip
    return {
        **{name: np.isin(kinds, group).astype(float) for name, group in groups.items()},
        "lines": np.log1p(lines), "depth": np.array([float(id_.count(".", id_.find("#") + 1)) if "#" in id_ else 0.0 for id_ in ids]),
        "is_private": np.array([float(id_.rpartition(".")[2].startswith("_") or "#_" in id_) for id_ in ids]),
    }  # fmt: skip


def _of_files(
    view: View, query: Query, table: dict[str, Scores], paths: Numbers, files: Numbers, own: Scores, formula: Scores
) -> dict[str, Scores]:
    """Return the features of files: as documents, by their best units, by their paths."""
    words = query.words[:QUERY_WORDS]
    heads = np.isin(words, query.headline_words)
    named, told = view.matcher.file_evidence(words, paths)
    whole = max(float(told.rarity.sum()), 1e-9)
    headed = max(float(told.rarity[heads].sum()), 1e-9)
    size = len(paths)
    best = {f"best_{name}": _largest(table[name], files, size) for name in ("text", "text_of_best", "name", "name_of_best", "covers", "head_covers", "cosine", "cosine_of_best", "named", "framed", "in_path", "own", "near", "head_name", "head_name_of_best")}
    support = _support(files, own, size)
    places = [_place(view.matcher.paths[file]) for file in paths.tolist()]
    asks = not TEST_WORDS.isdisjoint(query.headline_words)
    return {
        **best, "document_text": told.parts.sum(0) / whole, "document_text_of_best": _of_best(told.parts.sum(0)),
        "document_name": named.parts.sum(0) / whole, "document_name_of_best": _of_best(named.parts.sum(0)),
        "document_covers": told.rarity @ ((told.parts > 0) | (named.parts > 0)) / whole,
        "document_head": told.parts[heads].sum(0) / headed, "document_head_of_best": _of_best(told.parts[heads].sum(0)),
        "document_head_name": named.parts[heads].sum(0) / headed, "document_text_rank": np.log1p(_ranks(told.parts.sum(0))),
        "support": _of_best(support), "formula": _of_best(_largest(formula, files, size)), "formula_rank": np.log1p(_ranks(_largest(formula, files, size))),
        "candidates": np.log1p(np.bincount(files, minlength=size)), "units": np.log1p([len(view.catalog.files.get(view.matcher.paths[file], ())) for file in paths.tolist()]),
        "is_test": np.array([place[0] and not asks for place in places], float), "is_prose": np.array([place[1] for place in places], float),
        "is_declaration": np.array([place[2] for place in places], float), "path_depth": np.array([place[3] for place in places], float),
    }  # fmt: skip


def _inside(table: dict[str, Scores], files: Numbers, own: Scores) -> dict[str, Scores]:
    """Return how units stand among those of their file."""
    size = int(files.max(initial=-1)) + 1
    whole = np.bincount(files, own, size)
    inside = {"share": np.divide(own, whole[files], out=np.zeros(len(own)), where=whole[files] > 0)}
    for name in ("own", "text", "name", "cosine", "covers", "head_covers"):
        values = table[name]
        largest = _largest(values, files, size)[files]
        inside[f"{name}_of_file"] = np.divide(values, largest, out=np.zeros(len(values)), where=largest > 0)
    for name in ("own", "text", "name", "cosine"):
        inside[f"{name}_rank_in_file"] = np.log1p(ranks_inside(files, table[name])) if len(files) else table[name]
    return inside


def _relatives(view: View, numbers: Numbers, own: Scores) -> dict[str, Scores]:
    """Return the worth of the definition around a unit, and of the best one inside it."""
    ids = view.matcher.ids(numbers)
    place = {id_: number for number, id_ in enumerate(ids)}
    around, inside = np.zeros(len(ids)), np.zeros(len(ids))
    for number, id_ in enumerate(ids):
        outer, dot, _ = id_.rpartition(".")
        above = place.get(outer) if dot and "#" in outer else None
        if above is not None:
            around[number] = own[above]
            inside[above] = max(inside[above], own[number])
    best = max(float(own.max(initial=0.0)), 1e-9)
    return {"around": around / best, "inside": inside / best}


def _asked(query: Query, table: dict[str, Scores]) -> dict[str, float]:
    """Return what is the same for all candidates: the form of the query and how well anything answers it."""
    return {
        "asked_words": float(np.log1p(len(query.words))), "asked_names": float(np.log1p(len(query.names))), "asked_frames": float(bool(query.frames)),
        "asked_length": float(np.log1p(len(query.text.split()))), "most_covers": float(table["covers"].max(initial=0.0)),
        "most_cosine": float(table["cosine"].max(initial=0.0)), "most_name": float(table["name"].max(initial=0.0)),
    }  # fmt: skip


def _of_best(values: Scores) -> Scores:
    best = float(values.max(initial=0.0))
    return values / best if best > 0 else np.zeros(len(values))


def _ranks(values: Scores) -> Scores:
    """Return the rank of each value, 0 for the largest; of equal ones the first ranks before the others."""
    ranks = np.empty(len(values))
    ranks[np.argsort(-np.round(values, 9), kind="stable")] = np.arange(len(values))
    return ranks


def _largest(values: Scores, groups: Numbers, size: int) -> Scores:
    found = np.zeros(size)
    np.maximum.at(found, groups, values)
    return found


def _support(files: Numbers, own: Scores, size: int) -> Scores:
    ranks = ranks_inside(files, own) if len(files) else files
    return np.bincount(files, np.where(ranks < 5, own * 0.5**ranks, 0.0), size)


@lru_cache(maxsize=100_000)
def _place(path: str) -> tuple[bool, bool, bool, int]:
    return is_test(path), is_prose(path), is_declaration(path), path.count("/")
