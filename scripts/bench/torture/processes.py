"""Commands of memoryd in processes of their own, started quickly and ended when they take too long; and which of them still run (Linux)."""

import contextlib
import itertools
import multiprocessing
import os
import resource
import runpy
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.bench.torture.patience import Patience, seconds_waited

SECONDS = 120.0
"""How long any command may take; one that takes longer, and was not starved, counts as hanging."""
CONTEXT = multiprocessing.get_context("forkserver")
# LanceDB itself starts threads when it is imported, which must not happen before a fork; what it imports may.
LANCEDB_NEEDS = ["lance_namespace", "overrides", "pyarrow.dataset", "pyarrow.fs", "requests", "scipy.sparse", "tqdm"]
CONTEXT.set_forkserver_preload(["memoryd.memory", "memoryd.notes", "memoryd.faces.cli", "memoryd.faces.server", *LANCEDB_NEEDS])
NUMBERS = itertools.count()


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a process. `code` is negative after a signal, and `None` if the process had to be ended for taking too long."""

    code: int | None
    out: bytes
    err: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command runs: the project's folder, the data folder, and a folder for what it prints."""

    root: Path
    home: Path
    scratch: Path

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a command that runs here."""
        return {"MEMORYD_HOME": str(self.home), "MEMORYD_EMBEDDER": "hash", "MEMORYD_WORKERS": "2"}


class Job:
    """A process that does some work at a place."""

    def __init__(self, work: Callable[[], object], place: Place) -> None:
        name = f"job-{next(NUMBERS)}"
        self._out, self._err = place.scratch / f"{name}.out", place.scratch / f"{name}.err"
        self._home = place.home
        self._process = CONTEXT.Process(target=_run, args=(work, place, self._out, self._err))
        self._process.start()

    @property
    def pid(self) -> int:
        """The id of the process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether the process still runs."""
        return self._process.is_alive()

    def end(self, seconds: float = SECONDS) -> Ended:
        """Wait for the end for some seconds, more where the process is starved, and then kill it."""
        patience = Patience(seconds, lambda: seconds_waited([self.pid, *children_of(self._home)]))
        while self.runs and not patience.over():
            self._process.join(patience.left)
        return self.end_within(0.0)

    def end_within(self, seconds: float) -> Ended:
        """Wait for the end for some seconds, and then kill the process."""
        self._process.join(seconds)
        code = self._process.exitcode
        self.kill()
        out = self._out.read_bytes() if self._out.exists() else b""
        err = self._err.read_text("utf-8", "replace") if self._err.exists() else ""
        self._out.unlink(missing_ok=True)
        self._err.unlink(missing_ok=True)
        return Ended(code, out, err)

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if the process still runs."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the process at once, as `kill -9` does; those that it started are left alone."""
        self._process.kill()
        self._process.join()


def command(*arguments: str) -> None:
    """Run a command of memoryd in this process."""
    sys.argv = ["memoryd", *arguments]
    runpy.run_module("memoryd", run_name="__main__", alter_sys=True)


def with_small_files(most: int, work: Callable[[], object]) -> None:
    """Do some work while no file may grow beyond some bytes, which fails like a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    work()


def left_running(home: Path, seconds: float) -> list[int]:
    """Return the processes of a data folder that still run after some seconds; those of `Job` are known to their starters."""
    patience = Patience(seconds, lambda: seconds_waited(children_of(home)))
    while (found := children_of(home)) and not patience.over():
        time.sleep(0.05)
    return found


def children_of(home: Path) -> list[int]:
    """Return the processes that were started for a data folder, as their environment says."""
    wanted = b"MEMORYD_HOME=" + os.fsencode(home) + b"\0"
    found = []
    # Not `Path.glob`, which raises where a process ends while its folder is read.
    for pid in (int(name) for name in os.listdir("/proc") if name.isdecimal()):
        with contextlib.suppress(OSError):
            if wanted in Path(f"/proc/{pid}/environ").read_bytes() and pid != os.getpid():
                found.append(pid)
    return sorted(found)


def _run(work: Callable[[], object], place: Place, out: Path, err: Path) -> None:
    os.environ.update(place.environment)
    os.chdir(place.root)
    for descriptor, file in ((0, Path(os.devnull)), (1, out), (2, err)):
        os.dup2(os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), descriptor)
    work()
