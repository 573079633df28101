"""Connects to a daemon: by its Unix socket, which the system opens to our user alone, else by TCP with our secret.

Where a daemon has a socket, TCP is never tried: its port may be somebody else's by now, who would be told the secret. Nobody waits
for the answer of a daemon that hangs. Standard library only, for thin faces.
"""

import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any

from memoryd.advice import STOP_DAEMON
from memoryd.daemon.secret import secret_of
from memoryd.daemon.state import MOST_BYTES, SECONDS_OF_SILENCE, SECONDS_TO_ANSWER, State, reachable
from memoryd.errors import DaemonUnavailable

HEALTH = "/healthz"
SECONDS_BETWEEN_LOOKS = 1.0


def connect(state: State, timeout: float) -> http.client.HTTPConnection:
    """Return a connection to a daemon, which opens with the first request, uses no proxy, and says who we are where that is needed."""
    return _BySocket(state, timeout) if state.socket else _ByPort(state, timeout)


@contextmanager
def connected(state: State, timeout: float) -> Iterator[http.client.HTTPConnection]:
    """Hold an open connection to a daemon. Raises `DaemonUnavailable` out of the block as soon as the daemon answers nobody any more.

    `timeout` bounds the silence of one that is well.
    """
    ended, hangs = threading.Event(), threading.Event()
    with closing(connect(state, timeout)) as connection:
        connection.connect()
        watch = threading.Thread(target=_watch, args=(state, connection.sock, ended, hangs), name="daemon-watch", daemon=True)
        watch.start()
        try:
            yield connection
        except (OSError, http.client.HTTPException, ValueError) as error:
            if not hangs.is_set():
                raise
            raise DaemonUnavailable(f"the daemon (process {state.pid}) does not answer any more", advice=STOP_DAEMON) from error
        finally:
            ended.set()


def _watch(state: State, waiting: socket.socket, ended: threading.Event, hangs: threading.Event) -> None:
    """Ask now and then how the daemon is, until `ended`; if it does not say, cut the connection on which somebody waits."""
    while not ended.wait(SECONDS_BETWEEN_LOOKS):
        if _is_silent(state) and not ended.is_set():
            hangs.set()
            with suppress(OSError):
                waiting.shutdown(socket.SHUT_RDWR)


def _is_silent(state: State) -> bool:
    """Tell whether a daemon takes a question and does not answer it. One that is gone breaks its connections by itself."""
    try:
        with closing(connect(state, SECONDS_OF_SILENCE)) as connection:
            connection.request("GET", HEALTH)
            connection.getresponse()
    except TimeoutError:
        return True
    except (OSError, http.client.HTTPException):
        return False
    return False


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
