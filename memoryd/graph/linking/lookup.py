"""Sorted keys instead of dictionaries: a hundred thousand lookups are one binary search."""

import numpy as np

from memoryd.graph.columns import Ints

NONE, EXTERNAL, UNKNOWN = -1, -2, -3
"""No answer; of another project; of this project, but not as a definition we know (a generated or dynamic name)."""

DEPTH = 12
"""No chain of scopes, bases or re-exports is followed further."""


class Lookup:
    """Values by pairs of integers. Of equal keys the value that came first is found first."""

    def __init__(self, high: Ints, low: Ints, values: Ints) -> None:
        keys = (high << 32) | low
        order = np.argsort(keys, kind="stable")
        self.keys, self.values = keys[order], values[order]

    def first(self, high: Ints, low: Ints) -> Ints:
        """Return the first value of each key, `NONE` where there is none or `high` is negative."""
        if not len(self.keys):
            return np.full(len(high), NONE, dtype=np.int64)
        keys = (high << 32) | low
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where((self.keys[at] == keys) & (high >= 0), self.values[at], NONE)

    def span(self, high: Ints, low: Ints) -> tuple[Ints, Ints]:
        """Return where the values of each key begin and how many they are."""
        keys = (high << 32) | low
        start = np.searchsorted(self.keys, keys)
        count = np.searchsorted(self.keys, keys, side="right") - start
        return start, np.where(high >= 0, count, 0)

    def only(self, high: Ints, low: Ints) -> Ints:
        """Return the value of each key that has exactly one."""
        start, count = self.span(high, low)
        found = np.full(len(high), NONE, dtype=np.int64)
        single = count == 1
        found[single] = self.values[start[single]]
        return found

    def all(self, start: Ints, count: Ints) -> tuple[Ints, Ints]:
        """Return (position of the query, value) for every value of spans."""
        query = np.repeat(np.arange(len(start)), count)
        offset = np.arange(len(query)) - np.repeat(np.cumsum(count) - count, count)
        return query, self.values[np.repeat(start, count) + offset]


def put_first(found: Ints, at: Ints, values: Ints) -> None:
    """Write values to places; of several for one place the first stays."""
    found[at[::-1]] = values[::-1]
