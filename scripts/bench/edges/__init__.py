"""The edges of the graph beside those of compilers.

graph     precision and recall by tier and kind
exact     the edges of an oracle, and how ours compare
"""

from scripts.bench.edges import graph

__all__ = ["graph"]
