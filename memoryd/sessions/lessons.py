"""What a session may have taught: a command that failed and passes after an edit, what the user said to remember, what is nowhere.

Drafts of notes alone: they lie with the other candidates until a person accepts one, and nothing is told of them before. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from memoryd.notekinds import NoteKind
from memoryd.notes import SUGGESTED, Claim, ClaimKind, Note
from memoryd.sessions.privacy import keepable

REMEMBER = re.compile(
    r"\b(?:(?:please )?(?:remember|keep in mind|bear in mind|don't forget)(?: that|:)|from now on,?)[ \t]+(?P<what>[^\n]{12,400})",
    re.IGNORECASE,
)
SEARCHED = 3
"""How often something is searched for in vain before that is worth a note."""
MOST = 20
"""Lessons of a session that are remembered."""
TITLE = 100


@dataclass(frozen=True, slots=True)
class Lesson:
    """Something that a session may have taught: `why` it is thought so, and the files concerned."""

    what: str
    why: str
    paths: tuple[str, ...] = ()


def said(prompt: str) -> Iterator[Lesson]:
    """Yield what a user said to remember."""
    for found in REMEMBER.finditer(keepable(prompt, 8_000)):
        yield Lesson(found["what"].strip(), "said")


def fixed(command: str, paths: tuple[str, ...]) -> Lesson:
    """Return the lesson of a command that failed, and passed after some files were edited."""
    return Lesson(command, "fixed", paths)


def vain(pattern: str) -> Lesson:
    """Return the lesson of something that was searched for again and again, and is nowhere."""
    return Lesson(pattern, "vain")


def draft(lesson: Lesson, day: str) -> Note:
    """Return the draft of a note."""
    claims = tuple(Claim(ClaimKind.PATH, path) for path in lesson.paths[:3])
    if lesson.why == "said":
        return Note("", _short(lesson.what), NoteKind.CONVENTION, lesson.what, author=SUGGESTED, created=day)
    if lesson.why == "vain":
        body = f"`{lesson.what}` was searched for {SEARCHED} times in a session, and stands nowhere in this project."
        return Note("", _short(f"Nothing here is called {lesson.what}"), NoteKind.CONVENTION, body, author=SUGGESTED, created=day)
    files = ", ".join(lesson.paths)
    body = f"`{lesson.what}` failed, {files} was edited, and it passed. What was wrong, and how can one tell the next time?"
    return Note("", _short(f"{lesson.what} fails when {files} is wrong"), NoteKind.LESSON, body, claims, author=SUGGESTED, created=day)


def _short(title: str) -> str:
    line = " ".join(title.split())
    return line if len(line) <= TITLE else f"{line[: TITLE - 1]}…"
