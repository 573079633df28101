"""Fits the confidence of a pack's verdict: the probability that a pack shows something of every file that its task needs.

    python -m scripts.train.history.verdict FOLDER

FOLDER has what `prepare` made. Packs of several sizes are made for some tasks of some repositories; a logistic regression of what a
verdict rests on (`memoryd.packing.verdict.Features`) gives the weights, which are printed with what they are worth: they are the
constants of that module. Needs `pip install scikit-learn`.
"""

import argparse
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found]

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.packing import ENOUGH, Features, fill, verdict_features
from memoryd.ranking import rank, read_query, understood
from memoryd.tokens import counter
from memoryd.versions import Sources, View
from scripts.train.history.measure import answers, of_names
from scripts.train.history.prepare import read
from scripts.train.history.tasks import Task

REPOSITORIES, TASKS, BUDGETS, CANDIDATES = 45, 15, (2_000, 4_000, 8_000), 200
OF_NAMES = 0.5
"""The weight of tasks that are a name: they are easy, and there are many."""
SEED, BINS = 7, 10


class Packed(NamedTuple):
    """What the verdict of a pack rests on, whether the pack shows something of every file, and where its task came from."""

    features: Features
    holds: bool
    source: str


def main() -> None:
    """Make packs, fit, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    keys = sorted(sheet.name.removesuffix(".jsonl.gz") for sheet in (folder / "tasks").glob("*.jsonl.gz"))
    found = [one for key in random.Random(SEED).sample(keys, min(REPOSITORIES, len(keys))) for one in _packs(folder, key)]
    values = np.array([one.features.terms for one in found])
    holds = np.array([one.holds for one in found])
    weights = np.array([OF_NAMES if one.source == "name" else 1.0 for one in found])
    model = LogisticRegression(C=10).fit(values, holds, sample_weight=weights)
    chances = model.predict_proba(values)[:, 1]
    print("TOP, MASS, COVERED, REPORTED, BASE =", ", ".join(f"{weight:.2f}" for weight in (*model.coef_[0], model.intercept_[0])))
    says = chances >= ENOUGH
    print(f"{len(found)} packs, {holds.mean():.3f} hold every file; {says.sum()} say answer, of which {holds[says].mean():.3f} do")
    for source in sorted({one.source for one in found}):
        own = np.array([one.source == source for one in found])
        print(f"  {source}: {own.sum()} packs, {holds[own].mean():.3f} hold every file, {chances[own].mean():.3f} expected")
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    gaps = [abs(float((chances - holds)[bins == one].sum())) for one in range(BINS)]
    print(f"expected calibration error {sum(gaps) / len(found):.3f}")


def _packs(folder: Path, key: str) -> Iterator[Packed]:
    with ProjectMemory(folder / "trees" / key, Settings(folder / "homes" / key)) as memory:
        memory.refresh()
        view = memory.view()
        tasks = list(read(folder / "tasks" / f"{key}.jsonl.gz"))
        random.Random(key).shuffle(tasks)
        for task in (*tasks[:TASKS], *islice(of_names(view, key), TASKS // 5)):
            if answers(view, task):
                yield from (_packed(view, task, budget) for budget in BUDGETS)


def _packed(view: View, task: Task, budget: int) -> Packed:
    query, count = read_query(task.text), counter()
    ranked = rank(view, understood(view, query) or query, CANDIDATES, Settings(view.root).ranking)
    plan = fill(view, ranked, Sources(view, (one.unit.path for one in ranked)), query, budget, count)
    shown = {piece.unit.path for piece in plan.pieces}
    return Packed(
        verdict_features(plan.pieces, [one for one, _ in plan.left], plan.weights, plan.is_report),
        shown.issuperset(task.lines),
        task.source,
    )


if __name__ == "__main__":
    main()
