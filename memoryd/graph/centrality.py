"""PageRank over the graph: which nodes matter, and which are near to given ones. Deterministic: fixed order of summation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from memoryd.graph.columns import Ints
from memoryd.graph.linking import EdgeColumns, Tables, Tier, Weights

Scores = Weights
DAMPING = 0.85
TOLERANCE = 1e-8
ROUNDS = 100
LEFT_OVER = 1e-3
"""Residual that is not pushed on: a node that far away is nobody's neighbour."""
PORTION = LEFT_OVER / 50
"""What is not passed on to a node: a hub has thousands of neighbours, and each gets next to nothing."""
TIER_WEIGHTS = {Tier.SAME_FILE: 1.0, Tier.IMPORT: 0.9, Tier.UNIQUE: 0.6, Tier.AMBIGUOUS: 0.2}
KIND_WEIGHTS = {"call": 1.0, "inherit": 1.0, "import": 0.6, "type": 0.5}
BACKWARDS = 0.5
"""Who uses a thing tells less about it than what it uses."""
CONTAINED, CONTAINER = 0.1, 0.3
"""From a container to each symbol in it, and from a symbol to its container."""


@dataclass(frozen=True, eq=False)
class Walk:
    """Where a random walk goes: a matrix whose columns are the steps from a node, each summed to 1 or empty, and the dead ends."""

    steps: Any
    dead: Ints


def walk(tables: Tables, edges: EdgeColumns) -> Walk:
    """Return the walk along edges, back along them, and between containers and what they hold."""
    weight = _weights(tables, edges)
    symbols = np.arange(len(tables.facts.symbols.file))
    inner = symbols + tables.files
    container = tables.types.container
    outer = np.where(container >= 0, container + tables.files, tables.facts.symbols.file)
    size = np.bincount(outer, minlength=tables.nodes)[outer]
    ones = np.ones(len(symbols))
    return _walk(
        tables.nodes,
        np.concatenate([edges.source, edges.target, outer, inner]),
        np.concatenate([edges.target, edges.source, inner, outer]),
        np.concatenate([weight, weight * BACKWARDS, ones * CONTAINED / np.sqrt(np.maximum(size, 1)), ones * CONTAINER]),
    )


def important(tables: Tables, edges: EdgeColumns) -> Scores:
    """Return the importance of every node: its own, from what rests on it, and for a file from the symbols in it."""
    inner = np.arange(len(tables.facts.symbols.file)) + tables.files
    container = tables.types.container
    outer = np.where(container >= 0, container + tables.files, tables.facts.symbols.file)
    steps = _walk(
        tables.nodes,
        np.concatenate([edges.source, inner]),
        np.concatenate([edges.target, outer]),
        np.concatenate([_weights(tables, edges), np.full(len(inner), CONTAINER)]),
    )
    linked = tables.facts.families[1][np.concatenate([np.arange(tables.files), tables.facts.symbols.file])] > 0
    return near(steps, linked.astype(np.float64))


def around(steps: Walk, start: Mapping[int, float]) -> tuple[Ints, Scores]:
    """Return the nodes near the start, ascending, and the personalised PageRank of each, from below.

    What is missing is what came in portions too small to be passed on (`LEFT_OVER`, `PORTION`: of a hub's neighbours, all of it),
    and what `near` sends back to the start from dead ends.

    Forward push (Andersen, Chung, Lang 2006), all nodes with enough residual at once: it touches only what is near, so its
    time does not depend on the size of the project.
    """
    total = sum(start.values())
    if not total > 0:
        return np.zeros(0, np.int64), np.zeros(0)
    nodes = np.array(sorted(start), dtype=np.int64)
    residual = np.array([start[node] / total for node in nodes.tolist()])
    reached, settled = [], []
    indptr, indices, data = steps.steps.indptr, steps.steps.indices, steps.steps.data
    while len(nodes):
        reached.append(nodes)
        settled.append((1 - DAMPING) * residual)
        first = indptr.take(nodes)
        counts = indptr.take(nodes + 1) - first
        # A node's steps lie side by side: the places of all steps are each node's first one, and those that follow it.
        places = (first + counts - counts.cumsum()).repeat(counts)
        places += np.arange(len(places))
        moved = data.take(places) * (DAMPING * residual).repeat(counts)
        told = np.flatnonzero(moved > PORTION)
        targets = indices.take(places.take(told))
        order = targets.argsort(kind="stable")
        targets, moved = targets.take(order), moved.take(told.take(order))
        starts = np.flatnonzero(np.concatenate(([True], targets[1:] != targets[:-1])))[: len(targets)]
        residual = np.add.reduceat(moved, starts) if len(starts) else moved
        enough = np.flatnonzero(residual > LEFT_OVER)
        nodes, residual = targets.take(starts.take(enough)).astype(np.int64), residual.take(enough)
    nodes, number = np.unique(np.concatenate(reached), return_inverse=True)
    return nodes, np.bincount(number, np.concatenate(settled), len(nodes)).astype(np.float64, copy=False)


def near(steps: Walk, start: Scores) -> Scores:
    """Return the personalised PageRank of every node by power iteration (Page, Brin 1998); all zero without a start."""
    total = start.sum()
    if not total > 0:
        return np.zeros(len(start))
    start = start / total
    scores = start
    for _ in range(ROUNDS):
        following = DAMPING * (steps.steps @ scores) + (1 - DAMPING + DAMPING * scores[steps.dead].sum()) * start
        if np.abs(following - scores).sum() < TOLERANCE:
            return np.asarray(following)
        scores = following
    return np.asarray(scores)


def _weights(tables: Tables, edges: EdgeColumns) -> Weights:
    tier = np.zeros(max(Tier) + 1)
    for name, value in TIER_WEIGHTS.items():
        tier[name] = value
    kind = np.full(len(edges.kind), 0.5)
    for use, value in KIND_WEIGHTS.items():
        kind[edges.kind == tables.facts.words.code(use)] = value
    return np.asarray(tier[edges.tier] * kind * edges.weight)


def _walk(nodes: int, source: Ints, target: Ints, weight: Weights) -> Walk:
    from scipy.sparse import csc_array  # takes a tenth of a second to import

    out = np.bincount(source, weights=weight, minlength=nodes)
    share = weight / np.where(out > 0, out, 1)[source]
    return Walk(csc_array((share, (target, source)), shape=(nodes, nodes)), np.flatnonzero(out == 0))
