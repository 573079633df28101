"""The edges of the graph beside those of compilers.

graph     precision and recall by tier and kind
peers     the edges of codegraph beside ours
overlay   the same with exact edges imported
references  references that a person graded, in other languages
exact     the edges of an oracle, and how ours compare
"""

from scripts.bench.edges import graph, overlay, references
from scripts.bench.edges.exact import REPEATED, linked, oracle

__all__ = ["REPEATED", "graph", "linked", "oracle", "overlay", "references"]
