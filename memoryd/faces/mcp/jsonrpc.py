"""JSON-RPC as MCP speaks it on standard output, and what a client says of itself. Standard library only, and little of it."""

import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR = -32700, -32600, -32601, -32602, -32603
RESOURCE_NOT_FOUND, UNSUPPORTED_VERSION = -32002, -32022
ROOTS_SECONDS = 2.0
"""How long a call waits for the client to say which folder it works in."""

Id = str | int


class Output:
    """Where messages go, whole and one at a time, from any thread. Ends the process when nobody reads them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._writing = threading.Lock()

    def done(self, number: Id, result: Mapping[str, Any]) -> None:
        """Answer a request."""
        self.send({"id": number, "result": result})

    def fail(self, number: Id | None, code: int, message: str) -> None:
        """Answer a request with an error of the protocol."""
        self.send({"id": number, "error": {"code": code, "message": message}})

    def send(self, message: Mapping[str, Any]) -> None:
        """Send any message."""
        line = json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":")).encode() + b"\n"
        with self._writing:
            try:
                self._stream.write(line)
                self._stream.flush()
            except OSError:
                os._exit(0)


class Roots:
    """Which folder the client works in, if it says so when asked. The first of several is the project."""

    NUMBER = "memoryd-roots"

    def __init__(self, output: Output) -> None:
        self.offered = False
        self._output = output
        self._folder: Path | None = None
        self._known = threading.Event()

    def ask(self) -> None:
        """Ask the client, if it offers to say."""
        if self.offered:
            self._known.clear()
            self._output.send({"id": self.NUMBER, "method": "roots/list"})

    def take(self, reply: Mapping[str, Any]) -> None:
        """Take the client's answer."""
        with suppress(KeyError, TypeError, IndexError, ValueError):
            self._folder = _folder(reply["result"]["roots"][0]["uri"])
        self._known.set()

    def folder(self) -> Path | None:
        """Return the folder, waiting a little for an answer under way."""
        if self.offered:
            self._known.wait(ROOTS_SECONDS)
        return self._folder


def flaw(message: Any) -> tuple[int, str] | None:
    """Return why a value is no message of JSON-RPC, as a code and a text; `None` where it is one."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return INVALID_REQUEST, 'a message is an object with "jsonrpc": "2.0"'
    if "method" not in message and ("result" in message or "error" in message):
        return None
    if not isinstance(message.get("method"), str):
        return INVALID_REQUEST, "a request names a method"
    if "id" in message and id_of(message) is None:
        return INVALID_REQUEST, "the id of a request is a string or a whole number"
    if "id" in message and not isinstance(given(message, "params"), dict):
        return INVALID_PARAMS, "params must be an object"
    return None


def id_of(message: Any) -> Id | None:
    """Return the id of a request; `None` where it has none, or one that is not allowed."""
    number = message.get("id") if isinstance(message, dict) else None
    return number if isinstance(number, str | int) and not isinstance(number, bool) else None


def given(values: Mapping[str, Any], name: str) -> Any:
    """Return a value, or an empty object where there is none."""
    value = values.get(name)
    return {} if value is None else value


def _folder(uri: str) -> Path:
    """Read a `file:` address. Raises `ValueError` for any other."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise ValueError(f"{uri} is no folder of this machine")
    return Path(unquote(parts.path))
