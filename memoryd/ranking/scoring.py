"""Ranks the units for a query, best first, each with the signals that found it and the probability that the task needs it.

Which file and which unit of it are two questions. The file head of the model answers the first; what it says is evidence for the
unit head, which answers the second. Reports have a model of their own: what a change touches is not what a question is about. The formula
of version 0 can be asked instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memoryd.arrays import positions
from memoryd.model import Hit, Ranking
from memoryd.ranking.arrays import ranks
from memoryd.ranking.features import Features, features_of
from memoryd.ranking.formula import Scored, ranks_inside
from memoryd.ranking.fusion import Candidates
from memoryd.ranking.query import Query
from memoryd.ranking.trees import Asks, Contribution, Floats, Model, columns, shipped
from memoryd.searchindex import Numbers, Scores
from memoryd.versions import Unit, View

FORMULA_HITS, FORMULA_QUESTION, FORMULA_REPORT = 0.3, 0.4, 0.75
"""The factors of the formula's scores, once for each better unit of the file: for hits, for packs of a question and of a report."""
FORMULA_BEST, FORMULA_STEEPNESS = 0.6, 1.5
"""The probability of the formula's best unit, and how fast that of others falls: the first × (score / best score) ** the second."""
SPREAD = 1.0
"""By how much the odds of a hit are divided, as a power of its rank in its file, for questions: they are answered by several files."""
FILE_OF_QUESTION, FILE_OF_REPORT = 0.5, 0.2
"""How much the probability that a file is needed counts for its first unit, as a second chance: a reader is told of the file. In packs
of reports it does not: what they show of each file is chosen by other rules."""
OF_FILE = ("file_model", "file_model_gap", "file_model_rank")
"""What the file head says of a unit's file: its score, the distance to the best, the rank."""
BEYOND = ("other definition of a file found",)
"""The reason of a unit that no signal found."""


class Ranked(NamedTuple):
    """A unit with its score, the signals that found it, and the probabilities that the task needs it, and its file (the formula: 0)."""

    unit: Unit
    score: float
    reasons: tuple[str, ...]
    probability: float
    of_file: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a unit stands where it does: what each feature gave to the score of its file, and to its own (log odds), most first."""

    id: str
    probability: float
    of_file: tuple[Contribution, ...]
    of_unit: tuple[Contribution, ...]


@dataclass(frozen=True, eq=False)
class Scoring:
    """What a ranking says of the candidates for a query, from which hits and packs are chosen.

    `numbers` are the candidates in the matcher, `inside` their ranks in their files. `worths` are the probabilities that they are needed,
    or the formula's scores if `ranking` is that; `of_files` are the probabilities that their files are, which the formula does not
    tell: none. `found` is what signals found, and `at` the place of each candidate in it, -1 for one that no signal found.
    """

    ranking: Ranking
    is_report: bool
    numbers: Numbers
    inside: Numbers
    worths: Scores
    of_files: Scores
    found: Candidates
    at: Numbers

    @property
    def likeliest(self) -> float:
        """The probability that the likeliest unit is what was asked for. It compares projects; scores tell the order in one alone."""
        return FORMULA_BEST if self.ranking == Ranking.FORMULA else float(self.worths.max(initial=0.0))


def score(view: View, query: Query, ranking: Ranking) -> Scoring:
    """Judge the candidates for a query; there may be none."""
    if ranking == Ranking.FORMULA:
        by_formula = Scored.of(view, query)
        scores, found = by_formula.scores, by_formula.candidates
        inside, at = ranks_inside(by_formula.files, scores), np.arange(len(found.numbers))
        return Scoring(ranking, query.is_report, found.numbers, inside, scores, np.zeros(len(scores)), found, at)
    model = _model(query)
    features = features_of(view, query)
    found = features.found.candidates
    heads = _heads(features, model)
    probabilities = model.probabilities(heads.scores)
    inside = ranks_inside(features.files, probabilities)
    of_files = (1 / (1 + np.exp(-heads.file_scores)))[features.files]
    return Scoring(ranking, query.is_report, features.numbers, inside, probabilities, of_files, found, features.at)


def search(view: View, found: Scoring, limit: int) -> list[Hit]:
    """Return at most `limit` hits, best first; equal scores in the order of their ids."""
    if found.ranking == Ranking.FORMULA:
        best = _by_formula(view, found, FORMULA_HITS, limit)
    else:
        spread, of_file = (0.0, FILE_OF_REPORT) if found.is_report else (SPREAD, FILE_OF_QUESTION)
        best = _by_model(view, found, spread, of_file, limit)
    return [_hit(one.unit, one.score, one.reasons) for one in best]


def rank(view: View, found: Scoring, limit: int) -> list[Ranked]:
    """Return at most `limit` units that a pack may show, best first; their scores are probabilities, or the formula's."""
    if found.ranking == Ranking.FORMULA:
        return _by_formula(view, found, FORMULA_REPORT if found.is_report else FORMULA_QUESTION, limit)
    return _by_model(view, found, 0.0, 0.0 if found.is_report else FILE_OF_QUESTION, limit)


def explain(view: View, query: Query, hits: Sequence[Hit]) -> list[Explanation]:
    """Return what the model says of hits that it found, in their order."""
    model = _model(query)
    found = features_of(view, query)
    heads = _heads(found, model)
    probabilities = model.probabilities(heads.scores)
    rows = positions(found.numbers, view.matcher.numbers(hit.id for hit in hits)).tolist()
    return [
        Explanation(
            hit.id, float(probabilities[row]), tuple(model.files.contributions(heads.of_files[found.files[row]])),
            tuple(model.units.contributions(heads.of_units[row])),
        )
        for hit, row in zip(hits, rows, strict=True)
    ]  # fmt: skip


def _hit(unit: Unit, score: float, reasons: tuple[str, ...]) -> Hit:
    return Hit(unit.id, unit.path, unit.first_line, unit.last_line, unit.kind, score, reasons, unit.title)


def _by_formula(view: View, found: Scoring, repeat: float, limit: int) -> list[Ranked]:
    scores: Scores = np.round(found.worths * repeat ** found.inside.astype(np.float64), 6)
    most = max(float(scores.max(initial=0.0)), 1e-9)
    best = view.matcher.best(found.numbers, scores, limit)
    likely = FORMULA_BEST * np.maximum(scores[best] / most, 0.0) ** FORMULA_STEEPNESS
    return _ranked(view, found, best, scores, likely)


def _by_model(view: View, found: Scoring, spread: float, of_file: float, limit: int) -> list[Ranked]:
    odds = found.worths / (1 - found.worths) / (1 + found.inside) ** spread
    scores = odds / (1 + odds)
    scores = np.round(1 - (1 - scores) * (1 - of_file * found.of_files * (found.inside == 0)), 6)
    best = view.matcher.best(found.numbers, scores, limit)
    return _ranked(view, found, best, scores, scores[best])


def _ranked(view: View, found: Scoring, best: Numbers, scores: Scores, likely: Scores) -> list[Ranked]:
    """Return the candidates at the places `best`; `likely` are their probabilities."""
    at = found.at[best]
    reasons = iter(found.found.reasons(at[at >= 0].tolist()))
    units = (view.catalog.by_id[id_] for id_ in view.matcher.ids(found.numbers[best]))
    return [
        Ranked(unit, score, next(reasons) if place >= 0 else BEYOND, probability, of_file)
        for unit, score, place, probability, of_file in zip(
            units, scores[best].tolist(), at.tolist(), likely.tolist(), found.of_files[best].tolist(), strict=True
        )
    ]


@dataclass(frozen=True, eq=False)
class _Heads:
    """What the model was asked of files and of units, and its scores of both."""

    of_files: Floats
    of_units: Floats
    file_scores: Scores
    scores: Scores


def _model(query: Query) -> Model:
    return shipped(Asks.REPORT if query.is_report else Asks.QUESTION)


def _heads(found: Features, model: Model) -> _Heads:
    of_files = columns(found.of_files.names, found.of_files.values, model.files.features)
    file_scores = np.round(model.files.scores(of_files), 5)
    names = (*found.units.names, *OF_FILE)
    of_units = columns(names, np.vstack([found.units.values.T, file_head_features(file_scores)[found.files].T]).T, model.units.features)
    return _Heads(of_files, of_units, file_scores, model.units.scores(of_units))


def file_head_features(scores: Scores) -> npt.NDArray[np.float64]:
    """Return what the file head says of the files of a question, as features of units, from its scores: columns `OF_FILE`."""
    return np.column_stack([scores, scores - scores.max(initial=-np.inf), np.log1p(ranks(scores))])
