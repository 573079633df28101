"""PageRank over the graph: the importance of nodes, and their nearness to given nodes. Deterministic: sums have a fixed order."""

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
"""The largest residual of a node that is not pushed on to its neighbours: the node is too far from the start to matter."""
PORTION = LEFT_OVER / 50
"""The largest portion that is dropped instead of passed on to a neighbour: each of a hub's thousands gets next to nothing."""
TIER_WEIGHTS = {Tier.SAME_FILE: 1.0, Tier.IMPORT: 0.9, Tier.UNIQUE: 0.6, Tier.AMBIGUOUS: 0.2}
KIND_WEIGHTS = {"call": 1.0, "inherit": 1.0, "import": 0.6, "type": 0.5}
BACKWARDS = 0.5
"""The weight of the step back along an edge, as a share of the edge's: users of a symbol say less about it than what it uses."""
CONTAINED, CONTAINER = 0.1, 0.3
"""The weights of the steps from a container to each symbol in it, and from a symbol to its container."""


@dataclass(frozen=True, eq=False)
class Walk:
    """A random walk over nodes: column `n` of the sparse matrix `steps` holds the probabilities of the steps from node `n`.

    A column sums to 1, or is empty; `dead` are the nodes whose columns are empty.
    """

    steps: Any
    dead: Ints


def walk(tables: Tables, edges: EdgeColumns) -> Walk:
    """Return the walk along edges, back along them, and between containers and their members."""
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
    """Return the PageRank of every node, along edges to what is used and from symbols to the types and files that contain them."""
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


def users(tables: Tables, edges: EdgeColumns) -> Ints:
    """Return for each node the number of other files that use it or what it directly contains; guesses do not count."""
    home = np.concatenate([np.arange(tables.files), tables.facts.symbols.file])
    outer = np.concatenate([np.full(tables.files, -1), np.where(tables.types.container >= 0, tables.types.container + tables.files, -1)])
    sure = edges.tier < Tier.AMBIGUOUS
    source, target = home[edges.source[sure]], edges.target[sure]
    away = source != home[target]
    source, target = source[away], target[away]
    inner = outer[target] >= 0
    inner &= home[np.maximum(outer[target], 0)] != source
    pairs = np.unique(np.concatenate([target << 32 | source, outer[target][inner] << 32 | source[inner]]))
    return np.bincount(pairs >> 32, minlength=tables.nodes)


def around(steps: Walk, start: Mapping[int, float]) -> tuple[Ints, Scores]:
    """Return the nodes near the start, ascending, and a lower bound of the personalised PageRank of each.

    The bound lacks portions that are too small to be passed on (`LEFT_OVER`, `PORTION`; of a hub's neighbours, all of them), and
    the steps from dead ends back to the start, which `near` counts.

    Forward push (Andersen, Chung, Lang 2006), all nodes with enough residual at once: it visits only nodes near the start, so its
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
        # The steps of a node are adjacent in the matrix: expand each first place and count to the places of all steps.
        places = (first + counts - counts.cumsum()).repeat(counts)
        places += np.arange(len(places))
        moved = data.take(places) * (DAMPING * residual).repeat(counts)
        passed = np.flatnonzero(moved > PORTION)
        targets = indices.take(places.take(passed))
        order = targets.argsort(kind="stable")
        targets, moved = targets.take(order), moved.take(passed.take(order))
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
