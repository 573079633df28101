"""The learnt model of the ranking: two sums of oblivious decision trees, as data (`memoryd/data/ranking-*.json`), for each form of task.

In an oblivious tree every node of a level asks the same question (Kohavi 1994; CatBoost: Prokhorenkova et al. 2018), so the answers of
all levels, as bits, are the number of the leaf. `scripts/train/history` learns the trees and says from what.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]
AT_ONCE = 50
"""The trees that are asked at once: what they say of some hundred rows stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature gave to a score: its value, and the sum of what its questions changed."""

    feature: str
    value: float
    worth: float


@dataclass(frozen=True, eq=False)
class Trees:
    """A sum of trees over named features.

    Level `l` of tree `t` asks whether feature `asked[l, t]` is above `borders[l, t]`; `leaves` has the shape (trees, leaves), at most
    256 for each tree.
    """

    features: tuple[str, ...]
    offset: float
    asked: npt.NDArray[np.int64]
    borders: Floats
    leaves: Scores

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        """Read trees as `scripts/train/history` writes them."""
        trees = data["trees"]
        depth = max(len(tree["splits"]) for tree in trees)
        # A tree of fewer levels asks what is never so.
        levels = [[*tree["splits"], *[[0, np.inf]] * (depth - len(tree["splits"]))] for tree in trees]
        leaves = np.zeros((len(trees), 1 << depth))
        for row, tree in zip(leaves, trees, strict=True):
            row[: len(tree["leaves"])] = tree["leaves"]
        return cls(
            tuple(data["features"]), data["offset"], np.array([[asked for asked, _ in tree] for tree in levels]).T.copy(),
            np.array([[border for _, border in tree] for tree in levels], np.float32).T.copy(), leaves,
        )  # fmt: skip

    def scores(self, values: Floats) -> Scores:
        """Return the score of each row of `values`, of shape (rows, features)."""
        first = np.arange(0, self.leaves.size, self.leaves.shape[1])[:, np.newaxis]
        by_feature = np.ascontiguousarray(values.T)
        found = np.zeros(len(values))
        for start in range(0, len(self.leaves), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            # Trees are summed one after the other: the order in which numpy sums an axis depends on how many rows there are.
            for worths in self.leaves.take(first[some] + self._leaf_numbers(by_feature, some)):
                found += worths
        return found + self.offset

    @property
    def base(self) -> float:
        """The score of which nothing is known."""
        return self.offset + float(self.leaves.mean(1).sum())

    def contributions(self, values: Floats) -> list[Contribution]:
        """Return what each feature gave to the score of one row, most first; together with `base` they are the score.

        A question is worth the mean of the leaves that are left after it, less that of those before it (Saabas 2014).
        """
        worths = np.zeros(len(self.features))
        for tree, leaf in enumerate(self._leaf_numbers(values[:, np.newaxis], slice(None))[:, 0].tolist()):
            left = np.arange(self.leaves.shape[1])
            before = float(self.leaves[tree].mean())
            for level, asked in enumerate(self.asked[:, tree].tolist()):
                left = left[(left >> level & 1) == (leaf >> level & 1)]
                mean = float(self.leaves[tree][left].mean())
                worths[asked] += mean - before
                before = mean
        order = np.argsort(-np.abs(worths), kind="stable")
        return [Contribution(self.features[place], float(values[place]), float(worths[place])) for place in order.tolist() if worths[place]]

    def _leaf_numbers(self, by_feature: Floats, some: slice) -> npt.NDArray[np.uint8]:
        """Return the leaf of each row, of shape (trees, rows), for some of the trees."""
        numbers = np.zeros((len(self.leaves[some]), by_feature.shape[1]), np.uint8)
        held, above = np.empty(numbers.shape, np.float32), np.empty(numbers.shape, np.bool_)
        for asked, borders in zip(self.asked[::-1, some], self.borders[::-1, some], strict=True):
            by_feature.take(asked, axis=0, out=held, mode="clip")
            numbers <<= 1
            numbers |= np.greater(held, borders[:, np.newaxis], out=above).view(np.uint8)
        return numbers


class Model(NamedTuple):
    """The file head, the unit head, and the slope and offset of the logistic function from a unit's score to its probability."""

    files: Trees
    units: Trees
    slope: float
    offset: float

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        """Read a model as `scripts/train/history` writes it."""
        return cls(Trees.of(data["files"]), Trees.of(data["units"]), *data["calibration"])

    def probabilities(self, scores: Scores) -> Scores:
        """Return the probabilities of units by their scores."""
        return np.asarray(1 / (1 + np.exp(-(self.slope * scores + self.offset))))


class Asks(StrEnum):
    """What a task is: a model ships for each."""

    QUESTION = "questions"
    REPORT = "reports"


@cache
def shipped(asks: Asks) -> Model:
    """Return the model that memoryd ships for tasks of a form."""
    return Model.read(json.loads(files("memoryd.data").joinpath(f"ranking-{asks}.json").read_text()))


def columns(names: Sequence[str], values: Scores, wanted: Sequence[str]) -> Floats:
    """Return the wanted ones of named columns."""
    return np.asarray(values.T[_places(tuple(names), tuple(wanted))], np.float32).T


@lru_cache(maxsize=16)
def _places(names: tuple[str, ...], wanted: tuple[str, ...]) -> list[int]:
    return [names.index(name) for name in wanted]
