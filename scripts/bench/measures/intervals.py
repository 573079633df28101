"""How far chance in the choice of tasks may have moved a mean: the bootstrap, by task, with a fixed seed."""

from collections.abc import Sequence

import numpy as np

ROUNDS, SEED = 2_000, 14
OUTSIDE = 2.5
"""The percentage of means left out on each side: 95 % lie within."""


def interval(gains: Sequence[float], weights: Sequence[float]) -> tuple[float, float, float]:
    """Return sum(gains) / sum(weights), and the bounds of its bootstrap interval; a task has a gain and a weight (1 for a plain mean)."""
    gained, weighed = np.asarray(gains, np.float64), np.asarray(weights, np.float64)
    drawn = np.random.default_rng(SEED).integers(0, len(gained), (ROUNDS, len(gained)))
    means = gained[drawn].sum(axis=1) / weighed[drawn].sum(axis=1)
    low, high = np.percentile(means, (OUTSIDE, 100 - OUTSIDE))
    return float(gained.sum() / weighed.sum()), float(low), float(high)
