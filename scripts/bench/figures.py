"""The figures that rankings are judged by: each with its interval, for all tasks and for each half, of texts as written and joined.

`figures.csv` has rows of several rankings, by name, beside the baselines'. A run replaces the rows of what it measured, no others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scripts.bench import results
from scripts.bench.data import HALVES
from scripts.bench.measures import interval
from scripts.bench.results import Row
from scripts.bench.subjects import OURS, Plan

TABLE = "figures"
ALL = "all"
REPLACED_BY = ("set", "method", "ranking")
CHANGE = ("change", "change low", "change high")
Values = dict[tuple[object, object], tuple[float, float]]
"""The gain and the weight of each task, by repository and name."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over the tasks that fit; `weight` names the measure that says how much a task counts ("": all the same)."""

    name: str
    measure: str
    fits: Callable[[Row], bool] = lambda _: True
    weight: str = ""


def _one_file(row: Row) -> bool:
    return row["touched"] == 1


def _of(**wanted: str) -> Callable[[Row], bool]:
    return lambda row: all(row[key] == value for key, value in wanted.items())


FIGURES = {
    "issues": (
        Figure("acc@1", "acc@1"),
        Figure("acc@5", "acc@5"),
        Figure("one-file fixes: acc@1", "acc@1", _one_file),
        Figure("one-file fixes: acc@5", "acc@5", _one_file),
        Figure("function acc@5", "function_acc@5"),
        Figure("function acc@10", "function_acc@10"),
        Figure("function hit@10", "function_hit@10"),
        Figure("one-file fixes: function acc@10", "function_acc@10", _one_file),
        Figure("symbols@2000", "symbols@2000"),
        Figure("symbols@8000", "symbols@8000"),
        Figure("lines@8000", "lines@8000"),
        Figure("files@8000", "files@8000"),
    ),
    "questions": (
        Figure("NDCG@10", "ndcg10"),
        Figure("NDCG@10, architecture", "ndcg10", _of(category="architecture")),
        Figure("NDCG@10, semantic", "ndcg10", _of(category="semantic")),
        Figure("NDCG@10, symbol", "ndcg10", _of(category="symbol")),
        Figure("recall@2000", "recall@2000"),
    ),
    "functions": (
        Figure("functions whole in 2,000", "whole@2000", weight="functions"),
        Figure("functions whole in 4,000", "whole@4000", weight="functions"),
        Figure("functions whole in 8,000", "whole@8000", weight="functions"),
        Figure("questions with all whole in 4,000", "all@4000"),
        Figure("function hit@1", "function_hit@1"),
        Figure("function hit@10", "function_hit@10"),
        Figure("function acc@10", "function_acc@10"),
        Figure("acc@5", "acc@5"),
    ),
    "names": (
        Figure("functions, where is NAME: first", "first", _of(kind="function", asked="where is NAME")),
        Figure("functions, where is NAME: body whole in 1,000", "whole@1000", _of(kind="function", asked="where is NAME")),
        Figure("functions, NAME: first", "first", _of(kind="function", asked="NAME")),
        Figure("functions, NAME: body whole in 1,000", "whole@1000", _of(kind="function", asked="NAME")),
        Figure("types, NAME: first", "first", _of(kind="type", asked="NAME")),
        Figure("types, NAME: definition in 1,000", "shown@1000", _of(kind="type", asked="NAME")),
        Figure("types, where is NAME: first", "first", _of(kind="type", asked="where is NAME")),
        Figure("types, where is NAME: definition in 1,000", "shown@1000", _of(kind="type", asked="where is NAME")),
    ),
}


def publish(of: str, rows: Sequence[Row], plan: Plan) -> None:
    """Write the figures of one set of tasks, measured with the ranking that the plan names."""
    found = figures(of, rows, plan.ranking)
    results.renew(TABLE, found, REPLACED_BY, plan.results, results.silently)
    results.aloud([row for row in found if row["half"] == ALL])


def figures(of: str, rows: Sequence[Row], ranking: str) -> list[Row]:
    """Return the figures of the tasks `of` a set, by method, half and form of the text. A figure that no task defines has no row.

    The first form is the text as it was written; the others say how they differ from it, task by task.
    """
    methods, (written, *others) = (list(dict.fromkeys(str(row[key]) for row in rows)) for key in ("method", "text"))
    found: list[Row] = []
    for figure in FIGURES[of]:
        for method in methods:
            for half in (ALL, *HALVES):
                counted = [row for row in rows if row["method"] == method and half in (ALL, row["half"])]
                as_written = _values(figure, counted, written)
                place = {"set": of, "figure": figure.name, "method": method, "ranking": ranking if method == OURS else "", "half": half}
                if as_written:
                    found.append({**place, "text": written, **_measured(as_written, {})})
                    found += [{**place, "text": form, **_measured(_values(figure, counted, form), as_written)} for form in others]
    return found


def _measured(values: Values, before: Values) -> Row:
    """Return the mean of `values` with its interval and, where it is known how these tasks stood `before`, that of the change."""
    weights = [weight for _, weight in values.values()]
    mean = interval([gain for gain, _ in values.values()], weights)
    change = interval([gain - before[task][0] for task, (gain, _) in values.items()], weights) if before else ()
    return {
        "tasks": len(values),
        **dict(zip(("value", "low", "high"), map(_rounded, mean), strict=True)),
        **(dict(zip(CHANGE, map(_rounded, change), strict=True)) if change else dict.fromkeys(CHANGE, "")),
    }


def _values(figure: Figure, rows: Sequence[Row], form: str) -> Values:
    """Return gain and weight of each task for which the measure is defined."""
    found = [row for row in rows if row["text"] == form and figure.fits(row) and row[figure.measure] is not None]
    weights = [float(str(row[figure.weight])) if figure.weight else 1.0 for row in found]
    return {
        (row["repository"], row["task"]): (float(str(row[figure.measure])) * weight, weight)
        for row, weight in zip(found, weights, strict=True)
    }


def _rounded(value: float) -> float:
    return round(value, 4)
