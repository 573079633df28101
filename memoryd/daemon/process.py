"""Starts and stops the daemon process, one per data folder. Standard library only, for thin faces."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd import __version__
from memoryd.advice import ALIKE, OTHER_DAEMON, START_DAEMON, STOP_DAEMON
from memoryd.config import Settings, inherited_environment
from memoryd.daemon.presence import Presence, look
from memoryd.daemon.state import (
    PAUSE,
    SECONDS_OF_SILENCE,
    HeldLock,
    State,
    holder,
    lock_file,
    locked,
    log_file,
    output_file,
    read_state,
    state_file,
)
from memoryd.errors import DaemonRunning, DaemonUnavailable, StoreUnusable, reason
from memoryd.runtime import late

if TYPE_CHECKING:
    from memoryd.daemon import connection
else:
    connection = late("memoryd.daemon.connection")

SECONDS_TO_START = 30.0
SECONDS_TO_STOP = 20.0
SECONDS_TO_STIR = 1.5
"""How long a daemon that does not answer may take to end; one that is stopped or hangs never will."""
SECONDS_TO_CLAIM = 1.0
"""How long the lock must be taken to count as a daemon's: processes that look for a daemon take it for a moment."""


@contextlib.contextmanager
def hold_lock(settings: Settings) -> Iterator[HeldLock]:
    """Hold the daemon's lock until the block ends. Raises `DaemonRunning` if a daemon is running or starting."""
    with locked(lock_file(settings), SECONDS_TO_CLAIM) as lock:
        if lock is None:
            state = read_state(state_file(settings))
            where = f"at {state.address}, process {state.pid}" if state else "and is starting or stopping"
            raise DaemonRunning(f"a daemon runs already, {where}", OTHER_DAEMON)
        held = HeldLock(settings)
        held.sign(lock)
        try:
            yield held
        finally:
            held.withdraw()


def ensure(settings: Settings, timeout: float = SECONDS_TO_START) -> State:
    """Return the running daemon; start one if there is none or an older one. Concurrent callers get the same daemon.

    Raises `DaemonUnavailable` if none answers in time, or the running one uses another embedder: at once where it runs elsewhere,
    and soon where it is silent, since waiting for either is in vain.
    """
    state = _able(settings)
    if state is not None and not _is_older(state.version):
        return _alike(state, settings)
    until = time.monotonic() + timeout
    with _turn(settings, until):
        state = _able(settings)
        if state is not None and _is_older(state.version):
            stop(settings)
            state = None
        return _alike(state or _started(settings, until), settings)


def stop(settings: Settings) -> bool:
    """Stop the daemon, wait until it has ended, and tell whether there was one. A daemon that does not answer is killed."""
    found = look(settings)
    if found.state is not None and _told_to_stop(found.state) and _gone(settings, found.pid, SECONDS_TO_STOP):
        return True
    if found.presence == Presence.ELSEWHERE:
        raise found.complaint(settings)
    if (held := holder(settings)) is None:
        return found.presence != Presence.NONE
    # Only the process that holds the lock is signalled: it is a daemon, whatever the state file says.
    patience = SECONDS_TO_STIR if found.presence == Presence.SILENT else SECONDS_TO_STOP
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, SECONDS_TO_STOP)):
        _signal(held.pid, number)
        if _gone(settings, held.pid, seconds):
            return True
    raise DaemonUnavailable(f"process {held.pid} does not end; end it by hand and try again")


def _able(settings: Settings) -> State | None:
    """Return the daemon that answers; `None` if there is none, or it is starting or ending. Raises `DaemonUnavailable` for others."""
    found = look(settings, SECONDS_OF_SILENCE)
    if found.presence in (Presence.SILENT, Presence.ELSEWHERE):
        raise found.complaint(settings)
    return found.state


def _told_to_stop(state: State) -> bool:
    try:
        return connection.ask(state, "POST", "/v1/stop")[0] < 300
    except StoreUnusable:
        # There is no secret to tell it; a signal does, too.
        return False


def _started(settings: Settings, until: float) -> State:
    """Start a daemon and wait for it, or wait for one that somebody is starting by hand."""
    process = None
    while time.monotonic() < until:
        found = look(settings)
        if found.state is not None:
            return found.state
        if found.presence == Presence.NONE:
            if process is None:
                process = _spawn(settings)
            elif process.poll() is not None:
                raise DaemonUnavailable("the daemon ended at once", _complaint(settings), START_DAEMON)
        time.sleep(PAUSE)
    detail = "; ".join(filter(None, (_complaint(settings), f"see {log_file(settings)}")))
    raise DaemonUnavailable("the daemon does not answer", detail, STOP_DAEMON)


def _alike(state: State, settings: Settings) -> State:
    """Return the daemon if its embedder is ours; raise `DaemonUnavailable` otherwise: it ranks differently and embeds everything again."""
    if state.embedder not in ("", settings.embedder):
        raise DaemonUnavailable(f"the daemon embeds with {state.embedder}, and MEMORYD_EMBEDDER is {settings.embedder} here", advice=ALIKE)
    if state.secrets not in ("", settings.secrets):
        raise DaemonUnavailable(f"the daemon runs with MEMORYD_SECRETS={state.secrets}, and it is {settings.secrets} here", advice=ALIKE)
    return state


def itself(settings: Settings) -> tuple[list[str], dict[str, str]]:
    """Return the command line that runs this memoryd with some settings, to which a command is added, and its environment."""
    # `-P`: import nothing from the current folder, only the memoryd that is running here.
    source = str(Path(__file__).resolve().parent.parent.parent)
    inherited = inherited_environment()
    paths = os.pathsep.join(filter(None, (source, inherited.get("PYTHONPATH", ""))))
    chosen = {
        "MEMORYD_HOME": str(settings.home),
        "MEMORYD_EMBEDDER": settings.embedder,
        "MEMORYD_WORKERS": str(settings.workers),
        "MEMORYD_SECRETS": settings.secrets,
    }
    return [sys.executable, "-P", "-m", "memoryd"], {**inherited, "PYTHONPATH": paths, **chosen}


def _spawn(settings: Settings) -> "subprocess.Popen[bytes]":
    command, environment = itself(settings)
    output = output_file(settings)
    try:
        output.unlink(missing_ok=True)
        with open(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as told:
            process = subprocess.Popen(
                [*command, "serve"],
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                cwd=settings.home,
                env=environment,
                start_new_session=True,
            )
    except OSError as error:
        detail = error.filename or ""
        raise DaemonUnavailable(f"cannot start a daemon: {reason(error)}", detail, START_DAEMON) from error
    # If the daemon ends before us it must be waited for, or it stays as a zombie.
    threading.Thread(target=process.wait, name="memoryd-daemon", daemon=True).start()
    return process


@contextlib.contextmanager
def _turn(settings: Settings, until: float) -> Iterator[None]:
    """Hold the right to start a daemon, after waiting for other processes that are starting one."""
    while True:
        with locked(settings.home / "daemon.starting") as lock:
            if lock is not None:
                yield
                return
        if time.monotonic() > until:
            raise DaemonUnavailable("another process has been starting the daemon for too long; try again")
        time.sleep(PAUSE)


def _gone(settings: Settings, pid: int, seconds: float) -> bool:
    """Wait up to `seconds` until a process has released the daemon's lock; tell whether it has."""
    until = time.monotonic() + seconds
    while (held := holder(settings)) is not None and held.pid == pid:
        if time.monotonic() > until:
            return False
        time.sleep(PAUSE)
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, number)


def _is_older(version: str) -> bool:
    """Tell whether a daemon's version is older than ours; a newer daemon serves us as well."""
    theirs, ours = _numbers(version), _numbers(__version__)
    return theirs < ours


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("+")[0].split(".") if part.isdigit())


def _complaint(settings: Settings) -> str:
    """Return the last line that the daemon we started printed, for an error message."""
    try:
        lines = output_file(settings).read_bytes()[-4096:].decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
