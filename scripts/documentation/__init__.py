"""Generates parts of the documentation, by name, and checks the links of every Markdown file.

code    parts derived from the code: help, settings, tools, routes, the tree
bounds  the limits of the daemon
tables  tables of the benchmarks' results; `figures`: those that rankings are judged by
fleet   what many repositories as one take, and what an organisation's would
graph   edges beside those of compilers, packs for changes, tests that are chosen
links   checks relative links and anchors
markdown  writes tables, and finds the Markdown files of the repository
"""

from collections.abc import Callable

from scripts.documentation import bounds, code, figures, fleet, graph, tables
from scripts.documentation.links import broken_links
from scripts.documentation.markdown import TOP, documents

__all__ = ["PARTS", "TOP", "broken_links", "documents"]

PARTS: dict[str, Callable[[], str]] = {**code.PARTS, **tables.PARTS, **figures.PARTS, **fleet.PARTS, **graph.PARTS, "bounds": bounds.bounds}
