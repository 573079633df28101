"""Words are inverted, and inverted columns joined, whatever their number."""

from collections import Counter

import numpy as np
import pyarrow as pa

from memoryd.searchindex.postings import Postings, invert, join

MANY = 70_000
"""More words than 16 bits can number."""
TEXTS = ["w3 w69999 w3", "", " ".join(f"w{number}" for number in range(MANY)), "w69999 w66000 w1", " ".join(["w3"] * MANY)]


def test_each_word_is_found_in_its_rows_with_its_counts() -> None:
    _assert_holds(invert(pa.array(TEXTS)), TEXTS)


def test_columns_that_are_joined_are_one_column_without_the_rows_left_out() -> None:
    kept = [np.array([True, False, True]), np.array([False, True])]
    joined = join([invert(pa.array(TEXTS[:3])), invert(pa.array(TEXTS[3:]))], kept)
    _assert_holds(joined, [TEXTS[0], TEXTS[2], TEXTS[4]])


def test_a_word_that_no_row_holds_any_more_is_forgotten() -> None:
    joined = join([invert(pa.array(["old both", "both"]))], [np.array([False, True])])
    assert joined.vocabulary.to_pylist() == ["both"]


def _assert_holds(postings: Postings, texts: list[str]) -> None:
    counts = [Counter(text.split()) for text in texts]
    for word in ("w1", "w3", "w66000", "w69999", "absent"):
        rows, found = postings.of(word)
        assert list(zip(rows.tolist(), found.tolist(), strict=True)) == [
            (row, min(count[word], 65_535)) for row, count in enumerate(counts) if count[word]
        ]
    assert postings.lengths.tolist() == [sum(count.values()) for count in counts]
    assert len(postings.vocabulary) == len({word for count in counts for word in count})
