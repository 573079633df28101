"""Packing: ranked units → text within a token budget.

pack         what to show of each unit, at which level
project_map  folders, what they are for, central definitions
excerpt      what a handle names
"""

from memoryd.packing.excerpt import Shown, show
from memoryd.packing.pack import depth, fill
from memoryd.packing.project_map import overview

__all__ = ["Shown", "depth", "fill", "overview", "show"]
