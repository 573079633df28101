"""PageRank over the graph: the importance of nodes, and their nearness to given nodes. Deterministic: sums have a fixed order."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from memoryd.graph.columns import Ints, by_number
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking import EdgeColumns, Tier, Weights

Scores = Weights
DAMPING = 0.85
TOLERANCE = 1e-8
ROUNDS = 100
LEFT_OVER = 1e-3
"""The largest residual of a node that is not pushed on to its neighbours: the node is too far from the start to matter."""
PORTION = LEFT_OVER / 50
"""The largest portion that is dropped instead of passed on to a neighbour: each of a hub's thousands gets next to nothing."""
TIER_WEIGHTS = {Tier.COMPILER: 1.0, Tier.SAME_FILE: 1.0, Tier.IMPORT: 0.9, Tier.TYPED: 0.9, Tier.FRAMEWORK: 0.9,
                Tier.UNIQUE: 0.6, Tier.AMBIGUOUS: 0.2}  # fmt: skip
KIND_WEIGHTS = {"call": 1.0, "inherit": 1.0, "import": 0.6, "type": 0.5}
BACKWARDS = 0.5
"""The weight of the step back along an edge, as a share of the edge's: users of a symbol say less about it than what it uses."""
HUB = 200
"""The steps from a node that are looked at for the best of its neighbours."""
CONTAINED, CONTAINER = 0.1, 0.3
"""The weights of the steps from a container to each symbol in it, and from a symbol to its container."""


class Walk(NamedTuple):
    """A random walk over nodes: the steps from node `n` lie at `[starts[n], starts[n + 1])`, each with its target and its share.

    The shares of a node sum to 1; `dead` are the nodes without a step.
    """

    starts: Ints
    targets: Ints
    shares: Scores
    dead: Ints


class Near(NamedTuple):
    """Nodes near some others, nearest first, each with its score."""

    nodes: Ints
    scores: Scores

    def scores_of(self, nodes: Ints) -> Scores:
        """Return the scores of nodes, 0 for what is not near."""
        if not len(self.nodes):
            return np.zeros(len(nodes))
        order = np.argsort(self.nodes)
        places = order[np.minimum(np.searchsorted(self.nodes[order], nodes), len(order) - 1)]
        return np.where(self.nodes[places] == nodes, self.scores[places], 0.0)


def walk(facts: FactColumns, container: Ints, edges: EdgeColumns) -> Walk:
    """Return the walk along edges, back along them, and between containers and their members."""
    weight = _weights(facts, edges)
    inner, outer = _nested(facts, container)
    size = np.bincount(outer, minlength=facts.nodes)[outer]
    ones = np.ones(len(inner))
    return _walk(
        facts.nodes,
        np.concatenate([edges.source, edges.target, outer, inner]),
        np.concatenate([edges.target, edges.source, inner, outer]),
        np.concatenate([weight, weight * BACKWARDS, ones * CONTAINED / np.sqrt(np.maximum(size, 1)), ones * CONTAINER]),
    )


def important(facts: FactColumns, container: Ints, edges: EdgeColumns) -> Scores:
    """Return the PageRank of every node, along edges to what is used and from symbols to the types and files that contain them."""
    inner, outer = _nested(facts, container)
    steps = _walk(
        facts.nodes,
        np.concatenate([edges.source, inner]),
        np.concatenate([edges.target, outer]),
        np.concatenate([_weights(facts, edges), np.full(len(inner), CONTAINER)]),
    )
    return near(steps, (facts.families[1][facts.home] > 0).astype(np.float64))


def users(facts: FactColumns, container: Ints, edges: EdgeColumns) -> Ints:
    """Return for each node the number of other files that use it or what it directly contains; guesses do not count."""
    files, home = len(facts.paths), facts.home
    outer = np.concatenate([np.full(files, -1), np.where(container >= 0, container + files, -1)])
    sure = edges.tier < Tier.AMBIGUOUS
    source, target = home[edges.source[sure]], edges.target[sure]
    away = source != home[target]
    source, target = source[away], target[away]
    inner = outer[target] >= 0
    inner &= home[np.maximum(outer[target], 0)] != source
    pairs = np.unique(np.concatenate([target << 32 | source, outer[target][inner] << 32 | source[inner]]))
    return np.bincount(pairs >> 32, minlength=facts.nodes)


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
    indptr, indices, data = steps.starts, steps.targets, steps.shares
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


def best_neighbours(steps: Walk, nodes: Ints, scores: Scores) -> Scores:
    """Return for each of some nodes the largest of the `scores` of those of them that one step leads to, 0 where none does.

    Of a hub only the first `HUB` steps are looked at. A node of -1 has no neighbours.
    """
    found = np.zeros(len(nodes))
    known = np.flatnonzero(nodes >= 0)
    first = steps.starts[nodes[known]]
    counts = np.minimum(steps.starts[nodes[known] + 1] - first, HUB)
    places = np.repeat(first + counts - counts.cumsum(), counts) + np.arange(counts.sum())
    best = Near(nodes[known], scores[known]).scores_of(steps.targets[places])
    np.maximum.at(found, np.repeat(known, counts), best)
    return found


def near(steps: Walk, start: Scores) -> Scores:
    """Return the personalised PageRank of every node by power iteration (Page, Brin 1998); all zero without a start."""
    total = start.sum()
    if not total > 0:
        return np.zeros(len(start))
    # A product of SciPy's sparse matrices has the same sums in the same order; to import it takes longer than all rounds.
    source = np.arange(len(start)).repeat(np.diff(steps.starts))
    start = start / total
    scores = start
    for _ in range(ROUNDS):
        moved = np.bincount(steps.targets, steps.shares * scores.take(source), len(start))
        following: Scores = DAMPING * moved + (1 - DAMPING + DAMPING * scores[steps.dead].sum()) * start
        if np.abs(following - scores).sum() < TOLERANCE:
            return following
        scores = following
    return scores


def _nested(facts: FactColumns, container: Ints) -> tuple[Ints, Ints]:
    """Return the nodes of symbols, and for each the node that it is in: a symbol, or its file."""
    files = len(facts.paths)
    return np.arange(len(container)) + files, np.where(container >= 0, container + files, facts.symbols.file)


def _weights(facts: FactColumns, edges: EdgeColumns) -> Weights:
    tier = np.zeros(max(Tier) + 1)
    for name, value in TIER_WEIGHTS.items():
        tier[name] = value
    kind = np.full(len(edges.kind), 0.5)
    for use, value in KIND_WEIGHTS.items():
        kind[edges.kind == facts.words.code(use)] = value
    return np.asarray(tier[edges.tier] * kind * edges.weight)


def _walk(nodes: int, source: Ints, target: Ints, weight: Weights) -> Walk:
    out = np.bincount(source, weights=weight, minlength=nodes)
    share = weight / np.where(out > 0, out, 1)[source]
    order = by_number(target, nodes)
    order = order[by_number(source[order], nodes)]
    sources, targets = source[order], target[order]
    # Several steps between the same two nodes are one.
    first = np.flatnonzero(np.append(True, (sources[1:] != sources[:-1]) | (targets[1:] != targets[:-1]))[: len(sources)])
    shares = np.add.reduceat(share[order], first) if len(first) else share
    starts = np.append(0, np.cumsum(np.bincount(sources[first], minlength=nodes)))
    return Walk(starts.astype(np.int32), targets[first].astype(np.int32), shares, np.flatnonzero(out == 0))
