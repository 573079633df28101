"""Finds, starts and stops the daemon process, one per data folder. Standard library only, for thin faces.

`daemon.json` is only a hint until `/healthz` at its address answers with the same process and version; a stale, foreign or
damaged file counts as none.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from memoryd import __version__
from memoryd.advice import ALIKE, OTHER_DAEMON, START_DAEMON, STOP_DAEMON
from memoryd.config import Settings, inherited_environment
from memoryd.daemon.connection import HEALTH, ask
from memoryd.daemon.state import (
    PAUSE,
    HeldLock,
    State,
    holder,
    lives,
    lock_file,
    locked,
    log_file,
    output_file,
    read_state,
    state_file,
)
from memoryd.errors import DaemonRunning, DaemonUnavailable, StoreUnusable, reason

SECONDS_TO_START = 30.0
SECONDS_TO_STOP = 20.0
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
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        held = HeldLock(settings)
        try:
            yield held
        finally:
            held.withdraw()


def running(settings: Settings) -> State | None:
    """Return the running daemon, which answers at the address in its file as that process and version; `None` if there is none."""
    state = read_state(state_file(settings))
    if state is None or not lives(state.pid):
        return None
    status, health = ask(state, "GET", HEALTH)
    is_it = status == 200 and isinstance(health, dict) and (health.get("pid"), health.get("version")) == (state.pid, state.version)
    return state if is_it else None


def ensure(settings: Settings, timeout: float = SECONDS_TO_START) -> State:
    """Return the running daemon; start one if there is none or an older one. Concurrent callers get the same daemon.

    Raises `DaemonUnavailable` if none answers in time, or the running one uses another embedder.
    """
    state = running(settings)
    if state is not None and not _is_older(state.version):
        return _alike(state, settings)
    until = time.monotonic() + timeout
    with _turn(settings, until):
        state = running(settings)
        if state is not None and _is_older(state.version):
            stop(settings)
            state = None
        return _alike(state or _started(settings, until), settings)


def stop(settings: Settings) -> bool:
    """Stop the daemon, wait until it has ended, and tell whether there was one. A daemon that does not answer is killed."""
    state = running(settings)
    if state is not None and _told_to_stop(state) and _gone(settings, state.pid, SECONDS_TO_STOP):
        return True
    pid = holder(settings)
    if pid is None:
        return False
    # Only the process that holds the lock is signalled: it is a daemon, whatever the state file says.
    for number in (signal.SIGTERM, signal.SIGKILL):
        _signal(pid, number)
        if _gone(settings, pid, SECONDS_TO_STOP):
            return True
    raise DaemonUnavailable(f"process {pid} does not end; end it by hand and try again")


def _told_to_stop(state: State) -> bool:
    try:
        return ask(state, "POST", "/v1/stop")[0] < 300
    except StoreUnusable:
        # There is no secret to tell it; a signal does, too.
        return False


def _started(settings: Settings, until: float) -> State:
    """Start a daemon and wait for it, or wait for one that somebody is starting by hand."""
    process = None
    while time.monotonic() < until:
        state = running(settings)
        if state is not None:
            return state
        # A process that holds the lock and does not answer is either starting or ending.
        if holder(settings) is None:
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


def _spawn(settings: Settings) -> "subprocess.Popen[bytes]":
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
    output = output_file(settings)
    try:
        output.unlink(missing_ok=True)
        with open(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as told:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "memoryd", "serve"],
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                cwd=settings.home,
                env={**inherited, "PYTHONPATH": paths, **chosen},
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
    while holder(settings) == pid:
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
