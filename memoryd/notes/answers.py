"""Notes as all faces tell them: what is handed in becomes a note, what is found becomes values that are written as JSON.

What may not be shown (`Standing.OBJECTIONABLE`) is named, and nothing of it is repeated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from memoryd.errors import ClaimMalformed, NoteRefused
from memoryd.escaping import escaped
from memoryd.notekinds import NoteKind
from memoryd.notes.admission import objections, visible
from memoryd.notes.book import Book
from memoryd.notes.checks import Verdict
from memoryd.notes.claim import Claim, split_id
from memoryd.notes.file import path_of
from memoryd.notes.judge import Judgement, Standing
from memoryd.notes.note import AUTHOR, Evidence, Note
from memoryd.notes.recall import Recalled, Withheld


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note as a face takes it in. `supersedes` are ids, or beginnings of them, of the notes whose place it takes."""

    title: str
    kind: str
    body: str = ""
    claims: tuple[str, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    author: str = "person"
    tags: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteHeadline:
    """A note without what it says: `path` is its file in the project, `because` why it does not simply hold, `moved_to` where things
    it names stand now.
    """

    id: str
    path: str
    title: str
    kind: NoteKind
    author: str
    created: str
    standing: Standing
    because: str
    moved_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim with what was found; `holds` is null where it cannot be told, and in a note that is not alive."""

    claim: str
    holds: bool | None
    because: str
    moved_to: str


@dataclass(frozen=True, slots=True)
class NoteInFull(NoteHeadline):
    """A note in full; `commit` is the one it was last verified at, empty outside git."""

    body: str
    claims: tuple[CheckedClaim, ...]
    evidence: tuple[Evidence, ...]
    commit: str
    supersedes: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecalledNote(NoteHeadline):
    """A note that was recalled, and what anchors it: symbols, files, or `task`."""

    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recollection:
    """The text for an agent, and what it consists of."""

    text: str
    served: tuple[RecalledNote, ...]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What mining found; `objection` says why its text is not shown."""

    id: str
    title: str
    kind: NoteKind
    author: str
    body: str
    claims: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    objection: str


def draft(fields: Mapping[str, Any]) -> NoteDraft:
    """Return the draft that the fields of `POST /v1/notes` are."""
    return NoteDraft(
        fields["title"], fields["kind"], fields["body"], tuple(fields["claims"]),
        tuple((one["quote"], one["at"]) for one in fields["evidence"]), fields["author"], tuple(fields.get("tags", ())),
        tuple(fields["supersedes"]),
    )  # fmt: skip


def write_down(book: Book, draft: NoteDraft) -> Judgement:
    """Write a note down. Raises `NoteRefused` with all that speaks against it, `UnknownNote` for one that it does not supersede."""
    note = _note(draft)
    return book.fold(draft.supersedes, note) if draft.supersedes else book.add(note)


def recall_about(book: Book, root: Path, asked: tuple[str, Sequence[str]], limit: int) -> Recalled:
    """Return the notes about symbols and files (`asked[1]`), then those that speak of a task (`asked[0]`, which may be empty)."""
    task, about = asked[0], [_handle(one, root) for one in asked[1]]
    symbols = [handle for handle in about if split_id(handle)[1]]
    found = book.recall_at(symbols, list(dict.fromkeys(split_id(handle)[0] for handle in about))) if about else Recalled()
    spoken = book.recall(task, limit) if task.strip() else Recalled()
    known = {one.id for one in found.served} | {one.id for one in found.withheld}
    served = (*found.served, *(one for one in spoken.served if one.id not in known))
    withheld = (*found.withheld, *(one for one in spoken.withheld if one.id not in known))
    return Recalled(served[:limit], withheld[:limit])


def headline(judged: Judgement) -> NoteHeadline:
    """Return a note without what it says: what a list tells."""
    note = judged.note
    return NoteHeadline(
        note.id, path_of(note.id), title(judged), note.kind, visible(note.author),
        note.created, judged.standing, visible(judged.because), judged.moves(),
    )  # fmt: skip


def told(judged: Judgement) -> NoteInFull:
    """Return all of a note, each claim with what was found."""
    note = judged.note
    if judged.standing == Standing.OBJECTIONABLE:
        note = Note(note.id, "", note.kind)
    verdicts = {str(verdict.claim): verdict for verdict in judged.verdicts}
    return NoteInFull(
        **asdict(headline(judged)),
        body=visible(note.body),
        claims=tuple(_claim(claim, verdicts) for claim in map(str, note.claims)),
        evidence=_evidence(note),
        commit=note.verified.commit,
        supersedes=note.supersedes,
        tags=tuple(map(visible, note.tags)),
    )


def candidate(note: Note) -> Candidate:
    """Return what mining found; nothing of what the gate would not let anyone read."""
    against = objections(note)
    shown = Note(note.id, "…", note.kind, author=note.author) if against else note
    return Candidate(
        note.id, visible(shown.title), note.kind, visible(note.author), visible(shown.body),
        tuple(map(str, shown.claims)), _evidence(shown), against[0] if against else "",
    )  # fmt: skip


def recalled(found: Recalled) -> Recollection:
    """Return what a recall gives: the text that an agent reads, and what it consists of."""
    served = tuple(RecalledNote(**asdict(headline(one.judged)), anchors=one.anchors) for one in found.served)
    return Recollection(found.text, served, found.withheld)


def title(judged: Judgement) -> str:
    """Return the title of a note, where it may be shown."""
    return "…" if judged.standing == Standing.OBJECTIONABLE else " ".join(visible(judged.note.title).split())


def summary(judged: Judgement) -> str:
    """Return one line: standing, kind, id, title, and why it does not simply hold."""
    moved = f"moved to {', '.join(judged.moves())}" if judged.moves() else ""
    because = "; ".join(filter(None, (judged.because, moved)))
    reason = f"  ({escaped(because)})" if because else ""
    return f"{judged.standing:<21}  {judged.note.kind:<10}  {judged.note.id}  {escaped(title(judged))}{reason}\n"


def _note(draft: NoteDraft) -> Note:
    """Return the note that a draft means. Raises `NoteRefused` with every claim that is none."""
    claims, reasons = [], []
    for text in draft.claims:
        try:
            claims.append(Claim.parse(text))
        except ClaimMalformed as error:
            reasons.append(str(error))
    if draft.kind not in list(NoteKind):
        reasons.append(f"no note is of the kind {draft.kind[:40]!r}; kinds are {', '.join(NoteKind)}")
    if not AUTHOR.fullmatch(draft.author):
        reasons.append(f"{draft.author[:40]!r} is no author; that is person or agent, and a name of at most 80 characters after a colon")
    if reasons:
        raise NoteRefused(tuple(reasons))
    evidence = tuple(Evidence(*one) for one in draft.evidence)
    return Note("", draft.title, NoteKind(draft.kind), draft.body, tuple(claims), evidence, draft.author, tags=draft.tags)


def _handle(given: str, root: Path) -> str:
    """Return a handle as claims name things: agents know files by their whole path, too."""
    return given.removeprefix(f"{root}/").removeprefix("./")


def _claim(text: str, verdicts: Mapping[str, Verdict]) -> CheckedClaim:
    verdict = verdicts.get(text)
    if verdict is None:
        return CheckedClaim(text, None, "", "")
    return CheckedClaim(text, verdict.holds, visible(verdict.because), verdict.moved_to)


def _evidence(note: Note) -> tuple[Evidence, ...]:
    return tuple(Evidence(visible(one.quote), visible(one.at)) for one in note.evidence)
