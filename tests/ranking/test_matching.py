"""The learnt match of words: what it adds up, and that what ships fits it."""

from importlib.resources import files

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from memoryd.graph import Neighbours
from memoryd.ranking import read_query
from memoryd.ranking.matching import MATCHED, WIDTH, Interactions, WordMatch, matched, shipped_match, spellings
from memoryd.ranking.word_scores import QueryWords, SoftWordScores, UnitWordScores
from memoryd.searchindex import WordScores

LARGEST = 100_000
"""The most bytes of the network and its table of words."""
NOBODY = Neighbours(np.zeros(0, np.int64), np.zeros(0, np.int64))


def _met(words: int, units: int, seed: int) -> Interactions:
    """Return what random scores of some words in some units of one file amounts to."""
    random = np.random.default_rng(seed)
    text, name = (WordScores(random.uniform(1, 8, words), random.uniform(0, 9, (words, units))) for _ in range(2))
    of_file, file_name = (WordScores(random.uniform(1, 8, words), random.uniform(0, 9, (words, 1))) for _ in range(2))
    names = tuple(f"word{place}" for place in range(words))
    asked = QueryWords(names, random.random(words) < 0.5, random.random(words) < 0.5, names, np.zeros((2, 0), np.int64), np.zeros(0))
    found = UnitWordScores(text, name, SoftWordScores(name.parts, name.parts))
    cosines = random.uniform(-1, 1, (words, units))
    return Interactions.of(asked, False, found, cosines, of_file, file_name, np.zeros(units, np.int64), np.full(units, -1), NOBODY)


def test_words_are_embedded_as_the_text_spells_them() -> None:
    query = read_query("Caches of responses: ResponseCache.getHTTPResponses caching")
    spelled = dict(zip(query.words, spellings(query.words, query.text), strict=True))
    assert (spelled["cach"], spelled["respons"], spelled["http"]) == ("caches", "responses", "http")
    assert spelled["responsecache"] == "responsecache"  # an identifier in one piece


@given(st.integers(1, 6), st.integers(1, 9), st.integers(0, 99))
def test_a_word_that_meets_all_candidates_alike_moves_none_of_them(words: int, units: int, seed: int) -> None:
    some = _met(words, units, seed)
    more = Interactions(np.vstack([some.words, some.words[:1]]), np.concatenate([some.met, np.ones_like(some.met[:, :1])], axis=1))
    names = tuple(f"word{place}" for place in range(words))
    before, after = shipped_match().scores(names, some), shipped_match().scores((*names, "timeout"), more)
    assert np.ptp(after - before) <= 0.01


def test_the_score_is_the_sum_over_words_of_what_each_gives() -> None:
    weights = ([*[[0]] * 7, [2], [0], [0]], [[1]], [-1], [[2]], [-1], [3])
    one = WordMatch({"known": (1.0, 0.0, 0.0)}, *(np.array(part, np.float32) for part in weights))
    given_ = Interactions(np.zeros((2, 7), np.float32), np.array([[[0.0, 4.0], [0.5, 2.0]]], np.float32))
    assert one.scores(("known", "other"), given_).tolist() == [3 * (1 + 0), 3 * (9 + 1)]
    assert one.scores((), Interactions(np.zeros((0, 7), np.float32), np.zeros((1, 0, 2), np.float32))).tolist() == [0.0, 0.0]


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=9))
def test_the_best_match_is_worth_most_and_the_worst_not_less_than_nothing(scores: list[float]) -> None:
    found = matched(np.array(scores))
    assert tuple(found) == MATCHED
    assert found["matched_of_best"].max() == 1.0
    assert found["matched_of_best"].min() >= 0.0
    assert (found["matched_of_best"] == 0.0).tolist() == [max(scores) - score >= WIDTH for score in scores]


def test_what_ships_is_small_and_knows_which_words_tell_something() -> None:
    assert len(files("memoryd.data").joinpath("word-matching.npz").read_bytes()) < LARGEST
    priors = shipped_match().priors
    assert priors["timeout"] > (0.5, 0.5) > priors["otherwis"]
