"""What the benchmarks measure: each definition on a case worked out by hand."""

import math

import pytest

from scripts.bench.baselines import Bm25
from scripts.bench.data import Target
from scripts.bench.measures import (
    Delivered,
    accuracy,
    body_recall,
    file_recall,
    line_recall,
    ndcg,
    tokens_to_files,
    tokens_to_hit,
    tokens_to_lines,
    within,
)
from scripts.bench.savings import Cost, packed, summary
from scripts.bench.speed import growth

A, B = Target(frozenset({"a.py"})), Target(frozenset({"b.py", "lib/b.py"}))


def piece(path: str, *lines: int, tokens: int = 10) -> Delivered:
    return Delivered(path, frozenset(lines), tokens)


def test_a_target_counts_at_the_rank_of_its_first_unit() -> None:
    assert ndcg(["x.py", "lib/b.py", "lib/b.py"], [B]) == pytest.approx(1 / math.log2(3))
    assert ndcg(["lib/b.py", "a.py"], [A, B]) == pytest.approx(1.0)
    assert ndcg(["x.py"] * 10 + ["a.py"], [A]) == 0.0


def test_a_target_that_no_file_matches_counts_as_missed() -> None:
    assert ndcg(["a.py"], [A, Target(frozenset())]) == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_accuracy_wants_every_file_among_the_first_distinct_ones() -> None:
    found = ["x.py", "x.py", "a.py", "b.py"]
    assert accuracy(found, [A.paths], 2) == 1.0
    assert accuracy(found, [A.paths, B.paths], 2) == 0.0
    assert accuracy(found, [A.paths, B.paths], 3) == 1.0


def test_recall_counts_files_lines_and_whole_bodies() -> None:
    pieces = [piece("a.py", 1, 2, 3), piece("a.py", 4)]
    assert file_recall(pieces, [A, B]) == 0.5
    assert line_recall(pieces, [("a.py", 2), ("a.py", 5), ("b.py", 2)]) == pytest.approx(1 / 3)
    assert body_recall(pieces, [("a.py", 2, 4), ("a.py", 4, 5)]) == 0.5


def test_tokens_are_counted_to_the_end_of_the_piece_that_completes_the_evidence() -> None:
    pieces = [piece("x.py", 1), piece("a.py", 1, tokens=7), piece("lib/b.py", 5), piece("a.py", 9)]
    assert tokens_to_hit(pieces, [A, B]) == 17
    assert tokens_to_files(pieces, [A, B]) == 27
    assert tokens_to_lines(pieces, [("a.py", 1), ("a.py", 9)]) == 37
    assert tokens_to_files(pieces, [A, Target(frozenset({"gone.py"}))]) is None


def test_a_reader_stops_at_the_line_its_tokens_run_out() -> None:
    lines = {"a.py": ["one two", "three", "four"]}
    pieces = [Delivered("a.py", frozenset({1, 2, 3}), 5)]

    def words(text: str) -> int:
        return len(text.split())

    assert within(pieces, 5, lines.__getitem__, words) == pieces
    assert within(pieces, 3, lines.__getitem__, words) == [Delivered("a.py", frozenset({1, 2}), 3)]
    assert within(pieces, 1, lines.__getitem__, words) == []


def test_growing_packs_charge_every_pack_that_was_not_enough() -> None:
    packs = [([piece("x.py", 1)], 100), ([piece("x.py", 1), piece("a.py", 1)], 200), ([piece("a.py", 1)], 400)]
    assert packed(packs, lambda pieces: tokens_to_hit(pieces, [A])) == Cost(120, 300, found=True)
    assert packed(packs, lambda pieces: tokens_to_hit(pieces, [B])) == Cost(700, 700, found=False)


def test_a_miss_is_charged_the_pack_and_the_baseline() -> None:
    pairs = [(Cost(10, 50, found=True), Cost(100, 100, found=True)), (Cost(60, 60, found=False), Cost(300, 300, found=True))]
    row = summary(pairs)
    assert (row["held"], row["baseline_held"]) == (0.5, 1.0)
    assert (row["total_where_held"], row["total_resident_where_held"]) == (0.1, 0.5)
    assert row["total_misses_charged"] == pytest.approx((10 + 360) / 400)
    assert row["median_misses_charged"] == pytest.approx((0.1 + 1.2) / 2)


def test_growth_is_the_exponent() -> None:
    assert growth([10, 100, 1_000], [3, 30, 300]) == pytest.approx(1.0)
    assert growth([10, 1_000], [5, 5]) == pytest.approx(0.0)
    assert math.isnan(growth([10], [5]))


def test_an_index_of_words_that_follows_changes_is_that_of_the_new_files() -> None:
    followed, fresh = Bm25(), Bm25()
    followed.change((), {"a.py": "total of the cart", "b.py": "cart", "c.py": "total total"})
    followed.change(["c.py"], {"b.py": "money in the cart", "d.py": "total"})
    fresh.change((), {"a.py": "total of the cart", "b.py": "money in the cart", "d.py": "total"})
    assert followed.ranked("cart total money") == fresh.ranked("cart total money") != []
    assert followed.ranked("absent") == []
