"""The pending list: candidates from mining until a person or an agent accepts them, and they pass admission like any note."""

import builtins
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from memoryd.advice import LIST_CANDIDATES
from memoryd.errors import NoteMalformed, UnknownNote
from memoryd.notes.file import Folder, write_note
from memoryd.notes.judge import Judgement
from memoryd.notes.mining.candidates import load_pending, mine, save_pending
from memoryd.notes.note import Note, canonical_body, new_id
from memoryd.versions import View

Ask = Callable[[Callable[[View, frozenset[str]], tuple[Note, ...]]], tuple[Note, ...]]

SUGGESTED = "mined:session"
"""The author of a draft that was suggested, not mined from the project."""
MOST_SUGGESTED = 60
"""Drafts that were suggested and wait for a person, at most."""


class Pending:
    """The candidates of one project, stored beside its index; `add` writes those that are accepted."""

    def __init__(self, data: Path, asking: Ask, folder: Folder, add: Callable[[Note], Judgement]) -> None:
        self._data = data
        self._asking = asking
        self._folder = folder
        self._add = add

    def mine(self) -> tuple[Note, ...]:
        """Mine the whole project, and return the new list, which replaces the old one."""
        found = self._asking(lambda view, _: mine(view, self._folder.read().notes.values()))
        found = (*found, *(one for one in self._suggested() if one.id not in {note.id for note in found}))
        save_pending(self._data, found)
        return found

    def suggest(self, drafts: Iterable[Note]) -> None:
        """Add drafts that nobody mined, and that a new mining keeps; of many the newest stay. What is a note already is left out."""
        known = {*self._folder.read().notes, *(one.id for one in self.list())}
        new = {one.id: one for one in map(_identified, drafts) if one is not None and one.id not in known}
        suggested = self._suggested()
        dropped = {one.id for one in suggested[: max(0, len(suggested) + len(new) - MOST_SUGGESTED)]}
        save_pending(self._data, [*(one for one in self.list() if one.id not in dropped), *list(new.values())[-MOST_SUGGESTED:]])

    def _suggested(self) -> "builtins.list[Note]":
        return [one for one in self.list() if one.author == SUGGESTED and one.id not in self._folder.read().notes]

    def list(self) -> tuple[Note, ...]:
        """Return the candidates that were mined last and are not accepted yet."""
        return load_pending(self._data)

    def find(self, id_: str) -> Note:
        """Return a candidate by its id, or by a unique beginning of it. Raises `UnknownNote` if the list does not have it."""
        return _named(id_, self.list())

    def accept(self, id_: str) -> Judgement:
        """Write a candidate as a note; a unique beginning of its id is enough.

        Raises `UnknownNote` if the list does not have it, `NoteRefused` if admission refuses it: then it stays pending.
        """
        candidates = self.list()
        found = _named(id_, candidates)
        added = self._add(found)
        save_pending(self._data, [one for one in candidates if one.id != found.id])
        return added


def _identified(draft: Note) -> Note | None:
    """Return a draft with its id; `None` for one that no file of a note could hold."""
    body = canonical_body(draft.body)
    found = replace(draft, body=body, id=new_id(draft.title, draft.created, draft.author, body))
    with suppress(NoteMalformed):
        write_note(found)
        return found
    return None


def _named(id_: str, candidates: Iterable[Note]) -> Note:
    known = {one.id: one for one in candidates}
    found = [id_] if id_ in known else [one for one in known if one.startswith(id_)] if id_ else []
    if len(found) != 1:
        if found:
            raise UnknownNote(f"no candidate is called {id_[:80]!r}; did you mean {', '.join(found[:5])}?")
        raise UnknownNote(f"no candidate is called {id_[:80]!r}", LIST_CANDIDATES)
    return known[found[0]]
