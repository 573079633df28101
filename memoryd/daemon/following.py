"""Keeps a fleet at the heads of its list while it is served: when a push is heard, and every so often.

Runs of `memoryd fleet index` do it, each a process of its own, so that questions are answered meanwhile; one at a time. What is heard
during a run waits for the next one, however often it is said, and a repository whose head did not move makes no run.
"""

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.config import PUSH_KEY, Settings
from memoryd.daemon.process import itself
from memoryd.errors import MemorydError, UsageError

if TYPE_CHECKING:
    from memoryd.fleet import Listed

PAUSE = 1.0
"""The seconds between what is heard and the run for it: pushes come in swarms."""
AGAIN = 20.0
"""The seconds after which a run is tried again that could not be done, since another process indexes the fleet, or the machine failed."""
MOST_NAMED = 200
"""The repositories that one run is told by name; for more, all are asked."""
ENDING_SECONDS = 3.0
DONE = (0, 1)
"""The exit codes of a run that ended; the second tells of repositories that failed, which stay as they are."""
log = logging.getLogger("memoryd.fleet")


@dataclass(frozen=True, slots=True)
class Followed:
    """A fleet's address and the file with its list, the seconds after which all of it is asked, 0 for never, and the secret of pushes."""

    address: str
    listed: Path
    every: float = 0.0
    secret: str = field(default="", repr=False)

    def check(self) -> None:
        """Raise `UsageError` if nothing would ever lead to a run."""
        if not self.secret and not self.every:
            raise UsageError(f"--follow needs --every SECONDS, or the secret of your webhook in {PUSH_KEY} or {PUSH_KEY}_FILE")


class Follower:
    """Runs in a thread of its own between `start` and `close`. Safe to use from several threads."""

    def __init__(self, followed: Followed, settings: Settings) -> None:
        self.followed = followed
        self._settings = settings
        self._heard: set[str] = set()
        self._list: tuple[int, tuple[Listed, ...]] | None = None
        self._due = time.monotonic() if followed.every else float("inf")
        self._closing = False
        self._changed = threading.Condition()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._work, name="memoryd-follow", daemon=True)
        self.runs = 0
        """How many runs have begun."""

    def start(self) -> None:
        """Begin."""
        self.listed()
        self._thread.start()

    def close(self) -> None:
        """End, and any run with it: the next one goes on where it was."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            process = self._process
        if process is not None:
            _end(process)
        self._thread.join(ENDING_SECONDS)

    def listed(self) -> "tuple[Listed, ...]":
        """Return the list as its file is now. Raises `UsageError`."""
        from memoryd.fleet import read_list_in

        file = self.followed.listed
        changed = file.stat().st_mtime_ns if file.exists() else 0
        if self._list is None or self._list[0] != changed:
            self._list = changed, read_list_in(file)
        return self._list[1]

    def hear(self, names: Iterable[str]) -> None:
        """Have repositories of the list brought to their heads, soon."""
        with self._changed:
            self._heard.update(names)
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._heard, self._seconds_left())
                self._changed.wait_for(lambda: self._closing, PAUSE)
                if self._closing:
                    return
                names, self._heard = self._heard, set()
                is_due = time.monotonic() >= self._due
            self._bring(names, is_due)
            if is_due:
                self._due = time.monotonic() + self.followed.every

    def _seconds_left(self) -> float | None:
        return None if self._due == float("inf") else max(0.0, self._due - time.monotonic())

    def _bring(self, names: set[str], is_due: bool) -> None:
        try:
            moved = names if is_due else self._moved(names)
            if (is_due or moved) and self._run(() if is_due or len(moved) > MOST_NAMED else sorted(moved)) not in DONE:
                self._later(names, is_due)
        except (MemorydError, OSError) as error:
            log.error("fleet not followed", extra={"fields": {"error": type(error).__name__}})
            self._later(names, is_due)

    def _later(self, names: set[str], is_due: bool) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing, AGAIN)
            self._heard |= names
            self._due = time.monotonic() if is_due else self._due

    def _moved(self, names: set[str]) -> set[str]:
        from memoryd.fleet import moved

        return moved([one for one in self.listed() if one.name in names], self.followed.address)

    def _run(self, names: Iterable[str]) -> int:
        """Run until it ends; return its exit code."""
        command, environment = itself(self._settings)
        hidden = {PUSH_KEY, f"{PUSH_KEY}_FILE"}
        only = [part for name in names for part in ("--only", name)]
        with self._changed:
            if self._closing:
                return DONE[0]
            self.runs += 1
            self._process = subprocess.Popen(
                [*command, "fleet", "index", str(self.followed.listed), "--to", self.followed.address, *only],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                env={name: value for name, value in environment.items() if name not in hidden},
            )  # fmt: skip
        began = time.monotonic()
        code = self._process.wait()
        log.info("fleet indexed", extra={"fields": {"code": code, "named": len(only) // 2, "seconds": round(time.monotonic() - began, 1)}})
        return code


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a run with all of its processes, gently at first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(ENDING_SECONDS)
            return
