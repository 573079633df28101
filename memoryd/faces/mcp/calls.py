"""The calls of one client of the stdio bridge: each is sent on to the daemon's `/mcp` as it came, and its answer back.

Each waits in a thread of its own, and may be cancelled. A daemon that is gone is started again and asked once more: every call may
be made twice. Imported when the handshake is over: what talks to the daemon takes as long to import as the rest of the bridge.
"""

import http.client
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from memoryd.config import INDEX_FOLDER, Settings, project_folder
from memoryd.daemon import State, connect, ensure
from memoryd.errors import MemorydError
from memoryd.faces.mcp.jsonrpc import INTERNAL_ERROR, Id, Output, given
from memoryd.faces.mcp.revisions import HANDSHAKE, failed, headers
from memoryd.faces.mcp.tools import STATUS

AT_ONCE = 16
ATTEMPTS = 2
START_SECONDS = 60.0
"""How long a daemon may take to start on a busy machine."""
SILENT_SECONDS = 600.0
"""How long the daemon may say nothing: while it is at work it says so every few seconds."""
PING = {"jsonrpc": "2.0", "id": 0, "method": "ping"}
LOAD = {"jsonrpc": "2.0", "id": 0, "method": "resources/read", "params": {"uri": STATUS}}
"""What has the daemon import all that calls need, and what has it load a project too."""

log = logging.getLogger("memoryd")


class Calls:
    """Calls under way. `root` says which project the client works in; it may have to wait for the client."""

    def __init__(self, settings: Settings, output: Output, root: Callable[[], Path]) -> None:
        self._settings = settings
        self._output = output
        self._root = root
        self._daemon = Daemon(settings)
        self._threads = ThreadPoolExecutor(AT_ONCE, "call")
        self._calls: dict[Id, Call] = {}
        self._calling = threading.Lock()
        self._refreshed: set[tuple[str, str]] = set()

    def warm(self) -> None:
        """Have the daemon ready for calls, and the project in its memory if it was ever indexed, before the first one."""
        with suppress(MemorydError, OSError, http.client.HTTPException):
            self._daemon.state()
            is_indexed = (project_folder(self._settings, self._root()) / INDEX_FOLDER).exists()
            self._forwarded(LOAD if is_indexed else PING, HANDSHAKE[0], Call(self._output))

    def start(self, message: Mapping[str, Any], revision: str) -> None:
        """Answer a request when the daemon did. `revision` is the one of the protocol that its client speaks."""
        call = Call(self._output)
        with self._calling:
            self._calls[message["id"]] = call
        self._threads.submit(self._answer, message, revision, call)

    def cancel(self, number: Any) -> None:
        """Answer a call no more."""
        with self._calling:
            call = self._calls.pop(number, None) if isinstance(number, str | int) else None
        if call:
            call.cancel()

    def _answer(self, message: Mapping[str, Any], revision: str, call: "Call") -> None:
        number = message["id"]
        answer: Mapping[str, Any] = {}
        try:
            answer = {**self._forwarded(message, revision, call), "id": number}
        except Cancelled:
            pass
        except MemorydError as error:
            is_tool = message["method"] == "tools/call"
            answer = failed(number, str(error), revision) if is_tool else _broken(number, str(error))
        except Exception:
            log.exception("a call failed")
            answer = _broken(number, "memoryd failed; its standard error has the details")
        if not call.cancelled:
            self._output.send(answer)
        with self._calling:
            if self._calls.get(number) is call:
                del self._calls[number]

    def _forwarded(self, message: Mapping[str, Any], revision: str, call: "Call") -> Mapping[str, Any]:
        """Return what the daemon answers. Raises `Cancelled`, or `MemorydError` where there is no answer."""
        root = str(self._root())
        place = root, _named(message)
        is_first = message["method"] == "tools/call" and place not in self._refreshed
        # Nobody may have followed the files until now: the first call has the index brought up to date before.
        asked = {"root": root, "refresh": "1"} if is_first else {"root": root}
        # Half of a pair of surrogates is no character, and would make the whole message unreadable.
        body = json.dumps(message, ensure_ascii=False).encode(errors="replace")
        for _ in range(ATTEMPTS):
            state = self._daemon.state()
            try:
                answer = call.asked(state, f"/mcp?{urlencode(asked)}", body, headers(message, revision))
                if answer.get("result", {}).get("isError") is False:
                    self._refreshed.add(place)
                return answer
            except TimeoutError as error:
                raise MemorydError(f"the memoryd daemon said nothing for {SILENT_SECONDS:.0f} s; try again later") from error
            except (ConnectionError, http.client.HTTPException) as error:
                if call.cancelled:
                    raise Cancelled from None
                log.warning("the memoryd daemon went away (%s)", error)
                self._daemon.lost(state)
        raise MemorydError("the memoryd daemon went away while it answered; try again, and see daemon.log in MEMORYD_HOME")


class Daemon:
    """The daemon as this process knows it: found or started when first needed, and again when it is gone."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._finding = threading.Lock()
        self._state: State | None = None

    def state(self) -> State:
        """Return where the daemon is, starting one if there is none. Raises `MemorydError` if none comes up."""
        with self._finding:
            if self._state is None:
                self._state = ensure(self._settings, START_SECONDS)
            return self._state

    def lost(self, state: State) -> None:
        """Forget a daemon that does not answer, unless another thread did and found the next one."""
        with self._finding:
            if self._state is state:
                self._state = None


class Cancelled(Exception):
    """Nobody waits for the answer any more."""


class Call:
    """One call on its way, which another thread may cancel. How far it is goes to `output`, growing also where it begins anew."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None
        self._progress = 0.0
        self.cancelled = False

    def cancel(self) -> None:
        """Stop waiting: whoever asks gets `Cancelled`."""
        with self._lock:
            self.cancelled = True
            taken = self._connection.sock if self._connection else None
            if taken is not None:
                with suppress(OSError):
                    taken.shutdown(socket.SHUT_RDWR)

    def asked(self, state: State, address: str, body: bytes, told: Mapping[str, str]) -> Mapping[str, Any]:
        """Return the daemon's answer. Raises `ConnectionError` or `HTTPException` where it breaks off."""
        with self._connected(state) as connection:
            connection.request("POST", address, body, {"Authorization": f"Bearer {state.key}", **told})
            response = connection.getresponse()
            if response.headers.get_content_type() != "text/event-stream":
                return _answer(response)
            for message in _messages(response):
                if "method" not in message:
                    return message
                self._tell(message)
            raise ConnectionError("the answer broke off")

    def _tell(self, message: Mapping[str, Any]) -> None:
        progress = message["params"].get("progress", 0)
        if progress > self._progress and not self.cancelled:
            self._progress = progress
            self._output.send(message)

    @contextmanager
    def _connected(self, state: State) -> Iterator[http.client.HTTPConnection]:
        """Hold a connection to the daemon that `cancel` cuts."""
        connection = connect(state, SILENT_SECONDS)
        try:
            connection.connect()
            with self._lock:
                if self.cancelled:
                    raise Cancelled
                self._connection = connection
            yield connection
        finally:
            with self._lock:
                self._connection = None
            connection.close()


def _named(message: Mapping[str, Any]) -> str:
    """Return the root that a call names, if it does."""
    arguments = given(given(message, "params"), "arguments")
    return str(arguments.get("root", "")) if isinstance(arguments, dict) else ""


def _answer(response: http.client.HTTPResponse) -> Mapping[str, Any]:
    """Read an answer of JSON-RPC. Raises `MemorydError` with what a problem document says instead."""
    said: Any = None
    with suppress(ValueError):
        said = json.loads(response.read())
    if isinstance(said, dict) and "jsonrpc" in said:
        return said
    try:
        text = f"{said['detail']}. {said['next']}"
    except (TypeError, KeyError):
        text = f"the memoryd daemon answered {response.status} {response.reason}; see daemon.log in MEMORYD_HOME"
    raise MemorydError(text)


def _messages(response: http.client.HTTPResponse) -> Iterator[Mapping[str, Any]]:
    """Read server-sent events: each is one message on one line."""
    while line := response.readline():
        if line.startswith(b"data:") and line.strip() != b"data:":
            yield json.loads(line[len(b"data:") :])


def _broken(number: Id, text: str) -> Mapping[str, Any]:
    return {"id": number, "error": {"code": INTERNAL_ERROR, "message": text}}
