"""Contradictions between living notes, found by their claims and subjects, never by similar wording."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from memoryd.notekinds import NoteKind
from memoryd.notes.claim import Claim, ClaimKind
from memoryd.notes.note import Note, subject_of

ONE_VALUE = frozenset((ClaimKind.CONSTANT, ClaimKind.COMMAND))
"""Kinds of claims whose subject has one value. A symbol may have several signatures, and a file hold several texts."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two notes that cannot both be right: their ids in order, and the contradiction."""

    one: str
    other: str
    because: str


def conflicts(notes: Iterable[Note]) -> tuple[Conflict, ...]:
    """Return the pairs of living notes that contradict each other and of which neither supersedes the other."""
    alive = sorted(notes, key=lambda note: note.id)
    replaced = {(note.id, old) for note in alive for old in note.supersedes}
    found: dict[tuple[str, str], str] = {}
    for holders in _by_subject(alive).values():
        for number, (one, claim) in enumerate(holders):
            for other, against in holders[number + 1 :]:
                if one != other and _contradict(claim, against):
                    found.setdefault((one, other), f"{claim} against {against}")
    for name, holders_of in _by_name(alive).items():
        for number, one in enumerate(holders_of):
            for other in holders_of[number + 1 :]:
                found.setdefault((one, other), f"both say what {name!r} is")
    return tuple(
        Conflict(one, other, because)
        for (one, other), because in sorted(found.items())
        if (one, other) not in replaced and (other, one) not in replaced
    )


def _by_subject(notes: Iterable[Note]) -> Mapping[tuple[ClaimKind, str], list[tuple[str, Claim]]]:
    found: dict[tuple[ClaimKind, str], list[tuple[str, Claim]]] = defaultdict(list)
    for note in notes:
        for claim in dict.fromkeys(note.claims):
            found[claim.kind, claim.subject].append((note.id, claim))
    return found


def _contradict(one: Claim, other: Claim) -> bool:
    if one == other.denied():
        return True
    return one.kind in ONE_VALUE and not one.negated and not other.negated and one.value != other.value


def _by_name(notes: Iterable[Note]) -> Mapping[str, list[str]]:
    """Group glossary terms by what they define and decisions by the words of their titles; groups of one note are left out."""
    found: dict[tuple[NoteKind, str], list[str]] = defaultdict(list)
    for note in notes:
        if note.kind in (NoteKind.GLOSSARY, NoteKind.DECISION):
            found[note.kind, " ".join(subject_of(note.title))].append(note.id)
    return {name or "nothing": ids for (_, name), ids in sorted(found.items()) if len(ids) > 1}
