"""Packs ranked units into text within a token budget.

pack         the text of a pack, each unit at a level of detail
rendering    the text of a unit at a level
project_map  the map of a project, from: manifests, entry_points, interface, purpose, sections
excerpt      the lines that a handle names
best_lines   the line of each hit that speaks of the query most
nothing      the pack of a task of which nothing speaks
"""

from memoryd.packing.best_lines import with_best_lines
from memoryd.packing.excerpt import show, show_raw
from memoryd.packing.nothing import unanswered
from memoryd.packing.pack import depth, fill
from memoryd.packing.project_map import ProjectMap
from memoryd.packing.rendering import heading

__all__ = ["ProjectMap", "depth", "fill", "heading", "show", "show_raw", "unanswered", "with_best_lines"]
