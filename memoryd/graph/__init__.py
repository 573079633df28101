"""Who calls, imports, inherits whom: unresolved references linked to definitions, with the evidence on each edge. Pure."""

from memoryd.graph.columns import Coded, Words
from memoryd.graph.facts import Facts
from memoryd.graph.graph import Counts, Edge, Graph
from memoryd.graph.linking import EdgeColumns, Tier

__all__ = ["Coded", "Counts", "Edge", "EdgeColumns", "Facts", "Graph", "Tier", "Words"]
