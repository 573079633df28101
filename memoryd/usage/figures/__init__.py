"""Figures: what is told of the requests, each from values alone. Pure.

sums        tokens and money by what they belong to
growth      how contexts grow
misses      cache misses, why, and what they cost
sessions    one session, and what made it dear
savings     what memoryd saved and cost
pace        against the limits of clients
comparison  two groups of sessions side by side
whatif      the same requests at other prices
"""

from memoryd.usage.figures.comparison import Comparison, Measure, compare
from memoryd.usage.figures.growth import Growth, Typical, growths, start_share, typical
from memoryd.usage.figures.misses import Missed, by_reason, find_misses
from memoryd.usage.figures.pace import Pace, Window, pace_of
from memoryd.usage.figures.savings import Savings, savings_of
from memoryd.usage.figures.sessions import Session, dearest, sessions_of, why
from memoryd.usage.figures.sums import Cell, Sums, cells, cost_of, grouped
from memoryd.usage.figures.whatif import Cache, WhatIf, with_cache, with_model

__all__ = [
    "Cache", "Cell", "Comparison", "Growth", "Measure", "Missed", "Pace", "Savings", "Session", "Sums", "Typical", "WhatIf",
    "Window", "by_reason", "cells", "compare", "cost_of", "dearest", "find_misses", "grouped", "growths", "pace_of", "savings_of",
    "sessions_of", "start_share", "typical", "why", "with_cache", "with_model",
]  # fmt: skip
