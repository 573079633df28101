"""Who calls, imports, inherits whom: unresolved references linked to definitions, with the evidence on each edge. Pure."""

from memoryd.graph.columns import Coded, Words
from memoryd.graph.edges import EdgeColumns
from memoryd.graph.evidence import Tier
from memoryd.graph.facts import Facts
from memoryd.graph.graph import Counts, Edge, Graph

__all__ = ["Coded", "Counts", "Edge", "EdgeColumns", "Facts", "Graph", "Tier", "Words"]
