"""What reaches some definitions through any number of edges, and how likely: the ground of impact and of the choice of tests."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from memoryd.graph import Graph, Reached, reach
from memoryd.relations.direct import member_of, overridden
from memoryd.relations.targets import Target
from memoryd.versions import View

OVERRIDES = 0.5
"""The probability that a call of a member which another overrides means the latter."""
CONSTRUCTORS = ("__init__", "__new__", "constructor")
"""Members that are called where their type is."""
CALLED_WITH_TYPE = (*CONSTRUCTORS, "__post_init__", "__call__")
"""Members that calls of their type, or of what it makes, may run."""
IMPORTS = 0.6
"""The probability that a file which imports a name uses it in code of its own, where no other edge says so."""
Nodes = npt.NDArray[np.int64]


def reaching(view: View, targets: Sequence[Target], depth: int, floor: float) -> Reached:
    """Return what reaches some targets within `depth` steps with a probability of at least `floor`; what they hold starts with them.

    A call of a member that a target overrides may mean the target; where a constructor is changed, its type is.
    """
    graph, odds = view.graph, view.graph.probabilities
    start: dict[int, float] = {}
    for target in targets:
        start.update(dict.fromkeys(target.nodes.tolist(), 1.0))
        if target.unit.name in CALLED_WITH_TYPE and (owner := graph.node(member_of(target.unit.id)[0])) >= 0:
            start[owner] = 1.0
    for node in graph.nodes(list(overridden(view, [target.unit.id for target in targets]))).tolist():
        start.setdefault(node, OVERRIDES)
    start.pop(-1, None)
    is_import, files = graph.edges.kind == graph.facts.words.find("import"), len(graph.facts.paths)
    begun = np.array(list(start), dtype=np.int64)

    def steps(nodes: Nodes) -> tuple[Nodes, Nodes, Nodes, npt.NDArray[np.float64]]:
        # A file that imports a name depends on it; who uses other things of that file does not.
        query, edge = graph.into(np.where((nodes >= files) | np.isin(nodes, begun), nodes, -1))
        kept = np.flatnonzero(edge >= 0)
        query, edge = query[kept], edge[kept]
        likely = np.where(is_import[edge], np.minimum(odds[edge], IMPORTS), odds[edge])
        return query, edge, graph.edges.source[edge], likely

    return reach(steps, begun, np.array(list(start.values())), depth, floor, np.zeros(0, np.int64))


def through_constructors(graph: Graph, nodes: Nodes) -> dict[int, int]:
    """Return the constructors of those of some nodes that have any: the node of each by the node of its type."""
    found = graph.nodes([f"{id_}.{name}" for id_ in graph.ids(nodes) for name in CONSTRUCTORS])
    constructors = found.reshape(-1, len(CONSTRUCTORS)).max(axis=1)
    return {node: constructor for node, constructor in zip(nodes.tolist(), constructors.tolist(), strict=True) if constructor >= 0}
