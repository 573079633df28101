"""Fusion: candidates in the order in which signals found them, each with the sum of what the signals gave it."""

import numpy as np
import pytest

from memoryd.ranking import Candidates, weighted
from memoryd.ranking.fusion import SMOOTHING
from memoryd.searchindex import Matches

WORDS = weighted("words", 2.0, Matches(np.array([7, 3]), np.array([1.0, 0.5])))
VECTOR = weighted("vector", 0.5, Matches(np.array([3, 9]), np.array([1.0, 0.8])))


def test_what_several_signals_find_gets_the_sum_of_what_they_give() -> None:
    found = Candidates([WORDS, VECTOR])
    assert found.numbers.tolist() == [7, 3, 9]
    assert found.fused() == pytest.approx([2 / SMOOTHING, 2 * 0.5 / (SMOOTHING + 1) + 0.5 / SMOOTHING, 0.5 * 0.8 / (SMOOTHING + 1)])


def test_a_candidate_names_its_signals() -> None:
    assert Candidates([WORDS, VECTOR]).reasons([1, 0]) == [("words", "vector"), ("words",)]


def test_signals_that_find_nothing_give_no_candidates() -> None:
    nothing = weighted("words", 1.0, Matches(np.zeros(0, np.int64), np.zeros(0)))
    assert Candidates([nothing]).fused().tolist() == []
