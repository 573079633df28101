"""The sheet of questions that functions answer: what every row of it must be."""

import re

from scripts.bench.data import function_questions


def test_the_sheet_is_large_and_varied_enough_to_judge_by() -> None:
    sets = function_questions()
    assert sum(len(one.tasks) for one in sets) >= 60
    assert len(sets) >= 6
    assert len({one.place.language for one in sets}) >= 4


def test_every_question_has_a_fixed_commit_and_one_to_four_different_functions() -> None:
    for one in function_questions():
        assert re.fullmatch(r"[0-9a-f]{40}", one.place.commit)
        for question in one.tasks:
            assert 1 <= len(set(question.answers)) == len(question.answers) <= 4
            assert all(re.fullmatch(r"[^#]+\.\w+#\S+", answer) for answer in question.answers)


def test_no_question_spells_the_name_of_a_function_that_answers_it() -> None:
    spelled = [
        (question.text, name)
        for one in function_questions()
        for question in one.tasks
        for name in (re.split(r"[.#]", answer)[-1] for answer in question.answers)
        if ("_" in name.strip("_") or name != name.lower()) and name in question.text
    ]
    assert not spelled
