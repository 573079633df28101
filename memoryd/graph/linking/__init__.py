"""Linking: the references of files → the definitions they mean, each link with its evidence.

evidence   how a link is known: `Tier`
lookup     sorted searches over columns of integers
places     which names a file, a scope and a type have
modules    which file an import path means
imports    what the imports of a file bind
tables     all of these for one set of files
hierarchy  which type inherits from which
guessing   references that no rule decides: by name
linker     references → links
edges      links → edges
"""

from memoryd.graph.linking.edges import EdgeColumns, edges_of, import_links, joined_links, ranks
from memoryd.graph.linking.evidence import Links, Tier, Weights
from memoryd.graph.linking.hierarchy import Bases, bases_of
from memoryd.graph.linking.linker import Linker
from memoryd.graph.linking.lookup import EXTERNAL, NONE, Lookup
from memoryd.graph.linking.tables import Tables, build, known_modules, rebuild

__all__ = [
    "EXTERNAL",
    "NONE",
    "Bases",
    "EdgeColumns",
    "Linker",
    "Links",
    "Lookup",
    "Tables",
    "Tier",
    "Weights",
    "bases_of",
    "build",
    "edges_of",
    "import_links",
    "joined_links",
    "known_modules",
    "ranks",
    "rebuild",
]
