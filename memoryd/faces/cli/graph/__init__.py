"""The commands that ask the graph.

relations  who uses a definition, what may break with it, which tests reach it, and what the whole looks like
exchange   the graph for other programs, and exact edges from the indexers of compilers; the history of a definition
"""

from memoryd.faces.cli.graph.relations import commands

__all__ = ["commands"]
