"""Packs what a task needs into text within a token budget.

pack         the text of a pack, from:
likelihood   how likely a task needs each unit
choice       what to show of each unit: the most expected needed lines for each token
pieces       units at levels, no line twice
windows      which lines of a long unit are shown
rendering    the text of a unit
relations    callers and callees of what is shown
left_out     the list of what is not
verdicts     whether the pack holds what its task needs, and what to open next
project_size whether the project is so small that it may as well be read
maps         the maps of a project
handles      what a handle names, and the lines there
seen         what its reader has already
best_lines   the line of each hit that speaks of the query most
places       where a task most likely lives, by the search alone
"""

from memoryd.packing.best_lines import with_best_lines
from memoryd.packing.handles import Place, place_of, show, show_raw
from memoryd.packing.maps import Maps, asks_for_tour, is_wholly_public
from memoryd.packing.pack import PackPlan, fill
from memoryd.packing.places import likely_places
from memoryd.packing.project_size import readable
from memoryd.packing.rendering import heading
from memoryd.packing.seen import Known, is_known, named, nothing_known
from memoryd.packing.verdicts import ENOUGH, Features, unanswered, verdict_features

__all__ = [
    "ENOUGH",
    "Features",
    "Known",
    "Maps",
    "PackPlan",
    "Place",
    "asks_for_tour",
    "fill",
    "heading",
    "is_known",
    "is_wholly_public",
    "likely_places",
    "named",
    "nothing_known",
    "place_of",
    "readable",
    "show",
    "show_raw",
    "unanswered",
    "verdict_features",
    "with_best_lines",
]
