"""Who calls, imports, inherits whom: unresolved references linked to definitions, with the evidence on each edge. Pure."""

from memoryd.graph.edges import EdgeColumns
from memoryd.graph.facts import Coded, Facts, Words
from memoryd.graph.graph import Counts, Edge, Graph
from memoryd.graph.linking import Tier

__all__ = ["Coded", "Counts", "Edge", "EdgeColumns", "Facts", "Graph", "Tier", "Words"]
