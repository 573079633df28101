"""Looks up whole columns in sorted keys instead of dictionaries: one binary search answers a hundred thousand lookups."""

from copy import copy

import numpy as np

from memoryd.graph.columns import Ints

NONE, EXTERNAL, UNKNOWN = -1, -2, -3
"""Codes instead of a node: none found; of another project; of this project, but defined nowhere (a generated or dynamic name)."""

DEPTH = 12
"""The most steps along a chain of scopes, containers, bases or components of a receiver."""


class Lookup:
    """Values by keys (high, low) of two 32-bit integers. Values of equal keys keep their order."""

    def __init__(self, high: Ints, low: Ints, values: Ints) -> None:
        keys = (high << 32) | low
        order = np.argsort(keys, kind="stable")
        self.keys, self.values = keys[order], values[order]

    def moved(self, least: int, distance: int) -> "Lookup":
        """Return the lookup with values from `least` on moved by a distance, which keeps those of a key in their order."""
        found = copy(self)
        found.values = np.where(self.values >= least, self.values + distance, self.values)
        return found

    def first(self, high: Ints, low: Ints) -> Ints:
        """Return the first value of each key, `NONE` where there is none or `high` is negative."""
        if not len(self.keys):
            return np.full(len(high), NONE, dtype=np.int64)
        keys = (high << 32) | low
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where((self.keys[at] == keys) & (high >= 0), self.values[at], NONE)

    def span(self, high: Ints, low: Ints) -> tuple[Ints, Ints]:
        """Return the position of each key's first value, and the number of its values."""
        keys = (high << 32) | low
        start = np.searchsorted(self.keys, keys)
        count = np.searchsorted(self.keys, keys, side="right") - start
        return start, np.where(high >= 0, count, 0)

    def only(self, high: Ints, low: Ints) -> Ints:
        """Return the value of each key that has exactly one, `NONE` for the others."""
        start, count = self.span(high, low)
        found = np.full(len(high), NONE, dtype=np.int64)
        single = count == 1
        found[single] = self.values[start[single]]
        return found

    def all(self, start: Ints, count: Ints) -> tuple[Ints, Ints]:
        """Return the values of spans, as two columns: the position of the span, and the value."""
        query = np.repeat(np.arange(len(start)), count)
        offset = np.arange(len(query)) - np.repeat(np.cumsum(count) - count, count)
        return query, self.values[np.repeat(start, count) + offset]


def put_first(found: Ints, at: Ints, values: Ints) -> None:
    """Write `values` to the positions `at` of `found`; of several for one position, the first stays."""
    found[at[::-1]] = values[::-1]
