"""Small sums over candidates: shares of the best, ranks, the largest of each file. Pure."""

import numpy as np

from memoryd.searchindex import Numbers, Scores


def of_best(values: Scores) -> Scores:
    """Return values as shares of the largest."""
    best = float(values.max(initial=0.0))
    return values / best if best > 0 else np.zeros(len(values))


def ranks(values: Scores) -> Scores:
    """Return the rank of each value, 0 for the largest; of equal ones the first ranks before the others."""
    ranks = np.empty(len(values))
    ranks[np.argsort(-np.round(values, 9), kind="stable")] = np.arange(len(values))
    return ranks


def distinct(numbers: Numbers) -> Numbers:
    """Return the distinct ones of some numbers, none of them negative, ascending. NumPy's `unique` would first import its masked arrays."""
    ascending: Numbers = np.sort(numbers)
    return ascending[np.diff(ascending, prepend=-1) > 0]


def largest(values: Scores, groups: Numbers, size: int) -> Scores:
    """Return the largest of values, or of each column, in each of `size` groups; 0 for an empty group and for what is below 0."""
    found = np.zeros((size, *values.shape[1:]))
    order = np.argsort(groups, kind="stable")
    numbers = groups[order]
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    if len(starts):
        found[numbers[starts]] = np.maximum(np.maximum.reduceat(values[order], starts), 0.0)
    return found
