"""The daemon: serves many projects from one process; also finds, starts and stops that process.

Importing this package is cheap, for thin faces; `Projects`, which needs LanceDB, is imported on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from memoryd.daemon.presence import Presence, look, running
from memoryd.daemon.process import ensure, hold_lock, itself, stop
from memoryd.daemon.secret import forget_secret, is_exposed, secret_file, secret_of
from memoryd.daemon.state import DEMANDS_NOTHING, SOCKET, HeldLock, State, holder, log_file

if TYPE_CHECKING:
    from memoryd.daemon.connection import ask, connect, connected
    from memoryd.daemon.file_events import watch
    from memoryd.daemon.following import Followed, Follower
    from memoryd.daemon.heap import bound_heap
    from memoryd.daemon.log import logged
    from memoryd.daemon.projects import KnownProject, Projects
    from memoryd.daemon.tally import Refreshes

__all__ = [
    "DEMANDS_NOTHING",
    "SOCKET",
    "Followed",
    "Follower",
    "HeldLock",
    "KnownProject",
    "Presence",
    "Projects",
    "Refreshes",
    "State",
    "ask",
    "bound_heap",
    "connect",
    "connected",
    "ensure",
    "forget_secret",
    "hold_lock",
    "holder",
    "is_exposed",
    "itself",
    "log_file",
    "logged",
    "look",
    "running",
    "secret_file",
    "secret_of",
    "stop",
    "watch",
]
LATE = {
    "ask": "connection", "connect": "connection", "connected": "connection",
    "KnownProject": "projects", "Projects": "projects", "Refreshes": "tally", "bound_heap": "heap", "logged": "log", "watch": "file_events",
    "Followed": "following", "Follower": "following",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{LATE[name]}"), name)
