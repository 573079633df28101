"""What is open of an index: the store at its newest version, and the view in memory that answers questions.

Both are one value (`_Open`), replaced as a whole under one lock; a reader of the old value may go on with it.
"""

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from memoryd.config import Settings, index_folder, project_root
from memoryd.embed import Embedder
from memoryd.embed import load as load_embedder
from memoryd.errors import RefreshBusy, StoreUnusable
from memoryd.files import path_text
from memoryd.indexing import Progress
from memoryd.model import Secrets
from memoryd.store import FileRecord, Store, Unreadable, read_meta
from memoryd.versions.changes import Change, since
from memoryd.versions.image import kept
from memoryd.versions.known_tree import State
from memoryd.versions.refresh_lock import RefreshLock
from memoryd.versions.view import View


class Checkout:
    """The checkout that an index is of, and by which settings. `folder` holds the index, `name` names the checkout in messages."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = project_root(root)
        self.folder = index_folder(settings, self.root)
        self.name = path_text(os.fsencode(self.root))
        self.settings = settings

    @property
    def secrets(self) -> Secrets:
        """Whether secrets are masked."""
        return self.settings.secrets

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder, loaded when it is first needed. Raises `EmbedderUnavailable`."""
        return load_embedder(self.settings.embedder)


@dataclass(frozen=True, slots=True)
class _Open:
    """The open store, which reads the newest version seen, and the view, the version in memory that answers questions."""

    store: Store | None = None
    view: View | None = None


class Current:
    """What is open of one index. Safe to use from several threads."""

    def __init__(self, checkout: Checkout, progress: Progress, refreshing: RefreshLock) -> None:
        self._checkout = checkout
        self._progress = progress
        self._refreshing = refreshing
        self._loading = threading.Lock()
        self._lock = threading.Lock()
        self._open = _Open()
        self._mapped: View | None = None
        self._answered: State | None = None
        self._reopened: State | None = None
        self._prepares = False

    @property
    def view(self) -> View | None:
        """The version in memory that answers questions, `None` if there is none."""
        return self._open.view

    # The store

    def newest(self) -> Store | None:
        """Return the store at its newest version; `None` if there is none, or another embedder made it. Its table is not opened yet."""
        embedder = self._checkout.embedder
        with self._lock:
            meta, store, view = read_meta(self._checkout.folder), self._open.store, self._open.view
            try:
                if store is not None and store.meta == meta:
                    store.move_on()
                else:
                    store = Store.find(self._checkout.folder, embedder.id, embedder.dimensions, self._checkout.name)
            except Unreadable:
                store = None
            # A view of an older version keeps answering until the next view is ready; a view of a replaced index does not.
            is_of_store = view is not None and store is not None and view.store.meta == store.meta
            self._open = _Open(store, view if is_of_store else None)
            return store

    def opened(self) -> Store | None:
        """Return what `newest` does with its table opened; `None` if that is damaged, too."""
        store = self.newest()
        if store is not None:
            try:
                store.open_table()
            except Unreadable:
                self.forget()
                return None
        return store

    def at_hand(self, store: Store | None) -> View | None:
        """Return the version that a store reads, from memory or its image; `None` if it would have to be made from the table."""
        if store is None:
            return None
        for view in (self._open.view, self._mapped):
            if view is not None and same(view.store, store):
                return view
        self._mapped = self._from_image(store)
        return self._mapped

    def records(self, store: Store) -> Mapping[str, FileRecord]:
        """Return the record of each file of the version that a store reads."""
        view = self.at_hand(store)
        return store.files() if view is None else view.records

    def hold(self, store: Store) -> None:
        """Take a store that replaces the open one; the next question reads it into memory."""
        with self._lock:
            self._open = _Open(store)

    def forget(self) -> None:
        """Let go of what is open; the next use opens it again."""
        with self._lock:
            self._open, self._mapped = _Open(), None

    # What is in memory

    def load(self) -> bool:
        """Read the newest version into memory, unless another thread just did; return whether there is an index."""
        with self._loading:
            if self._open.view is not None:
                return True
            view = self.at_hand(self.newest())
            is_new = view is None
            if view is None:
                store = self.opened()
                if store is None:
                    return False
                self._progress("preparing", 0, 0)
                view = self._from_table(store)
            view = self._ready(view)
            with self._lock:
                # A refresh that ended meanwhile found no view to advance: then the index is read once more.
                if self._open.store is not None and same(view.store, self._open.store):
                    self._open, self._mapped = replace(self._open, view=view), None
            if view.linking.is_unsaved or view.lacks_index:
                self._save(view)
            if is_new and self._prepares and (mapped := self._mapped_anew(view)) is not None:
                self._exchange(view, mapped)
            return True

    def _mapped_anew(self, view: View) -> View | None:
        """Return a version from its image, ready: a process that lives long need not hold what it was made from."""
        found = self._from_image(view.store)
        return None if found is None else self._ready(found)

    def reopen(self, view: View) -> bool:
        """Save a version and read it again from what is saved; return whether it was the newest and could be, while nobody writes.

        Each is tried once: it takes seconds, and where a disk is full, or a file damaged, the next time would be no better.
        """
        mapped = None
        if self._reopened == state_of(view.store):
            return False
        with suppress(RefreshBusy, StoreUnusable, Unreadable), self._refreshing.held(0.0):
            store = self.newest()
            if store is not None and same(view.store, store):
                self._reopened = state_of(store)
                found = kept(store)
                if found is None or found[0] != view.version:
                    view.save()
                mapped = self._mapped_anew(view)
        if mapped is not None:
            self._exchange(view, mapped)
        return mapped is not None

    def keep(self, view: View) -> None:
        """Save what an answer found lacking in what is saved of a version, and made: the next process need not make it again."""
        is_first, self._answered = self._answered != state_of(view.store), state_of(view.store)
        if view.linking.is_unsaved or (is_first and view.lacks_index):
            self._save(view)

    def _save(self, view: View) -> None:
        """Save what had to be made of a version if it is the newest, nobody writes, and the folder may be written."""
        with suppress(RefreshBusy, StoreUnusable, Unreadable), self._refreshing.held(0.0):
            store = self.newest()
            if store is not None and same(view.store, store):
                view.complete()

    def catch_up(self, store: Store) -> None:
        """Read the version that another process wrote into memory; the old view answers questions meanwhile."""
        with self._loading:
            view = self._open.view
            if view is not None and not same(view.store, store):
                moved = None  # the next question notices an index that cannot be read
                with suppress(Unreadable):
                    moved = self._ready(self._moved(view, store))
                self._exchange(view, moved)

    def _moved(self, view: View, store: Store) -> View:
        """Return the version that a store reads, from that of a view and what changed since where that is kept."""
        change = since(store, view.version) if view.store.meta == store.meta else None
        if change is not None:
            return view.patched(store.snapshot().knowing(change.known()), change.touched)
        return self._from_image(store) or self._from_table(store)

    def advance(self, store: Store, change: Change) -> None:
        """Move the view to the version that `store` reads, to which a change led."""
        with self._lock:
            view = self._open.view
            self._open = _Open(store, view)
        if view is None or same(view.store, store):
            return
        if view.store.meta == store.meta and view.version == change.before:
            self.exchange(view, view.patched(store.snapshot().knowing(change.known()), change.touched))
        else:
            self.exchange(view, self._from_table(store))

    def exchange(self, old: View, new: View) -> None:
        """Replace the view `old` by `new`, unless `old` is no longer in memory."""
        self._exchange(old, self._ready(new))

    def prepare(self) -> None:
        """Prepare each version for answers that is read into memory from now on."""
        self._prepares = True

    def _from_image(self, store: Store) -> View | None:
        return View.mapped(self._checkout.root, store.snapshot(), self._checkout.embedder, self._checkout.secrets)

    def _from_table(self, store: Store) -> View:
        return View.load(self._checkout.root, store.snapshot(), self._checkout.embedder, self._checkout.secrets)

    def _ready(self, view: View) -> View:
        if self._prepares:
            view.prepare()
        return view

    def _exchange(self, old: View, new: View | None) -> None:
        with self._lock:
            if self._open.view is old:
                self._open = replace(self._open, view=new)


def state_of(store: Store) -> State:
    """Return which table and version a store reads."""
    return store.meta, store.version


def same(one: Store, other: Store) -> bool:
    """Tell whether two stores read the same version."""
    return state_of(one) == state_of(other)
