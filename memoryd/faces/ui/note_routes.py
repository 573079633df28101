"""The pages of notes and drafts, and what is done with them: write, edit, verify, retract, mine, accept, dismiss."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from memoryd.errors import NoteRefused
from memoryd.faces.access import PAGES
from memoryd.faces.ui.page_request import Moved, Page, PageRequest
from memoryd.memory import ProjectMemory
from memoryd.notekinds import NoteKind
from memoryd.notes import Evidence, NoteDraft, candidate, in_full, write_down
from memoryd.web import Choice, drafts_page, note_page, notes_page

KINDS = tuple(kind.value for kind in NoteKind)
SEPARATOR = " @ "


@dataclass(frozen=True, slots=True)
class Form:
    """What a note is written with. `edits` is the note whose place it takes, `takes` the draft that it is made from, "" for none."""

    title: str = ""
    kind: str = NoteKind.DECISION.value
    body: str = ""
    claims: str = ""
    evidence: str = ""
    tags: str = ""
    edits: str = ""
    takes: str = ""
    kinds: tuple[str, ...] = KINDS
    reasons: tuple[str, ...] = ()


async def notes(asked: PageRequest) -> Page:
    """Show notes, those that need a look first."""
    choice = Choice(asked.word("standing"), asked.word("kind"), asked.word("words"), asked.number("page", 1))
    return Page(await asked.ask(lambda memory: notes_page(memory, choice)), "notes", "Notes", "notes")


async def note(asked: PageRequest) -> Page:
    """Show a note."""
    id_ = asked.word("id")
    return Page(await asked.ask(lambda memory: note_page(memory, id_)), "note", id_, "notes")


async def drafts(asked: PageRequest) -> Page:
    """Show the drafts that wait to be taken."""
    number = asked.number("page", 1)
    return Page(await asked.ask(lambda memory: drafts_page(memory, number)), "drafts", "Drafts", "notes")


async def edit(asked: PageRequest) -> Page:
    """Show the form for a new note, for one in the place of another, or for one made from a draft."""
    edits, takes = asked.word("edits"), asked.word("takes")

    def work(memory: ProjectMemory) -> Form:
        if edits:
            found = in_full(memory.notes.show(edits))
            claims = tuple(one.claim for one in found.claims)
            return _form(found.title, found.kind, found.body, claims, found.evidence, found.tags, edits=found.id)
        if takes:
            taken = candidate(memory.notes.pending.find(takes))
            return _form(taken.title, taken.kind, taken.body, taken.claims, taken.evidence, (), takes=taken.id)
        return Form()

    return Page(await asked.ask(work), "edit", "Write a note", "notes")


async def write(asked: PageRequest) -> Moved | Page:
    """Write the note of a form; where it is refused, show the form again with every reason."""
    form = Form(
        asked.word("title"), asked.word("kind"), asked.text("body"), asked.text("claims"), asked.text("evidence"), asked.word("tags"),
        asked.word("edits"), asked.word("takes"),
    )  # fmt: skip

    def work(memory: ProjectMemory) -> str:
        return write_down(memory.notes, _draft(form)).note.id

    try:
        return Moved(_of_note(asked, await asked.ask(work)))
    except NoteRefused as error:
        refused = Form(
            form.title, form.kind, form.body, form.claims, form.evidence, form.tags, form.edits, form.takes, reasons=error.reasons
        )
        return Page(refused, "edit", "Write a note", "notes", 409)


async def verify(asked: PageRequest) -> Moved:
    """Check a note, and write into it that it holds and where what moved stands now."""
    return await _done(asked, lambda memory, id_: memory.notes.verify((id_,))[0].note.id)


async def retract(asked: PageRequest) -> Moved:
    """Take a note back."""
    reason = asked.word("reason")
    return await _done(asked, lambda memory, id_: memory.notes.retract(id_, reason).id)


async def mine(asked: PageRequest) -> Moved:
    """Look for drafts in comments, decision records, commits and instructions."""
    await asked.ask(lambda memory: memory.notes.pending.mine())
    return Moved(f"{PAGES}/drafts?{urlencode({'root': asked.root})}")


async def accept(asked: PageRequest) -> Moved:
    """Write a draft down as a note, if it passes admission."""
    return await _done(asked, lambda memory, id_: memory.notes.pending.accept(id_).note.id)


async def dismiss(asked: PageRequest) -> Moved:
    """Take a draft and retract it at once: its tombstone keeps mining from proposing it again."""
    reason = asked.word("reason")
    return await _done(asked, lambda memory, id_: memory.notes.retract(memory.notes.pending.accept(id_).note.id, reason).id)


async def _done(asked: PageRequest, work: Callable[[ProjectMemory, str], str]) -> Moved:
    id_ = asked.word("id")
    return Moved(_of_note(asked, await asked.ask(lambda memory: work(memory, id_))))


def _of_note(asked: PageRequest, id_: str) -> str:
    return f"{PAGES}/note?{urlencode({'root': asked.root, 'id': id_})}"


def _form(
    title: str, kind: str, body: str, claims: tuple[str, ...], evidence: tuple[Evidence, ...], tags: tuple[str, ...],
    edits: str = "", takes: str = "",
) -> Form:  # fmt: skip
    quoted = "\n\n".join(f"{one.quote}{SEPARATOR}{one.at}" for one in evidence)
    return Form(title, kind, body, "\n".join(claims), quoted, ", ".join(tags), edits, takes)


def _draft(form: Form) -> NoteDraft:
    """Return the note of a form: claims one a line, evidence in paragraphs `QUOTE @ PLACE`, tags with commas."""
    evidence, wrong = [], []
    for paragraph in filter(None, (one.strip() for one in form.evidence.split("\n\n"))):
        quote, mark, place = paragraph.rpartition(SEPARATOR)
        if mark:
            evidence.append((quote.strip(), place.strip()))
        else:
            wrong.append(f"the evidence {paragraph[:40]!r} names no place; write QUOTE @ PATH:A-B, or QUOTE @ commit HEX")
    if wrong:
        raise NoteRefused(tuple(wrong))
    claims = tuple(filter(None, (line.strip() for line in form.claims.split("\n"))))
    tags = tuple(filter(None, (tag.strip() for tag in form.tags.split(","))))
    superseded = (form.edits,) if form.edits else ()
    return NoteDraft(form.title, form.kind, form.body, claims, tuple(evidence), "person", tags, superseded)
