"""Makes the next version of an index: from the working tree, from an archive, or from the rows of another embedder."""

import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from memoryd.files import discard_leftovers, remove
from memoryd.indexing import STAT_FILE, Archive, Outcome, Progress, Project, Survey, create, new_store, reembed, survey, update
from memoryd.model import RefreshReport
from memoryd.parsing import ParserPool, TimeLimit
from memoryd.sharing import Facts, Maker, Remotes, is_noted, note_repository
from memoryd.store import FileRecord, Store, Unreadable, new_meta, read_meta
from memoryd.versions import changes
from memoryd.versions.adoption import adopt
from memoryd.versions.changes import Change
from memoryd.versions.current import Checkout, Current, same, state_of
from memoryd.versions.known_tree import KnownTree
from memoryd.versions.refresh_lock import FOREVER, RefreshLock
from memoryd.versions.view import compact_index, index_file

CLOSING_SECONDS = 5.0
"""How long `close` waits for a refresh in another thread."""

Find = Callable[[Store, Mapping[str, FileRecord]], Survey]
"""Compares what a version records of each file with the working tree."""
log = logging.getLogger("memoryd")


class Writer:
    """Writes the versions of one index, one at a time, and moves what is open to each."""

    def __init__(
        self, checkout: Checkout, current: Current, refreshing: RefreshLock, tree: KnownTree, progress: Progress, limit: TimeLimit
    ) -> None:
        self._checkout = checkout
        self._current = current
        self._refreshing = refreshing
        self._tree = tree
        self._progress = progress
        self._pool = ParserPool(checkout.root, checkout.settings.workers, limit, checkout.secrets)
        self._parsed = 0.0

    def close(self) -> None:
        """End the parser processes. A refresh in another thread has `CLOSING_SECONDS` to end before its processes are ended."""
        with self._refreshing.held_here(CLOSING_SECONDS):
            self._pool.close()

    def rest(self, seconds: float) -> None:
        """End the parser processes if none was used for some seconds; the next refresh starts those it needs."""
        if time.monotonic() - self._parsed > seconds:
            with self._refreshing.held_here(0.0) as is_ours:
                if is_ours:
                    self._pool.close()

    def refresh(self, find: Find, patience: float) -> RefreshReport:
        """Bring the index to the state that `find` tells of, in one version. Raises `RefreshBusy` after `patience` seconds."""
        started = time.perf_counter()
        with self._refreshing.held(patience):
            discard_leftovers(self._checkout.folder.parent)
            store = self._begun()
            try:
                outcome, store = self._applied(store, find)
            except Unreadable as damage:
                self.discard(damage)
                outcome, store = self._applied(None, find)
            if outcome.parsed:
                self._parsed = time.monotonic()
            if not is_noted(self._checkout.folder):
                note_repository(self._checkout.folder, self._checkout.root)
        return outcome.report(time.perf_counter() - started, store.version)

    def _begun(self) -> Store | None:
        """Return the store to bring up to date: ours, or one that begins with a sibling's. `None` if there is neither."""
        store = self._usable() or self._reembedded()
        if store is None and holds_index(self._checkout.folder):
            log.warning("the index of %s is unfinished, damaged or of another version; it is rebuilt", self._checkout.name)
            _remove(self._checkout.folder)
        if store is None and adopt(self._checkout):
            store = self._usable()
        return store

    def _usable(self) -> Store | None:
        """Return the newest version, opened unless its image suffices; `None` if there is none that can be read."""
        store = self._current.newest()
        return store if self._current.at_hand(store) is not None else self._current.opened()

    def _applied(self, store: Store | None, find: Find) -> tuple[Outcome, Store]:
        """Bring a store to the state of the survey, or make one, then the view; compact what grew."""
        before, unsure = None, list[str]()
        if store is not None:
            store.discard_leftovers()
            before = state_of(store)
            self._tree.begun()
            found = find(store, self._current.records(store))
            if found.changes:
                store.open_table()
            outcome = update(self._project(), store, found)
            unsure = [one.path for one in outcome.skipped[len(found.skipped) :]]
        else:
            # A first index takes in every file, even if only a few paths were asked for.
            place = self._checkout
            store, outcome = create(self._project(), survey(place.root, place.folder, {}, place.secrets, self._progress))
        change = changes.nothing(store, outcome.before)._replace(after=store.version, touched=outcome.touched)
        change = change if outcome.rows is None else change._replace(rows=outcome.rows)
        self._current.advance(store, change)
        if outcome.touched or store.has_leftovers() or not index_file(store).exists:
            self._compact(store)
        if store.version != change.before:
            self._record(store, change._replace(after=store.version))
        if before is not None:
            self._tree.indexed(before, state_of(store), unsure)
        return outcome, store

    def _record(self, store: Store, change: Change) -> None:
        """Keep a change beside the image, or save another image if that is too old and the version is in memory."""
        if not changes.record(store, change):
            view = self._current.view
            if view is not None and same(view.store, store):
                view.save()

    def _project(self) -> Project:
        place = self._checkout
        facts = Facts(place.settings.home, place.settings.cache_bytes, place.embedder.id, place.embedder.dimensions)
        facts.prepare()
        maker = Maker(place.embedder.id, place.embedder.dimensions)
        remotes = Remotes(place.settings.home, maker, place.secrets, place.settings.pulls_from)
        return Project(place.root, place.name, place.folder, place.embedder, self._pool, self._progress, facts, remotes, place.secrets)

    def _compact(self, store: Store) -> None:
        """Compact the store, then the search index. The view moves to the compacted version before older ones are removed."""
        before = changes.nothing(store, store.version)
        is_wasteful = store.compact()
        self._current.advance(store, before._replace(after=store.version))
        if is_wasteful:
            store.prune()
        view = self._current.view
        if view is None or not same(view.store, store):
            compact_index(store)
        elif (compacted := view.compacted()) is not view:
            self._current.exchange(view, compacted)

    def _reembedded(self) -> Store | None:
        """Return a new store with the rows of one that differs in its embedder only; nothing is parsed. `None` if there is none."""
        place = self._checkout
        meta = read_meta(place.folder)
        if meta is None or meta.root != place.name or meta.embedder == place.embedder.id:
            return None
        try:
            return reembed(self._project(), Store.open(place.folder, meta.embedder, meta.dimensions, meta.root))
        except Unreadable:
            return None

    def replace(self, archive: Archive) -> None:
        """Put the rows of an archive in place of the index."""
        place = self._checkout
        with self._refreshing.held(FOREVER):
            meta = new_meta(place.folder, place.embedder.id, place.embedder.dimensions, place.name)
            store = new_store(place.folder, meta, archive.batches())
            # The stat cache describes the files of the replaced index.
            remove(place.folder / STAT_FILE)
            self._current.hold(store)

    def discard(self, damage: Unreadable) -> None:
        """Remove an index that cannot be read. The caller must hold the refresh lock."""
        log.warning("the index of %s cannot be read (%s); it is rebuilt", self._checkout.name, damage)
        self._current.forget()
        _remove(self._checkout.folder)


def holds_index(folder: Path) -> bool:
    """Tell whether anything stands where an index lies."""
    return os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir()))


def _remove(folder: Path) -> None:
    with suppress(OSError):  # what cannot be removed is named when the next index is written
        remove(folder)
