"""Follows edges step by step from some nodes, forwards or backwards: what they reach, by how many steps, and how likely."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from memoryd.graph.columns import Ints
from memoryd.graph.linking import NONE, Weights

Steps = Callable[[Ints], tuple[Ints, Ints, Ints, Weights]]
"""Gives the steps from some nodes: the position of each step's node among them, the place of its edge, where it leads, how likely."""


class Reached(NamedTuple):
    """Columns with an entry per node that was reached, nearest first and likely ones first, those to start from with them.

    `before` is the node from which it was reached by the edge at `edge`; `NONE` for a start. Of several ways of as few steps the
    likeliest counts; `probability` is that of all its edges together.
    """

    node: Ints
    before: Ints
    edge: Ints
    distance: Ints
    probability: Weights


def reach(steps: Steps, start: Ints, probability: Weights, depth: int, floor: float, until: Ints) -> Reached:
    """Return the nodes that lie within `depth` steps and are reached with a probability of at least `floor`.

    Ends as soon as one of `until` is reached.
    """
    none = np.full(len(start), NONE, dtype=np.int64)
    found = [Reached(start, none, none, np.zeros(len(start), dtype=np.int64), probability)]
    known = np.unique(start)
    while len(found[-1].node) and len(found) <= depth and not len(np.intersect1d(until, known)):
        nodes, odds = found[-1].node, found[-1].probability
        query, edge, far, likely = steps(nodes)
        chance = odds[query] * likely
        fresh = np.flatnonzero((chance >= floor) & ~np.isin(far, known))
        # Of the ways to one node the likeliest, then the first edge.
        order = fresh[np.lexsort((edge[fresh], -chance[fresh]))]
        _, first = np.unique(far[order], return_index=True)
        kept = order[np.sort(first)]
        distance = np.full(len(kept), len(found), dtype=np.int64)
        found.append(Reached(far[kept], nodes[query[kept]], edge[kept], distance, chance[kept]))
        known = np.union1d(known, far[kept])
    return Reached(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
