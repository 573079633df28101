"""Natural questions of our own, answered by functions: the sheet `functions.toml`, written from the code alone, never from results."""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.bench.data.judged import Judged, Place

SHEET = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class FunctionQuestion:
    """A question in plain words, and the ids (`path#qualified name`) of what answers it: functions, but in the sheet of places units of any
    kind, beside which `files` are relevant."""

    name: str
    text: str
    answers: tuple[str, ...]
    files: tuple[str, ...] = ()


def function_questions(sheet: Path = SHEET) -> tuple[Judged[FunctionQuestion], ...]:
    """Read the questions of a sheet about each repository."""
    return tuple(
        Judged(
            Place(one["name"], one["language"], one["commit"]),
            tuple(
                FunctionQuestion(
                    f"{one['name']}:{number}", question["question"], tuple(question["answers"]), tuple(question.get("files", ()))
                )
                for number, question in enumerate(one["questions"], 1)
            ),
        )
        for one in tomllib.loads(sheet.read_text(encoding="utf-8"))["repositories"]
    )


def foreign_questions() -> tuple[Judged[FunctionQuestion], ...]:
    """Return the repositories each with the questions about the next one of the sheet, which nothing in it answers."""
    known = function_questions()
    return tuple(
        Judged(one.place, tuple(replace(question, answers=()) for question in other.tasks))
        for one, other in zip(known, (*known[1:], known[0]), strict=True)
    )
