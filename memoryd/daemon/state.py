"""The traces of a daemon in its data folder: a lock that it holds while it lives, and `daemon.json` with its address.

The system releases the lock however its holder ends. The file is private to our user and only a hint: it may be stale.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from memoryd import __version__
from memoryd.config import Settings
from memoryd.errors import StoreUnusable, reason

PAUSE = 0.02
SECONDS_TO_ANSWER = 2.0
SECONDS_OF_SILENCE = 3.5
"""How long a daemon may take to say that it is well before a client gives up that cannot do without it."""
SOCKET = "daemon.sock"
DEMANDS_NOTHING = "nothing"
MOST_BYTES = 1 << 16
"""The most bytes of a state file that are read, in case it is damaged."""
UNSPECIFIED = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - to connect to, not to listen at


@dataclass(frozen=True, slots=True)
class State:
    """A running daemon, as its file in the data folder `home` describes it.

    `embedder` and `secrets` are what `MEMORYD_EMBEDDER` and `MEMORYD_SECRETS` name, empty if an older daemon does not say. `demands`
    says what clients that come by TCP must bring. `socket` is the name of its Unix socket in the data folder, empty if it has none.
    """

    home: Path
    pid: int
    host: str
    port: int
    version: str
    started: float
    embedder: str = ""
    secrets: str = ""
    demands: str = ""
    socket: str = ""

    @property
    def address(self) -> str:
        """The address that the daemon listens on, as a URL; 0.0.0.0 and :: are all addresses of this machine."""
        return _url(self.host, self.port)

    @property
    def url(self) -> str:
        """The URL at which programs on this machine reach the daemon."""
        return _url(reachable(self.host), self.port)

    @property
    def is_open(self) -> bool:
        """Whether every user and program of this machine is let in."""
        return self.demands == DEMANDS_NOTHING

    def differs(self, settings: Settings) -> str:
        """Return the settings in which the daemon differs from others, so that it answers none of their questions; "" if in none."""
        both = {"MEMORYD_EMBEDDER": (self.embedder, settings.embedder), "MEMORYD_SECRETS": (self.secrets, str(settings.secrets))}
        return ", ".join(f"{name}={theirs}, not {ours}" for name, (theirs, ours) in both.items() if theirs not in ("", ours))

    @property
    def socket_file(self) -> Path:
        """The Unix socket at which our user's programs reach the daemon, if it has one."""
        return self.home / self.socket


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds the daemon's lock. Unless it `is_near`, its id means nothing here, or another process."""

    pid: int
    is_near: bool


class HeldLock:
    """The lock on a data folder: its holder is the daemon of that folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file = state_file(settings)
        self.state: State | None = None

    def sign(self, lock: IO[str]) -> None:
        """Write who we are into the locked file."""
        lock.truncate(0)
        lock.write(f"{os.getpid()} {_process_table()}")
        lock.flush()

    def publish(self, host: str, port: int, demands: str = "", socket: str = "") -> State:
        """Write where we are reached, and what we demand, to the state file."""
        ours = self._settings
        self.state = State(ours.home, os.getpid(), host, port, __version__, time.time(), ours.embedder, ours.secrets, demands, socket)
        told = {name: value for name, value in asdict(self.state).items() if name != "home"}
        _write_private(self._file, json.dumps(told).encode())
        return self.state

    def withdraw(self) -> None:
        """Remove the state file, unless another daemon has replaced it since."""
        if self.state is not None and read_state(self._file) == self.state:
            self._file.unlink(missing_ok=True)


def state_file(settings: Settings) -> Path:
    """Return the file with the daemon's address."""
    return settings.home / "daemon.json"


def lock_file(settings: Settings) -> Path:
    """Return the file that a daemon keeps locked; it says which process that is."""
    return settings.home / "daemon.lock"


def log_file(settings: Settings) -> Path:
    """Return the daemon's log file."""
    return settings.home / "daemon.log"


def output_file(settings: Settings) -> Path:
    """Return the file with the standard output and error of the last daemon that `ensure` started."""
    return settings.home / "daemon.out"


def read_state(file: Path) -> State | None:
    """Read a state file; return `None` if it is missing, unreadable or invalid."""
    try:
        with open(file, "rb", opener=_without_waiting) as opened:
            found = json.loads(opened.read(MOST_BYTES))
        # The file of a newer daemon may have more fields.
        state = State(**{name: found[name] for name in State.__slots__ if name in found} | {"home": file.parent})
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    texts = (state.host, state.version, state.demands, state.socket)
    is_sound = all(isinstance(text, str) and text.isprintable() and text.isascii() for text in texts)
    is_sound = is_sound and isinstance(state.embedder, str) and isinstance(state.secrets, str) and state.socket in ("", SOCKET)
    is_sound = is_sound and all(type(number) is int for number in (state.pid, state.port)) and isinstance(state.started, int | float)
    return state if is_sound and 0 < state.port < 65_536 and 0 < state.pid < 1 << 31 else None


@contextlib.contextmanager
def locked(file: Path, patience: float = 0.0) -> Iterator[IO[str] | None]:
    """Hold a lock that the system releases with the process; yield `None` if another process keeps it for `patience` seconds."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = open(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+")  # noqa: SIM115 - closed below, which unlocks it
    except OSError as error:
        raise _unusable(file.parent, error) from error
    with opened:
        until = time.monotonic() + patience
        while not (is_ours := _try_lock(opened, fcntl.LOCK_EX)) and time.monotonic() < until:
            time.sleep(PAUSE)
        yield opened if is_ours else None


def _without_waiting(file: str, flags: int) -> int:
    return os.open(file, flags | os.O_NONBLOCK)  # a pipe would be waited for


def _try_lock(opened: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(opened, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def holder(settings: Settings) -> Holder | None:
    """Return the process that holds the daemon's lock, whether or not it answers yet; `None` if there is none."""
    try:
        with open(lock_file(settings), opener=_without_waiting) as opened:
            # Processes that only look share the lock, so that none of them takes another one for a daemon.
            if _try_lock(opened, fcntl.LOCK_SH):
                return None
            number, _, table = opened.read(MOST_BYTES).partition(" ")
            found = Holder(int(number), table in ("", _process_table()))  # older daemons do not say
    except (OSError, ValueError):
        return None
    return None if found.is_near and not lives(found.pid) else found


def _process_table() -> str:
    """Return what tells apart where the same process ids mean the same processes: a system since its start, and a container on it."""
    try:
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}/{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return os.uname().nodename  # no Linux


def lives(pid: int) -> bool:
    """Tell whether a process is alive and belongs to our user; if another user's process has this id, the daemon has ended."""
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError):
        return False
    return True


def _write_private(file: Path, data: bytes) -> None:
    """Replace a file by one that only our user may read."""
    from memoryd.files import PRIVATE, replace_quickly  # too slow to import for processes that only look for a daemon

    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_quickly(file, data, PRIVATE)
    except OSError as error:
        raise _unusable(file, error) from error


def _unusable(place: Path, error: OSError) -> StoreUnusable:
    return StoreUnusable(f"cannot write to the data folder: {reason(error)}; set MEMORYD_HOME to a folder you may write", place)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def reachable(host: str) -> str:
    """Return the host to connect to for a server that listens on `host`."""
    return UNSPECIFIED.get(host, host)
