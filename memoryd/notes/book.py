"""The notes of one project: the type of `ProjectMemory.notes`, which every face uses.

Reading judges the notes that it returns. Only `add`, `supersede`, `retract`, `verify`, `fold` and `apply` write notes, one at a
time across processes. Of these `apply` alone deletes, and only notes that are superseded or retracted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

from memoryd.advice import LIST_NOTES
from memoryd.errors import NoteRefused, OutsideRoot, UnknownHandle, UnknownNote, UsageError
from memoryd.files import scan
from memoryd.limits import DEFAULT_NOTES
from memoryd.model import Secrets
from memoryd.notes.admission import visible
from memoryd.notes.audit import Finding, audit, documents
from memoryd.notes.checks import Verdict, check, record
from memoryd.notes.claim import Claim, is_inside, split_name
from memoryd.notes.conflicts import Conflict, conflicts
from memoryd.notes.file import Broken, Folder, Shelf, path_of
from memoryd.notes.judge import ALIVE, Judge, Judgement, Standing, cited_paths, superseded
from memoryd.notes.mining import Pending
from memoryd.notes.note import DIGITS, Note, digest_of
from memoryd.notes.recall import Names, NoteSearch, Offered, Recalled, about_code, about_task, digest, divide, subjects_of
from memoryd.notes.writing import Writer
from memoryd.parsing import OWN_FOLDER, TextParser
from memoryd.tokens import TokenCount
from memoryd.versions import View

_URGENCY = (
    Standing.FALSE, Standing.OBJECTIONABLE, Standing.UNCHECKED, Standing.HOLDS, Standing.SUPERSEDED, Standing.RETRACTED,
)  # fmt: skip
"""The order of `Checked.judged`."""
CENTRAL = 400
"""Files and symbols of the highest PageRank, which orders the notes of the map."""
Result = TypeVar("Result")


class Asking(Protocol):
    """Runs a question on the current view, and again after a refresh if the view was stale.

    The question gets the view and the paths of the files that change meanwhile.
    """

    def __call__(self, question: Callable[[View, frozenset[str]], Result], /) -> Result: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """All notes with their standings, by urgency (false, not shown, unchecked, true) and id, and the files that are no notes."""

    judged: tuple[Judgement, ...]
    broken: tuple[Broken, ...]

    def of(self, standing: Standing) -> tuple[Judgement, ...]:
        """Return the notes of one standing."""
        return tuple(one for one in self.judged if one.standing == standing)


@dataclass(frozen=True, slots=True)
class Removal:
    """A note that is no longer needed, and the reason: superseded, retracted, or false since it was last verified."""

    id: str
    because: str
    standing: Standing


class Book:
    """The notes of one project. Safe to use from several threads and processes."""

    def __init__(
        self, root: Path, data: Path, asking: Asking, waiting: Callable[[], AbstractContextManager[None]], secrets: Secrets,
        texts: TextParser,
    ) -> None:  # fmt: skip
        """`asking` runs questions; `waiting` lets others have the turn of this thread's question, if it has one, until the block ends."""
        self.root = root
        self.folder = Folder(root)
        self.judge = Judge(root, data, secrets, texts)
        self._data = data
        self._asking = asking
        self._ranking = NoteSearch()
        self._names = Names()
        self._writer = Writer(self.folder, self.judge, data, waiting)
        self.pending = Pending(data, asking, self.folder, self.add)

    def check(self) -> Checked:
        """Check every claim of every note."""
        return self._asking(self._checked)

    def tell(self, claim: Claim) -> Verdict:
        """Check one claim that need not belong to a note."""
        return self._asking(lambda view, changing: check(claim, self.judge.ground(view, claim.paths(), changing)))

    def disproved(self, base: str) -> tuple[Judgement, ...]:
        """Return the false and objectionable notes that changed, or that name a path that changed, since the commit `base`.

        Changes count from the merge base of `base` and the checkout. Raises `UnknownNote` if git does not know the commit.
        """
        changed, found = self.changed_since(base), self.check()
        wrong = (*found.of(Standing.FALSE), *found.of(Standing.OBJECTIONABLE))
        return tuple(one for one in wrong if any(map(changed, (path_of(one.note.id), *cited_paths(one.note)))))

    def changed_since(self, base: str) -> Callable[[str], bool]:
        """Return a predicate that tells whether a path changed since the merge base of the commit `base` and the checkout.

        Raises `UnknownNote` if git does not know the commit.
        """
        history = self.judge.history
        start = history.merge_base(base)
        if not start:
            raise UnknownNote(history.without_merge_base(base))
        present = scan(self.root).paths()
        return lambda path: self._differs(start, path, path in present or path.startswith(OWN_FOLDER))

    def _differs(self, commit: str, path: str, is_present: bool) -> bool:
        before = self.judge.history.file(commit, path)
        return (digest_of(before) if before else "") != (self.judge.disk.digest(path)[:DIGITS] if is_present else "")

    def list(self) -> tuple[Judgement, ...]:
        """Return all notes with their standings, superseded and retracted ones included."""
        return self.check().judged

    def show(self, id_: str) -> Judgement:
        """Return a note with its standing. Raises `UnknownNote`."""
        known = self._known(id_)
        return self._asking(lambda view, changing: self.judge.judge(view, self.folder.read(), (known,), changing)[known])

    def recall(self, task: str, limit: int = DEFAULT_NOTES) -> Recalled:
        """Return the notes relevant to a task, best first."""
        return self._asking(lambda view, changing: self._about_task(view, changing, task, limit))

    def recall_at(self, symbols: Sequence[str], paths: Sequence[str]) -> Recalled:
        """Return the notes about symbols (`path#qualname`) and files: what to know before an edit."""
        return self._asking(lambda view, changing: self._about_code(view, changing, self.folder.read(), symbols, paths))

    def recall_handles(self, handles: Sequence[str]) -> Recalled:
        """Return the notes about what handles name: ids, names, files, lines, folders. What is gone may still have notes.

        Raises `UnknownHandle` or `OutsideRoot` where there is none and a handle names nothing: that is not the same as to have none.
        """
        return self._asking(lambda view, changing: self._about_handles(view, changing, handles))

    def living(self, view: View, changing: frozenset[str]) -> Mapping[str, Judgement]:
        """Return all living notes by id, judged against a given view. Raises `Stale`."""
        shelf = self.folder.read()
        return {id_: one for id_, one in self.judge.judge(view, shelf, shelf.notes, changing).items() if one.standing in ALIVE}

    def offered(self, view: View, changing: frozenset[str], task: str, symbols: Sequence[str], paths: Sequence[str]) -> Offered:
        """Return the notes for a pack that may show these symbols and files. Raises `Stale`."""
        shelf = self.folder.read()
        chosen = about_task(self._ranking.matches(shelf, task, view.embedder))[:DEFAULT_NOTES]
        of_task = divide(self.judge.judge(view, shelf, [id_ for id_, _ in chosen], changing), chosen)
        return Offered(self._about_code(view, changing, shelf, symbols, paths), of_task)

    def digest(self, view: View, changing: frozenset[str], room: int, count: TokenCount) -> str:
        """Return the section of notes for the map of the project, in at most `room` tokens. Raises `Stale`."""
        return digest(self.living(view, changing).values(), view.graph.central(CENTRAL), room, count)

    def conflicts(self) -> tuple[Conflict, ...]:
        """Return the pairs of living notes that contradict each other."""
        return self._asking(lambda view, changing: conflicts(one.note for one in self.living(view, changing).values()))

    def add(self, note: Note) -> Judgement:
        """Write a note that passes admission. Sets its id, its verified state, and its date if it has none.

        Raises `NoteRefused` with every objection.
        """
        with self._writer.alone():
            return self._added(note)

    def supersede(self, id_: str, note: Note) -> Judgement:
        """Write a note that supersedes another, whose file stays. Raises `UnknownNote`, `NoteRefused`."""
        return self.fold((id_,), note)

    def fold(self, ids: Sequence[str], note: Note) -> Judgement:
        """Write a note that supersedes several, whose files stay and are linked from it. Raises `UnknownNote`, `NoteRefused`."""
        with self._writer.alone():
            known = tuple(map(self._known, ids))
            return self._added(replace(note, supersedes=tuple(dict.fromkeys((*note.supersedes, *known)))))

    def retract(self, id_: str, reason: str) -> Note:
        """Turn a note into a tombstone: it is never recalled, and mining does not propose it again.

        Raises `UnknownNote`, and `NoteRefused` without a reason.
        """
        if not reason.strip():
            raise NoteRefused(("a retraction needs a reason, which keeps the same mistake from being made again",))
        with self._writer.alone():
            known = self._known(id_)
            note = replace(self.folder.read().notes[known], retracted=" ".join(visible(reason).split()))
            self.folder.replace(note)
            return note

    def verify(self, ids: Sequence[str]) -> tuple[Judgement, ...]:
        """Check notes, and write the present state and the new places of what moved into those that hold.

        Raises `UnknownNote`. A note that does not hold stays as it is.
        """
        with self._writer.alone():
            known = tuple(map(self._known, ids))
            return self._asking(lambda view, changing: tuple(self._writer.verify(view, changing, id_) for id_ in known))

    def gc(self) -> tuple[Removal, ...]:
        """Return the notes that could be removed: superseded, retracted, or false. Changes nothing."""
        return tuple(
            Removal(one.note.id, one.because, one.standing)
            for one in self.check().judged
            if one.standing in (Standing.SUPERSEDED, Standing.RETRACTED, Standing.FALSE)
        )

    def apply(self, removals: Iterable[Removal]) -> None:
        """Remove notes that `gc` named.

        Raises `NoteRefused`, before any is removed, if one is neither superseded nor retracted.
        """
        with self._writer.alone():
            wanted = {self._known(removal.id) for removal in removals}
            shelf = self.folder.read()
            replaced = superseded(shelf)
            if kept := sorted(id_ for id_ in wanted if id_ not in replaced and not shelf.notes[id_].retracted):
                raise NoteRefused((f"{kept[0]} is neither superseded nor retracted; retract it with a reason first",))
            for id_ in sorted(wanted):
                self.folder.remove(id_)

    def record(self, command: str, code: int) -> None:
        """Record the exit code of a command, for claims about it."""
        with self._writer.alone():
            record(self._data, command, code)

    def audit(self, paths: Sequence[str]) -> tuple[Finding, ...]:
        """Return the mentions in documents of paths and symbols that are gone; without paths, in READMEs and instructions for agents.

        Raises `UnknownHandle` for a document that does not exist, `OutsideRoot` for one outside the project.
        """
        present = scan(self.root).paths() if paths else frozenset()
        if missing := [path for path in paths if is_inside(path) and path not in present]:
            raise UnknownHandle(f"there is no file {missing[0][:200]!r}; name documents by their paths in the project")
        return self._asking(lambda view, _: audit(view, paths or documents(view)))

    @contextmanager
    def writing(self) -> Iterator[Folder]:
        """Hold the write lock and give the folder, for a caller that bypasses `add` and is responsible for what it writes."""
        with self._writer.alone():
            yield self.folder

    def _checked(self, view: View, changing: frozenset[str]) -> Checked:
        shelf = self.folder.read()
        judged = self.judge.judge(view, shelf, shelf.notes, changing).values()
        return Checked(tuple(sorted(judged, key=lambda one: (_URGENCY.index(one.standing), one.note.id))), shelf.broken)

    def _about_code(self, view: View, changing: frozenset[str], shelf: Shelf, symbols: Sequence[str], paths: Sequence[str]) -> Recalled:
        judged = self.judge.judge(view, shelf, self._names.near(shelf, view, symbols, paths), changing)
        return divide(judged, about_code(judged, symbols, paths))

    def _about_handles(self, view: View, changing: frozenset[str], handles: Sequence[str]) -> Recalled:
        symbols, paths, unknown = [], [], list[UsageError]()
        for handle in handles:
            path, qualname = split_name(handle)
            symbols += [handle] if qualname else []
            paths.append(path)
            try:
                named = subjects_of(view, handle)
            except (UnknownHandle, OutsideRoot) as error:
                # A file that the index leaves out is there all the same.
                unknown += [] if self.judge.disk.lists(path, view.version) else [error]
                continue
            symbols += named.symbols
            paths += named.paths
        found = self._about_code(view, changing, self.folder.read(), list(dict.fromkeys(symbols)), list(dict.fromkeys(paths)))
        if unknown and not found.served and not found.withheld:
            raise unknown[0]
        return found

    def _about_task(self, view: View, changing: frozenset[str], task: str, limit: int) -> Recalled:
        shelf = self.folder.read()
        matches = [match for match in self._ranking.matches(shelf, task, view.embedder)[: 4 * limit] if match.is_related]
        judged = self.judge.judge(view, shelf, [match.id for match in matches], changing)
        alive = [(match.id, ("task",)) for match in matches if judged[match.id].standing in ALIVE]
        return divide(judged, alive[:limit])

    def _added(self, note: Note) -> Judgement:
        return self._asking(lambda view, changing: self._writer.add(view, changing, note))

    def _known(self, id_: str) -> str:
        """Return the full id of a note, given in full or by a unique beginning. Raises `UnknownNote`."""
        notes = self.folder.read().notes
        found = [id_] if id_ in notes else [known for known in notes if known.startswith(id_)] if id_ else []
        if len(found) != 1:
            if found:
                raise UnknownNote(f"no note is called {id_[:80]!r}; did you mean {', '.join(found[:5])}?")
            raise UnknownNote(f"no note is called {id_[:80]!r}", LIST_NOTES)
        return found[0]
