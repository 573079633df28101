"""Notes over HTTP: what the command line does with them, by the same functions."""

from typing import Any

from fastapi import FastAPI, Response

from memoryd.errors import UsageError
from memoryd.faces.http import note_models, problems
from memoryd.faces.http.dispatch import Dispatcher
from memoryd.memory import ProjectMemory
from memoryd.notes import (
    ALIVE,
    MemoryTool,
    candidate,
    draft,
    headline,
    markdown,
    recall_about,
    recalled,
    review_notes,
    review_notes_since,
    told,
    values,
    write_down,
)


def add_notes(app: FastAPI, dispatcher: Dispatcher) -> None:
    """Add the routes about notes."""
    _add_writing(app, dispatcher)
    _add_reading(app, dispatcher)
    _add_mining(app, dispatcher)


def _add_writing(app: FastAPI, dispatcher: Dispatcher) -> None:
    @app.post("/v1/notes", response_model=note_models.NoteAnswer, status_code=201, tags=["notes"])
    async def add_note(asked: note_models.NoteRequest) -> Response:
        """Write a note down, in place of those it `supersedes`; refused with every reason why not."""
        return _json(
            await dispatcher.ask(asked.root, lambda memory: told(write_down(memory.notes, draft(asked.model_dump()))), dispatcher.usable),
            201,
        )

    @app.post("/v1/notes/verify", response_model=note_models.NotesAnswer, tags=["notes"])
    async def verify_notes(asked: note_models.VerifyRequest) -> Response:
        """Check notes, and write into those that hold that they do, and where what moved stands now."""
        return _json(
            await dispatcher.ask(asked.root, lambda memory: {"notes": list(map(told, memory.notes.verify(asked.ids)))}, dispatcher.usable)
        )

    @app.post("/v1/notes/retract", response_model=note_models.NoteAnswer, tags=["notes"])
    async def retract_note(asked: note_models.RetractRequest) -> Response:
        """Take a note back: its file stays with the reason, nobody is shown it, and mining does not propose it again."""

        def work(memory: ProjectMemory) -> Any:
            return told(memory.notes.show(memory.notes.retract(asked.id, asked.reason).id))

        return _json(await dispatcher.ask(asked.root, work, dispatcher.usable))

    @app.post("/v1/memory", response_model=note_models.MemoryAnswer, tags=["notes"])
    async def memory_tool(asked: note_models.MemoryRequest) -> Response:
        """Do what the memory tool of Anthropic's API asks for; what it gets wrong is told in the answer, with `is_error`."""

        def work(memory: ProjectMemory) -> Any:
            try:
                return {"content": MemoryTool(memory.notes).execute(asked.input.model_dump()), "is_error": False}
            except UsageError as error:
                return {"content": str(error), "is_error": True}

        return _json(await dispatcher.ask(asked.root, work, dispatcher.usable))


def _add_reading(app: FastAPI, dispatcher: Dispatcher) -> None:
    @app.post("/v1/notes/list", response_model=note_models.NotesPage, tags=["notes"])
    async def list_notes(asked: note_models.NotesRequest) -> Response:
        """List notes with their standing, checked now."""

        def work(memory: ProjectMemory) -> Any:
            found = memory.notes.check()
            notes = [headline(one) for one in found.judged if asked.everything or one.standing in ALIVE]
            return {**_page("notes", notes, asked), "broken": found.broken}

        return _json(await dispatcher.ask(asked.root, work, dispatcher.usable))

    @app.post("/v1/notes/show", response_model=note_models.NoteAnswer, tags=["notes"])
    async def show_note(asked: note_models.NoteIdRequest) -> Response:
        """Get a note in full, each claim with what was found of it."""
        return _json(await dispatcher.ask(asked.root, lambda memory: told(memory.notes.show(asked.id)), dispatcher.usable))

    @app.post("/v1/notes/recall", response_model=note_models.RecallAnswer, tags=["notes"])
    async def recall_notes(asked: note_models.RecallRequest) -> Response:
        """Get the notes that speak of a task, of files and symbols, each checked now; what does not hold is withheld and named."""

        def work(memory: ProjectMemory) -> Any:
            return recalled(recall_about(memory.notes, memory.root, (asked.task, asked.about), asked.limit))

        return _json(await dispatcher.ask(asked.root, work, dispatcher.usable))

    @app.post("/v1/notes/check", response_model=note_models.ReviewAnswer, tags=["notes"])
    async def check_notes(asked: note_models.CheckRequest) -> Response:
        """Check every claim of every note; with a `base`, tell only what changed since."""

        def work(memory: ProjectMemory) -> Any:
            found = review_notes_since(memory.notes, asked.base) if asked.base else review_notes(memory.notes)
            return {**values(found), "text": markdown(found)}

        return _json(await dispatcher.ask(asked.root, work, dispatcher.usable))


def _add_mining(app: FastAPI, dispatcher: Dispatcher) -> None:
    @app.post("/v1/notes/pending", response_model=note_models.PendingPage, tags=["notes"])
    async def pending_notes(asked: note_models.PendingRequest) -> Response:
        """List what may become notes: found in comments, decision records, commits, instructions. The first page looks anew."""

        def work(memory: ProjectMemory) -> Any:
            found = memory.notes.pending.list() if asked.cursor else memory.notes.pending.mine()
            return _page("pending", list(map(candidate, found)), asked)

        return _json(await dispatcher.ask(asked.root, work, dispatcher.usable))

    @app.post("/v1/notes/accept", response_model=note_models.NoteAnswer, status_code=201, tags=["notes"])
    async def accept_note(asked: note_models.AcceptRequest) -> Response:
        """Write a candidate down as a note, if the gate lets it in."""
        return _json(await dispatcher.ask(asked.root, lambda memory: told(memory.notes.pending.accept(asked.id)), dispatcher.usable), 201)

    @app.post("/v1/audit", response_model=note_models.AuditAnswer, tags=["notes"])
    async def audit(asked: note_models.AuditRequest) -> Response:
        """Get the statements of documents that name paths or symbols which no longer exist."""
        return _json(await dispatcher.ask(asked.root, lambda memory: {"findings": memory.notes.audit(asked.paths)}, dispatcher.usable))


def _page(name: str, found: list[dict[str, Any]], asked: note_models.NotesRequest | note_models.PendingRequest) -> dict[str, Any]:
    rest = sorted((one for one in found if one["id"] > asked.cursor), key=lambda one: str(one["id"]))
    return {name: rest[: asked.limit], "next": rest[asked.limit - 1]["id"] if len(rest) > asked.limit else None}


def _json(value: Any, status: int = 200) -> Response:
    return Response(problems.to_json(value), status, media_type="application/json")
