"""The sheet of questions that functions answer: what every row of it must be."""

import re
from pathlib import Path

import pytest

from scripts.bench.data import SHEET, function_questions
from scripts.train import history

LEARNT_FROM = Path(history.__file__).with_name("questions.toml")
PLACES = LEARNT_FROM.with_name("places.toml")
of_functions = pytest.mark.parametrize("sheet", [SHEET, LEARNT_FROM])


def _names(file: Path) -> set[str]:
    return {line.lower() for line in file.read_text().splitlines() if not line.startswith("#")}


def test_no_repository_is_both_judged_on_and_learnt_from() -> None:
    judged, learnt, places = ({one.place.repository.lower() for one in function_questions(sheet)} for sheet in (SHEET, LEARNT_FROM, PLACES))
    listed, unlearned = (_names(LEARNT_FROM.with_name(name)) for name in ("repositories.txt", "unlearned.txt"))
    assert places <= learnt <= listed
    assert not judged & (listed | unlearned)
    assert not listed & unlearned


@pytest.mark.parametrize("sheet", [SHEET, LEARNT_FROM, PLACES])
def test_the_sheet_is_large_and_varied_enough(sheet: Path) -> None:
    sets = function_questions(sheet)
    assert sum(len(one.tasks) for one in sets) >= 60
    assert len(sets) >= 6
    assert len({one.place.language for one in sets}) >= 4


@of_functions
def test_every_question_has_a_fixed_commit_and_one_to_four_different_functions(sheet: Path) -> None:
    for one in function_questions(sheet):
        assert re.fullmatch(r"[0-9a-f]{40}", one.place.commit)
        for question in one.tasks:
            assert 1 <= len(set(question.answers)) == len(question.answers) <= 4
            assert all(re.fullmatch(r"[^#]+\.\w+#\S+", answer) for answer in question.answers)


def test_every_place_has_units_that_answer_and_other_files_that_matter() -> None:
    for question in (question for one in function_questions(PLACES) for question in one.tasks):
        assert 1 <= len(set(question.answers)) == len(question.answers) <= 6
        assert all("#" in answer or ":" in answer for answer in question.answers)
        assert len(set(question.files)) == len(question.files)
        assert not {re.split("[#:]", answer)[0] for answer in question.answers} & set(question.files)


def test_no_question_that_judges_spells_the_name_of_a_function_that_answers_it() -> None:
    spelled = [
        (question.text, name)
        for one in function_questions()
        for question in one.tasks
        for name in (re.split(r"[.#]", answer)[-1] for answer in question.answers)
        if ("_" in name.strip("_") or name != name.lower()) and name in question.text
    ]
    assert not spelled
