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


class Given(NamedTuple):
    """The matches of a signal with strengths, best first, and the worth of each: weight × strength / (smoothing + rank)."""

    signal: str
    found: Matches
    worths: Scores


def given(signal: str, weight: float, found: Matches) -> Given:
    """Return the matches of a signal with their worths, by its weight."""
    return Given(signal, found, weight * found.scores / (SMOOTHING + np.arange(len(found.scores))))


class Candidates:
    """The distinct matches of all signals, in the order in which they were first found; `numbers` are those of the matcher."""

    def __init__(self, all_given: Sequence[Given]) -> None:
        self.given = all_given
        every = np.concatenate([one.found.numbers for one in all_given])
        numbers, firsts, places = np.unique(every, return_index=True, return_inverse=True)
        order = np.argsort(firsts)
        self.numbers: Numbers = numbers[order]
        self._places = np.argsort(order)[places]

    def fused(self) -> Scores:
        """Return the score of each candidate: the sum of its worths."""
        worths = np.concatenate([one.worths for one in self.given])
        return np.bincount(self._places, worths, len(self.numbers)).astype(np.float64, copy=False)

    def reasons(self, chosen: list[int]) -> list[tuple[str, ...]]:
        """Return the names of the signals that found each of the candidates at the positions `chosen`."""
        flags = np.zeros((len(self.given), len(self.numbers)), bool)
        found = np.split(self._places, np.cumsum([len(one.worths) for one in self.given])[:-1])
        for row, places in zip(flags, found, strict=True):
            row[places] = True
        signals = [one.signal for one in self.given]
        return [tuple(compress(signals, column)) for column in flags[:, chosen].T.tolist()]
