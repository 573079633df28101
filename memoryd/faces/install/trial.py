"""Starts an MCP server as a client does, shakes hands with it, and ends it.

What the server writes is never trusted to end, to be JSON, or to be short. The client's last message of a handshake is left out: with
it memoryd's bridge starts its daemon, which a trial has no use for.
"""

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from memoryd import __version__
from memoryd.errors import TrialFailed, reason

SECONDS = 30.0
"""How long a server may take, on the busiest machine; clients wait for 5 to 60 seconds."""
SECONDS_TO_END = 5.0
REVISION = "2025-11-25"
MOST_BYTES = 1 << 22
TOLD_BYTES = 4096
"""How much of the end of a server's standard error is looked at for its reason."""
HELLO = {"protocolVersion": REVISION, "capabilities": {}, "clientInfo": {"name": "memoryd-check", "version": __version__}}


@dataclass(frozen=True, slots=True)
class Server:
    """What a server said of itself: its name and version, and the names of its tools."""

    name: str
    version: str
    tools: tuple[str, ...]


def tried(command: Sequence[str], environment: Mapping[str, str], folder: Path, patience: float = SECONDS) -> Server:
    """Return what a server says of itself, started in a folder with nothing but this environment. `TrialFailed` has the reason."""
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                [*command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                cwd=folder,
                env=dict(environment),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else "its command holds a NUL"
            raise TrialFailed(f"{command[0]} cannot be started: {why}") from error
        try:
            return _Session(process, patience).introduced()
        except TrialFailed as failed:
            _kill(process)
            told = _last_line(complaints)
            raise TrialFailed(f"{failed}: {told}" if told else str(failed)) from failed
        finally:
            _end(process)


class _Session:
    """The exchange with a server that was started."""

    def __init__(self, process: "subprocess.Popen[bytes]", patience: float) -> None:
        assert process.stdin
        assert process.stdout
        self._input, self._output = process.stdin, process.stdout
        self._patience, self._until = patience, time.monotonic() + patience
        self._waiting = b""
        self._read = 0

    def introduced(self) -> Server:
        hello = self._asked(1, "initialize", HELLO)
        tools = self._asked(2, "tools/list", {}).get("tools")
        said = hello.get("serverInfo")
        identity = said if isinstance(said, dict) else {}
        names = [tool.get("name") if isinstance(tool, dict) else None for tool in tools] if isinstance(tools, list) else [None]
        if not all(isinstance(name, str) for name in (*names, identity.get("name"), identity.get("version"))):
            raise TrialFailed("what it answers is not what an MCP server answers")
        return Server(identity["name"], identity["version"], tuple(map(str, names)))

    def _asked(self, number: int, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        with suppress(BrokenPipeError):  # it has ended, which reading tells
            self._input.write(json.dumps(message).encode() + b"\n")
            self._input.flush()
        while True:
            try:
                answer = json.loads(self._line())
            except (ValueError, RecursionError):
                continue  # clients, too, pass over what a wrapper prints
            if isinstance(answer, dict) and answer.get("id") == number and "method" not in answer:
                result = answer.get("result")
                if not isinstance(result, dict):
                    raise TrialFailed(f"it answers `{method}` with an error")
                return result

    def _line(self) -> bytes:
        while b"\n" not in self._waiting:
            left = self._until - time.monotonic()
            if left <= 0 or not select.select([self._output], [], [], left)[0]:
                raise TrialFailed(f"it does not answer within {self._patience:.0f} s")
            data = os.read(self._output.fileno(), 1 << 16)
            self._read += len(data)
            if not data:
                raise TrialFailed("it ends without an answer")
            if self._read > MOST_BYTES:
                raise TrialFailed("it writes without end")
            self._waiting += data
        line, _, self._waiting = self._waiting.partition(b"\n")
        return line


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a server as clients do: its input ends; it is killed if it goes on."""
    for stream in (process.stdin, process.stdout):
        assert stream
        with suppress(OSError):
            stream.close()
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        _kill(process)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a server and what it started."""
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last_line(complaints: IO[bytes]) -> str:
    size = complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, size - TOLD_BYTES))
    lines = complaints.read().decode("utf-8", "replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
