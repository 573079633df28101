"""The versions of one project's index: the newest in the store, the one in memory, and the refresh that makes the next.

An operation opens the store once. A refresh makes one new version; questions are answered from the one before until it is ready.
A damaged or foreign index is rebuilt, never half-read.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from memoryd.advice import REINDEX
from memoryd.config import Settings
from memoryd.embed import Embedder
from memoryd.errors import RefreshBusy, StoreUnusable
from memoryd.indexing import Archive, Failures, Progress, Survey, failed, survey, survey_paths
from memoryd.model import RefreshReport, Verification
from memoryd.parsing import TimeLimit
from memoryd.store import FileRecord, Store, Unreadable
from memoryd.versions.current import Checkout, Current, state_of
from memoryd.versions.exact import Exact, Known, save_exact
from memoryd.versions.known_tree import KnownTree
from memoryd.versions.refresh_lock import FOREVER, RefreshLock
from memoryd.versions.sources import Stale
from memoryd.versions.turns import Turns
from memoryd.versions.verification import verify
from memoryd.versions.view import View
from memoryd.versions.writer import Find, Writer, holds_index

REPAIRS = 3
"""The most times that an answer is made again because files changed meanwhile."""
MOST_ROUNDS = 30
"""The most times that a question is asked again in all, so that no answer that never settles is waited for."""
REPAIR_SECONDS = 0.25
"""How long an answer waits for a running refresh before it leaves out the files that changed."""
Result = TypeVar("Result")
log = logging.getLogger("memoryd")


class Held(NamedTuple):
    """What the newest version of an index holds: the store that reads it, the record of each file, the number of units without files."""

    store: Store | None = None
    records: Mapping[str, FileRecord] = MappingProxyType({})
    units: int = 0


class Versions:
    """The versions of one project. Safe to use from several threads; a question never waits for a refresh to end."""

    def __init__(self, root: Path, settings: Settings, progress: Progress, limit: TimeLimit, turns: Turns) -> None:
        self._checkout = Checkout(root, settings)
        self.root, self.folder = self._checkout.root, self._checkout.folder
        self.name, self.secrets = self._checkout.name, self._checkout.secrets
        self._turns = turns
        self._tree = KnownTree(self.root, self.folder, self.secrets)
        self._refreshing = RefreshLock(self.folder.parent, self.name, progress)
        self._progress = progress = self._refreshing.progress
        self._current = Current(self._checkout, progress, self._refreshing)
        self._writer = Writer(self._checkout, self._current, self._refreshing, self._tree, progress, limit)
        self._lock = threading.Lock()
        self._stale: set[str] = set()

    def close(self) -> None:
        """End the parser processes and drop the open store and view; the next use opens them again."""
        self._writer.close()
        self._tree.close()
        self._current.forget()

    def rest(self, seconds: float) -> None:
        """End the parser processes if none was used for some seconds; the next refresh starts those it needs."""
        self._writer.rest(seconds)

    def shrink(self, seconds: float) -> bool:
        """Hold of a version that nobody asks no more than one that was just opened, unless it changed within some seconds.

        Returns whether anything was let go of. Takes some seconds of CPU time for a million lines.
        """
        view = self._current.view
        return view is not None and view.is_at_rest(seconds) and self._current.reopen(view)

    def follow(self) -> None:
        """Listen to events of the files from now on, so that a refresh scans them only where events do not tell all."""
        self._tree.follow()

    @property
    def embedder(self) -> Embedder:
        """The embedder, loaded when it is first needed. Raises `EmbedderUnavailable`."""
        return self._checkout.embedder

    # Reading

    @property
    def in_memory(self) -> View | None:
        """The version in memory that answers questions, `None` if there is none."""
        return self._current.view

    def view(self) -> View:
        """Return the version that answers questions; reads it into memory, or makes the index, if need be."""
        while (view := self._current.view) is None:
            if not self._current.load():
                self.refresh()
        if view.exact.is_current:
            return view
        renewed = view.with_exact()
        self._current.exchange(view, renewed)
        return renewed

    def prepare(self) -> None:
        """Read the newest version into memory and prepare it for answers; each later version is prepared, too."""
        self._current.prepare()
        self.view().prepare()

    def ask(self, question: Callable[[View, frozenset[str]], Result]) -> Result:
        """Return the answer of a version whose shown files are the same on disk.

        Files that the answer shows and that changed (`Stale`) are refreshed, an index that cannot be read (`Unreadable`) is rebuilt,
        and the question is asked again. The second argument of `question` are the paths of changed files that cannot be refreshed
        now, because another refresh runs or they keep changing. Raises `StoreUnusable` where rebuilding does not help.
        """
        repairs = unreadable = 0
        patience = REPAIR_SECONDS
        changing: frozenset[str] = frozenset()
        while True:
            view = self._current.view
            try:
                view = self.view()
                answer = question(view, changing)
                self._current.keep(view)
                return answer
            except Stale as stale:
                changed = stale.paths
            except Unreadable as damage:
                unreadable += 1
                if unreadable > REPAIRS:
                    raise StoreUnusable(f"the index of {self.name} cannot be read", damage, REINDEX) from damage
                # Another thread or process may have replaced the version while it was read.
                if self._current.view is view:
                    self._current.forget()
                if unreadable == REPAIRS or (unreadable > 1 and not self._is_sound()):
                    self._rebuild(damage)
                continue
            # Many may wait, each for a refresh that makes another version: none of them keeps the one that it asked, nor what it found.
            del view
            repairs += 1
            if repairs > MOST_ROUNDS:
                raise RefreshBusy(f"{', '.join(changed)} changed again and again while {self.name} was asked; ask again")
            if repairs > REPAIRS or not self._repaired(changed, patience):
                changing |= set(changed)
                patience = 0.0  # the wait is over

    def waiting(self) -> AbstractContextManager[None]:
        """Let others have the turn of this thread's question, if it has one, until the block ends."""
        return self._turns.lent()

    def version(self) -> int:
        """Return the number of the newest version, 0 if nothing is indexed; moves the version in memory to it."""
        store = self._current.newest()
        if store is not None and not self._refreshing.is_held_here:
            self._current.catch_up(store)
        return store.version if store else 0

    def verify(self, patience: float = FOREVER) -> Verification:
        """Compare every file of the index with its checksum, and make again what is damaged.

        Raises `RefreshBusy` after `patience` seconds, and changes nothing where nothing is damaged.
        """
        if not holds_index(self.folder):
            return Verification(0, 0)
        with self._refreshing.held(patience):
            try:
                found = verify(self.folder)
            except Unreadable as damage:
                found = Verification(0, 0, (str(damage),))
                self._writer.discard(damage)
            else:
                for one in found.damaged:
                    log.warning("in the index of %s, %s; it is made again", self.name, one)
        if found.damaged:
            self._current.forget()  # its matcher may be mapped from a damaged file
            self.refresh()
        return found

    def held(self) -> "Held":
        """Return what the newest version holds; a damaged index counts as none and is left as it is."""
        view = self._current.at_hand(self._current.newest())
        if view is not None:
            return Held(view.store, view.records, view.units)
        store = self._current.opened()
        if store is None and holds_index(self.folder):
            log.warning("the index of %s is unfinished, damaged or made for other settings; run: memoryd reindex", self.name)
        try:
            return Held(store, store.files(), store.count()) if store else Held()
        except Unreadable as damage:
            log.warning("the index of %s is damaged (%s); run: memoryd reindex", self.name, damage)
            return Held()

    def survey(self) -> "tuple[Held, Survey]":
        """Return what the newest version holds, and how the working tree differs from it; change nothing."""
        held = self.held()
        if held.store is None:
            return held, survey(self.root, self.folder, held.records, self.secrets)
        return held, self._tree.look(state_of(held.store), held.records)

    # Writing

    def refresh(self, patience: float = FOREVER) -> RefreshReport:
        """Bring the index to the state of the working tree, in one version. Raises `RefreshBusy` after `patience` seconds.

        A file whose parser failed is parsed again a day later.
        """
        return self._refresh(self._survey, patience)

    def rescan(self) -> RefreshReport:
        """Refresh the index after a scan of the whole tree, whatever events have told. Other refreshes need not wait for the scan."""
        held = self.held()
        if held.store is None:
            return self.refresh()
        scanned = self._tree.scan(state_of(held.store), held.records)
        return self._refresh(lambda store, records: self._tree.survey_scanned(scanned, state_of(store), records))

    def _refresh(self, find: Find, patience: float = FOREVER) -> RefreshReport:
        def found(store: Store, records: Mapping[str, FileRecord]) -> Survey:
            return find(store, records).retrying(Failures.load(self.folder).due(records, time.time()))

        return self._writer.refresh(found, patience)

    def retry(self, patience: float = FOREVER) -> RefreshReport:
        """Refresh the index, and parse every file again whose parser failed."""
        return self._writer.refresh(lambda store, records: self._survey(store, records).retrying(failed(records)), patience)

    def refresh_paths(self, paths: Iterable[str], patience: float = FOREVER) -> RefreshReport:
        """Bring some files to their state on disk; a path that is not in the index leads to a scan of the whole tree."""
        asked = set(paths)

        def find(store: Store, records: Mapping[str, FileRecord]) -> Survey:
            with self._lock:
                wanted = asked | (self._stale & records.keys())
                self._stale.clear()
            if wanted <= records.keys():
                return survey_paths(self.root, records, wanted, self.secrets)
            return self._survey(store, records)

        return self._writer.refresh(find, patience)

    def replace(self, archive: Archive) -> RefreshReport:
        """Put the rows of an archive in place of the index, then refresh."""
        self._writer.replace(archive)
        return self.refresh()

    def keep_exact(self, known: Mapping[str, Known]) -> None:
        """Keep what compilers say of some files, in place of what they said of these; forget it of files that are gone."""
        with self._refreshing.held(FOREVER):
            records = self.held().records
            before = Exact(self.folder.parent).known()
            save_exact(self.folder.parent, {path: one for path, one in {**before, **known}.items() if path in records})

    def forget_exact(self) -> int:
        """Forget what compilers said; return of how many files that was."""
        with self._refreshing.held(FOREVER):
            before = Exact(self.folder.parent).digests
            save_exact(self.folder.parent, {})
        return len(before)

    def _survey(self, store: Store, records: Mapping[str, FileRecord]) -> Survey:
        return self._tree.survey(state_of(store), records, self._progress)

    # Repairs

    def _repaired(self, paths: Iterable[str], patience: float) -> bool:
        """Bring changed files up to date, or wait for who does; return whether that was done within `patience` seconds.

        Who waits or refreshes lets others have its turn; the first who need not wait any more refreshes the files of all who wait.
        """
        with self._lock:
            self._stale.update(paths)
        with self._turns.lent():
            with self._refreshing.held_here(patience) as is_idle:
                pass
            if not is_idle:
                return False
            view = self._current.view
            if view is not None and all(map(view.is_on_disk, paths)):
                return True  # the refresh that ran while this question waited was for the same change
            try:
                self.refresh_paths(paths, patience)
            except RefreshBusy:
                return False
            return True

    def _is_sound(self) -> bool:
        """Tell whether the newest version can be opened while nobody writes."""
        with self._refreshing.held(FOREVER):
            self._current.forget()
            return self._current.opened() is not None

    def _rebuild(self, damage: Unreadable) -> None:
        with self._refreshing.held(FOREVER):
            self._writer.discard(damage)
        self.refresh()
