"""JSON-RPC messages of MCP over standard output, and the client's own folder. Imports little, and only the standard library."""

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
"""How long a call waits for the client's answer about the folder it works in."""
MOST_ROOTS = 32
"""The most folders of a client; they must fit into the address of a request."""

Id = str | int


class Output:
    """Writes messages to the client, whole and one at a time, from any thread. Ends the process when the client is gone."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._writing = threading.Lock()

    def done(self, number: Id, result: Mapping[str, Any]) -> None:
        """Answer a request."""
        self.send({"id": number, "result": result})

    def fail(self, number: Id | None, code: int, message: str) -> None:
        """Answer a request with a JSON-RPC error."""
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
    """The folders that the client works in, if it offers roots (`roots/list`). The first is the project of calls that name none."""

    NUMBER = "memoryd-roots"

    def __init__(self, output: Output) -> None:
        self.offered = False
        self._output = output
        self._folders: tuple[Path, ...] = ()
        self._known = threading.Event()

    def ask(self) -> None:
        """Ask the client for its roots, if it offers them."""
        if self.offered:
            self._known.clear()
            self._output.send({"id": self.NUMBER, "method": "roots/list"})

    def take(self, reply: Mapping[str, Any]) -> None:
        """Take the client's answer."""
        with suppress(KeyError, TypeError, ValueError):
            self._folders = tuple(_folder(root["uri"]) for root in reply["result"]["roots"][:MOST_ROOTS])
        self._known.set()

    def end(self) -> None:
        """Wait for no answer any more: none can come."""
        self._known.set()

    def folders(self) -> tuple[Path, ...]:
        """Return the client's folders, waiting up to `ROOTS_SECONDS` for an answer under way; empty if it names none."""
        if self.offered:
            self._known.wait(ROOTS_SECONDS)
        return self._folders


def flaw(message: Any) -> tuple[int, str] | None:
    """Return why a value is no JSON-RPC message, as a code and a text; `None` if it is one."""
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
    """Return the id of a request; `None` if it is missing or invalid."""
    number = message.get("id") if isinstance(message, dict) else None
    return number if isinstance(number, str | int) and not isinstance(number, bool) else None


def given(values: Mapping[str, Any], name: str) -> Any:
    """Return the value of `name`, or an empty object if there is none."""
    value = values.get(name)
    return {} if value is None else value


def _folder(uri: str) -> Path:
    """Return the folder of a `file:` URI. Raises `ValueError` for any other URI."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise ValueError(f"{uri} is no folder of this machine")
    return Path(unquote(parts.path))
