"""Connects to a daemon: by its Unix socket, which the system opens to our user alone, else by TCP with our secret.

Where a daemon has a socket, TCP is never tried: its port may be somebody else's by now, who would be told the secret.
Standard library only, for thin faces.
"""

import http.client
import json
import socket
from collections.abc import Mapping
from typing import Any

from memoryd.daemon.secret import secret_of
from memoryd.daemon.state import MOST_BYTES, State, reachable

HEALTH = "/healthz"
SECONDS_TO_ANSWER = 2.0


def connect(state: State, timeout: float) -> http.client.HTTPConnection:
    """Return a connection to a daemon, which opens with the first request, uses no proxy, and says who we are where that is needed."""
    return _BySocket(state, timeout) if state.socket else _ByPort(state, timeout)


def ask(state: State, method: str, path: str, timeout: float = SECONDS_TO_ANSWER) -> tuple[int, Any]:
    """Send a request without a body; return the status and the decoded JSON, or 599 and `None` if there is no valid answer."""
    connection = connect(state, timeout)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, json.loads(response.read(MOST_BYTES) or b"null")
    except (OSError, http.client.HTTPException, ValueError, RecursionError):
        return 599, None
    finally:
        connection.close()


class _BySocket(http.client.HTTPConnection):
    def __init__(self, state: State, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._place = str(state.socket_file)

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.sock.settimeout(self.timeout)
            self.sock.connect(self._place)
        except OSError:
            self.close()
            raise


class _ByPort(http.client.HTTPConnection):
    def __init__(self, state: State, timeout: float) -> None:
        super().__init__(reachable(state.host), state.port, timeout=timeout)
        self._home = state.home

    def request(self, method: str, url: str, body: Any = None, headers: Mapping[str, Any] = {}, **more: Any) -> None:
        """Send a request with our secret; the question who is there goes without it."""
        ours = {} if url == HEALTH else {"Authorization": f"Bearer {secret_of(self._home)}"}
        super().request(method, url, body, {**ours, **headers}, **more)
