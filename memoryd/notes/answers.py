"""Notes as the faces exchange them: drafts that become notes, and values for JSON.

A note that may not be shown (`Standing.OBJECTIONABLE`) is named by id, and none of its content is repeated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from memoryd.errors import ClaimMalformed, NoteRefused, UsageError
from memoryd.notekinds import NoteKind
from memoryd.notes.admission import objections
from memoryd.notes.book import Book
from memoryd.notes.checks import Verdict
from memoryd.notes.claim import Claim
from memoryd.notes.file import path_of
from memoryd.notes.judge import Judgement, Standing
from memoryd.notes.note import AUTHOR, Evidence, Note
from memoryd.notes.recall import Recalled, Withheld, proposed
from memoryd.text import escaped, escaped_text


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A new note as a face receives it. `supersedes` are the ids, or unique beginnings of ids, of the notes that it supersedes."""

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
    """A note without its content.

    `path` is its file in the project, `because` why it does not simply hold, `moved_to` the new places of the things that it names.
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
    """A claim with its verdict; `holds` is null if it cannot be decided, and in a superseded or retracted note."""

    claim: str
    holds: bool | None
    because: str
    moved_to: str


@dataclass(frozen=True, slots=True)
class NoteInFull(NoteHeadline):
    """A note with its content; `commit` is the one it was last verified at, "" outside git."""

    body: str
    claims: tuple[CheckedClaim, ...]
    evidence: tuple[Evidence, ...]
    commit: str
    supersedes: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecalledNote(NoteHeadline):
    """A recalled note with its anchors: symbols, files, or `task`."""

    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recollection:
    """The result of a recall: the text for an agent, and the notes in it."""

    text: str
    served: tuple[RecalledNote, ...]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate from mining; `objection` says why its text is not shown, "" if it is."""

    id: str
    title: str
    kind: NoteKind
    author: str
    body: str
    claims: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    objection: str


def draft(fields: Mapping[str, Any]) -> NoteDraft:
    """Return the draft from the fields of `POST /v1/notes`."""
    return NoteDraft(
        fields["title"], fields["kind"], fields["body"], tuple(fields["claims"]),
        tuple((one["quote"], one["at"]) for one in fields["evidence"]), fields["author"], tuple(fields.get("tags", ())),
        tuple(fields["supersedes"]),
    )  # fmt: skip


def write_down(book: Book, draft: NoteDraft) -> Judgement:
    """Write a note. Raises `NoteRefused` with every objection, `UnknownNote` for an unknown id in `supersedes`."""
    note = _note(draft, book.root)
    return book.fold(draft.supersedes, note) if draft.supersedes else book.add(note)


def recall_about(book: Book, root: Path, asked: tuple[str, Sequence[str]], limit: int) -> Recalled:
    """Return the notes about what handles name (`asked[1]`), then those relevant to a task (`asked[0]`, may be empty).

    Raises `UnknownHandle` or `OutsideRoot` where there is no note and a handle names nothing.
    """
    task, about = asked[0], [_handle(one, root) for one in asked[1]]
    relevant = book.recall(task, limit) if task.strip() else Recalled()
    try:
        found = book.recall_handles(about) if about else Recalled()
    except UsageError:
        if not relevant.served and not relevant.withheld:
            raise
        found = Recalled()
    known = {one.id for one in found.served} | {one.id for one in found.withheld}
    served = (*found.served, *(one for one in relevant.served if one.id not in known))
    withheld = (*found.withheld, *(one for one in relevant.withheld if one.id not in known))
    return Recalled(served[:limit], withheld[:limit])


def headline(judged: Judgement) -> NoteHeadline:
    """Return a note without its content, for lists."""
    note = judged.note
    return NoteHeadline(
        note.id, path_of(note.id), title(judged), note.kind, _author(judged),
        note.created, judged.standing, escaped(judged.because), judged.moves(),
    )  # fmt: skip


def in_full(judged: Judgement) -> NoteInFull:
    """Return a note with its content and the verdict on each claim."""
    note = judged.note
    if judged.standing == Standing.OBJECTIONABLE:
        note = Note(note.id, "", note.kind)
    verdicts = {str(verdict.claim): verdict for verdict in judged.verdicts}
    return NoteInFull(
        **asdict(headline(judged)),
        body=escaped_text(note.body),
        claims=tuple(_claim(claim, verdicts) for claim in map(str, note.claims)),
        evidence=_evidence(note),
        commit=note.verified.commit,
        supersedes=note.supersedes,
        tags=tuple(map(escaped, note.tags)),
    )


def candidate(note: Note) -> Candidate:
    """Return a candidate from mining; without its text if admission objects to it."""
    against = objections(note)
    shown = Note(note.id, "…", note.kind, author=note.author) if against else note
    return Candidate(
        note.id, escaped(shown.title), note.kind, escaped(note.author), escaped_text(shown.body),
        tuple(escaped(str(claim)) for claim in shown.claims), _evidence(shown), against[0] if against else "",
    )  # fmt: skip


def candidate_text(note: Note) -> str:
    """Return a candidate from mining as text; without its content if admission objects to it."""
    against = objections(note)
    return proposed(note, against[0] if against else "")


def recalled(found: Recalled) -> Recollection:
    """Return the result of a recall: the text for an agent, and the notes in it."""
    served = tuple(RecalledNote(**asdict(headline(one.judged)), anchors=one.anchors) for one in found.served)
    return Recollection(found.text, served, found.withheld)


def title(judged: Judgement) -> str:
    """Return the title of a note on one line, "…" if it may not be shown."""
    return "…" if judged.standing == Standing.OBJECTIONABLE else escaped(" ".join(escaped_text(judged.note.title).split()))


def _author(judged: Judgement) -> str:
    return escaped(judged.note.author) if judged.standing != Standing.OBJECTIONABLE else "…"


def summary(judged: Judgement) -> str:
    """Return one line: standing, kind, id, title, and why the note does not simply hold."""
    moved = f"moved to {', '.join(judged.moves())}" if judged.moves() else ""
    because = "; ".join(filter(None, (judged.because, moved)))
    reason = f"  ({escaped(because)})" if because else ""
    return f"{judged.standing:<21}  {judged.note.kind:<10}  {judged.note.id}  {title(judged)}{reason}\n"


def _note(draft: NoteDraft, root: Path) -> Note:
    """Return the note of a draft; its absolute paths, which agents also give, begin at the root then.

    Raises `NoteRefused` with everything malformed in it.
    """
    claims, reasons = [], []
    for text in draft.claims:
        try:
            claims.append(Claim.parse(text.replace(f" {root}/", " ")))
        except ClaimMalformed as error:
            reasons.append(str(error))
    if draft.kind not in list(NoteKind):
        reasons.append(f"no note is of the kind {draft.kind[:40]!r}; kinds are {', '.join(NoteKind)}")
    if not AUTHOR.fullmatch(draft.author):
        reasons.append(f"{draft.author[:40]!r} is no author; that is person or agent, and a name of at most 80 characters after a colon")
    if reasons:
        raise NoteRefused(tuple(reasons))
    evidence = tuple(Evidence(quote, at.removeprefix(f"{root}/")) for quote, at in draft.evidence)
    return Note("", draft.title, NoteKind(draft.kind), draft.body, tuple(claims), evidence, draft.author, tags=draft.tags)


def _handle(given: str, root: Path) -> str:
    """Return a handle relative to the root, as claims have it: agents also give absolute paths."""
    return given.removeprefix(f"{root}/").removeprefix("./")


def _claim(text: str, verdicts: Mapping[str, Verdict]) -> CheckedClaim:
    verdict = verdicts.get(text)
    if verdict is None:
        return CheckedClaim(escaped(text), None, "", "")
    return CheckedClaim(escaped(text), verdict.holds, escaped(verdict.because), verdict.moved_to)


def _evidence(note: Note) -> tuple[Evidence, ...]:
    return tuple(Evidence(escaped_text(one.quote), escaped(one.at)) for one in note.evidence)
