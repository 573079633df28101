"""Measures how soon an agent has its first pack through MCP: the bridge is started and spoken to as a client does, over real JSON-RPC.

The bridge starts the daemon if none runs in the data folder, and leaves it running: a second measurement is one with a warm daemon.
Whoever measures stops it with `memoryd.daemon.stop`.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_SECONDS = 300.0
"""After this long the bridge is ended, and the measurement fails."""
REVISION = "2025-11-25"


@dataclass(frozen=True, slots=True)
class FirstPack:
    """Seconds from the start of the bridge until it had answered the handshake, the list of tools, and the first question."""

    seconds_to_initialize: float
    seconds_to_tools: float
    seconds_to_pack: float


def first_pack(tree: Path, home: Path, question: str) -> FirstPack:
    """Ask a bridge in the folder of a project for a pack, by its first tool, with its data in `home`.

    Raises `RuntimeError` if it answers with an error.
    """
    began = time.perf_counter()
    with _bridge(tree, home) as bridge:
        hello = {"protocolVersion": REVISION, "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
        bridge.ask("initialize", hello)
        initialized = time.perf_counter()
        bridge.tell("notifications/initialized")
        tool = bridge.ask("tools/list", {})["tools"][0]["name"]
        listed = time.perf_counter()
        answer = bridge.ask("tools/call", {"name": tool, "arguments": {"task": question}})
        packed = time.perf_counter()
    if answer["isError"]:
        raise RuntimeError(answer["content"][0]["text"])
    return FirstPack(initialized - began, listed - began, packed - began)


class _Bridge:
    """A bridge that runs, and its messages."""

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
        raise RuntimeError(f"{method}: the bridge ended without an answer")

    def tell(self, method: str) -> None:
        """Send a notification."""
        self._send({"method": method})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self._process.stdin.flush()


@contextmanager
def _bridge(tree: Path, home: Path) -> Iterator[_Bridge]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MEMORYD_", "CLAUDE"))}
    # `-P`: of a tree that is measured nothing is imported.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "memoryd", "mcp"],
        cwd=tree, env={**kept, "MEMORYD_HOME": str(home)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    watchdog = threading.Timer(MOST_SECONDS, process.kill)
    watchdog.start()
    try:
        yield _Bridge(process)
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream
            stream.close()
