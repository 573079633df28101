"""Forwards the calls of the stdio bridge's client to the daemon's `/mcp` unchanged, and the answers back.

Each call waits in its own thread and may be cancelled. A daemon that is gone is started again and the call repeated, so a call may
be made twice. Imported after the handshake, because these imports take as long as those of the rest of the bridge.
"""

import http.client
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from memoryd.advice import Face
from memoryd.config import Settings, index_folder
from memoryd.daemon import State, connected, ensure
from memoryd.errors import MemorydError
from memoryd.faces.mcp.jsonrpc import INTERNAL_ERROR, Id, Output, given
from memoryd.faces.mcp.revisions import HANDSHAKE, failed, headers
from memoryd.faces.mcp.tools import STATUS

AT_ONCE = 16
ATTEMPTS = 2
START_SECONDS = 60.0
"""How long a daemon may take to start on a busy machine."""
SILENT_SECONDS = 600.0
"""How long the daemon may be silent about a call while it is well; while it works it reports every few seconds."""
PING = {"jsonrpc": "2.0", "id": 0, "method": "ping"}
LOAD = {"jsonrpc": "2.0", "id": 0, "method": "resources/read", "params": {"uri": STATUS}}
"""Requests that warm the daemon: `PING` has it import all that calls need, `LOAD` has it load the project as well."""

log = logging.getLogger("memoryd")


class Calls:
    """The calls under way. `roots` returns the client's folders, of which there is one; it may block until the client has answered."""

    def __init__(self, settings: Settings, output: Output, roots: Callable[[], tuple[Path, ...]]) -> None:
        self._settings = settings
        self._output = output
        self._roots = roots
        self._daemon = Daemon(settings)
        self._threads = ThreadPoolExecutor(AT_ONCE, "call")
        self._calls: dict[Id, Call] = {}
        self._begun: set[Future[None]] = set()
        self._calling = threading.Lock()
        self._refreshed: set[tuple[tuple[str, ...], str]] = set()

    def warm(self) -> None:
        """Start the daemon before the first call, and have it load the project if that was ever indexed."""
        with suppress(MemorydError, OSError, http.client.HTTPException):
            self._daemon.state()
            is_indexed = index_folder(self._settings, self._roots()[0]).exists()
            self._forwarded(LOAD if is_indexed else PING, HANDSHAKE[0], Call(self._output))

    def start(self, message: Mapping[str, Any], revision: str) -> None:
        """Forward a request and answer it when the daemon does. `revision` is the client's revision of MCP."""
        call = Call(self._output)
        with self._calling:
            self._calls[message["id"]] = call
        begun = self._threads.submit(self._answer, message, revision, call)
        self._begun.add(begun)
        begun.add_done_callback(self._begun.discard)

    def drain(self, seconds: float) -> None:
        """Wait until every call is answered, for some seconds at most."""
        wait(tuple(self._begun), seconds)

    def cancel(self, number: Any) -> None:
        """Cancel a call; it gets no answer."""
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
            said = error.told(Face.MCP)
            answer = failed(number, said, revision) if is_tool else _broken(number, said)
        except Exception:
            log.exception("a call failed")
            answer = _broken(number, "memoryd failed; its standard error has the details")
        if not call.cancelled:
            self._output.send(answer)
        with self._calling:
            if self._calls.get(number) is call:
                del self._calls[number]

    def _forwarded(self, message: Mapping[str, Any], revision: str, call: "Call") -> Mapping[str, Any]:
        """Forward a message and return the daemon's answer. Raises `Cancelled`, or `MemorydError` if there is no answer."""
        roots = tuple(map(str, self._roots()))
        place = roots, _named(message)
        is_first = message["method"] == "tools/call" and place not in self._refreshed
        # Until now nobody may have watched the files, so the first call about a project asks for a refresh.
        asked = {"root": roots, "refresh": "1"} if is_first else {"root": roots}
        # A lone surrogate cannot be encoded; it is replaced, or the whole message would be unreadable.
        body = json.dumps(message, ensure_ascii=False).encode(errors="replace")
        for _ in range(ATTEMPTS):
            state = self._daemon.state()
            try:
                answer = call.asked(state, f"/mcp?{urlencode(asked, doseq=True)}", body, headers(message, revision))
                if answer.get("result", {}).get("isError") is False:
                    self._refreshed.add(place)
                return answer
            except TimeoutError as error:
                raise MemorydError(f"memoryd's daemon said nothing for {SILENT_SECONDS:.0f} s; try again later") from error
            except (ConnectionError, http.client.HTTPException) as error:
                if call.cancelled:
                    raise Cancelled from None
                log.warning("memoryd's daemon went away (%s)", error)
                self._daemon.lost(state)
        raise MemorydError("memoryd's daemon went away while it answered; call again, or have the user look into its log")


class Daemon:
    """The daemon's address, found when first needed and again when the daemon is gone; the daemon is started if there is none.

    Whoever needs it while it is being looked for gets what that finds, also where it is an error: nobody waits for one after another.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._found: Future[State] | None = None

    def state(self) -> State:
        """Return the daemon's state, starting a daemon if there is none. Raises `MemorydError` if none starts."""
        with self._lock:
            is_ours = self._found is None
            found = self._found = self._found or Future()
        if is_ours:
            try:
                found.set_result(ensure(self._settings, START_SECONDS))
            except Exception as error:  # noqa: BLE001 - whoever waits gets it, whatever it is
                self._forget(found)
                found.set_exception(error)
        return found.result()

    def lost(self, state: State) -> None:
        """Forget a daemon that does not answer, unless another thread has found the next one already."""
        found = self._found
        if found is not None and found.done() and found.result() is state:
            self._forget(found)

    def _forget(self, found: "Future[State]") -> None:
        with self._lock:
            if self._found is found:
                self._found = None


class Cancelled(Exception):
    """Raised when the client has cancelled a call."""


class Call:
    """One call under way, which another thread may cancel. Its progress goes to `output` and keeps growing if the call is repeated."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None
        self._progress = 0.0
        self.cancelled = False

    def cancel(self) -> None:
        """Cut the connection; the thread that waits for the answer gets `Cancelled`."""
        with self._lock:
            self.cancelled = True
            taken = self._connection.sock if self._connection else None
            if taken is not None:
                with suppress(OSError):
                    taken.shutdown(socket.SHUT_RDWR)

    def asked(self, state: State, address: str, body: bytes, told: Mapping[str, str]) -> Mapping[str, Any]:
        """Send the call and return the daemon's answer. Raises `ConnectionError` or `HTTPException` if the connection breaks."""
        with connected(state, SILENT_SECONDS) as connection, self._cancellable(connection):
            connection.request("POST", address, body, told)
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
    def _cancellable(self, connection: http.client.HTTPConnection) -> Iterator[None]:
        """Have `cancel` cut a connection."""
        try:
            with self._lock:
                if self.cancelled:
                    raise Cancelled
                self._connection = connection
            yield
        finally:
            with self._lock:
                self._connection = None


def _named(message: Mapping[str, Any]) -> str:
    """Return the root that a call names, or an empty string."""
    arguments = given(given(message, "params"), "arguments")
    return str(arguments.get("root", "")) if isinstance(arguments, dict) else ""


def _answer(response: http.client.HTTPResponse) -> Mapping[str, Any]:
    """Read a JSON-RPC answer. Raises `MemorydError` with the text of a problem document if the daemon refused."""
    said: Any = None
    with suppress(ValueError):
        said = json.loads(response.read())
    if isinstance(said, dict) and "jsonrpc" in said:
        return said
    try:
        text = f"{said['detail']}. {said['next']}"
    except (TypeError, KeyError):
        text = f"memoryd's daemon answered {response.status} {response.reason}; have the user look into its log"
    raise MemorydError(text)


def _messages(response: http.client.HTTPResponse) -> Iterator[Mapping[str, Any]]:
    """Yield the messages of server-sent events, each on one line."""
    while line := response.readline():
        if line.startswith(b"data:") and line.strip() != b"data:":
            yield json.loads(line[len(b"data:") :])


def _broken(number: Id, text: str) -> Mapping[str, Any]:
    return {"id": number, "error": {"code": INTERNAL_ERROR, "message": text}}
