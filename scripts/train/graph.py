"""Learns how likely each candidate is what a reference means, from what compilers say: weights of memoryd/graph/linking/guessing/odds.py.

`python -m scripts.train.graph WORK TREE …` takes trees with their SCIP indexes beside them (`NAME`, `NAME.scip`), as
`python -m scripts.bench graph` makes them, prints the weights, and for each tree what weights learnt from the others give on it.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from memoryd.graph import FEATURES, NOTHINGS
from memoryd.scip import read_index
from scripts.bench.edges import REPEATED, linked, oracle

RIDGE = 1.0
"""How much large weights cost: the squares of all are summed, times this."""
MOST = 6_000
"""The most references of one tree, so that a large one does not decide alone."""
Values = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


class Judged(NamedTuple):
    """The references of a tree that an oracle judges: features of each one's candidates, of none of them, and which is right."""

    query: Numbers
    for_each: Values
    for_none: Values
    right: npt.NDArray[np.bool_]


def judged(tree: Path) -> Judged:
    """Return the references of a tree that no rule resolves, with what its index says of them."""
    index = read_index(tree.with_suffix(".scip").read_bytes())
    paths = sorted({one.path for one in index.documents() if (tree / one.path).is_file() and not one.path.endswith((".json", ".pyi"))})
    graph = linked(tree, paths)
    said = oracle(index, tree, graph)
    asked, found, features = graph.left_open()
    text, references = graph.facts.words.text, graph.facts.references
    places = [
        (graph.facts.paths[file], line, text(name))
        for file, line, name in zip(asked.file.tolist(), references.line[asked.row].tolist(), asked.name.tolist(), strict=True)
    ]
    known = np.array([place in said.means or place in said.outside for place in places], dtype=np.bool_)
    ids = [REPEATED.sub("", id_) for id_ in graph.ids(found.symbol + len(graph.facts.paths))]
    right = np.array(
        [id_ in said.means.get(places[query], ()) for id_, query in zip(ids, found.query.tolist(), strict=True)], dtype=np.bool_
    )
    some = np.flatnonzero(known & (np.bincount(found.query, minlength=len(known)) > 0))
    some = np.random.default_rng(1).permutation(some)[:MOST]
    number = np.full(len(known), -1, dtype=np.int64)
    number[some] = np.arange(len(some))
    kept = np.flatnonzero(number[found.query] >= 0)
    return Judged(number[found.query[kept]], features.for_each[kept], features.for_none[some], right[kept])


def joined(parts: Sequence[Judged]) -> Judged:
    """Return the references of several trees as one."""
    starts = np.cumsum([0, *(len(part.for_none) for part in parts)])
    shifted = np.concatenate([part.query + start for part, start in zip(parts, starts.tolist(), strict=False)])
    return Judged(shifted, *(np.concatenate([getattr(part, name) for part in parts]) for name in Judged._fields[1:]))


def likely(data: Judged, weights: Values) -> Values:
    """Return the probability of each candidate."""
    each = np.exp(data.for_each @ weights[: len(FEATURES)])
    total = np.exp(data.for_none @ weights[len(FEATURES) :]) + np.bincount(data.query, each, len(data.for_none))
    return np.asarray(each / total[data.query])


def fitted(data: Judged) -> Values:
    """Return the weights that make what is right likeliest."""
    size, width = len(data.for_none), len(FEATURES)
    rights = np.bincount(data.query, data.right, size)
    none = rights == 0

    def loss(weights: Values) -> tuple[float, Values]:
        score = data.for_each @ weights[:width]
        nothing = data.for_none @ weights[width:]
        each = np.exp(score)
        total = np.exp(nothing) + np.bincount(data.query, each, size)
        # Several definitions of one name may all be right: overloads, and what is defined once for each platform.
        good = np.where(none, np.exp(nothing), np.bincount(data.query, each * data.right, size))
        value = -np.sum(np.log(good / total)) + RIDGE * np.sum(weights**2)
        share, aim = each / total[data.query], np.where(data.right, each / np.maximum(good[data.query], 1e-300), 0.0)
        aim[none[data.query]] = 0.0
        slope = data.for_each.T @ (share - aim)
        slope_none = data.for_none.T @ (np.exp(nothing) / total - none)
        return float(value), np.concatenate([slope, slope_none]) + 2 * RIDGE * weights

    return np.asarray(minimize(loss, np.zeros(width + len(NOTHINGS)), jac=True, method="L-BFGS-B").x)


def _tell(name: str, data: Judged, odds: Values) -> None:
    size = len(data.for_none)
    order = np.lexsort((-odds, data.query))
    _, first = np.unique(data.query[order], return_index=True)
    best = order[first]
    told = []
    for floor in (0.15, 0.2, 0.3, 0.4, 0.5):
        shown = best[odds[best] >= floor]
        told.append(f"{floor}: {data.right[shown].mean() if len(shown) else 0:.3f} of {len(shown)}")
    findable = int(np.sum(np.bincount(data.query, data.right, size) > 0))
    print(f"{name:14} {size:6} judged, {findable:5} among the candidates; right at the top from {', '.join(told)}")


def main() -> None:
    """Learn from all trees, after measuring on each what the others teach."""
    parser = argparse.ArgumentParser(prog="python -m scripts.train.graph", description=__doc__)
    parser.add_argument("work", type=Path, help="the folder with the trees and their indexes")
    parser.add_argument("trees", nargs="+", help="their names")
    given = parser.parse_args()
    parts = {name: judged(given.work / name) for name in given.trees}
    for name, data in parts.items():
        _tell(name, data, likely(data, fitted(joined([part for other, part in parts.items() if other != name]))))
    weights = fitted(joined(list(parts.values()))).tolist()
    for names, values in ((FEATURES, weights[: len(FEATURES)]), (NOTHINGS, weights[len(FEATURES) :])):
        print("{" + ", ".join(f'"{name}": {value:.2f}' for name, value in zip(names, values, strict=True)) + "}")


if __name__ == "__main__":
    main()
