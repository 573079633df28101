"""What the harnesses of real agents share: finding the program, and a model's API on loopback that answers from a script.

Nothing leaves this machine: the programs get a made-up key, a home of their own, and a proxy that nobody runs.
"""

import json
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.project import SOURCE_ROOT

CLIENTS = SOURCE_ROOT / ".clients" / "node_modules" / ".bin"
"""Where `scripts/test-clients` installs the programs."""
NOWHERE = "http://127.0.0.1:9"
"""A proxy that nobody runs: what would leave this machine fails at once."""
OFFLINE = {"HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE, "NO_PROXY": "127.0.0.1,localhost"}
Events = list[dict[str, Any]]


@dataclass(frozen=True)
class Ran:
    """What a run of an agent left behind."""

    code: int
    out: str
    err: str


def program(name: str, variable: str = "") -> str | None:
    """Return a client's program: what the variable says, what `scripts/test-clients` installed, or what is on the path."""
    found = os.environ.get(variable, "") if variable else ""
    if found:
        return found
    return shutil.which(name, path=str(CLIENTS)) or shutil.which(name)


def environment(without: tuple[str, ...], **ours: str) -> Mapping[str, str]:
    """Return our environment less the variables that begin with one of `without`, cut off from the network, with `ours`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith((*without, "MEMORYD_"))}
    return {**kept, **OFFLINE, **ours}


@contextmanager
def serving(handler: type["Handler"]) -> Iterator[str]:
    """Serve a model's API until the block ends; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers a POST with what `answered` makes of its path and body: one JSON value, or a list of server-sent events."""

    protocol_version = "HTTP/1.1"

    def answered(self, path: str, body: dict[str, Any]) -> dict[str, Any] | Events:
        raise NotImplementedError

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep quiet."""

    def do_HEAD(self) -> None:
        self._send(b"{}", "application/json")

    def do_GET(self) -> None:
        self._send(b'{"data": [], "models": [], "has_more": false}', "application/json")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        answer = self.answered(self.path.partition("?")[0], body)
        if isinstance(answer, dict):
            self._send(json.dumps(answer).encode(), "application/json")
            return
        stream = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in answer)
        self._send(stream.encode(), "text/event-stream")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
