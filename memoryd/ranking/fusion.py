"""Fusion: what several signals found → candidates, each with the sum of what the signals gave it.

Reciprocal rank fusion (Cormack, Clarke & Büttcher 2009), each rank weighed by how good it is beside the best of its signal, so no
signal's scale matters.
"""

from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np

from memoryd.searchindex import Matches, Numbers, Scores

SMOOTHING = 40.0
"""The constant of reciprocal rank fusion: how slowly the worth of a rank falls."""


class Contribution(NamedTuple):
    """What one signal gave a unit: its rank there (from 0), how good it was beside the best, and what that added to its score."""

    signal: str
    rank: int
    strength: float
    worth: float


class Given(NamedTuple):
    """What a signal gave, best first: strengths, and weight × strength / (smoothing + rank)."""

    signal: str
    found: Matches
    worths: Scores


def given(signal: str, weight: float, found: Matches) -> Given:
    """Return what a signal of some weight gives what it found."""
    return Given(signal, found, weight * found.scores / (SMOOTHING + np.arange(len(found.scores))))


class Candidates:
    """What signals found, each once, in the order in which they found it: `numbers` are those of the matcher."""

    def __init__(self, all_given: Sequence[Given]) -> None:
        self._given = all_given
        every = np.concatenate([one.found.numbers for one in all_given])
        numbers, firsts, places = np.unique(every, return_index=True, return_inverse=True)
        order = np.argsort(firsts)
        self.numbers: Numbers = numbers[order]
        self._places = np.argsort(order)[places]

    def fused(self) -> Scores:
        """Return the sum of what the signals gave each."""
        worths = np.concatenate([one.worths for one in self._given])
        return np.bincount(self._places, worths, len(self.numbers)).astype(np.float64, copy=False)

    def reasons(self, chosen: list[int]) -> list[tuple[str, ...]]:
        """Return the signals that found each of some candidates."""
        flags = np.zeros((len(self._given), len(self.numbers)), bool)
        for row, places in zip(flags, self._apart(), strict=True):
            row[places] = True
        signals = [one.signal for one in self._given]
        return [tuple(compress(signals, column)) for column in flags[:, chosen].T.tolist()]

    def parts(self) -> list[list[Contribution]]:
        """Return what each signal gave each."""
        parts: list[list[Contribution]] = [[] for _ in self.numbers]
        for (signal, found, worths), places in zip(self._given, self._apart(), strict=True):
            for rank, (place, strength, worth) in enumerate(zip(places.tolist(), found.scores.tolist(), worths.tolist(), strict=True)):
                parts[place].append(Contribution(signal, rank, strength, worth))
        return parts

    def _apart(self) -> list[Numbers]:
        """Return the candidates that each signal found."""
        return np.split(self._places, np.cumsum([len(one.worths) for one in self._given])[:-1])
