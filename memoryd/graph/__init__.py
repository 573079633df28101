"""The graph of a project: calls, imports and inheritance between its files and symbols, each with how it is known. Pure."""

from memoryd.graph.centrality import Near, Neighbours
from memoryd.graph.columns import Coded, Interner
from memoryd.graph.exact import ExactGraph, ExactUses
from memoryd.graph.facts import FactColumns
from memoryd.graph.graph import Counts, Edge, Graph
from memoryd.graph.linking import FEATURES, LEARNT, NOTHINGS, EdgeColumns, Tier
from memoryd.graph.saved import SavedGraph, arrays_of, revision
from memoryd.graph.steps import Reached, reach
from memoryd.graph.uses import ImportStatement, Misses, Registration, Use

__all__ = [
    "FEATURES", "LEARNT", "NOTHINGS",
    "Coded", "Counts", "Edge", "EdgeColumns", "ExactGraph", "ExactUses", "FactColumns",
    "Graph", "ImportStatement", "Interner", "Misses", "Near", "Neighbours", "Reached", "Registration",
    "SavedGraph", "Tier", "Use", "arrays_of", "reach", "revision",
]  # fmt: skip
