"""A short trial of the torture, and what its oracle notices. Long trials are run by CI and by hand."""

import itertools
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from threading import Thread
from typing import Any

import pytest

from scripts.bench.torture import Plan, torture
from scripts.bench.torture.arena import Difference
from scripts.bench.torture.oracle import Answers, compare
from scripts.bench.torture.patience import MOST_ROUNDS, Patience, seconds_waited

SEED = 226
"""Its first steps are an edit, hostile notes, and a refresh that is killed."""
ANSWERS = Answers({"a.py#f": "01"}, [[{"id": "a.py#f"}]], [{"text": "f"}], "a.py", {"totals": ["Totals", "holds"]})


def test_a_short_trial_finds_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    tally = torture(Plan(SEED, seconds=600.0, steps=3, repository="", work=tmp_path / "work"))
    assert tally.differences == []
    assert {step.name for step in tally.steps} == {"edit", "hostile notes", "kill reindex"}
    assert tally.bad_inputs["notes"] > 0
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize(
    "changed, says",
    [
        ({"rows": {"a.py#f": "02"}}, "1 rows differ (0 too many, 0 missing): ['a.py#f']"),
        ({"rows": {}}, "1 rows differ (0 too many, 1 missing)"),
        ({"searches": [[{"id": "a.py"}]]}, "searches of the index differ: 0: 0: id: 'a.py' is not 'a.py#f'"),
        ({"packs": []}, "packs of the index differ"),
        ({"map": ""}, "map of the index differ"),
        ({"notes": {"totals": ["Totals", "fails"]}}, "notes of the index differ: totals: 1: 'fails' is not 'holds'"),
    ],
)
def test_every_answer_unlike_that_of_a_fresh_index_is_a_difference(changed: Mapping[str, Any], says: str) -> None:
    with pytest.raises(Difference) as raised:
        compare(replace(ANSWERS, **changed), ANSWERS, {})
    assert says in str(raised.value)


def test_an_acknowledged_note_that_is_not_there_is_a_difference() -> None:
    compare(ANSWERS, ANSWERS, {"totals": "Totals"})
    with pytest.raises(Difference, match="1 acknowledged notes are not there"):
        compare(ANSWERS, ANSWERS, {"totals": "Totals", "lost": "Lost"})


def test_who_waits_for_a_processor_is_given_more_time_and_who_hangs_is_not() -> None:
    # As many seconds as there can have passed at most: starved. None, or nothing new in a round: stuck.
    starved = Patience(0.0, itertools.count(step=1_000.0).__next__)
    assert [starved.over() for _ in range(MOST_ROUNDS)] == [False] * (MOST_ROUNDS - 1) + [True]
    assert Patience(0.0, lambda: 1_000.0).over()
    assert not Patience(1_000.0, lambda: 0.0).over()


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="needs a kernel that counts how long threads wait")
def test_how_long_a_process_waited_for_a_processor_is_told_by_the_kernel() -> None:
    told = int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9
    assert seconds_waited([os.getpid()]) >= told > 0
    assert seconds_waited([]) == 0


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="needs a kernel that counts how long threads wait")
def test_processes_that_end_while_they_are_looked_at_are_no_error() -> None:
    pids = [os.getpid()]

    def begin_and_end() -> None:
        for _ in range(200):
            with Popen(["true"]) as process:
                pids[0] = process.pid

    thread = Thread(target=begin_and_end)
    thread.start()
    while thread.is_alive():
        assert seconds_waited(pids) >= 0
    thread.join()
