"""The stdio bridge as a process, and the shop it is asked about."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from memoryd.config import Settings
from memoryd.daemon import ensure, stop
from tests.project import DEADLINE, SOURCE_ROOT

TASK = "how is the total of a cart computed"
TEXT = "return Money(sum(line.amount for line in self.lines))"
"""The evidence for the task."""


class Pipe:
    """A bridge that runs, and what it wrote so far."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.heard: list[dict[str, Any]] = []
        self._arrived: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def write(self, line: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def send(self, method: str, number: int | str | None = None, **params: Any) -> None:
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        self.write(json.dumps(message if number is None else {**message, "id": number}).encode())

    def next(self) -> dict[str, Any]:
        """Return the next message that nobody took yet."""
        message = self._arrived.get(timeout=DEADLINE)
        assert message is not None, "the bridge ended"
        self.heard.append(message)
        return message

    def answer(self, number: int | str) -> dict[str, Any]:
        """Return the answer to a request; what comes before it is kept in `heard`."""
        for message in self.heard:
            if message.get("id") == number and "method" not in message:
                return message
        while (message := self.next()).get("id") != number or "method" in message:
            pass
        return message

    def ask(self, method: str, number: int | str = 1, **params: Any) -> Any:
        self.send(method, number, **params)
        return self.answer(number)["result"]

    def call(self, tool: str, number: int | str = 1, **arguments: Any) -> tuple[str, bool]:
        """Return the text of a tool's answer, and whether it is an error."""
        result = self.ask("tools/call", number, name=tool, arguments=arguments)
        assert set(result) == {"content", "isError"}
        (block,) = result["content"]
        return block["text"], result["isError"]

    def shake(self, version: str = "2025-11-25", **capabilities: Any) -> Any:
        result = self.ask("initialize", 0, protocolVersion=version, capabilities=capabilities, clientInfo={"name": "test", "version": "1"})
        self.send("notifications/initialized")
        return result

    def ended(self) -> int:
        return self.process.wait(DEADLINE)

    def close(self) -> None:
        self.process.kill()
        self.process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream
            with suppress(BrokenPipeError):
                stream.close()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._arrived.put(json.loads(line))
        self._arrived.put(None)


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MEMORYD_", "CLAUDE"))}
    ours = {"PYTHONPATH": str(SOURCE_ROOT), "MEMORYD_HOME": str(home), "MEMORYD_EMBEDDER": "hash", "MEMORYD_WORKERS": "1"}
    return {**kept, **ours, **more}


@contextmanager
def bridge(folder: Path, home: Path, *arguments: str, **more: str) -> Iterator[Pipe]:
    """Run a bridge in a folder; it leaves its daemon running."""
    process = subprocess.Popen(
        [sys.executable, "-m", "memoryd", "mcp", *arguments],
        cwd=folder, env=environment(home, **more), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    pipe = Pipe(process)
    try:
        yield pipe
    finally:
        pipe.close()


def stop_daemon(home: Path) -> None:
    """Stop the daemon of a data folder, also one that a bridge, which is gone by now, has only begun to start."""
    settings = Settings(home, "hash", 1)
    ensure(settings)
    stop(settings)
