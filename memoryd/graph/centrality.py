"""PageRank over the graph: the importance of nodes, and their nearness to given nodes. Deterministic: sums have a fixed order."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from memoryd.arrays import positions
from memoryd.graph.columns import Flags, Ints, by_number, flagged, taken
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking import EdgeColumns, Tier, Weights

Scores = Weights
Number = TypeVar("Number", bound=np.generic)
Short = npt.NDArray[np.int32]
"""Numbers of nodes, and places of steps, of which there are many."""
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
CHANGED, CHANGED_SHARE = 2_000, 0.25
"""The most nodes, or later steps (a number or a share of all, whichever is more), with which a walk is patched; beyond, it is made anew."""
ALL = np.iinfo(np.int32).max
"""More steps than a node has."""
HUB = 200
"""The steps from a node that are looked at for the best of its neighbours."""
CONTAINED, CONTAINER = 0.1, 0.3
"""The weights of the steps from a container to each symbol in it, and from a symbol to its container."""


class Walk(NamedTuple):
    """A random walk over nodes: the steps from node `n` lie at `[starts[n], ends[n])`, each with its target and its share.

    The shares of a node sum to 1; `dead` are the nodes without a step. What a change of the graph made new stands in `later_targets`
    and `later_shares`, as if these followed `targets` and `shares`, so that all versions have those in common.
    """

    starts: Short
    ends: Short
    targets: Short
    shares: Scores
    dead: Ints
    later_targets: Short
    later_shares: Scores

    @classmethod
    def of(cls, starts: Short, targets: Short, shares: Scores, dead: Ints) -> "Walk":
        """Return a walk whose steps are in the order of their nodes: those of `n` lie at `[starts[n], starts[n + 1])`."""
        return cls(starts[:-1], starts[1:], targets, shares, dead, targets[:0], shares[:0])

    def targets_at(self, places: Ints) -> Short:
        """Return the targets of some steps."""
        return _at(self.targets, self.later_targets, places)

    def shares_at(self, places: Ints) -> Scores:
        """Return the shares of some steps."""
        return _at(self.shares, self.later_shares, places)

    def places_of(self, nodes: Ints, most: int) -> tuple[Ints, Ints]:
        """Return how many steps each of some nodes has, at most `most`, and the places of them all."""
        first = self.starts.take(nodes)
        counts = np.minimum(self.ends.take(nodes) - first, most)
        # The steps of a node are adjacent: expand each first place and count to the places of all steps.
        places = (first + counts - counts.cumsum()).repeat(counts)
        places += np.arange(len(places))
        return counts, places

    def in_order(self) -> "Walk":
        """Return the same walk with its steps in the order of their nodes."""
        size = len(self.targets)
        if np.array_equal(np.append(0, self.ends), np.append(self.starts, size)) and not len(self.later_targets):
            return self
        counts, places = self.places_of(np.arange(len(self.starts)), ALL)
        starts = np.append(0, counts.cumsum()).astype(np.int32)
        return Walk.of(starts, self.targets_at(places), self.shares_at(places), self.dead)

    def moved(self, nodes: Ints, size: int) -> "Walk":
        """Return the walk among `size` nodes in which nodes have new numbers, in their old order; those that are gone have none (< 0)."""
        stay = np.flatnonzero(nodes >= 0)
        starts, ends = np.zeros((2, size), dtype=np.int32)
        starts[nodes[stay]], ends[nodes[stay]] = self.starts[stay], self.ends[stay]
        short, dead = nodes.astype(np.int32), nodes[self.dead]
        # Among them are steps that no node has any more, to nodes that are gone.
        targets, later = (short.take(column, mode="clip") for column in (self.targets, self.later_targets))
        return self._replace(starts=starts, ends=ends, targets=targets, later_targets=later, dead=dead[dead >= 0])


class Near(NamedTuple):
    """Nodes near some others, nearest first, each with its score."""

    nodes: Ints
    scores: Scores

    def scores_of(self, nodes: Ints | Short) -> Scores:
        """Return the scores of nodes, 0 for what is not near."""
        return np.append(self.scores, 0.0)[positions(self.nodes, nodes)]


class Neighbours(NamedTuple):
    """Pairs of some nodes that are a step apart, by their places among these: from `sources`, ascending, to `targets`."""

    sources: Ints
    targets: Ints

    def best(self, scores: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """Return for each node the largest of the scores of its neighbours, 0 where it has none; nodes are along the last axis."""
        found = np.zeros_like(scores)
        if len(self.sources):
            starts = np.flatnonzero(np.diff(self.sources, prepend=-1))
            found[..., self.sources[starts]] = np.maximum.reduceat(scores[..., self.targets], starts, axis=-1)
        return found


def walk(facts: FactColumns, container: Ints, edges: EdgeColumns) -> Walk:
    """Return the walk along edges, back along them, and between containers and their members."""
    return Walk.of(*_walk(facts.nodes, facts.nodes, *_steps(facts, container, edges, np.ones(facts.nodes, dtype=np.bool_))))


def patched(old: Walk, facts: FactColumns, container: Ints, edges: EdgeColumns, changed: Ints) -> Walk:
    """Return what `walk` does from the walk of an earlier graph, in the numbers of this one. The steps from all other nodes are the same.

    `changed` are nodes, ascending.
    """
    if len(changed) > max(CHANGED, CHANGED_SHARE * facts.nodes) or len(old.later_targets) > max(CHANGED, CHANGED_SHARE * len(old.targets)):
        return walk(facts, container, edges)
    source, target, weight = _steps(facts, container, edges, flagged(changed, facts.nodes))
    first, targets, shares, dead = _walk(len(changed), facts.nodes, np.searchsorted(changed, source), target, weight)
    starts, ends, known = old.starts.copy(), old.ends.copy(), len(old.targets) + len(old.later_targets)
    starts[changed], ends[changed] = first[:-1] + known, first[1:] + known
    return Walk(
        starts, ends, old.targets, old.shares, np.union1d(np.setdiff1d(old.dead, changed), changed[dead]),
        np.concatenate([old.later_targets, targets]), np.concatenate([old.later_shares, shares]),
    )  # fmt: skip


def _steps(facts: FactColumns, container: Ints, edges: EdgeColumns, chosen: Flags) -> tuple[Ints, Ints, Weights]:
    """Return the steps from chosen nodes: their sources, targets and weights."""
    inner, outer = _nested(facts, container)
    out, back = (taken(edges, np.flatnonzero(chosen.take(ends))) for ends in (edges.source, edges.target))
    down, up = (np.flatnonzero(chosen.take(ends)) for ends in (outer, inner))
    size = np.bincount(outer[down], minlength=facts.nodes)[outer[down]]
    return (
        np.concatenate([out.source, back.target, outer[down], inner[up]]),
        np.concatenate([out.target, back.source, inner[down], outer[up]]),
        np.concatenate([
            _weights(facts, out), _weights(facts, back) * BACKWARDS,
            np.ones(len(down)) * CONTAINED / np.sqrt(np.maximum(size, 1)), np.ones(len(up)) * CONTAINER,
        ]),
    )  # fmt: skip


def important(facts: FactColumns, container: Ints, edges: EdgeColumns) -> Scores:
    """Return the PageRank of every node, along edges to what is used and from symbols to the types and files that contain them."""
    inner, outer = _nested(facts, container)
    steps = _walk(
        facts.nodes,
        facts.nodes,
        np.concatenate([edges.source, inner]),
        np.concatenate([edges.target, outer]),
        np.concatenate([_weights(facts, edges), np.full(len(inner), CONTAINER)]),
    )
    return near(Walk.of(*steps), (facts.families[1][facts.home] > 0).astype(np.float64))


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
    while len(nodes):
        reached.append(nodes)
        settled.append((1 - DAMPING) * residual)
        counts, places = steps.places_of(nodes, ALL)
        moved = steps.shares_at(places) * (DAMPING * residual).repeat(counts)
        passed = np.flatnonzero(moved > PORTION)
        targets = steps.targets_at(places.take(passed))
        order = targets.argsort(kind="stable")
        targets, moved = targets.take(order), moved.take(passed.take(order))
        starts = np.flatnonzero(np.concatenate(([True], targets[1:] != targets[:-1])))[: len(targets)]
        residual = np.add.reduceat(moved, starts) if len(starts) else moved
        enough = np.flatnonzero(residual > LEFT_OVER)
        nodes, residual = targets.take(starts.take(enough)).astype(np.int64), residual.take(enough)
    nodes, number = np.unique(np.concatenate(reached), return_inverse=True)
    return nodes, np.bincount(number, np.concatenate(settled), len(nodes)).astype(np.float64, copy=False)


def neighbours(steps: Walk, nodes: Ints) -> Neighbours:
    """Return which of some nodes one step leads to from which of them.

    Of a hub only the first `HUB` steps are looked at. A node of -1 has no neighbours.
    """
    known = np.flatnonzero(nodes >= 0)
    counts, places = steps.places_of(nodes[known], HUB)
    found = positions(nodes[known], steps.targets_at(places))
    among = np.flatnonzero(found >= 0)
    return Neighbours(np.repeat(known, counts)[among], known[found[among]])


def near(steps: Walk, start: Scores) -> Scores:
    """Return the personalised PageRank of every node by power iteration (Page, Brin 1998); all zero without a start."""
    total = start.sum()
    if not total > 0:
        return np.zeros(len(start))
    # A product of SciPy's sparse matrices has the same sums in the same order; to import it takes longer than all rounds.
    steps = steps.in_order()
    source = np.arange(len(start)).repeat(steps.ends - steps.starts)
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


def _walk(rows: int, nodes: int, source: Ints, target: Ints, weight: Weights) -> tuple[Short, Short, Scores, Ints]:
    """Return steps between `nodes` nodes in the order of their sources, which are below `rows`, as `Walk.of` takes them."""
    out = np.bincount(source, weights=weight, minlength=rows)
    share = weight / np.where(out > 0, out, 1)[source]
    order = by_number(target, nodes)
    order = order[by_number(source[order], rows)]
    sources, targets = source[order], target[order]
    # Several steps between the same two nodes are one.
    first = np.flatnonzero(np.append(True, (sources[1:] != sources[:-1]) | (targets[1:] != targets[:-1]))[: len(sources)])
    shares = np.add.reduceat(share[order], first) if len(first) else share
    starts = np.append(0, np.cumsum(np.bincount(sources[first], minlength=rows)))
    return starts.astype(np.int32), targets[first].astype(np.int32), shares, np.flatnonzero(out == 0)


def _at(values: npt.NDArray[Number], later: npt.NDArray[Number], places: Ints) -> npt.NDArray[Number]:
    """Return values at some places of two arrays, of which one follows the other."""
    if not len(later):
        return values.take(places)
    if not len(values):
        return later.take(places)
    found = values.take(places, mode="clip")
    beyond = np.flatnonzero(places >= len(values))
    found[beyond] = later.take(places.take(beyond) - len(values))
    return found
