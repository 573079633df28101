"""The pending list: candidates from mining until a person or an agent accepts them, and they pass admission like any note."""

from collections.abc import Callable, Iterable
from pathlib import Path

from memoryd.advice import LIST_CANDIDATES
from memoryd.errors import UnknownNote
from memoryd.notes.file import Folder
from memoryd.notes.judge import Judgement
from memoryd.notes.mining.candidates import load_pending, mine, save_pending
from memoryd.notes.note import Note
from memoryd.versions import View

Ask = Callable[[Callable[[View, frozenset[str]], tuple[Note, ...]]], tuple[Note, ...]]


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
        save_pending(self._data, found)
        return found

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


def _named(id_: str, candidates: Iterable[Note]) -> Note:
    known = {one.id: one for one in candidates}
    found = [id_] if id_ in known else [one for one in known if one.startswith(id_)] if id_ else []
    if len(found) != 1:
        if found:
            raise UnknownNote(f"no candidate is called {id_[:80]!r}; did you mean {', '.join(found[:5])}?")
        raise UnknownNote(f"no candidate is called {id_[:80]!r}", LIST_CANDIDATES)
    return known[found[0]]
