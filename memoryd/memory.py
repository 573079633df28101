"""One project's memory: refresh it, ask it. The only stateful thing of the core; every face talks to this.

Answers come from one store version and from bytes that are on disk at that moment: a file that changed since the last
refresh is repaired before it is shown. A damaged or foreign index is rebuilt, never half-read.
"""

import logging
import os
import shutil
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import filelock

from memoryd.config import INDEX_FOLDER, Settings, project_folder, project_root
from memoryd.embed import Embedder
from memoryd.embed import load as load_embedder
from memoryd.errors import RefreshBusy, StoreUnusable, UsageError
from memoryd.files import path_text
from memoryd.indexing import (
    STAT_FILE,
    Manifest,
    Outcome,
    Progress,
    Project,
    Survey,
    create,
    open_archive,
    reembed,
    survey,
    survey_paths,
    update,
    write_archive,
)
from memoryd.model import ChangeSet, Hit, Pack, RefreshReport, Skipped, Status
from memoryd.notes import SHARE, Asking, Book, noted
from memoryd.packing import Shown, depth, fill, overview, show
from memoryd.parsing import SECONDS_A_FILE, ParserPool
from memoryd.ranking import rank, read_query, search
from memoryd.store import FileRecord, Meta, Store, Unreadable, next_table, read_meta
from memoryd.tokens import counter
from memoryd.versions import Sources, Stale, View

REPAIRS = 3
"""How often an answer is made anew because files changed while it was made."""
PACK_CANDIDATES = 400
ROWS_AT_ONCE, CHARACTERS_AT_ONCE = 100_000, 200
"""Up to so many rows, and so long a query, a search takes up to some ten milliseconds."""
NOTED = 60
"""Of how many of the best units the notes are looked up for a pack."""
FOREVER = -1.0
REPAIR_SECONDS = 0.25
"""How long an answer waits for a refresh that is under way before it does without the files that changed."""
CLOSING_SECONDS = 5.0
PATIENCE_SECONDS = 0.5
"""How long another process may refresh before we say that we wait for it."""
CACHE_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by memoryd; everything here is derived and may be deleted.\n"
"""Marks a folder as a cache (bford.info/cachedir): backups skip it, and so do we where it lies in a project."""

log = logging.getLogger("memoryd")
Result = TypeVar("Result")


def silent(_what: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""


class ProjectMemory:
    """The memory of one checkout. Safe to use from several threads; a question never waits for a refresh to finish."""

    def __init__(self, root: Path, settings: Settings, progress: Progress = silent, seconds_a_file: float = SECONDS_A_FILE) -> None:
        self.root = project_root(root)
        self.folder = project_folder(settings, self.root) / INDEX_FOLDER
        self._settings = settings
        self._progress = progress
        self._pool = ParserPool(self.root, settings.workers, seconds_a_file)
        self._parsed = 0.0
        self._refreshing = threading.Lock()
        self._loading = threading.Lock()
        self._name = path_text(os.fsencode(self.root))
        self.notes = Book(self.root, self.folder.parent, self._weak_answer())
        self._embedder: Embedder | None = None
        self._prepares = False
        self._store: Store | None = None
        self._view: View | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the parser processes and forget what is in memory; the memory may be used again.

        A refresh in another thread is given a moment to end, before the processes are taken from it.
        """
        is_free = self._refreshing.acquire(timeout=CLOSING_SECONDS)
        try:
            self._pool.close()
        finally:
            if is_free:
                self._refreshing.release()
        self._view = self._store = None

    def rest(self, seconds: float) -> None:
        """End the parser processes if none was used for some seconds; the next refresh starts those it needs."""
        if time.monotonic() - self._parsed > seconds and self._refreshing.acquire(blocking=False):
            try:
                self._pool.close()
            finally:
                self._refreshing.release()

    def load(self) -> None:
        """Read the index into memory and prepare it, so that the next question need not; from now on that holds after a refresh, too.

        While a refresh prepares what it changed, questions are answered from the version before, and none waits.
        """
        self._prepares = True
        self.view().prepare()

    def refresh(self, wait: bool = True) -> RefreshReport:
        """Bring the index to the state of the working tree, in one version.

        One refresh runs at a time per project, across processes: another one waits, or raises `RefreshBusy` if told not to.
        """
        return self._refresh(lambda records: survey(self.root, self.folder, records), FOREVER if wait else 0.0)

    def refresh_paths(self, paths: Iterable[str]) -> RefreshReport:
        """Bring some files to their state on disk; what else changed stays for the next `refresh`.

        A path that the index does not hold may be ignored or a folder: then the whole tree is looked at.
        """
        return self._refresh_paths(set(paths), FOREVER)

    def export(self, file: Path) -> Manifest:
        """Write the index to a file that `take_in` accepts on another machine. Raises `StoreUnusable`."""
        return self._answer(lambda view, _: write_archive(view.store, file))

    def take_in(self, file: Path) -> RefreshReport:
        """Replace the index with an exported one, then refresh. Raises `ArchiveRefused`, and leaves the index as it was.

        Files whose bytes have the digest that the archive names are not parsed; every file is read to know.
        """
        embedder = self._loaded_embedder()
        with open_archive(file, embedder.id, embedder.dimensions) as found, self._alone(FOREVER):
            meta = Meta(next_table(self.folder), embedder.id, embedder.dimensions, self._name)
            store = Store.create(self.folder, meta, found.batches())
            # What is known of files by their stat was learnt with the index that is gone.
            (self.folder / STAT_FILE).unlink(missing_ok=True)
            self._view, self._store = None, store
        return self.refresh()

    def changes(self) -> ChangeSet:
        """Return how the working tree differs from the index, changing nothing."""
        _, records = self._found()
        return survey(self.root, self.folder, records).changes

    def version(self) -> int:
        """Return the store version that answers come from, moving to the newest; 0 where nothing is indexed."""
        store = self._opened()
        if store is not None and not self._refreshing.locked():
            self._move_on(store)
        return store.version if store else 0

    def known(self, paths: Iterable[str]) -> set[str]:
        """Return those of `paths` that the index holds."""
        _, records = self._found()
        return {path for path in paths if path in records}

    def files(self) -> int:
        """Return how many files are indexed."""
        _, records = self._found()
        return sum(not record.skipped for record in records.values())

    def holds_files(self) -> bool:
        """Tell whether any file is indexed."""
        return self.files() > 0

    def search(self, query: str, limit: int = 10) -> list[Hit]:
        """Return the units that answer `query`, best first."""
        return self._answer(lambda view, _: search(view, read_query(query), limit))

    def search_at_once(self, query: str, limit: int = 10) -> list[Hit] | None:
        """Return what `search` does if that is a matter of milliseconds and rests on nothing but memory; else `None`."""
        view = self._view
        if view is None or not (view.is_prepared and view.embedder.is_quick):
            return None
        if view.matcher.rows > ROWS_AT_ONCE or len(query) > CHARACTERS_AT_ONCE:
            return None
        return search(view, read_query(query), limit)

    def pack(self, task: str, budget: int = 4_000) -> Pack:
        """Return the evidence for `task` in at most `budget` tokens of the exact text.

        Files that change while they are being indexed, and go on to, are left out.
        """
        return self._answer(lambda view, changing: self._pack(view, task, budget, changing))

    def show(self, handle: str) -> Shown:
        """Return the text of a unit, a file, or lines `path:A-B`, as it is on disk.

        Raises `RefreshBusy` where the file changed, and a refresh that takes long has yet to see it.
        """
        return self._answer(lambda view, changing: self._show(view, handle, changing))

    def map(self, budget: int = 2_000) -> Pack:
        """Return an overview of the project within `budget` tokens: folders, what they are for, central symbols."""
        return self._answer(lambda view, changing: self._map(view, budget, changing))

    def status(self) -> Status:
        """Return what is indexed, what is not and why, and whether it is fresh; changes nothing."""
        store, records = self._found()
        found = survey(self.root, self.folder, records)
        languages: dict[str, int] = {}
        for record in records.values():
            if not record.skipped:
                languages[record.language] = languages.get(record.language, 0) + 1
        skipped = [*found.skipped, *(Skipped(path, record.skipped) for path, record in records.items() if record.skipped)]
        return Status(
            root=self._name,
            data=path_text(os.fsencode(self.folder)),
            store_version=store.version if store else 0,
            files=sum(languages.values()),
            units=store.count() if store else 0,
            languages=dict(sorted(languages.items(), key=lambda item: (-item[1], item[0]))),
            embedder=store.meta.embedder if store else self._settings.embedder,
            fresh=store is not None and not found.changes,
            changes=found.changes,
            skipped=tuple(sorted(skipped, key=lambda one: (one.path, one.reason))),
        )

    def _pack(self, view: View, task: str, budget: int, changing: frozenset[str]) -> Pack:
        query = read_query(task)
        ranked = [found for found in rank(view, query, depth(query).repeat, PACK_CANDIDATES) if found.unit.path not in changing]
        sources = Sources(view, (found.unit.path for found in ranked))
        count = counter()
        if not self.notes.exists():
            return fill(ranked, view.catalog, sources, query, budget, count).write(budget, count, view.version)
        units = [found.unit for found in ranked[:NOTED]]
        offered = self.notes.offered(view, changing, task, [unit.id for unit in units], [unit.path for unit in units])
        room = offered.room(budget, count)
        pack = fill(ranked, view.catalog, sources, query, budget - room, count).write(budget - room, count, view.version)
        return offered.onto(pack, room, budget, count)

    def _map(self, view: View, budget: int, changing: frozenset[str]) -> Pack:
        count = counter()
        if not self.notes.exists():
            return overview(view, budget, count)
        text = self.notes.digest(view, changing, int(budget * SHARE), count)
        room = count(text) + 1 if text else 0
        return noted(overview(view, budget - room, count), lambda _: text, room, budget, count)

    def _show(self, view: View, handle: str, changing: frozenset[str]) -> Shown:
        if changing:
            raise RefreshBusy(f"{', '.join(sorted(changing))} changed, and {self._name} is being indexed right now; try again in a moment")
        return show(view, handle)

    def _weak_answer(self) -> Asking:
        """Return `_answer` for the notes, which do not keep this memory alive: what is dropped must be freed at once."""
        found = weakref.WeakMethod(self._answer)

        def answer(ask: Callable[[View, frozenset[str]], Result]) -> Result:
            method = found()
            if method is None:
                raise UsageError("these notes belong to a memory that is gone; open the project again")
            return method(ask)

        return answer

    def _answer(self, ask: Callable[[View, frozenset[str]], Result]) -> Result:
        """Ask the current view; repair the files it shows that changed, rebuild what turns out to be unreadable.

        What is asked is told which files changed and cannot be repaired now, because a refresh goes on, or they change on.
        """
        repairs = unreadable = 0
        patience = REPAIR_SECONDS
        changing: frozenset[str] = frozenset()
        while True:
            view = self._view
            try:
                view = self.view()
                return ask(view, changing)
            except Stale as stale:
                repairs += 1
                if repairs > REPAIRS or not self._repaired(stale.paths, patience):
                    changing |= set(stale.paths)
                    patience = 0.0  # we have waited
            except Unreadable as damage:
                unreadable += 1
                if unreadable > REPAIRS:
                    raise StoreUnusable(f"the index of {self._name} cannot be read ({damage}); run: memoryd reindex") from damage
                # The first time it may be that another thread or process replaced what we were reading.
                if self._view is view:
                    self._view = self._store = None
                if unreadable > 1:
                    self._rebuild(damage)

    def _repaired(self, paths: Iterable[str], patience: float) -> bool:
        try:
            self._refresh_paths(set(paths), patience)
        except RefreshBusy:
            return False
        return True

    def view(self) -> View:
        """Return the version that answers come from; the first time, make the index."""
        while (view := self._view) is None:
            if not self._read_index():
                self.refresh()
        return view

    def _read_index(self) -> bool:
        """Read the index into memory, unless another thread just did; tell whether there is one."""
        with self._loading:
            if self._view is not None:
                return True
            store = self._opened()
            if store is None:
                return False
            view = self._view = self._ready(View.load(self.root, store.snapshot(), self._loaded_embedder()))
            newest = self._store
            if newest is not None and not _same(view.store, newest) and self._view is view:
                self._view = None  # a refresh that ended meanwhile found no view to move on
            return True

    def _move_on(self, store: Store) -> None:
        """Move the view, if there is one, to what another process wrote; others are answered from the old one meanwhile."""
        with self._loading:
            view = self._view
            if view is not None and not _same(view.store, store):
                moved = None  # an index that cannot be read is what the next question finds out
                with suppress(Unreadable):
                    moved = self._ready(View.load(self.root, store.snapshot(), view.embedder))
                if self._view is view:
                    self._view = moved

    def _refresh_paths(self, wanted: set[str], patience: float) -> RefreshReport:
        if self.known(wanted) == wanted:
            return self._refresh(lambda records: survey_paths(self.root, records, wanted), patience)
        return self._refresh(lambda records: survey(self.root, self.folder, records), patience)

    def _refresh(self, find: Callable[[Mapping[str, FileRecord]], Survey], patience: float) -> RefreshReport:
        started = time.perf_counter()
        self._opened()  # what takes long the first time, before anyone else has to wait for us
        with self._alone(patience):
            store = self._opened() or self._with_our_vectors()
            if store is None and _holds_index(self.folder):
                log.warning("the index of %s is unfinished, damaged or of another version; it is rebuilt", self._name)
                _remove(self.folder)
            try:
                if store is not None:
                    store.discard_leftovers()
                outcome, store = self._apply(store, find)
            except Unreadable as damage:
                self._clear(damage)
                outcome, store = self._apply(None, find)
            self._follow(store, outcome.before, outcome.touched)
            if outcome.parsed:
                self._parsed = time.monotonic()
            if outcome.touched or not store.is_settled:
                self._tidy(store)
        return RefreshReport(
            added=len(outcome.changes.added), modified=len(outcome.changes.modified), removed=len(outcome.changes.removed),
            renamed=len(outcome.changes.renamed), parsed=outcome.parsed, embedded=outcome.embedded, reused=outcome.reused,
            skipped=outcome.skipped, seconds=round(time.perf_counter() - started, 3), store_version=store.version,
        )  # fmt: skip

    def _apply(self, store: Store | None, find: Callable[[Mapping[str, FileRecord]], Survey]) -> tuple[Outcome, Store]:
        project = Project(self.root, self._name, self.folder, self._loaded_embedder(), self._pool, self._progress)
        if store is not None:
            return update(project, store, find(self._records(store))), store
        # A first index takes in every file, also when a few paths were asked for.
        store, outcome = create(project, survey(self.root, self.folder, {}))
        return outcome, store

    def _tidy(self, store: Store) -> None:
        """Tidy the store only once nobody is sent to an old version any more, which tidying may remove."""
        before = store.version
        store.tidy()
        self._follow(store, before, ())
        view = self._view
        is_current = view is not None and _same(view.store, store)
        settled = store.settle(view.matcher if view is not None and is_current else store.matcher(store.files()))
        if view is not None and is_current and settled is not None and self._view is view:
            self._view = self._ready(view.settled(settled))

    def _follow(self, store: Store, before: int, touched: Iterable[str]) -> None:
        """Move the view, if there is one in memory, to the new version: the one `before` with other rows of the files `touched`."""
        self._store = store
        view = self._view
        if view is None or _same(view.store, store):
            return
        if view.store.meta == store.meta and before == view.version:
            self._view = self._ready(view.patched(store.snapshot(), touched))
        else:
            self._view = self._ready(View.load(self.root, store.snapshot(), view.embedder))

    def _ready(self, view: View) -> View:
        """Return a view that is about to be answered from, prepared if `load` asked for that."""
        if self._prepares:
            view.prepare()
        return view

    def _records(self, store: Store | None) -> Mapping[str, FileRecord]:
        view = self._view
        if view is not None and store is not None and _same(view.store, store):
            return view.records
        return store.files() if store else {}

    def _found(self) -> tuple[Store | None, Mapping[str, FileRecord]]:
        """Return the store and what it records of each file; a damaged store counts as none and is left as it is."""
        store = self._opened()
        if store is None and _holds_index(self.folder):
            log.warning("the index of %s is unfinished, damaged or made for other settings; run: memoryd reindex", self._name)
        try:
            return store, self._records(store)
        except Unreadable as damage:
            log.warning("the index of %s is damaged (%s); run: memoryd reindex", self._name, damage)
            return None, {}

    def _opened(self) -> Store | None:
        """Return the store at its newest version; `None` where there is none that our embedder made and that can be read."""
        embedder = self._loaded_embedder()
        meta, store = read_meta(self.folder), self._store
        try:
            if store is not None and store.meta == meta:
                store.move_on()
            else:
                store = Store.open(self.folder, embedder.id, embedder.dimensions, self._name)
        except Unreadable:
            store = None
        self._store = store
        view = self._view
        # A view of an older version goes on to answer until another one is there.
        if view is not None and (store is None or view.store.meta != store.meta) and self._view is view:
            self._view = None
        return store

    def _with_our_vectors(self) -> Store | None:
        """Return a store made from one that differs in its embedder only; its rows are kept, nothing is parsed."""
        embedder = self._loaded_embedder()
        meta = read_meta(self.folder)
        if meta is None or meta.root != self._name or meta.embedder == embedder.id:
            return None
        try:
            old = Store.open(self.folder, meta.embedder, meta.dimensions, meta.root)
            return reembed(Project(self.root, self._name, self.folder, embedder, self._pool, self._progress), old)
        except Unreadable:
            return None

    def _rebuild(self, damage: Unreadable) -> None:
        with self._alone(FOREVER):
            self._clear(damage)
        self.refresh()

    def _clear(self, damage: Unreadable) -> None:
        log.warning("the index of %s cannot be read (%s); it is rebuilt", self._name, damage)
        self._view = self._store = None
        _remove(self.folder)

    def _loaded_embedder(self) -> Embedder:
        if self._embedder is None:
            self._embedder = load_embedder(self._settings.embedder)
        return self._embedder

    @contextmanager
    def _alone(self, patience: float) -> Iterator[None]:
        """Hold the right to refresh this project, in this process and across processes; `patience` is how long to wait for it."""
        folder = self.folder.parent
        if not self._refreshing.acquire(timeout=patience):
            raise RefreshBusy(f"another refresh of {self._name} is running; try again, or leave out --no-wait to wait for it")
        try:
            lock = self._lock(folder, patience)
            try:
                # Who holds the lock, for those who wait for it; a full disk is no reason not to go on.
                with suppress(OSError):
                    (folder / "refresh.pid").write_text(str(os.getpid()))
                yield
            finally:
                lock.release()
        finally:
            self._refreshing.release()

    def _lock(self, folder: Path, patience: float) -> filelock.BaseFileLock:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _tag(folder.parent / "CACHEDIR.TAG")
            lock = filelock.FileLock(folder / "refresh.lock")
            try:
                lock.acquire(timeout=PATIENCE_SECONDS if patience == FOREVER else patience)
            except filelock.Timeout:
                if patience != FOREVER:
                    raise RefreshBusy(
                        f"{_holder(folder)} refreshes {self._name}; try again, or leave out --no-wait to wait for it"
                    ) from None
                log.warning("waiting for %s, which refreshes %s", _holder(folder), self._name)
                lock.acquire()
        except OSError as error:
            raise StoreUnusable(
                f"cannot write to {folder}: {error.strerror or error}; set MEMORYD_HOME to a folder you may write"
            ) from error
        return lock


def _same(one: Store, other: Store) -> bool:
    return one.meta == other.meta and one.version == other.version


def _holder(folder: Path) -> str:
    try:
        return f"process {int((folder / 'refresh.pid').read_text())}"
    except (OSError, ValueError):
        return "another process"


def _tag(file: Path) -> None:
    with suppress(OSError):
        if not file.exists():
            file.write_text(CACHE_TAG)


def _holds_index(folder: Path) -> bool:
    return os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir()))


def _remove(folder: Path) -> None:
    """Remove what stands where an index should be, whatever it is."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)
