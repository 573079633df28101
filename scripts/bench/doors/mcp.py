"""Measures how soon an agent has its first answer through MCP: a server is started and spoken to as a client does, over JSON-RPC.

memoryd's bridge starts the daemon if none runs in the data folder, and leaves it running: a second measurement is one with a warm
daemon. Whoever measures stops it with `memoryd.daemon.stop`.
"""

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.bench.doors.commands import memoryd, settings

MOST_SECONDS = 300.0
"""After this long the server is ended, and the measurement fails."""
REVISION = "2025-11-25"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that speaks MCP over its standard input and output, and the call that asks it a question."""

    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """Seconds from the start of a server until it had answered the handshake, the list of its tools, and the first question."""

    initialized: float
    listed: float
    answered: float


def of_memoryd(tree: Path, home: Path, task: str) -> Server:
    """Return memoryd's bridge in the folder of a project, asked for a pack, with its data in `home`."""
    return Server(memoryd("mcp"), settings(home), tree, "search_code", {"task": task})


def first_answer(server: Server) -> FirstAnswer:
    """Start a server and ask it a question. Raises `RuntimeError` if it answers with an error, or not at all."""
    began = time.perf_counter()
    with _running(server) as client:
        client.ask("initialize", {"protocolVersion": REVISION, "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}})
        initialized = time.perf_counter()
        client.tell("notifications/initialized")
        client.ask("tools/list", {})
        listed = time.perf_counter()
        answer = client.ask("tools/call", {"name": server.tool, "arguments": server.arguments})
        answered = time.perf_counter()
    if answer.get("isError"):
        raise RuntimeError(answer["content"][0]["text"])
    return FirstAnswer(initialized - began, listed - began, answered - began)


class _Client:
    """A client of a server that runs, and its messages."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._asked = 0

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        """Send a request and return its result. Raises `RuntimeError` if there is none."""
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        assert self._process.stdout
        for line in self._process.stdout:
            message = json.loads(line)
            if message.get("id") == self._asked and "method" not in message:
                if "result" not in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
        raise RuntimeError(f"{method}: the server ended without an answer")

    def tell(self, method: str) -> None:
        """Send a notification."""
        self._send({"method": method})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self._process.stdin.flush()


@contextmanager
def _running(server: Server) -> Iterator[_Client]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MEMORYD_", "CLAUDE"))}
    process = subprocess.Popen(
        server.command, cwd=server.folder, env={**kept, **server.environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    watchdog = threading.Timer(MOST_SECONDS, process.kill)
    watchdog.start()
    try:
        yield _Client(process)
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream
            stream.close()
