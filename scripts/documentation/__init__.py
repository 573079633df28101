"""The generated parts of the documentation, by name, and the links of every Markdown file.

code    what the code says of itself: help, settings, tools, routes, the tree
tables  the results of the benchmarks
links   relative links and anchors, followed
"""

from collections.abc import Callable

from scripts.documentation import code, tables
from scripts.documentation.links import broken_links

__all__ = ["PARTS", "broken_links"]

PARTS: dict[str, Callable[[], str]] = {**code.PARTS, **tables.PARTS}
