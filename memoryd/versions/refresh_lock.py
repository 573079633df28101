"""The lock of a project's refreshes: one runs at a time, in this process and across processes."""

import logging
import math
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from memoryd.advice import WAIT
from memoryd.errors import RefreshBusy, StoreUnusable, reason
from memoryd.files import PRIVATE, cache_folder, locked, private_folder, read_whole, remove
from memoryd.indexing import Progress

FOREVER = -1.0
"""The patience, in seconds, of a refresh that waits as long as it takes."""
QUIET_SECONDS = 0.5
"""How long to wait for another process before a warning is logged."""

HOLDER = "refresh.pid"
"""The file that says which process holds the lock, and how far it is: each on a line, its phase, how much is done, of how much."""

log = logging.getLogger("memoryd")


class RefreshLock:
    """The lock of one project. `folder` holds everything derived from the project, `name` names it in messages.

    Who waits for another process tells by `progress` how far that one is.
    """

    def __init__(self, folder: Path, name: str, progress: Progress) -> None:
        self._folder = folder
        self._name = name
        self._progress = progress
        self._ours = threading.Lock()
        self._told = math.inf

    def progress(self, what: str, done: int, total: int) -> None:
        """Tell how far this process is, and from time to time those that wait for the lock, if this one holds it."""
        self._progress(what, done, total)
        if time.monotonic() - self._told >= QUIET_SECONDS:
            self._tell(what, done, total)

    @property
    def is_held_here(self) -> bool:
        """Whether a thread of this process holds the lock."""
        return self._ours.locked()

    @contextmanager
    def held(self, patience: float) -> Iterator[None]:
        """Hold the lock. Raises `RefreshBusy` after `patience` seconds, `StoreUnusable` where the folder cannot be written."""
        if not self._ours.acquire(timeout=patience):
            raise RefreshBusy(f"another refresh of {self._name} is running", WAIT)
        try:
            with self._held(patience):
                self._tell()
                yield
        finally:
            self._told = math.inf
            self._ours.release()

    @contextmanager
    def held_here(self, patience: float) -> Iterator[bool]:
        """Hold the lock against threads of this process only; yields whether it was acquired within `patience` seconds."""
        is_ours = self._ours.acquire(timeout=patience)
        try:
            yield is_ours
        finally:
            if is_ours:
                self._ours.release()

    @contextmanager
    def _held(self, patience: float) -> Iterator[None]:
        """Hold the lock against other processes."""
        with ExitStack() as stack:
            try:
                cache_folder(self._folder.parent)
                private_folder(self._folder)
                file = self._folder / "refresh.lock"
                if file.is_dir():
                    remove(file)
                try:
                    stack.enter_context(locked(file, QUIET_SECONDS if patience == FOREVER else patience))
                except TimeoutError:
                    if patience != FOREVER:
                        raise RefreshBusy(f"{self._holder()} refreshes {self._name}", WAIT) from None
                    log.warning("waiting for %s, which refreshes %s", self._holder(), self._name)
                    self._wait(file, stack)
            except OSError as error:
                raise StoreUnusable(
                    f"cannot write to the data folder: {reason(error)}; set MEMORYD_HOME to a folder you may write", self._folder
                ) from error
            yield

    def _wait(self, file: Path, stack: ExitStack) -> None:
        shown = ""
        while True:
            try:
                stack.enter_context(locked(file, QUIET_SECONDS))
            except TimeoutError:
                with suppress(OSError, ValueError):
                    _, what, done, total = read_whole(self._folder / HOLDER).decode().split("\n")
                    if shown not in ("", what):
                        self._progress(shown, 0, 0)
                    shown = what
                    self._progress(what, int(done), int(total))
            else:
                if shown:
                    self._progress(shown, 0, 0)  # it is over: our own phases follow
                return

    def _tell(self, *progress: object) -> None:
        """Tell processes that wait who holds the lock, and how far it is. A full disk need not stop the refresh."""
        self._told = time.monotonic()
        with suppress(OSError):
            _write(self._folder / HOLDER, "\n".join(map(str, (os.getpid(), *progress))))

    def _holder(self) -> str:
        try:
            return f"process {int(read_whole(self._folder / HOLDER).split()[0])}"
        except (OSError, ValueError, IndexError):
            return "another process"


def _write(file: Path, text: str) -> None:
    # Without waiting for who reads, should it be a pipe.
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NONBLOCK | os.O_CLOEXEC, PRIVATE), "w") as opened:
        opened.write(text)
