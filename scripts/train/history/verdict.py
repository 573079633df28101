"""Fits the confidence of a pack's verdict: that the project speaks of the task at all, times that the pack shows all that is needed.

    python -m scripts.train.history.verdict FOLDER

FOLDER has what `prepare` made. Packs of several sizes are made for some tasks of each repository, and for some that were made for others,
two in three of the same language. Two logistic regressions, of `spoken` of `memoryd.packing.Features` and of its other features, give the
weights, which are the constants of `packing/verdicts/`; they are printed with what they are worth on repositories
left out.
Needs `pip install scikit-learn`.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found]

from indexers import language_of
from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.packing import ENOUGH, Features, fill, verdict_features
from memoryd.ranking import rank, read_query, score, understood
from memoryd.tokens import counter
from memoryd.versions import Sources, View
from scripts.train.history.measure import answers, of_names
from scripts.train.history.prepare import keys_of, read
from scripts.train.history.tasks import FILES_OF_FIXES, Task

REPOSITORIES, TASKS, NAMES, FOREIGN_TASKS, BUDGETS, CANDIDATES = 60, 25, 3, 9, (2_000, 4_000, 8_000), 200
OF_NAMES = 0.5
"""The weight of tasks that are a name: they are easy, and there are many."""
FOREIGN = 0.1
"""The share of all tasks, by weight, that were made for another repository."""
COMMITS = ("subject", "message", "report")
SEED, BINS, FOLDS = 7, 10, 5
Floats = npt.NDArray[np.float64]


class Packed(NamedTuple):
    """What the verdict of a pack rests on, whether the pack shows something of every file; and its task's repository, source and files."""

    features: Features
    holds: bool
    repository: str
    is_foreign: bool
    source: str
    files: int


def main() -> None:
    """Make packs, fit, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    keys = keys_of(folder)
    keys = random.Random(SEED).sample(keys, min(REPOSITORIES, len(keys)))
    tasks = {key: list(read(folder / "tasks" / f"{key}.jsonl.gz")) for key in keys}
    found = [one for key in keys for one in _packs(folder, key, tasks)]
    weights = _weights(found)
    repositories = sorted({one.repository for one in found})
    fold = np.array([repositories.index(one.repository) % FOLDS for one in found])
    chances = np.zeros(len(found))
    for left_out in range(FOLDS):
        chances[fold == left_out] = _Model(found, weights, fold != left_out).chances(found)[fold == left_out]
    _print(found, weights, chances)
    model = _Model(found, weights, np.ones(len(found), bool))
    for name, fitted in (("spoken.py", model.spoken), ("verdict.py", model.holds)):
        print(f"{name}: weights, BASE =", ", ".join(f"{weight:.2f}" for weight in (*fitted.coef_[0], fitted.intercept_[0])))


class _Model:
    """Two regressions: whether a task is the project's own, of all; and whether a pack holds all, of the project's own."""

    def __init__(self, found: list[Packed], weights: Floats, chosen: npt.NDArray[np.bool_]) -> None:
        own = np.array([not one.is_foreign for one in found])
        holds = np.array([one.holds for one in found])
        self.spoken: Any = LogisticRegression(C=10, max_iter=5_000).fit(_spoken(found)[chosen], own[chosen], sample_weight=weights[chosen])
        both = chosen & own
        self.holds: Any = LogisticRegression(C=10, max_iter=5_000).fit(_shown(found)[both], holds[both], sample_weight=weights[both])

    def chances(self, found: list[Packed]) -> Floats:
        """Return the confidence of each pack."""
        return np.asarray(self.spoken.predict_proba(_spoken(found))[:, 1] * self.holds.predict_proba(_shown(found))[:, 1])


def _spoken(found: Iterable[Packed]) -> Floats:
    return np.array([one.features.spoken.terms for one in found])


def _shown(found: Iterable[Packed]) -> Floats:
    return np.array([one.features.terms for one in found])


def _weights(found: list[Packed]) -> Floats:
    """Return the weight of each pack: names count less, commits by their files, and foreign tasks have their share of the whole."""
    sizes = np.array([min(one.files, max(FILES_OF_FIXES)) for one in found])
    foreign = np.array([one.is_foreign for one in found])
    weights = np.array([OF_NAMES if one.source == "name" else 1.0 for one in found])
    commits = np.array([one.source in COMMITS for one in found]) & ~foreign
    for size, share in FILES_OF_FIXES.items():
        weights[commits & (sizes == size)] *= share * commits.sum() / max((commits & (sizes == size)).sum(), 1)
    weights[foreign] *= FOREIGN / (1 - FOREIGN) * weights[~foreign].sum() / weights[foreign].sum()
    return weights


def _print(found: list[Packed], weights: Floats, chances: Floats) -> None:
    """Print how good the confidences of repositories left out are, by where the tasks came from."""
    holds, says = np.array([one.holds for one in found]), chances >= ENOUGH
    foreign = np.array([one.is_foreign for one in found])
    sources = np.array([one.source for one in found])
    groups = {"own": ~foreign, "foreign": foreign, "all": np.ones(len(found), bool)}
    groups |= {
        f"{name}: {source}": group & (sources == source) for source in sorted({*sources}) for name, group in list(groups.items())[:2]
    }
    for name, group in groups.items():
        if group.any():
            true = np.average(holds[says & group], weights=weights[says & group]) if (says & group).any() else np.nan
            print(
                f"{name}: {group.sum()} packs, {np.average(holds[group], weights=weights[group]):.3f} hold every file, "
                f"{np.average(says[group], weights=weights[group]):.3f} say answer, of which {true:.3f} do; "
                f"expected calibration error {_calibration(holds[group], chances[group], weights[group]):.3f}"
            )


def _calibration(holds: npt.NDArray[np.bool_], chances: Floats, weights: Floats) -> float:
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    return sum(abs(float(((chances - holds) * weights)[bins == one].sum())) for one in range(BINS)) / float(weights.sum())


def _packs(folder: Path, key: str, tasks: dict[str, list[Task]]) -> Iterator[Packed]:
    chosen = random.Random(key)
    with ProjectMemory(folder / "trees" / key, Settings(folder / "homes" / key)) as memory:
        memory.refresh()
        view = memory.view()
        for task in (*_drawn(tasks[key], TASKS, chosen), *islice(of_names(view, key), NAMES)):
            if answers(view, task):
                yield from _packed(view, task, key, key)
        for other in _others(key, tasks, chosen):
            for task in _drawn(tasks[other], FOREIGN_TASKS, chosen):
                yield from _packed(view, task, key, other)


def _drawn(tasks: list[Task], most: int, chosen: random.Random) -> list[Task]:
    """Return some tasks, of each source about as many."""
    by_source: dict[str, list[Task]] = {}
    for task in chosen.sample(tasks, len(tasks)):
        by_source.setdefault(task.source, []).append(task)
    turns = sorted(((turn, source, task) for source, own in by_source.items() for turn, task in enumerate(own)), key=lambda one: one[:2])
    return [task for _, _, task in turns[:most]]


def _others(key: str, tasks: dict[str, list[Task]], chosen: random.Random) -> list[str]:
    """Return two repositories of the language of one, and one of another, as far as there are such."""
    languages = {one: Counter(language_of(path) for task in own for path in task.lines).most_common(1)[0][0] for one, own in tasks.items()}
    same = [one for one in tasks if one != key and languages[one] == languages[key]]
    other = [one for one in tasks if languages[one] != languages[key]]
    return [*chosen.sample(same, min(2, len(same))), *chosen.sample(other, 1)]


def _packed(view: View, task: Task, key: str, made_for: str) -> Iterator[Packed]:
    """Yield packs of one repository for a task that was made for one."""
    count = counter()
    query = understood(view, read_query(task.text))
    if query is None:  # the answer is then that nothing speaks of it
        return
    ranked = rank(view, score(view, query, Settings(view.root).ranking), CANDIDATES)
    for budget in BUDGETS:
        plan = fill(view, ranked, Sources(view, (one.unit.path for one in ranked)), query, budget, count)
        holds = made_for == key and {piece.unit.path for piece in plan.pieces}.issuperset(task.lines)
        features = verdict_features(plan.pieces, [one for one, _ in plan.left], plan.task)
        yield Packed(features, holds, key, made_for != key, task.source, len(task.lines))


if __name__ == "__main__":
    main()
