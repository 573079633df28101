"""One project's memory: refresh it, ask it. The only stateful thing of the core; every face talks to this.

Answers come from one store version and from bytes that are on disk at that moment: a file that changed since the last
refresh is repaired before it is shown. A damaged or foreign index is rebuilt, never half-read.
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import filelock

from memoryd.config import INDEX_FOLDER, Settings, project_folder, project_root
from memoryd.embed import Embedder
from memoryd.embed import load as load_embedder
from memoryd.errors import RefreshBusy, StoreUnusable
from memoryd.ingest import Outcome, Progress, Project, Survey, create, reembed, survey, survey_paths, update
from memoryd.model import ChangeSet, Hit, Pack, RefreshReport, Skipped, Status
from memoryd.overview import overview
from memoryd.pack import Sources, fill
from memoryd.query import read_query
from memoryd.search import rank, search
from memoryd.show import Shown, show
from memoryd.sources import Stale, read_sources
from memoryd.store import FileRecord, Store, Unreadable, read_meta
from memoryd.tokens import counter
from memoryd.view import View
from memoryd.workers import ParserPool

REPAIRS = 3
"""How often an answer is made anew because files changed while it was made."""
PACK_CANDIDATES = 80

log = logging.getLogger("memoryd")
Answer = TypeVar("Answer")


def silent(_what: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""


class ProjectMemory:
    """The memory of one checkout. Safe to use from several threads; a question never waits for a refresh to finish."""

    def __init__(self, root: Path, settings: Settings, progress: Progress = silent) -> None:
        self.root = project_root(root)
        self.folder = project_folder(settings, self.root) / INDEX_FOLDER
        self._settings = settings
        self._progress = progress
        self._pool = ParserPool(self.root, settings.workers)
        self._refreshing = threading.Lock()
        self._embedder: Embedder | None = None
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
        """Bring some files of the index to their state on disk; what else changed stays for the next `refresh`."""
        wanted = tuple(paths)
        return self._refresh(lambda records: survey_paths(self.root, self.folder, records, wanted), wait=True)

    def changes(self) -> ChangeSet:
        """Return how the working tree differs from the index, changing nothing."""
        store = self._opened()
        return survey(self.root, self.folder, store.files() if store else {}).changes

    def version(self) -> int:
        """Return the store version that answers come from; 0 where nothing is indexed."""
        store = self._opened()
        return store.version if store else 0

    def known(self, paths: Iterable[str]) -> set[str]:
        """Return those of `paths` that the index holds."""
        return set(paths).intersection(self._records(self._opened()))

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
        store = self._opened()
        records = store.files() if store else {}
        found = survey(self.root, self.folder, records)
        languages: dict[str, int] = {}
        for record in records.values():
            if not record.skipped:
                languages[record.language] = languages.get(record.language, 0) + 1
        skipped = [*found.skipped, *(Skipped(path, record.skipped) for path, record in records.items() if record.skipped)]
        return Status(
            root=str(self.root),
            data=str(self.folder),
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
        ranked = rank(view, query)[:PACK_CANDIDATES]
        sources = Sources(read_sources(view, {found.unit.path for found in ranked}))
        count = counter()
        return fill(ranked, view.catalog, sources, query.words, budget, count).write(budget, count, view.version)

    def _answer(self, ask: Callable[[View], Answer]) -> Answer:
        """Ask the current view; repair the files it shows that changed, rebuild what turns out to be unreadable."""
        for _ in range(REPAIRS):
            try:
                return ask(self._current())
            except Stale as stale:
                self.refresh_paths(stale.paths)
            except Unreadable as damage:
                log.warning("the index of %s cannot be read (%s); it is rebuilt", self.root, damage)
                self._rebuild()
        return ask(self._current())

    def _current(self) -> View:
        view = self._view
        if view is None:
            store = self._opened()
            if store is None:
                self.refresh()
                return self._view or self._current()
            view = self._view = View.load(self.root, store, self._loaded_embedder())
        return view

    def _refresh(self, find: Callable[[dict[str, FileRecord]], Survey], wait: bool) -> RefreshReport:
        started = time.perf_counter()
        with self._alone(wait):
            store = self._opened() or self._with_our_vectors()
            try:
                found = find(dict(self._records(store)))
                outcome, store = self._apply(store, found)
            except Unreadable as damage:
                log.warning("the index of %s cannot be read (%s); it is rebuilt", self.root, damage)
                self._view = None
                shutil.rmtree(self.folder, ignore_errors=True)
                outcome, store = self._apply(None, survey(self.root, self.folder, {}))
            self._follow(store, outcome)
        return RefreshReport(
            added=len(outcome.changes.added), modified=len(outcome.changes.modified), removed=len(outcome.changes.removed),
            renamed=len(outcome.changes.renamed), parsed=outcome.parsed, embedded=outcome.embedded, reused=outcome.reused,
            skipped=outcome.skipped, seconds=round(time.perf_counter() - started, 3), store_version=store.version,
        )  # fmt: skip

    def _apply(self, store: Store | None, found: Survey) -> tuple[Outcome, Store]:
        project = Project(self.root, self.folder, self._loaded_embedder(), self._pool, self._progress)
        if store is not None:
            return update(project, store, found), store
        if found.records:
            raise Unreadable("the index changed while it was read")
        # A first index takes in every file, also when a few paths were asked for.
        store, outcome = create(project, survey(self.root, self.folder, {}))
        return outcome, store

    def _follow(self, store: Store, outcome: Outcome) -> None:
        """Move the view to the new version, if there is one in memory."""
        view = self._view
        if view is None or view.store is not store:
            self._view = None if view is None else View.load(self.root, store, view.embedder)
        elif outcome.touched:
            self._view = view.patched(outcome.touched)

    def _records(self, store: Store | None) -> dict[str, FileRecord]:
        view = self._view
        if view is not None and view.store is store and view.version == store.version:
            return dict(view.records)
        return store.files() if store else {}

    def _opened(self) -> Store | None:
        """Return the store at its newest version; `None` where there is none that our embedder made and that can be read."""
        view = self._view
        if view is not None:
            meta = read_meta(self.folder)
            if meta == view.store.meta:
                if view.store.refreshed():
                    self._view = None
                return view.store
        embedder = self._loaded_embedder()
        try:
            return Store.open(self.folder, embedder.id, embedder.dimensions, str(self.root))
        except Unreadable:
            return None

    def _with_our_vectors(self) -> Store | None:
        """Return a store made from one that differs in its embedder only; its rows are kept, nothing is parsed."""
        embedder = self._loaded_embedder()
        meta = read_meta(self.folder)
        if meta is None or meta.root != str(self.root) or meta.embedder == embedder.id:
            return None
        try:
            old = Store.open(self.folder, meta.embedder, meta.dimensions, meta.root)
            return reembed(Project(self.root, self.folder, embedder, self._pool, self._progress), old)
        except Unreadable:
            return None

    def _rebuild(self) -> None:
        with self._alone(wait=True):
            self._view = None
            shutil.rmtree(self.folder, ignore_errors=True)
        self.refresh()

    def _loaded_embedder(self) -> Embedder:
        if self._embedder is None:
            self._embedder = load_embedder(self._settings.embedder)
        return self._embedder

    @contextmanager
    def _alone(self, wait: bool) -> Iterator[None]:
        """Hold the right to refresh this project, in this process and across processes."""
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnusable(f"cannot create {self.folder.parent}: {error.strerror}; set MEMORYD_HOME to a folder you may write") from error
        if not self._refreshing.acquire(blocking=wait):
            raise RefreshBusy(f"another refresh of {self.root} is running; try again, or leave out --no-wait to wait for it")
        try:
            with filelock.FileLock(self.folder.parent / "refresh.lock", timeout=-1 if wait else 0):
                yield
        except filelock.Timeout as error:
            raise RefreshBusy(f"another process refreshes {self.root}; try again, or leave out --no-wait to wait for it") from error
        finally:
            self._refreshing.release()
