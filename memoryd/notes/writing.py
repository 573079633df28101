"""The writer of notes: one at a time across processes, through admission, with the verified state in the file."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.advice import LIST_NOTES
from memoryd.errors import StoreUnusable, UnknownNote, reason
from memoryd.files import PRIVATE, private_folder
from memoryd.notes.admission import admit, visible
from memoryd.notes.checks import Ground, citation_followed, verified_now
from memoryd.notes.file import Folder
from memoryd.notes.judge import ALIVE, SERVED, Judge, Judgement, cited_paths, judge_note
from memoryd.notes.note import Note, Verified, canonical_body, new_id
from memoryd.versions import View

if TYPE_CHECKING:
    import filelock

LOCK_SECONDS = 20.0
"""Seconds to wait for another process that is writing."""


class Writer:
    """Writes the notes of one project. Every other method must be called within `alone`."""

    def __init__(self, folder: Folder, judge: Judge, data: Path, waiting: Callable[[], AbstractContextManager[None]]) -> None:
        """`waiting` lets others have the turn of this thread's question, if it has one, until the block ends."""
        self._folder = folder
        self._judge = judge
        self._data = data
        self._waiting = waiting
        self._writing = threading.Lock()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the write lock of the project's notes, across threads and processes. Raises `StoreUnusable`."""
        # Nobody waits here with a turn: who writes may have lent its own, and waits to have it back.
        with self._waiting():
            self._writing.acquire()
        try:
            with self._waiting():
                lock = self._locked()
            try:
                yield
            finally:
                lock.release()
        finally:
            self._writing.release()

    def _locked(self) -> "filelock.BaseFileLock":
        import filelock  # imports asyncio, which a question does not need

        try:
            private_folder(self._data)
            lock = filelock.FileLock(self._data / "notes.lock", mode=PRIVATE)
            lock.acquire(timeout=LOCK_SECONDS)
        except filelock.Timeout:
            raise StoreUnusable("another process is writing notes of this project; try again") from None
        except OSError as error:
            raise StoreUnusable(f"cannot write to the data folder: {reason(error)}; make it a folder you may write", self._data) from error
        return lock

    def add(self, view: View, changing: frozenset[str], made: Note) -> Judgement:
        """Write a new note that passes admission. Raises `NoteRefused`, `UnknownNote` for an id that it supersedes, `Stale`."""
        note, shelf = cleaned(made), self._folder.read()
        ground = self._judge.ground(view, cited_paths(note), changing)
        judged = judge_note(note, ground)
        others = self._judge.judge(view, shelf, shelf.notes, changing).values()
        admit(note, judged.verdicts, ground, (one.note for one in others if one.standing in ALIVE))
        if unknown := [id_ for id_ in note.supersedes if id_ not in shelf.notes]:
            raise UnknownNote(f"there is no note {unknown[0][:80]!r} to supersede", LIST_NOTES)
        note = replace(note, verified=self._state(note, ground))
        self._folder.create(note)
        return replace(judged, note=note)

    def verify(self, view: View, changing: frozenset[str], id_: str) -> Judgement:
        """Write the present state, and the new places of what moved, into a note that holds. Raises `Stale`."""
        shelf = self._folder.read()
        note = shelf.notes[id_]
        ground = self._judge.ground(view, cited_paths(note), changing)
        judged = self._judge.judge(view, shelf, (id_,), changing)[id_]
        if judged.standing not in SERVED or not (note.claims or note.evidence):
            return judged
        moved = replace(
            note, claims=tuple(verdict.now for verdict in judged.verdicts),
            evidence=tuple(citation_followed(one, ground, note.verified) for one in note.evidence),
        )  # fmt: skip
        self._judge.ground(view, cited_paths(moved), changing)
        self._folder.replace(replace(moved, verified=self._state(moved, ground)))
        return self._judge.judge(view, self._folder.read(), (id_,), changing)[id_]

    def _state(self, note: Note, ground: Ground) -> Verified:
        symbols = dict.fromkeys(id_ for claim in note.claims for id_ in claim.symbols())
        return verified_now(ground, ground.head, cited_paths(note), symbols)


def cleaned(note: Note) -> Note:
    """Return a note as it is stored: without invisible characters, with a date and a new id."""
    title, body = " ".join(visible(note.title).split()), canonical_body(visible(note.body))
    created = note.created or datetime.now(UTC).date().isoformat()
    tags = tuple(dict.fromkeys(" ".join(visible(tag).split()) for tag in note.tags))
    id_ = new_id(title, created, note.author, body)
    return replace(note, id=id_, title=title, body=body, created=created, tags=tags, retracted="")
