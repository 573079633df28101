"""The Unix socket of the daemon, in its data folder: the system lets nobody but our user connect to it."""

import contextlib
import logging
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger("memoryd.http")


@contextlib.contextmanager
def bound(file: Path) -> Iterator[socket.socket | None]:
    """Hold a socket bound to a file, in place of one that a killed daemon left; `None` where there can be none.

    The caller must hold the daemon's lock, so that nobody listens at the file. Paths of sockets may have about a hundred bytes.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        file.unlink(missing_ok=True)
        listener.bind(os.fspath(file))
        # Nobody can connect until somebody listens, which is after this.
        file.chmod(0o600)
    except OSError as error:
        listener.close()
        log.warning("no Unix socket", extra={"fields": {"error": type(error).__name__, "number": error.errno}})
        yield None
        return
    try:
        with listener:
            yield listener
    finally:
        file.unlink(missing_ok=True)


def is_unix(connection: socket.socket) -> bool:
    """Tell whether a connection came by a Unix socket."""
    return connection.family == socket.AF_UNIX


def is_from_our_user(connection: socket.socket) -> bool:
    """Tell whether the process at the other end of a Unix socket is of our user or root, where the system says."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return user in (os.geteuid(), 0)
