"""One project's answers, asked of the daemon over HTTP. Standard library only, because the stdio bridge must be there at once.

A daemon that is gone is started again and asked once more: every question here may be asked twice. A question may be cut short
from another thread.
"""

import http.client
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from memoryd.config import Settings
from memoryd.daemon import State, connect, ensure
from memoryd.errors import MemorydError, OutsideRoot, UsageError
from memoryd.faces.mcp.tools import Excerpt, Remembered

START_SECONDS = 60.0
"""How long a daemon may take to start on a busy machine."""
ANSWER_SECONDS = 600.0
"""How long an answer may take: the first one of a huge project waits for its index."""
ATTEMPTS = 2
OF_THE_CORE = frozenset(
    f"/docs#{kind}"
    for kind in (
        "no-project",
        "unknown-handle",
        "unknown-note",
        "note-refused",
        "outside-root",
        "invalid",
        "stale",
        "busy-project",
        "unavailable",
    )
)
"""Types of problems whose `detail` comes from the core, which says what to do; of others, `next` says it."""

Progress = Callable[[str, int, int], None]
log = logging.getLogger("memoryd")


class Cancelled(Exception):
    """Nobody waits for the answer any more."""


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


class Call:
    """One question on its way, which another thread may cancel."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None
        self.cancelled = False

    def cancel(self) -> None:
        """Stop waiting: whoever asks gets `Cancelled`."""
        with self._lock:
            self.cancelled = True
            taken = self._connection.sock if self._connection else None
            if taken is not None:
                with suppress(OSError):
                    taken.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def connected(self, state: State) -> Iterator[http.client.HTTPConnection]:
        """Hold a connection to the daemon that `cancel` cuts."""
        connection = connect(state, ANSWER_SECONDS)
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


class RemoteProject:
    """What the daemon answers for one project; a `tools.Answers`."""

    def __init__(self, daemon: Daemon, root: Path, asked: Call) -> None:
        self._daemon = daemon
        self._root = str(root)
        self._call = asked

    def pack(self, task: str, budget: int) -> str:
        return str(self._ask("/v1/pack", {"task": task, "budget": budget})["text"])

    def show(self, handle: str) -> Excerpt:
        shown = self._ask("/v1/show", {"handles": [handle]})["shown"][0]
        return Excerpt(shown["path"], shown["start_line"], shown["end_line"], shown["text"])

    def recall(self, task: str, about: Sequence[str]) -> str:
        asked = {"task": task} if task.strip() else {}
        return str(self._ask("/v1/notes/recall", {**asked, "about": list(about)} if about else asked)["text"])

    def remember(self, note: Mapping[str, Any]) -> Remembered:
        # Asked twice, where the daemon went away meanwhile, it is refused as a note that says the same as the first.
        made = self._ask("/v1/notes", note)
        return Remembered(made["id"], made["path"], made["standing"], made["because"])

    def map(self, budget: int) -> str:
        return str(self._ask("/v1/map", {"budget": budget})["text"])

    def status(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._answered(_Question("GET", f"/v1/status?{urlencode({'root': self._root})}"), _json)
        return found

    def is_registered(self) -> bool:
        """Tell whether the daemon knows the project."""
        cursor = ""
        while True:
            page = self._answered(_Question("GET", f"/v1/projects?{urlencode({'cursor': cursor} if cursor else {})}"), _json)
            if any(one["root"] == self._root for one in page["projects"]):
                return True
            if not page["next"]:
                return False
            cursor = page["next"]

    def refresh(self, report: Progress) -> None:
        """Bring the index up to date, reporting how far it is."""
        question = _Question("POST", "/v1/reindex", {"root": self._root}, "text/event-stream")
        self._answered(question, lambda response: _follow(response, report))

    def _ask(self, path: str, request: Mapping[str, Any]) -> Any:
        return self._answered(_Question("POST", path, {"root": self._root, **request}), _json)

    def _answered(self, question: "_Question", read: Callable[[http.client.HTTPResponse], Any]) -> Any:
        for _ in range(ATTEMPTS):
            state = self._daemon.state()
            try:
                return self._exchange(state, question, read)
            except TimeoutError as error:
                raise MemorydError(f"no answer in {ANSWER_SECONDS:.0f} s; the project may still be indexed: try again later") from error
            except (ConnectionError, http.client.HTTPException) as error:
                if self._call.cancelled:
                    raise Cancelled from None
                log.warning("the memoryd daemon went away (%s)", error)
                self._daemon.lost(state)
        raise MemorydError("the memoryd daemon went away while it answered; try again, and see daemon.log in MEMORYD_HOME")

    def _exchange(self, state: State, question: "_Question", read: Callable[[http.client.HTTPResponse], Any]) -> Any:
        body = None if question.request is None else json.dumps(question.request)
        headers = {"Authorization": f"Bearer {state.key}", "Accept": question.accept}
        if body:
            headers["Content-Type"] = "application/json"
        with self._call.connected(state) as connection:
            connection.request(question.method, question.path, body, headers)
            response = connection.getresponse()
            if response.status >= 400:
                raise _problem(response)
            return read(response)


@dataclass(frozen=True, slots=True)
class _Question:
    method: str
    path: str
    request: Mapping[str, Any] | None = None
    accept: str = "application/json"


def _json(response: http.client.HTTPResponse) -> Any:
    return json.loads(response.read())


def _problem(response: http.client.HTTPResponse) -> MemorydError:
    """Read an error; what it says is for the agent, so it becomes the message."""
    try:
        return _error(json.loads(response.read()))
    except ValueError:
        return MemorydError(f"the memoryd daemon answered {response.status} {response.reason}; see daemon.log in MEMORYD_HOME")


def _error(problem: Any) -> MemorydError:
    """Return the error that a problem document tells. Raises `ValueError` where it is none."""
    try:
        kind, status, detail, then = problem["type"], int(problem["status"]), str(problem["detail"]), str(problem["next"])
    except (TypeError, KeyError) as error:
        raise ValueError("this is no problem document") from error
    text = detail if kind in OF_THE_CORE else f"{detail}. {then}"
    if kind == "/docs#outside-root":
        return OutsideRoot(text)
    return UsageError(text) if status < 500 else MemorydError(text)


def _follow(response: http.client.HTTPResponse, report: Progress) -> None:
    """Read server-sent events until the refresh is done. Raises what they say went wrong, `ConnectionError` if they break off."""
    name, data = "", ""
    while line := response.readline():
        field, _, value = line.decode("utf-8", "replace").rstrip("\r\n").partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data += value
        elif not field and not value and name:
            event = json.loads(data)
            if name == "report":
                return
            if name == "error":
                raise _error(event)
            report(str(event["what"]), int(event["done"]), int(event["total"]))
            name, data = "", ""
    raise ConnectionError("the progress of the index broke off")
