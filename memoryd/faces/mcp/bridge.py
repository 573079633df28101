"""Bridges MCP over standard input and output to the daemon. Standard library only.

The handshake and all lists are answered here, at once; the daemon is found or started in the background once the client goes
on after the handshake, and only calls wait for it. Invalid input is answered with a JSON-RPC error and never ends the bridge. At
the end of input the calls in flight are answered first, within `DRAIN_SECONDS`; at SIGINT and SIGTERM it ends at once. The daemon
keeps running for others.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from memoryd.config import Settings, project_root
from memoryd.faces.mcp.jsonrpc import METHOD_NOT_FOUND, PARSE_ERROR, Id, Output, Roots, flaw, given, id_of
from memoryd.faces.mcp.revisions import HANDSHAKE, discovered, initialized, is_stateless, listed, objection, revision_of
from memoryd.faces.mcp.tools import RESOURCES, TOOLS

if TYPE_CHECKING:
    from memoryd.faces.mcp.calls import Calls

LONGEST_LINE = 8 * 1024 * 1024
DRAIN_SECONDS = 60.0
"""How long calls in flight are waited for after the end of input. Whoever cannot wait sends a signal, as MCP has it."""
LISTS: Mapping[str, Mapping[str, Any]] = {
    "tools/list": {"tools": TOOLS},
    "resources/list": {"resources": RESOURCES},
    "resources/templates/list": {"resourceTemplates": []},
    "prompts/list": {"prompts": []},
}
FORWARDED = frozenset({"tools/call", "resources/read"})


def run(settings: Settings, roots: tuple[Path, ...]) -> None:
    """Serve a client on standard input and output until the input ends; does not return. `roots` are its projects, if they are known."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Threads may still wait for the daemon; do not wait for them.
        signal.signal(number, lambda *_: os._exit(0))
    Bridge(settings, roots, Output(sys.stdout.buffer)).serve(sys.stdin.buffer)
    os._exit(0)


class Bridge:
    """The session of one client. Calls are answered by threads, all other messages in the order they arrive."""

    def __init__(self, settings: Settings, roots: tuple[Path, ...], output: Output) -> None:
        self._settings = settings
        self._given = roots
        self._output = output
        self._roots = Roots(output)
        self._revision = HANDSHAKE[0]
        self._making = threading.Lock()
        self._made: Calls | None = None
        self._is_met = False
        """Whether the client has shown that it goes on after the handshake: whoever only asks who we are needs no daemon."""

    def serve(self, lines: BinaryIO) -> None:
        """Answer one message a line until the input ends, and the calls in flight after it."""
        warming = threading.Thread(target=lambda: self._calls().warm(), name="warm", daemon=True)
        while line := lines.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                while (rest := lines.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                self._output.fail(None, PARSE_ERROR, f"a message may have {LONGEST_LINE} bytes at most")
            elif line.strip():
                self._take(line)
            if self._is_met and warming.ident is None:
                warming.start()
        self._roots.end()
        if self._made is not None:
            self._made.drain(DRAIN_SECONDS)

    def _calls(self) -> "Calls":
        with self._making:
            if self._made is None:
                from memoryd.faces.mcp.calls import Calls

                self._made = Calls(self._settings, self._output, self._folders)
            return self._made

    def _folders(self) -> tuple[Path, ...]:
        first, *others = self._given or self._roots.folders() or (Path.cwd(),)
        # A folder of the client's that is gone must not keep the others from being asked.
        return (project_root(first), *(project_root(one) for one in others if one.is_dir()))

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
            params = given(message, "params")
            if is_stateless(message["method"], params):
                self._request(number, message, params)
            else:
                self._shaken(number, message, params)

    def _request(self, number: Id, message: Mapping[str, Any], params: Mapping[str, Any]) -> None:
        """Answer a request that names its revision itself, without a handshake."""
        self._is_met = True
        method = message["method"]
        if wrong := objection(params):
            self._output.send({"id": number, "error": wrong})
        elif method in LISTS or method == "server/discover":
            self._output.done(number, listed(LISTS.get(method) or discovered()))
        elif method in FORWARDED:
            self._calls().start(message, revision_of(params))
        else:
            self._unknown(number, method)

    def _shaken(self, number: Id, message: Mapping[str, Any], params: Mapping[str, Any]) -> None:
        """Answer a handshake, or a request after one."""
        method = message["method"]
        if method == "initialize":
            self._output.done(number, self._initialized(params))
        elif method == "ping" or method in LISTS:
            self._output.done(number, LISTS.get(method, {}))
        elif method in FORWARDED:
            self._calls().start(message, self._revision)
        else:
            self._unknown(number, method)

    def _unknown(self, number: Id, method: str) -> None:
        self._output.fail(number, METHOD_NOT_FOUND, f"there is no method {method[:100]!r} here")

    def _initialized(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        capabilities = params.get("capabilities")
        self._roots.offered = not self._given and isinstance(capabilities, dict) and "roots" in capabilities
        answer = initialized(params.get("protocolVersion"))
        self._revision = answer["protocolVersion"]
        return answer

    def _notified(self, method: str, params: Any) -> None:
        if method in ("notifications/initialized", "notifications/roots/list_changed"):
            self._is_met = True
            self._roots.ask()
        elif method == "notifications/cancelled" and isinstance(params, dict):
            self._calls().cancel(params.get("requestId"))
