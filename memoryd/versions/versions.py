"""The versions of one project's index: the newest in the store, the one in memory, and the refresh that makes the next.

The open store and view are one value (`_Current`), replaced as a whole under one lock; a reader of the old value may go on with it.
An operation opens the store once. A refresh makes one new version; questions are answered from the one before until it is ready.
A damaged or foreign index is rebuilt, never half-read.
"""

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from memoryd.advice import REINDEX
from memoryd.config import Settings, index_folder, project_root
from memoryd.embed import Embedder
from memoryd.embed import load as load_embedder
from memoryd.errors import RefreshBusy, StoreUnusable
from memoryd.files import discard_leftovers, path_text
from memoryd.indexing import (
    STAT_FILE,
    Archive,
    Failures,
    Outcome,
    Progress,
    Project,
    Survey,
    create,
    failed,
    new_store,
    reembed,
    survey,
    survey_paths,
    update,
)
from memoryd.model import RefreshReport, Verification
from memoryd.parsing import ParserPool, TimeLimit
from memoryd.store import FileRecord, Meta, Store, Unreadable, next_table, read_meta
from memoryd.versions import changes
from memoryd.versions.changes import Change
from memoryd.versions.known_tree import KnownTree, State
from memoryd.versions.refresh_lock import FOREVER, RefreshLock
from memoryd.versions.sources import Stale
from memoryd.versions.turns import Turns
from memoryd.versions.verification import verify
from memoryd.versions.view import View, compact_index, index_file

REPAIRS = 3
"""The most times that an answer is made again because files changed meanwhile."""
MOST_ROUNDS = 30
"""The most times that a question is asked again in all, so that no answer that never settles is waited for."""
REPAIR_SECONDS = 0.25
"""How long an answer waits for a running refresh before it leaves out the files that changed."""
CLOSING_SECONDS = 5.0
"""How long `close` waits for a refresh in another thread."""

Find = Callable[[Store, Mapping[str, FileRecord]], Survey]
"""Compares what a version records of each file with the working tree."""
Result = TypeVar("Result")
log = logging.getLogger("memoryd")


@dataclass(frozen=True, slots=True)
class _Current:
    """The open store, which reads the newest version seen, and the view, the version in memory that answers questions."""

    store: Store | None = None
    view: View | None = None


class Held(NamedTuple):
    """What the newest version of an index holds: the store that reads it, the record of each file, the number of units without files."""

    store: Store | None = None
    records: Mapping[str, FileRecord] = MappingProxyType({})
    units: int = 0


class Versions:
    """The versions of one project. Safe to use from several threads; a question never waits for a refresh to end."""

    def __init__(self, root: Path, settings: Settings, progress: Progress, limit: TimeLimit, turns: Turns) -> None:
        self.root = project_root(root)
        self.folder = index_folder(settings, self.root)
        self.name = path_text(os.fsencode(self.root))
        self.secrets = settings.secrets
        self._settings = settings
        self._progress = progress
        self._turns = turns
        self._pool = ParserPool(self.root, settings.workers, limit, settings.secrets)
        self._parsed = 0.0
        self._embedder: Embedder | None = None
        self._prepares = False
        self._tree = KnownTree(self.root, self.folder, settings.secrets)
        self._refreshing = RefreshLock(self.folder.parent, self.name)
        self._loading = threading.Lock()
        self._lock = threading.Lock()
        self._current = _Current()
        self._stale: set[str] = set()
        self._mapped: View | None = None

    def close(self) -> None:
        """End the parser processes and drop the open store and view; the next use opens them again.

        A refresh in another thread has `CLOSING_SECONDS` to end before its processes are ended.
        """
        with self._refreshing.held_here(CLOSING_SECONDS):
            self._pool.close()
        self._tree.close()
        self._forget()

    def rest(self, seconds: float) -> None:
        """End the parser processes if none was used for some seconds; the next refresh starts those it needs."""
        if time.monotonic() - self._parsed > seconds:
            with self._refreshing.held_here(0.0) as is_ours:
                if is_ours:
                    self._pool.close()

    def follow(self) -> None:
        """Listen to events of the files from now on, so that a refresh scans them only where events do not tell all."""
        self._tree.follow()

    @property
    def embedder(self) -> Embedder:
        """The embedder, loaded when it is first needed. Raises `EmbedderUnavailable`."""
        if self._embedder is None:
            self._embedder = load_embedder(self._settings.embedder)
        return self._embedder

    # Reading

    @property
    def in_memory(self) -> View | None:
        """The version in memory that answers questions, `None` if there is none."""
        return self._current.view

    def view(self) -> View:
        """Return the version that answers questions; reads it into memory, or makes the index, if need be."""
        while (view := self._current.view) is None:
            if not self._load():
                self.refresh()
        return view

    def prepare(self) -> None:
        """Read the newest version into memory and prepare it for answers; each later version is prepared, too."""
        self._prepares = True
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
                return question(view, changing)
            except Stale as stale:
                changed = stale.paths
            except Unreadable as damage:
                unreadable += 1
                if unreadable > REPAIRS:
                    raise StoreUnusable(f"the index of {self.name} cannot be read", damage, REINDEX) from damage
                # Another thread or process may have replaced the version while it was read.
                if self._current.view is view:
                    self._forget()
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

    def version(self) -> int:
        """Return the number of the newest version, 0 if nothing is indexed; moves the version in memory to it."""
        store = self._newest()
        if store is not None and not self._refreshing.is_held_here:
            self._catch_up(store)
        return store.version if store else 0

    def verify(self, patience: float = FOREVER) -> Verification:
        """Compare every file of the index with its checksum, and make again what is damaged.

        Raises `RefreshBusy` after `patience` seconds, and changes nothing where nothing is damaged.
        """
        if not _holds_index(self.folder):
            return Verification(0, 0)
        with self._refreshing.held(patience):
            try:
                found = verify(self.folder)
            except Unreadable as damage:
                found = Verification(0, 0, (str(damage),))
                self._discard(damage)
            else:
                for one in found.damaged:
                    log.warning("in the index of %s, %s; it is made again", self.name, one)
        if found.damaged:
            self._forget()  # its matcher may be mapped from a damaged file
            self.refresh()
        return found

    def held(self) -> "Held":
        """Return what the newest version holds; a damaged index counts as none and is left as it is."""
        view = self._at_hand(self._newest())
        if view is not None:
            return Held(view.store, view.records, view.units)
        store = self._opened()
        if store is None and _holds_index(self.folder):
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
        return held, self._tree.look(_state(held.store), held.records)

    # Writing

    def refresh(self, patience: float = FOREVER) -> RefreshReport:
        """Bring the index to the state of the working tree, in one version. Raises `RefreshBusy` after `patience` seconds.

        A file whose parser failed is parsed again a day later.
        """

        def find(store: Store, records: Mapping[str, FileRecord]) -> Survey:
            return self._survey(store, records).retrying(Failures.load(self.folder).due(records, time.time()))

        return self._refresh(find, patience)

    def rescan(self) -> RefreshReport:
        """Refresh the index after a scan of the whole tree, whatever events have told."""
        self._tree.doubt()
        return self.refresh()

    def retry(self, patience: float = FOREVER) -> RefreshReport:
        """Refresh the index, and parse every file again whose parser failed."""
        return self._refresh(lambda store, records: self._survey(store, records).retrying(failed(records)), patience)

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

        return self._refresh(find, patience)

    def replace(self, archive: Archive) -> RefreshReport:
        """Put the rows of an archive in place of the index, then refresh."""
        with self._refreshing.held(FOREVER):
            meta = Meta(next_table(self.folder), self.embedder.id, self.embedder.dimensions, self.name)
            store = new_store(self.folder, meta, archive.batches())
            # The stat cache describes the files of the replaced index.
            (self.folder / STAT_FILE).unlink(missing_ok=True)
            with self._lock:
                self._current = _Current(store)
        return self.refresh()

    # The store

    def _newest(self) -> Store | None:
        """Return the store at its newest version; `None` if there is none, or another embedder made it. Its table is not opened yet."""
        embedder = self.embedder
        with self._lock:
            meta, store, view = read_meta(self.folder), self._current.store, self._current.view
            try:
                if store is not None and store.meta == meta:
                    store.move_on()
                else:
                    store = Store.find(self.folder, embedder.id, embedder.dimensions, self.name)
            except Unreadable:
                store = None
            # A view of an older version keeps answering until the next view is ready; a view of a replaced index does not.
            is_of_store = view is not None and store is not None and view.store.meta == store.meta
            self._current = _Current(store, view if is_of_store else None)
            return store

    def _opened(self) -> Store | None:
        """Return what `_newest` does with its table opened; `None` if that is damaged, too."""
        store = self._newest()
        if store is not None:
            try:
                store.open_table()
            except Unreadable:
                self._forget()
                return None
        return store

    def _at_hand(self, store: Store | None) -> View | None:
        """Return the version that a store reads, from memory or its image; `None` if it would have to be made from the table."""
        if store is None:
            return None
        for view in (self._current.view, self._mapped):
            if view is not None and _same(view.store, store):
                return view
        self._mapped = View.mapped(self.root, store.snapshot(), self.embedder, self.secrets)
        return self._mapped

    def _records(self, store: Store) -> Mapping[str, FileRecord]:
        view = self._at_hand(store)
        return store.files() if view is None else view.records

    def _forget(self) -> None:
        with self._lock:
            self._current, self._mapped = _Current(), None

    # What is in memory

    def _load(self) -> bool:
        """Read the newest version into memory, unless another thread just did; return whether there is an index."""
        with self._loading:
            if self._current.view is not None:
                return True
            view = self._at_hand(self._newest())
            is_new = view is None
            if view is None:
                store = self._opened()
                if store is None:
                    return False
                self._progress("preparing", 0, 0)
                view = View.load(self.root, store.snapshot(), self.embedder, self.secrets)
            view = self._ready(view)
            with self._lock:
                # A refresh that ended meanwhile found no view to advance: then the index is read once more.
                if self._current.store is not None and _same(view.store, self._current.store):
                    self._current, self._mapped = replace(self._current, view=view), None
            if is_new:
                self._save(view)
            return True

    def _save(self, view: View) -> None:
        """Save the image of a version if it is the newest, nobody writes, and the folder may be written."""
        with suppress(RefreshBusy, StoreUnusable, Unreadable), self._refreshing.held(0.0):
            store = self._newest()
            if store is not None and _same(view.store, store):
                view.save()

    def _catch_up(self, store: Store) -> None:
        """Read the version that another process wrote into memory; the old view answers questions meanwhile."""
        with self._loading:
            view = self._current.view
            if view is not None and not _same(view.store, store):
                moved = None  # the next question notices an index that cannot be read
                with suppress(Unreadable):
                    moved = self._ready(View.load(self.root, store.snapshot(), view.embedder, self.secrets))
                self._exchange(view, moved)

    def _advance(self, store: Store, change: Change) -> None:
        """Move the view to the version that `store` reads, to which a change led."""
        with self._lock:
            view = self._current.view
            self._current = _Current(store, view)
        if view is None or _same(view.store, store):
            return
        if view.store.meta == store.meta and view.version == change.before:
            self._exchange(view, self._ready(view.patched(store.snapshot().knowing(change.known()), change.touched)))
        else:
            self._exchange(view, self._ready(View.load(self.root, store.snapshot(), view.embedder, self.secrets)))

    def _ready(self, view: View) -> View:
        """Return the view, which is prepared first if `prepare` was ever called."""
        if self._prepares:
            view.prepare()
        return view

    def _exchange(self, old: View, new: View | None) -> None:
        """Replace the view `old` by `new`, unless `old` is no longer in memory."""
        with self._lock:
            if self._current.view is old:
                self._current = replace(self._current, view=new)

    # A refresh

    def _refresh(self, find: Find, patience: float) -> RefreshReport:
        started = time.perf_counter()
        with self._refreshing.held(patience):
            discard_leftovers(self.folder.parent)
            store = self._newest()
            if self._at_hand(store) is None:
                store = self._opened() or self._reembedded()
            if store is None and _holds_index(self.folder):
                log.warning("the index of %s is unfinished, damaged or of another version; it is rebuilt", self.name)
                _remove(self.folder)
            try:
                outcome, store = self._applied(store, find)
            except Unreadable as damage:
                self._discard(damage)
                outcome, store = self._applied(None, find)
            if outcome.parsed:
                self._parsed = time.monotonic()
        return outcome.report(time.perf_counter() - started, store.version)

    def _applied(self, store: Store | None, find: Find) -> tuple[Outcome, Store]:
        """Bring a store to the state of the survey, or make one, then the view; compact what grew."""
        before, unsure = None, list[str]()
        if store is not None:
            store.discard_leftovers()
            before = _state(store)
            self._tree.begun()
            found = find(store, self._records(store))
            if found.changes:
                store.open_table()
            outcome = update(self._project(), store, found)
            unsure = [one.path for one in outcome.skipped[len(found.skipped) :]]
        else:
            # A first index takes in every file, even if only a few paths were asked for.
            store, outcome = create(self._project(), survey(self.root, self.folder, {}, self.secrets, self._progress))
        change = changes.nothing(store, outcome.before)._replace(after=store.version, touched=outcome.touched)
        change = change if outcome.rows is None else change._replace(rows=outcome.rows)
        self._advance(store, change)
        if outcome.touched or store.has_leftovers() or not index_file(store).exists:
            self._compact(store)
        if store.version != change.before:
            self._record(store, change._replace(after=store.version))
        if before is not None:
            self._tree.indexed(before, _state(store), unsure)
        return outcome, store

    def _record(self, store: Store, change: Change) -> None:
        """Keep a change beside the image, or save another image if that is too old and the version is in memory."""
        if not changes.record(store, change):
            view = self._current.view
            if view is not None and _same(view.store, store):
                view.save()

    def _survey(self, store: Store, records: Mapping[str, FileRecord]) -> Survey:
        return self._tree.survey(_state(store), records, self._progress)

    def _project(self) -> Project:
        return Project(self.root, self.name, self.folder, self.embedder, self._pool, self._progress, self.secrets)

    def _compact(self, store: Store) -> None:
        """Compact the store, then the search index. The view moves to the compacted version before older ones are removed."""
        before = changes.nothing(store, store.version)
        is_wasteful = store.compact()
        self._advance(store, before._replace(after=store.version))
        if is_wasteful:
            store.prune()
        view = self._current.view
        if view is None or not _same(view.store, store):
            compact_index(store)
        elif (compacted := view.compacted()) is not view:
            self._exchange(view, self._ready(compacted))

    def _reembedded(self) -> Store | None:
        """Return a new store with the rows of one that differs in its embedder only; nothing is parsed. `None` if there is none."""
        meta = read_meta(self.folder)
        if meta is None or meta.root != self.name or meta.embedder == self.embedder.id:
            return None
        try:
            return reembed(self._project(), Store.open(self.folder, meta.embedder, meta.dimensions, meta.root))
        except Unreadable:
            return None

    def _repaired(self, paths: Iterable[str], patience: float) -> bool:
        """Bring changed files up to date, or wait for who does; return whether that was done within `patience` seconds.

        Who waits lets others have its turn; the first who need not wait any more refreshes the files of all who wait.
        """
        with self._lock:
            self._stale.update(paths)
        with self._turns.lent(), self._refreshing.held_here(patience) as is_idle:
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
            self._forget()
            return self._opened() is not None

    def _rebuild(self, damage: Unreadable) -> None:
        with self._refreshing.held(FOREVER):
            self._discard(damage)
        self.refresh()

    def _discard(self, damage: Unreadable) -> None:
        log.warning("the index of %s cannot be read (%s); it is rebuilt", self.name, damage)
        self._forget()
        _remove(self.folder)


def _state(store: Store) -> State:
    return store.meta, store.version


def _same(one: Store, other: Store) -> bool:
    return _state(one) == _state(other)


def _holds_index(folder: Path) -> bool:
    return os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir()))


def _remove(folder: Path) -> None:
    """Remove the folder of an index, or the file or link in its place."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)
