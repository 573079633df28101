"""A client of the daemon: starts it, asks it over HTTP, also in ways that no client should, and ends it."""

import contextlib
import http.client
import json
import signal
import socket
import time
from functools import partial
from pathlib import Path
from typing import Any

from memoryd.daemon import secret_of
from scripts.bench.torture.patience import Patience, seconds_waited
from scripts.bench.torture.processes import SECONDS, Ended, Job, Place, children_of, command

JSON = {"Content-Type": "application/json"}
SECONDS_TO_STOP = 30.0
GATEWAY_TIMEOUT = 504


class Daemon:
    """A daemon that serves one project."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._state = place.home / "daemon.json"
        self._state.unlink(missing_ok=True)
        self.job = Job(partial(command, "serve", "--root", str(place.root), "--port", "0"), place)
        self.port = 0

    def is_ready(self) -> bool:
        """Wait until the daemon answers; `False` if it ended, or does not answer in time."""
        patience = self.patience()
        while self.job.runs and not patience.over():
            with contextlib.suppress(OSError, ValueError, KeyError, http.client.HTTPException):
                self.port = int(json.loads(self._state.read_bytes())["port"])
                if self.send("GET", "/healthz", b"", 5.0)[0] == 200:
                    return True
            time.sleep(0.02)
        return False

    def patience(self) -> Patience:
        """Return a patience with what the daemon does."""
        return Patience(SECONDS, lambda: seconds_waited([self.job.pid, *children_of(self._place.home)]))

    def stop(self) -> Ended:
        """Ask the daemon to end, and kill it if it does not."""
        self.job.send(signal.SIGTERM)
        return self.job.end(SECONDS_TO_STOP)

    def post(self, path: str, **asked: Any) -> tuple[int, Any]:
        """Ask about the project; return the status and the answer. Raises `OSError` or `HTTPException` where there is none."""
        body = json.dumps({"root": str(self._place.root), **asked}).encode()
        status, data = self.answered("POST", path, body)
        return status, json.loads(data or b"null")

    def answered(self, method: str, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        """Send a request with any body, again where a starved daemon takes too long for it."""
        patience = self.patience()
        while True:
            try:
                status, data = self.send(method, path, body, SECONDS, **headers)
            except TimeoutError:
                if not patience.again():
                    raise
            else:
                if status != GATEWAY_TIMEOUT or not patience.again():
                    return status, data

    def send(self, method: str, path: str, body: bytes, seconds: float = SECONDS, **headers: str) -> tuple[int, bytes]:
        """Send a request with any body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request(method, path, body or None, {**JSON, **credentials(self._place.home), **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def connect(self, data: bytes, seconds: float = SECONDS) -> socket.socket:
        """Open a connection and send some bytes."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=seconds)
        connection.sendall(data)
        return connection


def credentials(home: Path) -> dict[str, str]:
    """Return the headers by which the daemon of a data folder knows its user."""
    return {"Authorization": f"Bearer {secret_of(home)}"}
