"""Folds the graph to files or folders as networkx graphs, for maps, paths and cycles."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from memoryd.graph.columns import Ints
from memoryd.graph.linking import EdgeColumns

if TYPE_CHECKING:
    import networkx as nx


def files_graph(paths: Sequence[str], home: Ints, edges: EdgeColumns) -> "nx.DiGraph[str]":
    """Return which files refer to which; `home` is the file of each node."""
    return _folded(list(paths), home, edges)


def folders_graph(paths: Sequence[str], home: Ints, edges: EdgeColumns) -> "nx.DiGraph[str]":
    """Return which folders refer to which."""
    folder = [path.rpartition("/")[0] for path in paths]
    names = sorted(set(folder))
    number = {name: place for place, name in enumerate(names)}
    return _folded(names, np.array([number[name] for name in folder], dtype=np.int64)[home], edges)


def _folded(names: list[str], home: Ints, edges: EdgeColumns) -> "nx.DiGraph[str]":
    import networkx as nx  # takes a quarter of a second to import

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(names)
    source, target = home[edges.source], home[edges.target]
    apart = source != target
    pairs, back = np.unique((source[apart] << 32) | target[apart], return_inverse=True)
    weight = np.bincount(back, weights=edges.weight[apart], minlength=len(pairs))
    for pair, total in zip(pairs.tolist(), weight.tolist(), strict=True):
        graph.add_edge(names[pair >> 32], names[pair & 0xFFFFFFFF], weight=round(total, 9))
    return graph
