"""Fuses the matches of several signals into candidates, each with the sum of its scores from the signals.

Reciprocal rank fusion (Cormack, Clarke & Büttcher 2009), in which each rank is weighted by the match's strength, its score
relative to the best of its signal: the scales of signals do not matter.
"""

from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np

from memoryd.searchindex import Matches, Numbers, Scores

SMOOTHING = 40.0
"""The constant of reciprocal rank fusion, in ranks: the larger, the slower the worth of a rank falls."""


class Weighted(NamedTuple):
    """The matches of a signal with strengths, best first, and the worth of each: weight × strength / (smoothing + rank)."""

    signal: str
    found: Matches
    worths: Scores


def weighted(signal: str, weight: float, found: Matches) -> Weighted:
    """Return the matches of a signal with their worths, by its weight."""
    return Weighted(signal, found, weight * found.scores / (SMOOTHING + np.arange(len(found.scores))))


class Candidates:
    """The distinct matches of all signals, in the order in which they were first found; `numbers` are those of the matcher."""

    def __init__(self, signals: Sequence[Weighted]) -> None:
        self.signals = signals
        every = np.concatenate([one.found.numbers for one in signals])
        numbers, firsts, places = np.unique(every, return_index=True, return_inverse=True)
        order = np.argsort(firsts)
        self.numbers: Numbers = numbers[order]
        self._places = np.argsort(order)[places]

    def fused(self) -> Scores:
        """Return the score of each candidate: the sum of its worths."""
        worths = np.concatenate([one.worths for one in self.signals])
        return np.bincount(self._places, worths, len(self.numbers)).astype(np.float64, copy=False)

    def reasons(self, chosen: list[int]) -> list[tuple[str, ...]]:
        """Return the names of the signals that found each of the candidates at the positions `chosen`."""
        flags = np.zeros((len(self.signals), len(self.numbers)), bool)
        found = np.split(self._places, np.cumsum([len(one.worths) for one in self.signals])[:-1])
        for row, places in zip(flags, found, strict=True):
            row[places] = True
        signals = [one.signal for one in self.signals]
        return [tuple(compress(signals, column)) for column in flags[:, chosen].T.tolist()]
