"""Natural questions of our own, answered by functions: the sheet `functions.toml`, written from the code alone, never from results.

Its repositories are for judging only: `judged` names them, so that nothing is learnt or chosen on them, nor on forks of them.
"""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

SHEET = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class FunctionQuestion:
    """A question in plain words, and the ids (`path#qualified name`) of the functions that answer it."""

    name: str
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FunctionSet:
    """The questions about one repository at one commit."""

    repository: str
    language: str
    commit: str
    questions: tuple[FunctionQuestion, ...]


def function_sets(only: Collection[str] = ()) -> tuple[FunctionSet, ...]:
    """Read the questions of all repositories, or of those named."""
    found = tomllib.loads(SHEET.read_text(encoding="utf-8"))["repositories"]
    return tuple(
        FunctionSet(
            one["name"],
            one["language"],
            one["commit"],
            tuple(
                FunctionQuestion(f"{one['name']}:{number}", question["question"], tuple(question["answers"]))
                for number, question in enumerate(one["questions"], 1)
            ),
        )
        for one in found
        if not only or one["name"] in only
    )


def judged() -> frozenset[str]:
    """Return the repositories of the sheet as `owner/name`, in small letters."""
    return frozenset(one.repository.lower() for one in function_sets())
