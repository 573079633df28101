"""Ranks the units for a query, best first, each with the signals that found it and the probability that the task needs it.

Which file and which unit of it are two questions. The file head of the model answers the first; what it says is evidence for the
unit head, which answers the second. Reports have a model of their own: what a change touches is not what a question is about. The formula
of version 0 can be asked instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from memoryd.model import Hit, Ranking
from memoryd.ranking.arrays import ranks
from memoryd.ranking.features import Features, features_of
from memoryd.ranking.formula import Scored, ranks_inside
from memoryd.ranking.query import Query
from memoryd.ranking.trees import Asks, Floats, Given, Model, columns, shipped
from memoryd.searchindex import Numbers, Scores
from memoryd.versions import Unit, View

FORMULA_HITS, FORMULA_QUESTION, FORMULA_REPORT = 0.3, 0.4, 0.75
"""The factors of the formula's scores, once for each better unit of the file: for hits, for packs of a question and of a report."""
FORMULA_BEST, FORMULA_STEEPNESS = 0.6, 1.5
"""The probability of the formula's best unit, and how fast that of others falls: the first × (score / best score) ** the second."""
SPREAD_QUESTION, SPREAD_REPORT = 1.5, 0.5
"""By how much the odds of a hit are divided, as a power of its rank in its file: a question is answered by several files."""
SURE = 0.3
"""The probability of the likeliest unit from which the model's order of files stands. Below it, the formula says which file answers a
question: the model learnt from changes, and from questions that functions answer."""
HITS_SHARE, HITS_REPEAT = 2.0, 0.5
"""What the formula's best file adds to the probability of its first unit then, and the factor of each further one: in hits."""
PACKS_SHARE, PACKS_REPEAT = 0.05, 0.0
"""The same in packs: a pack is of units, and only the first of a file gains, so that several files are shown."""
OF_FILE = ("file_model", "file_model_gap", "file_model_rank")
"""What the file head says of a unit's file: its score, the distance to the best, the rank."""
BEYOND = ("other definition of a file found",)
"""The reason of a unit that no signal found."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit with its score, the signals that found it, and the probability that the task needs it."""

    unit: Unit
    score: float
    reasons: tuple[str, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first, and the probability that the likeliest unit of the project is what was asked for."""

    hits: tuple[Hit, ...]
    likeliest: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a unit stands where it does: what each feature gave to the score of its file, and to its own (log odds), most first."""

    id: str
    probability: float
    of_file: tuple[Given, ...]
    of_unit: tuple[Given, ...]


def search(view: View, query: Query, limit: int, ranking: Ranking) -> list[Hit]:
    """Return at most `limit` hits, best first; equal scores in the order of their ids."""
    return list(search_surely(view, query, limit, ranking).hits)


def search_surely(view: View, query: Query, limit: int, ranking: Ranking) -> Found:
    """Return hits as `search` does, with what compares them to those of other projects: scores tell the order in one project alone."""
    if ranking == Ranking.FORMULA:
        ranked, likeliest = _by_formula(view, query, FORMULA_HITS, limit), FORMULA_BEST
    else:
        ranked, likeliest = _by_model(view, query, SPREAD_REPORT if query.is_report else SPREAD_QUESTION, limit)
    return Found(tuple(_hit(one.unit, one.score, one.reasons) for one in ranked), likeliest)


def rank(view: View, query: Query, limit: int, ranking: Ranking) -> list[Ranked]:
    """Return at most `limit` units that a pack may show, best first; their scores are probabilities, or the formula's."""
    if ranking == Ranking.FORMULA:
        return _by_formula(view, query, FORMULA_REPORT if query.is_report else FORMULA_QUESTION, limit)
    return _by_model(view, query, 0.0, limit)[0]


def explain(view: View, query: Query, hits: Sequence[Hit]) -> list[Explanation]:
    """Return what the model says of hits that it found, in their order."""
    found, model = features_of(view, query), _model(query)
    judged = _judged(found, model)
    place = {id_: number for number, id_ in enumerate(found.ids)}
    probabilities = model.probabilities(judged.scores)
    rows = [place[hit.id] for hit in hits]
    return [
        Explanation(
            hit.id, float(probabilities[row]), tuple(model.files.given(judged.of_files[found.files[row]])),
            tuple(model.units.given(judged.of_units[row])),
        )
        for hit, row in zip(hits, rows, strict=True)
    ]  # fmt: skip


def _hit(unit: Unit, score: float, reasons: tuple[str, ...]) -> Hit:
    return Hit(unit.id, unit.path, unit.first_line, unit.last_line, unit.kind, score, reasons, unit.title)


def _by_formula(view: View, query: Query, repeat: float, limit: int) -> list[Ranked]:
    found = Scored.of(view, query)
    scores: Scores = np.round(found.scores * repeat ** ranks_inside(found.files, found.scores).astype(np.float64), 6)
    best = _best(view, found.candidates.numbers, scores, limit)
    reasons = found.candidates.reasons(best)
    ids = view.matcher.ids(found.candidates.numbers[best])
    most = max(float(scores.max(initial=0.0)), 1e-9)
    return [
        Ranked(view.catalog.by_id[id_], score, why, FORMULA_BEST * max(score / most, 0.0) ** FORMULA_STEEPNESS)
        for id_, score, why in zip(ids, scores[best].tolist(), reasons, strict=True)
    ]


def _by_model(view: View, query: Query, spread: float, limit: int) -> tuple[list[Ranked], float]:
    """Return units, best first, and the probability of the likeliest."""
    found = features_of(view, query)
    if not len(found.numbers):
        return [], 0.0
    model = _model(query)
    probabilities = model.probabilities(_judged(found, model).scores)
    inside = ranks_inside(found.files, probabilities)
    odds = probabilities / (1 - probabilities) / (1 + inside) ** spread
    scores = odds / (1 + odds)
    likeliest = float(probabilities.max())
    if not query.is_report and likeliest < SURE:
        by_formula = found.of_files.values[:, found.of_files.names.index("formula")]
        share, repeat = (HITS_SHARE, HITS_REPEAT) if spread else (PACKS_SHARE, PACKS_REPEAT)
        scores = (scores + share * by_formula[found.files] * repeat**inside) / (1 + share)
    scores = np.round(scores, 6)
    best = _best(view, found.numbers, scores, limit)
    known = [place for place in best if found.at[place] >= 0]
    reasons = dict(zip(known, found.found.candidates.reasons([int(found.at[place]) for place in known]), strict=True))
    ranked = [
        Ranked(view.catalog.by_id[found.ids[place]], float(scores[place]), reasons.get(place, BEYOND), float(scores[place]))
        for place in best
    ]
    return ranked, likeliest


@dataclass(frozen=True, eq=False)
class _Judged:
    """What the model was asked of files and of units, and its scores of units."""

    of_files: Floats
    of_units: Floats
    scores: Scores


def _model(query: Query) -> Model:
    return shipped(Asks.REPORT if query.is_report else Asks.QUESTION)


def _judged(found: Features, model: Model) -> _Judged:
    of_files = columns(found.of_files.names, found.of_files.values, model.files.features)
    scores = np.round(model.files.scores(of_files), 5)
    names = (*found.units.names, *OF_FILE)
    of_units = columns(names, np.vstack([found.units.values.T, said_of_files(scores)[found.files].T]).T, model.units.features)
    return _Judged(of_files, of_units, model.units.scores(of_units))


def said_of_files(scores: Scores) -> npt.NDArray[np.float64]:
    """Return what the file head says of the files of a question, as features of units, from its scores: columns `OF_FILE`."""
    return np.column_stack([scores, scores - scores.max(initial=-np.inf), np.log1p(ranks(scores))])


def _best(view: View, numbers: Numbers, scores: Scores, limit: int) -> list[int]:
    """Return the places of the best `limit` scores, best first; equal ones in the order of ids."""
    least = np.partition(scores, -limit)[-limit] if len(scores) > limit else -np.inf
    good = np.flatnonzero(scores >= least)
    ids = view.matcher.ids(numbers[good])
    return [place for _, _, place in sorted(zip((-scores[good]).tolist(), ids, good.tolist(), strict=True))[:limit]]
