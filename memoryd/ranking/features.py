"""The features of the candidates: all that the model knows of a unit, and of the file that it stands in.

Every value is a share, the logarithm of a count or a flag, so that it means the same in every project. Candidates stand in the order
of their ids and values are rounded: equal versions have equal features to the last bit, however they came about.
"""

from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memoryd.arrays import positions
from memoryd.ranking.arrays import distinct, largest, of_best, ranks
from memoryd.ranking.file_features import file_features
from memoryd.ranking.formula import Scored
from memoryd.ranking.matching import Interactions, matched, shipped_match, word_cosines
from memoryd.ranking.query import Query
from memoryd.ranking.unit_features import Table, beside_others, unit_features
from memoryd.ranking.unit_names import names_of
from memoryd.ranking.word_scores import QueryWords, UnitWordScores
from memoryd.searchindex import Numbers, Scores
from memoryd.versions import View

OPENED_FILES, OPENED_UNITS = 5, 300
"""The best files by the formula, of which every definition is a candidate, and the most such definitions."""
DECIMALS = 5


class Columns(NamedTuple):
    """Named columns of equal length: `values` has the shape (rows, names)."""

    names: tuple[str, ...]
    values: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Features:
    """The features of the candidates and of their files.

    `words` are those that were looked up, and `met` what they meet in the units, from which the learnt match is made.
    `numbers` are the units' and `paths` the files', both in the matcher; `files` has the row of each unit's file. `found` is what the
    formula found, and `at` the place of each unit among its candidates, -1 for a unit that it did not find.
    """

    units: Columns
    of_files: Columns
    words: tuple[str, ...]
    met: Interactions
    numbers: Numbers
    files: Numbers
    paths: Numbers
    found: Scored
    at: Numbers


def features_of(view: View, query: Query) -> Features:
    """Return the features of all candidates for a query; there may be none."""
    found = Scored.of(view, query)
    numbers = _candidates(view, found)
    at = positions(found.candidates.numbers, numbers)
    paths = view.matcher.by_path(distinct(view.matcher.row_file[numbers].astype(np.int64)))
    files = positions(paths, view.matcher.row_file[numbers].astype(np.int64))
    own, scores = (np.where(at >= 0, np.append(column, 0.0)[at], 0.0) for column in (found.own, found.scores))
    asked, unit_names = QueryWords.by(query), names_of(view.matcher, numbers)
    words, neighbours = UnitWordScores.of(view.matcher, asked, numbers), view.graph.neighbours(view.nodes(numbers))
    file_names, file_text = view.matcher.file_scores(asked.words, paths)
    units = unit_features(view, query, asked, found, numbers, unit_names, own, words, neighbours)
    holders, cosines = positions(numbers, unit_names.holders), word_cosines(view, asked.words, query.text, numbers)
    met = Interactions.of(asked, query.is_report, words, cosines, file_text, file_names, files, holders, neighbours)
    units |= matched(shipped_match().scores(asked.words, met))
    units |= {"own": of_best(own), "formula": of_best(scores), "formula_rank": np.log1p(ranks(scores))}
    of_files = file_features(view, query, asked, units, paths, files, own, scores, file_names, file_text)
    units |= beside_others(units, numbers, unit_names.holders, files, own)
    form = _form(query, units)
    units |= {f"file_{name}": values[files] for name, values in of_files.items()}
    return Features(
        _columns(units | {name: np.full(len(numbers), value) for name, value in form.items()}),
        _columns(of_files | {name: np.full(len(paths), value) for name, value in form.items()}),
        asked.words, met, numbers, files, paths, found, at,
    )  # fmt: skip


def _columns(table: Table) -> Columns:
    # Each column lies in one piece: the model reads it column by column.
    values: Scores = np.array(list(table.values()), np.float64)
    return Columns(tuple(table), np.round(values, DECIMALS).astype(np.float64, copy=False).T)


def _candidates(view: View, found: Scored) -> Numbers:
    """Return what the formula found and the other definitions of its best files, in the order of ids."""
    best = np.round(largest(found.scores, found.files, len(found.paths)), DECIMALS)
    score = dict(zip(found.paths.tolist(), best.tolist(), strict=True))
    files = sorted(view.matcher.by_path(found.paths.astype(np.int64)).tolist(), key=lambda file: -score[file])
    units = (view.catalog.files.get(view.matcher.paths[file], ()) for file in files[:OPENED_FILES])
    ids = islice((unit.id for own in units for unit in own if unit.is_symbol), OPENED_UNITS)
    return view.matcher.by_id(distinct(np.concatenate([found.candidates.numbers, view.matcher.numbers(ids)])))


def _form(query: Query, units: Table) -> dict[str, float]:
    """Return what is the same for all candidates: the form of the query, and how well anything answers it."""
    sizes = {
        "asked_words": len(query.words), "asked_names": len(query.names), "asked_telling": len(query.headline_words),
        "asked_length": len(query.text.split()),
    }  # fmt: skip
    best = {"most_name_match": "name_match", "most_covers": "covers", "most_cosine": "cosine", "most_name": "name"}
    return {
        **{name: float(np.log1p(size)) for name, size in sizes.items()}, "asked_frames": float(bool(query.frames)),
        **{name: float(units[column].max(initial=0.0)) for name, column in best.items()},
    }  # fmt: skip
