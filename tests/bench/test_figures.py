"""The figures that rankings are judged by, on cases worked out by hand: intervals, halves, joined texts, several rankings in one table."""

import csv
from pathlib import Path

import pytest

from scripts.bench import results
from scripts.bench.figures import figures
from scripts.bench.measures import Told, calibration_error, hit, interval, kept_promises
from scripts.bench.results import Row


def row(task: str, half: str, text: str, acc: float, method: str = "memoryd") -> Row:
    known = dict.fromkeys(("acc@5", "function_acc@5", "function_acc@10", "function_hit@10", "symbols@2000", "symbols@8000", "lines@8000"))
    place = {"repository": "acme/shop", "task": task, "half": half, "method": method, "text": text, "touched": 1}
    return {**place, "acc@1": acc, **known, "files@8000": None}


def test_an_interval_is_that_of_the_mean_and_the_same_each_time() -> None:
    mean, low, high = interval([1.0, 0.0] * 50, [1.0] * 100)
    assert mean == 0.5
    assert 0.39 < low < 0.43
    assert 0.57 < high < 0.61
    assert interval([1.0, 0.0] * 50, [1.0] * 100) == (mean, low, high)
    assert interval([0.25] * 7, [1.0] * 7) == (0.25, 0.25, 0.25)


def test_a_task_counts_as_much_as_it_weighs() -> None:
    assert interval([3.0, 0.0], [3.0, 1.0])[0] == 0.75


def test_any_of_several_wanted_is_a_hit_and_none_is_not() -> None:
    assert hit(["a", "a", "b"], [{"b"}, {"z"}], 2) == 1.0
    assert hit(["a", "b"], [{"b"}], 1) == 0.0


def test_a_joined_text_is_compared_with_the_written_one_task_by_task() -> None:
    rows = [row("1", "even", "as written", 1.0), row("1", "even", "joined", 0.0), row("2", "odd", "as written", 0.0)]
    rows += [row("2", "odd", "joined", 1.0), row("3", "even", "as written", 1.0), row("3", "even", "joined", 1.0)]
    found = {(one["figure"], one["half"], one["text"]): one for one in figures("issues", rows, "version 7")}
    assert found["acc@1", "all", "as written"]["value"] == found["acc@1", "all", "joined"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["acc@1", "all", "as written"]["change"] == ""
    assert [found["acc@1", "all", "joined"][key] for key in ("change", "change low", "change high")] == [0.0, -1.0, 1.0]
    assert [found["acc@1", half, "joined"]["change"] for half in ("even", "odd")] == [-0.5, 1.0]
    assert {one["ranking"] for one in found.values()} == {"version 7"}
    assert {one["figure"] for one in found.values()} == {"acc@1", "one-file fixes: acc@1"}  # no task defines the others


def test_a_run_replaces_the_figures_of_its_ranking_and_keeps_those_of_others(tmp_path: Path) -> None:
    for ranking, value in (("version 0", 1), ("version 1", 2), ("version 0", 3)):
        results.renew("figures", [{"ranking": ranking, "value": value}], ("ranking",), tmp_path, results.silently)
    with (tmp_path / "figures.csv").open(encoding="utf-8") as opened:
        assert {one["ranking"]: one["value"] for one in csv.DictReader(opened)} == {"version 0": "3", "version 1": "2"}


def test_of_packs_that_promise_an_answer_those_that_hold_it_are_counted() -> None:
    packs = [Told("answer", 0.9, True), Told("answer", 0.8, False), Told("look", 0.3, True), Told("grep", 0.1, False)]
    assert kept_promises(packs) == 0.5
    assert kept_promises(packs[2:]) is None


def test_the_calibration_error_is_how_far_probabilities_are_from_what_came_true() -> None:
    # Three packs of probability .9, two of them true: .9 - 2/3. One of .2, true: .8.
    packs = [Told("answer", 0.9, True), Told("answer", 0.9, True), Told("look", 0.9, False), Told("look", 0.2, True)]
    assert calibration_error(packs) == pytest.approx((3 * (0.9 - 2 / 3) + 0.8) / 4)
    assert calibration_error([Told("answer", 1.0, True)]) == 0.0
    assert calibration_error([]) is None
