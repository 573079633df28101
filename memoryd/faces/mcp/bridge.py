"""MCP over standard input and output: a thin bridge to the daemon. Standard library only.

The handshake and all lists are answered here, at once; the daemon is found or started in the background as soon as the client
has its first answer, and only calls wait for it. Whatever arrives on standard input, the bridge goes on: what makes no sense is
answered with an error of JSON-RPC. It ends at the end of input and at SIGINT or SIGTERM, at once, leaving the daemon to others.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from memoryd import __version__
from memoryd.config import Settings
from memoryd.faces.mcp.jsonrpc import METHOD_NOT_FOUND, PARSE_ERROR, Id, Output, Roots, flaw, given, id_of
from memoryd.faces.mcp.tools import INSTRUCTIONS, RESOURCES, SERVER, TOOLS

if TYPE_CHECKING:
    from memoryd.faces.mcp.calls import Calls

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Newest first. 2026-07-28 has no handshake; a client that tries it first falls back when `server/discover` is unknown."""
LONGEST_LINE = 8 * 1024 * 1024


def run(settings: Settings, root: Path | None) -> None:
    """Serve standard input and output until it ends; does not return. `root` is the project, if it is known which."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Threads may wait for the daemon; nobody waits for them.
        signal.signal(number, lambda *_: os._exit(0))
    Bridge(settings, root, Output(sys.stdout.buffer)).serve(sys.stdin.buffer)
    os._exit(0)


class Bridge:
    """One client's session. Calls are answered by threads, everything else in the order it comes."""

    def __init__(self, settings: Settings, root: Path | None, output: Output) -> None:
        self._settings = settings
        self._given = root
        self._output = output
        self._roots = Roots(output)
        self._making = threading.Lock()
        self._made: Calls | None = None

    def serve(self, lines: BinaryIO) -> None:
        """Answer one message a line until the input ends."""
        warming = threading.Thread(target=lambda: self._calls().warm(), name="warm", daemon=True)
        while line := lines.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                while (rest := lines.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                self._output.fail(None, PARSE_ERROR, f"a message may have {LONGEST_LINE} bytes at most")
            elif line.strip():
                self._take(line)
            if warming.ident is None:
                warming.start()

    def _calls(self) -> "Calls":
        with self._making:
            if self._made is None:
                from memoryd.faces.mcp.calls import Calls

                self._made = Calls(self._settings, self._given, self._output, self._roots)
            return self._made

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            self._output.fail(None, PARSE_ERROR, "this line is no JSON; send one JSON-RPC message a line, in UTF-8")
            return
        batch = message if isinstance(message, list) and message else [message]
        for one in batch:
            self._message(one)

    def _message(self, message: Any) -> None:
        number = id_of(message)
        if wrong := flaw(message):
            self._output.fail(number, *wrong)
        elif "method" not in message:
            if number == Roots.NUMBER:
                self._roots.take(message)
        elif number is None:
            self._notified(message["method"], message.get("params"))
        else:
            self._request(number, message["method"], given(message, "params"))

    def _request(self, number: Id, method: str, params: dict[str, Any]) -> None:
        immediate: dict[str, Callable[[], Mapping[str, Any]]] = {
            "initialize": lambda: self._initialized(params),
            "ping": dict,
            "tools/list": lambda: {"tools": TOOLS},
            "resources/list": lambda: {"resources": RESOURCES},
            "resources/templates/list": lambda: {"resourceTemplates": []},
            "prompts/list": lambda: {"prompts": []},
        }
        if method in immediate:
            self._output.done(number, immediate[method]())
        elif method in ("tools/call", "resources/read"):
            self._calls().start(number, method, params)
        else:
            self._output.fail(number, METHOD_NOT_FOUND, f"there is no method {method[:100]!r} here")

    def _initialized(self, params: dict[str, Any]) -> dict[str, Any]:
        asked, capabilities = params.get("protocolVersion"), params.get("capabilities")
        self._roots.offered = self._given is None and isinstance(capabilities, dict) and "roots" in capabilities
        return {
            "protocolVersion": asked if asked in VERSIONS else VERSIONS[0],
            "capabilities": {"tools": {}, "resources": {}},
            "serverInfo": {"name": SERVER, "version": __version__},
            "instructions": INSTRUCTIONS,
        }

    def _notified(self, method: str, params: Any) -> None:
        if method in ("notifications/initialized", "notifications/roots/list_changed"):
            self._roots.ask()
        elif method == "notifications/cancelled" and isinstance(params, dict):
            self._calls().cancel(params.get("requestId"))
