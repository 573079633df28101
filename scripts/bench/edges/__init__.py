"""The edges of the graph beside those of compilers.

graph     precision and recall by tier and kind
peers     the edges of codegraph beside ours
answers   how long questions about relations take
overlay   the same with exact edges imported
references  references that a person graded, in other languages
exact     the edges of an oracle, and how ours compare
"""

from scripts.bench.edges import answers, graph, overlay, references
from scripts.bench.edges.exact import REPEATED, linked, oracle

__all__ = ["REPEATED", "answers", "graph", "linked", "oracle", "overlay", "references"]
