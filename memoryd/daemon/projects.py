"""Keeps many projects in one process: each is loaded on first use, watched, and dropped when others need its place.

A question about one project never waits for another project nor, once its own index is loaded, for a refresh. The registered
projects are stored in `projects.json`; everything else here may be lost at any moment.
"""

import gc
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from memoryd.config import Settings, code_root, project_root
from memoryd.daemon import heap
from memoryd.daemon.loaded import Loaded
from memoryd.daemon.registry import Registered, Registry
from memoryd.daemon.tally import Tally
from memoryd.errors import Stopping
from memoryd.files import discard_leftovers, path_text
from memoryd.indexing import Progress
from memoryd.memory import ProjectMemory
from memoryd.model import RefreshReport
from memoryd.versions import Turns

MOST_LOADED = 8
IDLE_SECONDS = 1_800.0
"""How long a project without questions stays loaded, even if there is room for it."""
REST_SECONDS = 120.0
"""How long idle parser processes are kept. Starting them again takes a second, which each edit would then wait."""
TIDY_SECONDS = 20.0
"""How often idle projects and idle parser processes are ended, an idle index is verified, and free memory is returned."""
GROWTH_SECONDS = 1.0
"""How often is looked whether the process has grown: under load each edit makes another version, and leaves the memory of one free."""

TURNS = max(2, min(8, os.cpu_count() or 2))
"""How many questions compute at once. More than there are cores compete for the interpreter's lock."""

log = logging.getLogger("memoryd.daemon")


@dataclass(frozen=True, slots=True)
class KnownProject:
    """A registered project. Version and files are current if it is loaded, else as of when it last was; 0 if it never was."""

    root: str
    loaded: bool
    store_version: int
    files: int
    last_used: float


class Projects:
    """The projects of one daemon. Safe to use from several threads."""

    def __init__(self, settings: Settings, most_loaded: int = MOST_LOADED, idle_seconds: float = IDLE_SECONDS) -> None:
        discard_leftovers(settings.home)
        self.settings = settings
        self.tally = Tally()
        self.turns = Turns(TURNS)
        self._most_loaded = most_loaded
        self._idle_seconds = idle_seconds
        self._registry = Registry(settings.home / "projects.json")
        self._lock = threading.Lock()
        self._loaded: dict[Path, Loaded] = {}
        self._closing = threading.Event()
        self._tidier = threading.Thread(target=self._tidy, name="memoryd-tidy", daemon=True)
        self._tidier.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def memory(self, root: Path) -> Iterator[ProjectMemory]:
        """Lend a project's memory, registering and loading it if needed; it is not dropped until the block ends.

        Raises `NotAProject` where there is no folder, and `Stopping` after `close`.
        """
        with self._leased(root) as project:
            self.tally.counted("loaded", project.ready)
            yield project.memory

    def at_hand(self, root: str) -> ProjectMemory | None:
        """Return the memory of a loaded and followed project whose root is spelled exactly `root`; else `None`. Never blocks.

        It is not lent and may be dropped at any moment, so ask only questions that it answers from memory.
        """
        with self._lock:
            project = self._loaded.get(Path(root))
            if project is None or not project.is_at_hand or self._closing.is_set():
                return None
            project.used = time.time()
            return project.memory

    def refresh(self, root: Path, wait: bool = True) -> RefreshReport:
        """Update the index of a project. If this loads the project, the refresh made while loading is the one.

        Without `wait`, raises `RefreshBusy` if another refresh is running.
        """
        with self._leased(root) as project:
            return self.tally.counted("asked", lambda: project.ready(wait) or project.memory.refresh(wait))

    def retry(self, root: Path, wait: bool = True) -> RefreshReport:
        """Update the index of a project as `refresh` does, and parse every file again whose parser failed."""
        with self._leased(root) as project:
            self.tally.counted("loaded", lambda: project.ready(wait))
            return self.tally.counted("asked", lambda: project.memory.retry(wait))

    @contextmanager
    def progress(self, root: Path, listener: Progress) -> Iterator[None]:
        """Call `listener` with the progress of every refresh of a project, loading included, until the block ends.

        It is called once per file from the thread that refreshes, so it must be quick and must not raise.
        """
        with self._leased(root) as project, project.heard(listener):
            yield

    def register(self, root: Path) -> None:
        """Register a project; it is loaded on first use. Raises `NotAProject`."""
        name = str(code_root(root))
        if name not in self._registry:
            self._registry.put(Registered(name))

    def forget(self, root: Path) -> bool:
        """Drop a project and remove it from the list; tell whether it was registered. Its index stays; its folder may be gone."""
        place = _place(root)
        with self._lock:
            dropped = self._loaded.pop(place, None)
            is_free = dropped is not None and not dropped.leases
        was = self._registry.remove(str(place))
        if dropped is not None and is_free:
            self._drop(dropped)
        return was

    def is_registered(self, root: Path) -> bool:
        """Tell whether a path, its links resolved, is the root of a registered project, whether or not the folder exists."""
        return str(_place(root)) in self._registry

    def roots(self) -> tuple[str, ...]:
        """Return the roots of the registered projects, sorted; looks at no project, as `known` does."""
        return tuple(sorted(self._registry.known()))

    def known(self) -> tuple[KnownProject, ...]:
        """Return the registered projects, sorted by root."""
        with self._lock:
            loaded = {str(root): project for root, project in self._loaded.items() if project.is_ready}
        now = {root: project.known() for root, project in loaded.items()}
        return tuple(_known(now.get(root, found), root in now) for root, found in sorted(self._registry.known().items()))

    def close(self) -> None:
        """End every watcher, parser process and running refresh; no question is answered afterwards."""
        with self._lock:
            self._closing.set()
            dropped = list(self._loaded.values())
            self._loaded.clear()
        # All are told to stop before any is waited for.
        threads = [threading.Thread(target=self._drop, args=(project,)) for project in dropped]
        for thread in threads:
            thread.start()
        for thread in (*threads, self._tidier):
            thread.join()

    @contextmanager
    def _leased(self, root: Path) -> Iterator[Loaded]:
        place = project_root(root)
        if str(place) not in self._registry:
            self.register(place)
        with self._lock:
            if self._closing.is_set():
                raise Stopping("memoryd stops; ask again, which starts it anew")
            project = self._loaded.get(place)
            if project is None:
                project = self._loaded[place] = Loaded(place, self.settings, self.tally, self.turns)
            project.leases += 1
            project.used = time.time()
            surplus = self._surplus()
        try:
            self._drop_all(surplus)
            yield project
        finally:
            self._release(place, project)

    def _release(self, place: Path, project: Loaded) -> None:
        with self._lock:
            project.leases -= 1
            project.used = time.time()
            surplus = self._surplus()
            is_ours = self._loaded.get(place) is project
            if not project.leases and (not is_ours or not project.is_ready):
                # It was forgotten while it was lent, or it could not be loaded; then the next request tries again.
                if is_ours:
                    del self._loaded[place]
                if project not in surplus:
                    surplus.append(project)
        self._drop_all(surplus)

    def _surplus(self) -> list[Loaded]:
        """Remove and return the least recently used projects above the limit, except those in use."""
        free = sorted((project.used, root) for root, project in self._loaded.items() if not project.leases)
        surplus = max(0, len(self._loaded) - self._most_loaded)
        return [self._loaded.pop(root) for _, root in free[:surplus]]

    def _tidy(self) -> None:
        seen, growth = self.tally.causes(), heap.Growth()
        tidied, pause = time.monotonic(), min(TIDY_SECONDS, self._idle_seconds / 2)
        while not self._closing.wait(min(GROWTH_SECONDS, pause)):
            growth.check()
            if time.monotonic() - tidied < pause:
                continue
            tidied = time.monotonic()
            with self._lock:
                last = time.time() - self._idle_seconds
                idle = [root for root, project in self._loaded.items() if not project.leases and project.used < last]
                dropped = [self._loaded.pop(root) for root in idle]
                rest = list(self._loaded.values())
            self._drop_all(dropped)
            for project in rest:
                project.memory.rest(min(REST_SECONDS, self._idle_seconds / 2))
            shrunk = [project for project in rest if project.shrink_at_rest(time.time())]
            # One at a time: reading a large index takes the disk a moment.
            any(project.verify_at_rest(time.time()) for project in rest)
            if shrunk:
                # What refers to itself is collected when much is made, and nothing is now.
                gc.collect()
            if dropped or shrunk or self.tally.causes() != seen:
                seen = self.tally.causes()
                heap.give_back()

    def _drop_all(self, projects: list[Loaded]) -> None:
        for project in projects:
            self._drop(project)

    def _drop(self, project: Loaded) -> None:
        if project.is_ready:
            self._registry.note(project.known())
        project.close()
        log.info("project dropped", extra={"fields": {"root": str(project.memory.root)}})


def _known(found: Registered, loaded: bool) -> KnownProject:
    return KnownProject(path_text(os.fsencode(found.root)), loaded, found.store_version, found.files, found.last_used)


def _place(root: Path) -> Path:
    """Return the resolved path that identifies a project, whether or not the folder exists."""
    return Path(os.path.realpath(os.path.expanduser(root)))
