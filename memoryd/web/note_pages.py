"""The pages of notes: all of them by standing, one with its claims, evidence and history, and drafts that wait to be taken."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from memoryd.memory import ProjectMemory
from memoryd.notes import Broken, Candidate, Judgement, NoteHeadline, NoteInFull, Standing, candidate, headline, in_full
from memoryd.web.paging import Paged, paged


@dataclass(frozen=True, slots=True)
class Choice:
    """Which notes are wanted: of a standing, of a kind, with these words in title, id or tags; "" for any. `page` counts from 1."""

    standing: str = ""
    kind: str = ""
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class NotesPage:
    """Notes that need a look first, how many there are of each standing, the files that are no notes, and how many drafts wait."""

    notes: Paged[NoteHeadline]
    standings: dict[str, int]
    broken: tuple[Broken, ...]
    drafts: int


@dataclass(frozen=True, slots=True)
class NotePage:
    """A note with what it took the place of, and what took its place, all the way, oldest first."""

    note: NoteInFull
    history: tuple[NoteHeadline, ...]


@dataclass(frozen=True, slots=True)
class DraftsPage:
    """Drafts that were mined, and how many there are."""

    drafts: Paged[Candidate]


def notes_page(memory: ProjectMemory, choice: Choice) -> NotesPage:
    """Return the notes that a choice names, checked now."""
    found = memory.notes.check()
    standings = Counter(one.standing.value for one in found.judged)
    wanted = [one for one in found.judged if _is_wanted(one, choice)]
    page = paged(wanted, choice.page)
    shown = Paged(tuple(map(headline, page.entries)), page.number, page.pages, page.total)
    return NotesPage(shown, dict(standings), found.broken, len(memory.notes.pending.list()))


def note_page(memory: ProjectMemory, id_: str) -> NotePage:
    """Return a note. Raises `UnknownNote`."""
    judged = memory.notes.show(id_)
    return NotePage(in_full(judged), tuple(map(headline, _history(memory.notes.list(), judged))))


def drafts_page(memory: ProjectMemory, page: int) -> DraftsPage:
    """Return the drafts that were mined last."""
    found = paged(memory.notes.pending.list(), page)
    return DraftsPage(Paged(tuple(map(candidate, found.entries)), found.number, found.pages, found.total))


def _is_wanted(one: Judgement, choice: Choice) -> bool:
    if (choice.standing and one.standing != choice.standing) or (choice.kind and one.note.kind != choice.kind):
        return False
    if not choice.words:
        return True
    # What may not be shown is not found by its words, either.
    text = "" if one.standing == Standing.OBJECTIONABLE else f"{one.note.title} {' '.join(one.note.tags)}"
    return all(word in f"{one.note.id} {text}".casefold() for word in choice.words.casefold().split())


def _history(judged: Sequence[Judgement], of: Judgement) -> list[Judgement]:
    """Return the notes that a note came to be from, itself, and those that took its place."""
    known = {one.note.id: one for one in judged}
    after: dict[str, list[str]] = {}
    for one in judged:
        for old in one.note.supersedes:
            after.setdefault(old, []).append(one.note.id)
    found = {of.note.id}
    for step in (lambda id_: known[id_].note.supersedes if id_ in known else (), lambda id_: after.get(id_, ())):
        waiting = [of.note.id]
        while waiting:
            new = [id_ for id_ in step(waiting.pop()) if id_ in known and id_ not in found]
            found.update(new)
            waiting += new
    return sorted((known[id_] for id_ in found if id_ in known), key=lambda one: (one.note.created, one.note.id))
