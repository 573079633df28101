"""The generated parts of the documentation, by name, and the links of every Markdown file.

code    what the code says of itself: help, settings, tools, routes, the tree
tables  the results of the benchmarks
links   relative links and anchors, followed
markdown  the Markdown files of the repository
"""

from collections.abc import Callable

from scripts.documentation import code, tables
from scripts.documentation.links import broken_links
from scripts.documentation.markdown import TOP, documents

__all__ = ["PARTS", "TOP", "broken_links", "documents"]

PARTS: dict[str, Callable[[], str]] = {**code.PARTS, **tables.PARTS}
