"""One project in memory: it is refreshed when it is loaded, then a thread watches its files.

An error in that thread affects nothing else: the thread is started once more, and after that each question scans the tree itself.
"""

import gc
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from memoryd.config import Settings
from memoryd.daemon import heap
from memoryd.daemon.file_events import watch
from memoryd.daemon.registry import Registered
from memoryd.daemon.tally import Tally
from memoryd.errors import MemorydError, RefreshBusy, Stopping, StoreUnusable
from memoryd.indexing import Progress
from memoryd.memory import ProjectMemory
from memoryd.model import RefreshReport
from memoryd.versions import Turns

SECONDS_TO_STOP = 5.0
WATCHERS = 2
"""How many times the watcher of a project is started: once, and again after its first error."""

QUIET_SECONDS, VERIFIED_SECONDS = 60.0, 900.0
"""How long a project must be without questions, and how long its index unverified, before its files are compared with their checksums."""
PAUSE_SECONDS, UNCHANGED_SECONDS = 15.0, 240.0
"""How long a project must be without questions, and without changes since it was loaded, before it holds no more than what answers."""

log = logging.getLogger("memoryd.daemon")


class ProgressRelay:
    """Passes the progress of refreshes on to listeners, and ends a refresh that goes on after `stopping` is set."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.listeners: tuple[Progress, ...] = ()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Pass on that `done` of `total` is done. Raises `Stopping`."""
        if self.stopping.is_set():
            raise Stopping("memoryd stops following this project; ask again")
        for listener in self.listeners:
            listener(what, done, total)


class Loaded:
    """A project that is in memory once `ready` has returned. `leases` and `used` belong to the owner, under its lock."""

    def __init__(self, root: Path, settings: Settings, tally: Tally, turns: Turns) -> None:
        # Without reference cycles a dropped project, hundreds of megabytes, is freed at once.
        self._relay = ProgressRelay()
        self.memory = ProjectMemory(root, settings, self._relay, turns=turns)
        self._tally = tally
        self.leases = 0
        self.used = self._verified = time.time()
        self.is_ready = False
        self.is_followed = False
        self._loading = threading.Lock()
        self._changing = threading.Lock()
        self._watcher: threading.Thread | None = None

    def ready(self, wait: bool = True) -> RefreshReport | None:
        """Load the project if it is not loaded; return the report of the refresh if this call made one.

        Without `wait`, raises `RefreshBusy` if another thread is loading it.
        """
        if not self.is_ready:
            if not self._loading.acquire(blocking=wait):
                raise RefreshBusy(f"another request loads {self.memory.root}; try again")
            try:
                if not self.is_ready:
                    return self._load()
            finally:
                self._loading.release()
        if not self.is_followed:
            self._look()
        return None

    @property
    def is_at_hand(self) -> bool:
        """Whether the project is loaded and followed, so that a question need not scan its files."""
        return self.is_ready and self.is_followed

    def known(self) -> Registered:
        """Return the project's entry for the registry; without version and files if its index cannot be read."""
        version = files = 0
        with suppress(MemorydError):
            version, files = self.memory.version(), self.memory.files()
        return Registered(str(self.memory.root), self.used, version, files)

    @contextmanager
    def heard(self, listener: Progress) -> Iterator[None]:
        """Call `listener` with the progress of every refresh, from the thread that refreshes, until the block ends."""
        with self._changing:
            self._relay.listeners = (*self._relay.listeners, listener)
        try:
            yield
        finally:
            with self._changing:
                self._relay.listeners = tuple(one for one in self._relay.listeners if one is not listener)

    def close(self) -> None:
        """End the watcher and the parser processes; a running refresh ends at its next file and leaves the index as it was."""
        self._relay.stopping.set()
        if self._watcher is not None:
            self._watcher.join(SECONDS_TO_STOP)
        self.memory.close()

    def shrink_at_rest(self, now: float) -> bool:
        """Let go of what the project holds for its next change, if nobody asks anything and none was just made; tell whether it did."""
        if not self.is_ready or self.leases or now - self.used < PAUSE_SECONDS:
            return False
        return self.memory.shrink(UNCHANGED_SECONDS)

    def verify_at_rest(self, now: float) -> bool:
        """Compare the files of the index with their checksums if nobody asks anything and it was long ago; tell whether it was done.

        While a refresh runs it is not: the next call tries again.
        """
        if not self.is_ready or self.leases or now - self.used < QUIET_SECONDS or now - self._verified < VERIFIED_SECONDS:
            return False
        before, self._verified = self._verified, now
        try:
            found = self.memory.verify(wait=False)
            if found.damaged:
                self.memory.load()
        except RefreshBusy:
            self._verified = before
            return False
        except MemorydError as error:
            _warn("index not verified", self.memory.root, error)
        else:
            _tell("index verified", self.memory.root, files=found.files, bytes=found.bytes, damaged=len(found.damaged))
        return True

    def _load(self) -> RefreshReport | None:
        report = None
        self.memory.follow()
        try:
            report = self.memory.refresh()
        except StoreUnusable as error:
            # Answers are checked against the files on disk, so an index that could not be refreshed may still answer.
            if not self.memory.version():
                raise
            _warn("project not refreshed", self.memory.root, error)
        self.memory.load()
        # A catalogue is millions of long-lived objects: a garbage collection that visits them would delay every request.
        gc.freeze()
        heap.give_back()
        self.is_followed = True
        watcher = threading.Thread(target=self._follow, name="memoryd-watch", daemon=True)
        watcher.start()
        self._watcher = watcher  # only now: who closes the project waits for it, and may do so at any moment
        self.is_ready = True
        return report

    def _look(self) -> None:
        try:
            self.memory.refresh(wait=False)
        except (RefreshBusy, StoreUnusable) as error:
            _warn("project not refreshed", self.memory.root, error)

    def _follow(self) -> None:
        for number in range(WATCHERS):
            try:
                for report in watch(self.memory, self._relay.stopping):
                    self.memory.load()
                    self._tally.add("watched", report)
                    _tell_refreshed(self.memory.root, report)
                return
            except Stopping:
                return
            except MemorydError as error:
                self._tally.fail("watched")
                _warn("watcher ended", self.memory.root, error, restarts=WATCHERS - 1 - number)
            except Exception:
                # A failed watcher only makes the questions about its own project slower.
                self._tally.fail("watched")
                log.exception("watcher crashed", extra={"fields": {"root": str(self.memory.root), "restarts": WATCHERS - 1 - number}})
            if self._relay.stopping.is_set():
                return
        self.is_followed = False


def _tell_refreshed(root: Path, report: RefreshReport) -> None:
    counts = {name: getattr(report, name) for name in ("added", "modified", "removed", "renamed", "parsed", "seconds", "store_version")}
    _tell("project refreshed", root, **counts)


def _tell(event: str, root: Path, **fields: object) -> None:
    log.info(event, extra={"fields": {"root": str(root), **fields}})


def _warn(event: str, root: Path, error: Exception, **fields: object) -> None:
    log.warning(event, extra={"fields": {"root": str(root), "error": type(error).__name__, **fields}})
