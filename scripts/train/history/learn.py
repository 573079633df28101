"""Learns the two heads of the ranking from measured tasks, and writes them as data.

    python -m scripts.train.history.learn FOLDER --out memoryd/data/ranking-reports.json
    python -m scripts.train.history.learn FOLDER --question-weight 40 --out memoryd/data/ranking-questions.json

Needs `pip install catboost`. Trees are oblivious (every node of a level asks the same question; Prokhorenkova et al. 2018), so that a
few lines of numpy evaluate them. The file head is learnt on half of the repositories at a time, and what it says of the other half is
a feature of the unit head: a model is never asked about what it learnt. The figures printed are of repositories left out.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from catboost import CatBoostClassifier, Pool  # type: ignore[import-not-found]

from memoryd.ranking import DECIMALS, OF_FILE, file_head_features, largest, matched
from scripts.train.history.measure import SEED, SHEETS, SOURCES, halves

Floats = npt.NDArray[np.float64]
FILE_TREES, FILE_DEPTH, UNIT_TREES, UNIT_DEPTH = 120, 4, 200, 6
LEARNING_RATE = 0.12
SURE_NEGATIVES, SHARE = 120, 0.15
"""Of the candidates of a task that are no answer, the formula's first are all learnt from, of the others this share, each for several."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What `measure` wrote of one repository."""

    key: str
    table: dict[str, Any]

    def apart(self, values: Any, sizes: str) -> list[Any]:
        """Return values of all tasks, task by task."""
        return np.split(values, np.cumsum(self.table[sizes])[:-1])


def main() -> None:
    """Learn, print how good it is, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--question-weight", type=float, default=0.0, help="how much a natural question counts beside any other task")
    parser.add_argument("--without", nargs="*", default=[], help="features to leave out, of units and files: what does each give?")
    given = parser.parse_args()
    all_measured = [Measured(path.stem, dict(np.load(path))) for path in sorted((given.folder / "features").glob("*.npz"))]
    file_names, unit_names = ([str(name) for name in all_measured[0].table[names]] for names in ("file_names", "names"))
    half_of = np.array(halves([one.key for one in all_measured]))
    print(f"{len(all_measured)} repositories, {sum(len(one.table['sizes']) for one in all_measured)} tasks", file=sys.stderr)
    for one in all_measured:
        _match_anew(one, given.folder, unit_names, file_names)
    file_places, kept_file_names = _kept(file_names, given.without)
    for one in all_measured:
        of_sheets = np.isin(one.table["sources"], [SOURCES.index(source) for source in SHEETS])
        counts = np.where(of_sheets, given.question_weight, 1.0)
        one.table["weights"] = np.where(one.table["unsaid"], 0.0, np.repeat(counts, one.table["sizes"]))
        one.table["file_weights"] = np.repeat(counts, one.table["file_sizes"])
        one.table["of_files"] = one.table["of_files"][:, file_places]
    file_scores: list[Floats] = [np.zeros(0)] * len(all_measured)
    for half in (0, 1):
        model = _fit_files([one for one, own in zip(all_measured, half_of, strict=True) if own != half])
        for number in np.flatnonzero(half_of == half).tolist():
            file_scores[number] = model.predict(all_measured[number].table["of_files"], prediction_type="RawFormulaVal")
    _print_files(all_measured, file_scores, kept_file_names)
    names = [*unit_names, *OF_FILE]
    kept, kept_names = _kept(names, given.without)
    units = []
    for one, own in zip(all_measured, file_scores, strict=True):
        units.append(_with_files(one, own)[:, kept])
        one.table["formula"] = one.table.pop("units")[:, unit_names.index("formula")].copy()  # the rest is there twice: gigabytes
    scores: list[Floats] = [np.zeros(0)] * len(all_measured)
    for half in (0, 1):
        chosen = [number for number in range(len(all_measured)) if half_of[number] != half]
        model = _fit_units([all_measured[number] for number in chosen], [units[number] for number in chosen], kept_names)
        for number in np.flatnonzero(half_of == half).tolist():
            scores[number] = model.predict(units[number], prediction_type="RawFormulaVal")
    _print_units(all_measured, scores)
    if given.out:
        calibration = _calibrated(all_measured, scores)
        file_model, unit_model = _fit_files(all_measured), _fit_units(all_measured, units, kept_names)
        made = {
            "files": _as_data(file_model, kept_file_names, given.folder),
            "units": _as_data(unit_model, kept_names, given.folder),
            "calibration": calibration,
        }
        given.out.write_text(json.dumps(made, separators=(",", ":")).replace('{"split', '\n{"split') + "\n")


def _match_anew(one: Measured, folder: Path, unit_names: Sequence[str], file_names: Sequence[str]) -> None:
    """Replace what the shipped match of words says by what one says that has not learnt from this repository."""
    scores = np.load(folder / "matched" / f"{one.key}.npy").astype(np.float64)
    units, of_files = [], []
    parts = zip(one.apart(scores, "sizes"), one.apart(one.table["files"], "sizes"), one.table["file_sizes"], strict=True)
    for own, files, size in parts:
        found = matched(own)
        units.append(np.column_stack(list(found.values())))
        of_files.append(largest(found["matched_of_best"], files.astype(np.int64), size))
    one.table["units"][:, [unit_names.index(name) for name in found]] = np.round(np.concatenate(units), DECIMALS)
    best = np.round(np.concatenate(of_files), DECIMALS)
    one.table["of_files"][:, file_names.index("best_matched_of_best")] = best
    one.table["units"][:, unit_names.index("file_best_matched_of_best")] = np.concatenate(
        [values[files] for values, files in zip(one.apart(best, "file_sizes"), one.apart(one.table["files"], "sizes"), strict=True)]
    )


def _kept(names: Sequence[str], without: Sequence[str]) -> tuple[list[int], list[str]]:
    """Return the places and names of features but for those left out, which are given without what file features begin with."""
    bare = [name.removeprefix("file_").removeprefix("best_") for name in names]
    kept = [place for place, name in enumerate(bare) if name not in without]
    return kept, [names[place] for place in kept]


def _fit_files(chosen: Sequence[Measured]) -> Any:
    values = np.concatenate([one.table["of_files"] for one in chosen])
    labels = np.concatenate([one.table["file_labels"] for one in chosen]).astype(int)
    weights = np.concatenate([one.table["file_weights"] for one in chosen])
    return _fit(values, labels, weights, FILE_TREES, FILE_DEPTH)


def _fit_units(chosen: Sequence[Measured], units: Sequence[Floats], names: Sequence[str]) -> Any:
    rank = list(names).index("formula_rank")
    random = np.random.default_rng(SEED)
    values, labels, weights = [], [], []
    for one, table in zip(chosen, units, strict=True):
        near = (table[:, rank] <= np.log1p(SURE_NEGATIVES)) | one.table["labels"]
        kept = near | (random.random(len(table)) < SHARE)
        values.append(table[kept])
        labels.append(one.table["labels"][kept].astype(int))
        weights.append(np.where(near, 1.0, 1 / SHARE)[kept] * one.table["weights"][kept])
    return _fit(np.concatenate(values), np.concatenate(labels), np.concatenate(weights), UNIT_TREES, UNIT_DEPTH)


def _fit(values: Floats, labels: Any, weights: Floats, trees: int, depth: int) -> Any:
    model = CatBoostClassifier(
        iterations=trees, depth=depth, learning_rate=LEARNING_RATE, l2_leaf_reg=6, random_seed=SEED, rsm=0.5, border_count=64,
        thread_count=2, bootstrap_type="Bernoulli", subsample=0.7, verbose=False, allow_writing_files=False,
    )  # fmt: skip
    return model.fit(Pool(values, labels, weight=weights))


def _with_files(one: Measured, scores: Floats) -> Floats:
    """Return the features of units with what the file head says of their files: its score, the distance to the best, the rank."""
    parts = []
    for own, files in zip(one.apart(scores, "file_sizes"), one.apart(one.table["files"], "sizes"), strict=True):
        parts.append(file_head_features(own)[files])
    return np.column_stack([one.table["units"], np.concatenate(parts)]).astype(np.float32)


def _calibrated(all_measured: Sequence[Measured], scores: Sequence[Floats]) -> list[float]:
    """Return slope and offset of the logistic function of a score that fits best what is an answer (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found]

    values = np.concatenate(scores).reshape(-1, 1)
    labels, weights = (
        np.concatenate(parts) for parts in zip(*((one.table["labels"], one.table["weights"]) for one in all_measured), strict=True)
    )
    found = LogisticRegression(C=1e6).fit(values, labels, weights)
    return [round(float(found.coef_[0, 0]), 5), round(float(found.intercept_[0]), 5)]


def _as_data(model: Any, names: Sequence[str], folder: Path) -> dict[str, Any]:
    """Return a model as its features, its trees (each the questions of its levels and the worths of its leaves) and its offset."""
    place = folder / "model.json"
    model.save_model(str(place), format="json")
    told = json.loads(place.read_text())
    scale, (offset,) = told["scale_and_bias"]
    trees = [
        {
            "splits": [[split["float_feature_index"], round(split["border"], 6)] for split in tree["splits"]],
            "leaves": [round(scale * value, 5) for value in tree["leaf_values"]],
        }
        for tree in told["oblivious_trees"]
    ]
    return {"features": list(names), "offset": round(offset, 6), "trees": trees}


def _print_files(all_measured: Sequence[Measured], scores: Sequence[Floats], names: Sequence[str]) -> None:
    formula = [one.table["of_files"][:, names.index("formula")] for one in all_measured]
    for told, found in (("formula", formula), ("file head", scores)):
        rows: dict[str, list[tuple[float, ...]]] = {}
        for one, own in zip(all_measured, found, strict=True):
            labelled = zip(one.apart(own, "file_sizes"), one.apart(one.table["file_labels"], "file_sizes"), strict=True)
            tasks = ((*pair, *told) for pair, told in zip(labelled, zip(one.table["gold"], one.table["sources"], strict=True), strict=True))
            for values, labels, (_, files), source in tasks:
                best = labels[np.argsort(-values, kind="stable")]
                rows.setdefault(SOURCES[source], []).append((best[:1].sum() == files, best[:5].sum() == files, best[:1].sum()))
        for source, found_rows in sorted(rows.items()):
            print(told, source, len(found_rows), "acc@1 {:.3f} acc@5 {:.3f} first {:.3f}".format(*np.mean(found_rows, axis=0)))


def _print_units(all_measured: Sequence[Measured], scores: Sequence[Floats]) -> None:
    formula = [one.table["formula"] for one in all_measured]
    for told, found in (("formula", formula), ("unit head", scores)):
        rows: dict[str, list[tuple[float, ...]]] = {}
        for source, values, labels, answers in _tasks(all_measured, found):
            best = labels[np.argsort(-values, kind="stable")]
            found_first = {k: best[:k].sum() for k in (1, 5, 10)}
            shares = [number / answers for number in found_first.values()]
            rows.setdefault(source, []).append((*shares, found_first[5] == answers, found_first[10] == answers))
        for source, found_rows in sorted(rows.items()):
            figures = "recall@1 {:.3f} @5 {:.3f} @10 {:.3f} acc@5 {:.3f} acc@10 {:.3f}".format(*np.mean(found_rows, axis=0))
            print(told, source, len(found_rows), figures)


def _tasks(all_measured: Sequence[Measured], scores: Sequence[Floats]) -> Iterator[tuple[str, Floats, Any, int]]:
    for one, own in zip(all_measured, scores, strict=True):
        parts = zip(one.apart(own, "sizes"), one.apart(one.table["labels"], "sizes"), one.table["gold"], one.table["sources"], strict=True)
        for values, labels, (answers, _), source in parts:
            yield SOURCES[source], values, labels, answers


if __name__ == "__main__":
    main()
