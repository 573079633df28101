"""The routes about notes over HTTP. They call the same functions as the command line."""

from collections.abc import Iterable
from typing import TypeVar

from fastapi import FastAPI, Response

from memoryd.errors import UsageError
from memoryd.faces.http import note_requests
from memoryd.faces.http.answers import Audited, CandidatesPage, MemoryToolResult, NotesPage, VerifiedNotes, respond
from memoryd.faces.http.dispatch import Dispatcher, Find, Named
from memoryd.memory import ProjectMemory
from memoryd.notes import (
    ALIVE,
    Candidate,
    MemoryTool,
    NoteHeadline,
    NoteInFull,
    Recollection,
    Review,
    candidate,
    draft,
    headline,
    in_full,
    recall_about,
    recalled,
    review_notes,
    review_notes_since,
    write_down,
)

Listed = TypeVar("Listed", NoteHeadline, Candidate)


def add_notes(app: FastAPI, dispatcher: Dispatcher) -> None:
    """Add the routes about notes."""
    _add_writing(app, dispatcher)
    _add_reading(app, dispatcher)
    _add_mining(app, dispatcher)


def _add_writing(app: FastAPI, dispatcher: Dispatcher) -> None:
    @app.post("/v1/notes", response_model=NoteInFull, status_code=201, tags=["notes"])
    async def add_note(asked: note_requests.NoteRequest, find: Find, name: Named) -> Response:
        """Write a note down, in place of those it `supersedes`; refused with every reason why not."""

        def work(memory: ProjectMemory) -> NoteInFull:
            return in_full(write_down(memory.notes, draft(asked.model_dump())))

        return respond(await dispatcher.ask(name(asked.root), work, find), 201)

    @app.post("/v1/notes/verify", response_model=VerifiedNotes, tags=["notes"])
    async def verify_notes(asked: note_requests.VerifyRequest, find: Find, name: Named) -> Response:
        """Check notes, and write into those that hold that they do, and where what moved stands now."""

        def work(memory: ProjectMemory) -> VerifiedNotes:
            return VerifiedNotes(tuple(map(in_full, memory.notes.verify(asked.ids))))

        return respond(await dispatcher.ask(name(asked.root), work, find))

    @app.post("/v1/notes/retract", response_model=NoteInFull, tags=["notes"])
    async def retract_note(asked: note_requests.RetractRequest, find: Find, name: Named) -> Response:
        """Take a note back: its file stays with the reason, nobody is shown it, and mining does not propose it again."""

        def work(memory: ProjectMemory) -> NoteInFull:
            return in_full(memory.notes.show(memory.notes.retract(asked.id, asked.reason).id))

        return respond(await dispatcher.ask(name(asked.root), work, find))

    @app.post("/v1/memory", response_model=MemoryToolResult, tags=["notes"])
    async def memory_tool(asked: note_requests.MemoryRequest, find: Find, name: Named) -> Response:
        """Do what the memory tool of Anthropic's API asks for; what it gets wrong is told in the answer, with `is_error`."""

        def work(memory: ProjectMemory) -> MemoryToolResult:
            try:
                return MemoryToolResult(MemoryTool(memory.notes).execute(asked.input.model_dump()), False)
            except UsageError as error:
                return MemoryToolResult(str(error), True)

        return respond(await dispatcher.ask(name(asked.root), work, find))


def _add_reading(app: FastAPI, dispatcher: Dispatcher) -> None:
    @app.post("/v1/notes/list", response_model=NotesPage, tags=["notes"])
    async def list_notes(asked: note_requests.NotesRequest, find: Find, name: Named) -> Response:
        """List notes with their standing, checked now."""

        def work(memory: ProjectMemory) -> NotesPage:
            found = memory.notes.check()
            notes = [headline(one) for one in found.judged if asked.everything or one.standing in ALIVE]
            return NotesPage(*_page(notes, asked), found.broken)

        return respond(await dispatcher.ask(name(asked.root), work, find))

    @app.post("/v1/notes/show", response_model=NoteInFull, tags=["notes"])
    async def show_note(asked: note_requests.NoteIdRequest, find: Find, name: Named) -> Response:
        """Get a note in full, each claim with what was found of it."""
        return respond(await dispatcher.ask(name(asked.root), lambda memory: in_full(memory.notes.show(asked.id)), find))

    @app.post("/v1/notes/recall", response_model=Recollection, tags=["notes"])
    async def recall_notes(asked: note_requests.RecallRequest, find: Find, name: Named) -> Response:
        """Get the notes that speak of a task, of files and symbols, each checked now; what does not hold is withheld and named."""

        def work(memory: ProjectMemory) -> Recollection:
            return recalled(recall_about(memory.notes, memory.root, (asked.task, asked.about), asked.limit))

        return respond(await dispatcher.ask(name(asked.root), work, find))

    @app.post("/v1/notes/check", response_model=Review, tags=["notes"])
    async def check_notes(asked: note_requests.CheckRequest, find: Find, name: Named) -> Response:
        """Check every claim of every note; with a `base`, tell only what changed since."""

        def work(memory: ProjectMemory) -> Review:
            return review_notes_since(memory.notes, asked.base) if asked.base else review_notes(memory.notes)

        return respond(await dispatcher.ask(name(asked.root), work, find))


def _add_mining(app: FastAPI, dispatcher: Dispatcher) -> None:
    @app.post("/v1/notes/pending", response_model=CandidatesPage, tags=["notes"])
    async def pending_notes(asked: note_requests.PendingRequest, find: Find, name: Named) -> Response:
        """List what may become notes: found in comments, decision records, commits, instructions. The first page looks anew."""

        def work(memory: ProjectMemory) -> CandidatesPage:
            found = memory.notes.pending.list() if asked.cursor else memory.notes.pending.mine()
            return CandidatesPage(*_page(map(candidate, found), asked))

        return respond(await dispatcher.ask(name(asked.root), work, find))

    @app.post("/v1/notes/accept", response_model=NoteInFull, status_code=201, tags=["notes"])
    async def accept_note(asked: note_requests.AcceptRequest, find: Find, name: Named) -> Response:
        """Write a candidate down as a note, if it passes admission."""
        return respond(await dispatcher.ask(name(asked.root), lambda memory: in_full(memory.notes.pending.accept(asked.id)), find), 201)

    @app.post("/v1/audit", response_model=Audited, tags=["notes"])
    async def audit(asked: note_requests.AuditRequest, find: Find, name: Named) -> Response:
        """Get the statements of documents that name paths or symbols which no longer exist."""
        return respond(await dispatcher.ask(name(asked.root), lambda memory: Audited(memory.notes.audit(asked.paths)), find))


def _page(
    found: Iterable[Listed], asked: note_requests.NotesRequest | note_requests.PendingRequest
) -> tuple[tuple[Listed, ...], str | None]:
    """Return the requested page, in the order of ids, and the cursor of the next page."""
    rest = sorted((one for one in found if one.id > asked.cursor), key=lambda one: one.id)
    return tuple(rest[: asked.limit]), rest[asked.limit - 1].id if len(rest) > asked.limit else None
