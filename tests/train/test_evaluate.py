"""The measure of an embedder, and the arrays it is measured on."""

import numpy as np
import pytest

from memoryd.embed import load
from scripts.train.corpus import SPLITS, Corpus, Ragged, first_sentence
from scripts.train.evaluate import Measured, Pool, bm25, by_embedder, mean
from scripts.train.vocabulary import Start, choose, first_vectors

UNITS = ["function load settings in config", "function draw circle in shapes", "function send mail in post"]


def ragged(*lists: list[int]) -> Ragged:
    starts = np.cumsum([0, *map(len, lists)])
    return Ragged(np.array([number for one in lists for number in one], np.int32), starts.astype(np.int64))


@pytest.mark.parametrize("questions, expected", [
    (["loads the settings", "draws circles", "mails are sent"], 1.0),
    (["settings of circles in shapes"], 0.5),
    (["words of no unit"], 1 / 3),
])  # fmt: skip
def test_bm25_ranks_the_right_unit_by_stemmed_words_and_last_among_equals(questions: list[str], expected: float) -> None:
    assert bm25(Pool(questions, UNITS)) == pytest.approx(expected)


def test_an_embedder_is_measured_by_its_cosines() -> None:
    assert by_embedder(Pool(UNITS, UNITS), load("hash")) == 1.0
    assert by_embedder(Pool([UNITS[1]], UNITS), load("hash")) < 1.0


def test_what_is_beyond_the_tenth_rank_counts_nothing() -> None:
    units = ["wanted unit", *["question words"] * 10]
    assert bm25(Pool(["question words"], units)) == 0.0


def test_groups_of_languages_weigh_the_same_in_the_mean() -> None:
    found = mean([Measured("Go", 10, 100, {"BM25": 0.5, "ours": 0.6}), Measured("Lua", 1, 10, {"BM25": 0.25, "ours": 1.0})])
    assert found.row() == {"language": "mean", "questions": 11, "units": 110, "BM25": "0.375", "ours": "0.800"}


@pytest.mark.parametrize("doc, expected", [
    ("Return the total of a cart. It is rounded.", ("Return the total of a cart.", " It is rounded.")),
    ("Return the total\nof a cart\n\nRounded.", ("Return the total of a cart", " Rounded.")),
    ("", ("", "")),
])  # fmt: skip
def test_the_first_sentence_ends_with_the_first_paragraph_at_most(doc: str, expected: tuple[str, str]) -> None:
    assert first_sentence(doc) == expected


def test_each_number_is_replaced_by_its_list() -> None:
    replaced = ragged([1, 0], [], [2, 1]).replaced(ragged([7], [8, 9], []))
    assert [replaced[index].tolist() for index in range(3)] == [[8, 9, 7], [], [8, 9]]


def test_words_are_known_that_three_training_packages_use_often() -> None:
    words = ["total", "secret", "rare", "tested"]
    units = [[0] * 3 + [2] + [1] * 20, [0] * 3 + [2], [0] * 3 + [2], *[[3] * 9] * 3]
    splits = np.array([SPLITS.index("train")] * 3 + [SPLITS.index("test")] * 3, np.int8)
    corpus = Corpus(
        words, ["python"], {"head": ragged(*units)}, splits, np.array([0, 1, 2, 3, 4, 5], np.int32), np.zeros(6, np.int8), np.zeros(6, bool)
    )
    assert choose(corpus, ["a", "##al", "cart"], 100) == ["a", "##al", "total"]
    assert choose(corpus, ["a", "##al", "cart"], 2) == ["a", "##al"]


def test_a_new_word_starts_as_the_sum_of_its_pieces_and_a_frequent_one_short() -> None:
    start = Start(["un", "##do", "the"], np.array([[2, 0, 0], [0, 4, 0], [0, 0, 1]], np.float32))
    vectors = first_vectors(["undo", "the"], start, np.array([0, 1.0]), np.random.default_rng(0))
    assert vectors[0] == pytest.approx([0.5**0.5, 0.5**0.5, 0])
    assert vectors[1] == pytest.approx([0, 0, 1 / 1001])
