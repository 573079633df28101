"""The rules of admission: a note is written if its claims hold, its citations stand, and it is worth keeping.

Refused, each with a reason: claims that do not hold, with what is so instead; quotes that are not at their cited place; secrets,
which no message repeats; orders to the reader; talk of the moment; duplicates of another note; and a lesson, constraint or dead end
with neither a claim nor evidence. A decision, a convention and a term of the glossary need neither, and are then always served as
unchecked. An undecided claim does not keep a note out.
"""

from collections.abc import Iterable, Sequence

from memoryd.advice import WRITE_CLAIMS
from memoryd.errors import NoteRefused
from memoryd.limits import NOTE_BODY, NOTE_BYTES, NOTE_CLAIMS, NOTE_EVIDENCE, NOTE_QUOTE, NOTE_TAG, NOTE_TAGS, NOTE_TITLE
from memoryd.notekinds import NoteKind
from memoryd.notes.admission.hazards import fleeting, secrets, visible
from memoryd.notes.admission.orders import orders
from memoryd.notes.checks import Ground, Verdict, citation_objection
from memoryd.notes.note import Note, subject_of, text_of

NEEDS_GROUND = frozenset((NoteKind.LESSON, NoteKind.CONSTRAINT, NoteKind.DEAD_END))
"""Kinds that state something about the code, and so need a claim or evidence."""


def admit(note: Note, verdicts: Sequence[Verdict], ground: Ground, others: Iterable[Note]) -> None:
    """Raise `NoteRefused` with every objection to a new note. `others` are the living notes."""
    large = _sizes(note)
    if large and sum(map(len, texts_of(note))) > NOTE_BYTES:
        # A text of any size is not searched for secrets.
        raise NoteRefused(tuple(large))
    reasons = [
        *large,
        *_hidden(note),
        *objections(note),
        *(f"{verdict.claim} does not hold: {verdict.because}" for verdict in verdicts if verdict.holds is False),
        *filter(None, (citation_objection(one, ground) for one in note.evidence)),
        *_worth(note),
        *_duplicates(note, others),
    ]
    if reasons:
        raise NoteRefused(tuple(reasons), WRITE_CLAIMS if _lacks_ground(note) else None)


def objections(note: Note) -> tuple[str, ...]:
    """Return the objections to showing a note to anyone, whatever its origin."""
    texts = texts_of(note)
    whole = "\n".join(texts)
    found = [f"it holds {what}; keep secrets out of notes" for what in secrets(whole)]
    return (*found, *(f"it {what}; a note says how things are" for what in orders(whole)))


def texts_of(note: Note) -> tuple[str, ...]:
    """Return all texts of a note that a reader sees."""
    quotes = (text for one in note.evidence for text in (one.quote, one.at))
    return (note.title, note.body, *map(str, note.claims), *quotes, *note.tags, note.author, note.retracted)


def _sizes(note: Note) -> list[str]:
    limits = (
        ("a title of {} characters", len(note.title), NOTE_TITLE), ("a body of {} characters", len(note.body), NOTE_BODY),
        ("{} claims", len(note.claims), NOTE_CLAIMS), ("{} pieces of evidence", len(note.evidence), NOTE_EVIDENCE),
        ("{} tags", len(note.tags), NOTE_TAGS), ("a tag of {} characters", max(map(len, note.tags), default=0), NOTE_TAG),
        ("a quote of {} characters", max((len(one.quote) for one in note.evidence), default=0), NOTE_QUOTE),
    )  # fmt: skip
    return [f"it has {what.format(size)}, the most is {most}; a note says one thing" for what, size, most in limits if size > most]


def _hidden(note: Note) -> list[str]:
    hidden = any(visible(text) != text.replace("\t", "    ") for text in texts_of(note))
    return ["it holds characters that nobody sees; write plain text"] if hidden else []


def _worth(note: Note) -> list[str]:
    found = []
    if words := fleeting(note.body) or fleeting(note.title):
        found.append(f"{words!r} speaks of the moment; write down what will still be so in a year")
    if not text_of(note):
        found.append("it says nothing")
    if _lacks_ground(note):
        found.append(f"a {note.kind} needs a claim or evidence, so that it can be checked")
    return found


def _lacks_ground(note: Note) -> bool:
    return note.kind in NEEDS_GROUND and not note.claims and not note.evidence


def _duplicates(note: Note, others: Iterable[Note]) -> list[str]:
    said, claims, subject = text_of(note), frozenset(map(str, note.claims)), subject_of(note.title)
    for other in others:
        is_same = bool(claims) and (other.kind, frozenset(map(str, other.claims)), subject_of(other.title)) == (note.kind, claims, subject)
        if other.id not in note.supersedes and (is_same or text_of(other) == said):
            return [f"{other.id} says the same; supersede it or leave it"]
    return []
