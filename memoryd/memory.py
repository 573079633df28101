"""One project's memory: refresh it, ask it. The only stateful thing of the core; every face talks to this.

Answers come from one store version and from bytes that are on disk at that moment: a file that changed since the last
refresh is repaired before it is shown. A damaged or foreign index is rebuilt, never half-read.
"""

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import filelock

from memoryd.config import INDEX_FOLDER, Settings, project_folder, project_root
from memoryd.embed import Embedder
from memoryd.embed import load as load_embedder
from memoryd.errors import RefreshBusy, StoreUnusable
from memoryd.files import path_text
from memoryd.ingest import Outcome, Progress, Project, Survey, create, reembed, survey, survey_paths, update
from memoryd.model import ChangeSet, Hit, Pack, RefreshReport, Skipped, Status
from memoryd.overview import overview
from memoryd.pack import REPEAT, fill
from memoryd.query import read_query
from memoryd.search import rank, search
from memoryd.show import Shown, show
from memoryd.sources import Sources, Stale
from memoryd.store import FileRecord, Store, Unreadable, read_meta
from memoryd.tokens import counter
from memoryd.view import View
from memoryd.workers import SECONDS_A_FILE, ParserPool

REPAIRS = 3
"""How often an answer is made anew because files changed while it was made."""
PACK_CANDIDATES = 400
PATIENCE_SECONDS = 0.5
"""How long another process may refresh before we say that we wait for it."""
CACHE_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by memoryd; everything here is derived and may be deleted.\n"
"""Marks a folder as a cache (bford.info/cachedir): backups skip it, and so do we where it lies in a project."""

log = logging.getLogger("memoryd")
Answer = TypeVar("Answer")


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
        self._refreshing = threading.Lock()
        self._name = path_text(os.fsencode(self.root))
        self._embedder: Embedder | None = None
        self._store: Store | None = None
        self._view: View | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the parser processes and forget what is in memory; the memory may be used again."""
        self._pool.close()
        self._view = None

    def refresh(self, wait: bool = True) -> RefreshReport:
        """Bring the index to the state of the working tree, in one version.

        One refresh runs at a time per project, across processes: another one waits, or raises `RefreshBusy` if told not to.
        """
        return self._refresh(lambda records: survey(self.root, self.folder, records), wait)

    def refresh_paths(self, paths: Iterable[str]) -> RefreshReport:
        """Bring some files to their state on disk; what else changed stays for the next `refresh`.

        A path that the index does not hold may be ignored or a folder: then the whole tree is looked at.
        """
        wanted = set(paths)
        if self.known(wanted) != wanted:
            return self.refresh()
        return self._refresh(lambda records: survey_paths(self.root, records, wanted), wait=True)

    def changes(self) -> ChangeSet:
        """Return how the working tree differs from the index, changing nothing."""
        _, records = self._found()
        return survey(self.root, self.folder, records).changes

    def version(self) -> int:
        """Return the store version that answers come from; 0 where nothing is indexed."""
        store = self._opened()
        return store.version if store else 0

    def known(self, paths: Iterable[str]) -> set[str]:
        """Return those of `paths` that the index holds."""
        _, records = self._found()
        return set(paths).intersection(records)

    def holds_files(self) -> bool:
        """Tell whether any file is indexed."""
        _, records = self._found()
        return any(not record.skipped for record in records.values())

    def search(self, query: str, limit: int = 10) -> list[Hit]:
        """Return the units that answer `query`, best first."""
        return self._answer(lambda view: search(view, read_query(query), limit))

    def pack(self, task: str, budget: int = 4_000) -> Pack:
        """Return the evidence for `task` in at most `budget` tokens of the exact text."""
        return self._answer(lambda view: self._pack(view, task, budget))

    def show(self, handle: str) -> Shown:
        """Return the text of a unit, a file, or lines `path:A-B`, as it is on disk."""
        return self._answer(lambda view: show(view, handle))

    def map(self, budget: int = 2_000) -> Pack:
        """Return an overview of the project within `budget` tokens: folders, what they are for, central symbols."""
        return self._answer(lambda view: overview(view, budget, counter()))

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

    def _pack(self, view: View, task: str, budget: int) -> Pack:
        query = read_query(task)
        ranked = rank(view, query, REPEAT)[:PACK_CANDIDATES]
        sources = Sources(view, (found.unit.path for found in ranked))
        count = counter()
        return fill(ranked, view.catalog, sources, query.words, budget, count).write(budget, count, view.version)

    def _answer(self, ask: Callable[[View], Answer]) -> Answer:
        """Ask the current view; repair the files it shows that changed, rebuild what turns out to be unreadable."""
        unreadable = 0
        for _ in range(REPAIRS):
            try:
                return ask(self.view())
            except Stale as stale:
                self.refresh_paths(stale.paths)
            except Unreadable as damage:
                # The first time it may be that another process replaced what we were reading.
                unreadable += 1
                self._view = self._store = None
                if unreadable > 1:
                    self._rebuild(damage)
        return ask(self.view())

    def view(self) -> View:
        """Return the version that answers come from; the first time, make the index."""
        view = self._view
        if view is None:
            store = self._opened()
            if store is None:
                self.refresh()
                return self._view or self.view()
            view = self._view = View.load(self.root, store.snapshot(), self._loaded_embedder())
        return view

    def _refresh(self, find: Callable[[dict[str, FileRecord]], Survey], wait: bool) -> RefreshReport:
        started = time.perf_counter()
        self._opened()  # what takes long the first time, before anyone else has to wait for us
        with self._alone(wait):
            store = self._opened() or self._with_our_vectors()
            if store is None and _holds_index(self.folder):
                log.warning("the index of %s is unfinished, damaged or of another version; it is rebuilt", self._name)
                _remove(self.folder)
            try:
                if store is not None:
                    store.discard_leftovers()
                found = find(dict(self._records(store)))
                outcome, store = self._apply(store, found)
            except Unreadable as damage:
                self._clear(damage)
                outcome, store = self._apply(None, survey(self.root, self.folder, {}))
            self._follow(store, outcome)
        return RefreshReport(
            added=len(outcome.changes.added), modified=len(outcome.changes.modified), removed=len(outcome.changes.removed),
            renamed=len(outcome.changes.renamed), parsed=outcome.parsed, embedded=outcome.embedded, reused=outcome.reused,
            skipped=outcome.skipped, seconds=round(time.perf_counter() - started, 3), store_version=store.version,
        )  # fmt: skip

    def _apply(self, store: Store | None, found: Survey) -> tuple[Outcome, Store]:
        project = Project(self.root, self._name, self.folder, self._loaded_embedder(), self._pool, self._progress)
        if store is not None:
            return update(project, store, found), store
        if found.records:
            raise Unreadable("the index changed while it was read")
        # A first index takes in every file, also when a few paths were asked for.
        store, outcome = create(project, survey(self.root, self.folder, {}))
        return outcome, store

    def _follow(self, store: Store, outcome: Outcome) -> None:
        """Move the view to the new version, if there is one in memory."""
        self._store = store
        view = self._view
        if view is None or (_same(view.store, store)):
            return
        if view.store.meta == store.meta and outcome.before == view.version:
            self._view = view.patched(store.snapshot(), outcome.touched)
        else:
            self._view = View.load(self.root, store.snapshot(), view.embedder)

    def _records(self, store: Store | None) -> dict[str, FileRecord]:
        view = self._view
        if view is not None and store is not None and _same(view.store, store):
            return dict(view.records)
        return store.files() if store else {}

    def _found(self) -> tuple[Store | None, dict[str, FileRecord]]:
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
                store.refreshed()
            else:
                store = Store.open(self.folder, embedder.id, embedder.dimensions, self._name)
        except Unreadable:
            store = None
        self._store = store
        view = self._view
        if view is not None and (store is None or not _same(view.store, store)):
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
        with self._alone(wait=True):
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
    def _alone(self, wait: bool) -> Iterator[None]:
        """Hold the right to refresh this project, in this process and across processes."""
        folder = self.folder.parent
        if not self._refreshing.acquire(blocking=wait):
            raise RefreshBusy(f"another refresh of {self._name} is running; try again, or leave out --no-wait to wait for it")
        try:
            lock = self._lock(folder, wait)
            try:
                # Who holds the lock, for those who wait for it; a full disk is no reason not to go on.
                with suppress(OSError):
                    (folder / "refresh.pid").write_text(str(os.getpid()))
                yield
            finally:
                lock.release()
        finally:
            self._refreshing.release()

    def _lock(self, folder: Path, wait: bool) -> filelock.BaseFileLock:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _tag(folder.parent / "CACHEDIR.TAG")
            lock = filelock.FileLock(folder / "refresh.lock")
            try:
                lock.acquire(timeout=PATIENCE_SECONDS if wait else 0)
            except filelock.Timeout:
                if not wait:
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
