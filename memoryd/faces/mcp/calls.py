"""The calls of one client of the stdio bridge: each asks the daemon in a thread of its own, and may be cancelled.

Imported when the handshake is over: what talks to the daemon takes as long to import as the rest of the bridge.
"""

import logging
import shlex
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from memoryd.config import INDEX_FOLDER, Settings, project_folder, project_root
from memoryd.errors import MemorydError, OutsideRoot, UsageError
from memoryd.faces.mcp.jsonrpc import INTERNAL_ERROR, INVALID_PARAMS, RESOURCE_NOT_FOUND, Id, Output, Roots, given
from memoryd.faces.mcp.remote import Call, Cancelled, Daemon, RemoteProject
from memoryd.faces.mcp.tools import RESOURCES, TOOLS, Answers, Growing, call, read

AT_ONCE = 16

log = logging.getLogger("memoryd")


class InvalidParams(Exception):
    """The parameters of a request are of the wrong shape."""


class Calls:
    """Calls under way. `root` is the project, if the user or the program that started us said which."""

    def __init__(self, settings: Settings, root: Path | None, output: Output, roots: Roots) -> None:
        self._settings = settings
        self._given = root
        self._output = output
        self._roots = roots
        self._daemon = Daemon(settings)
        self._threads = ThreadPoolExecutor(AT_ONCE, "call")
        self._calls: dict[Id, Call] = {}
        self._calling = threading.Lock()
        self._refreshed: set[Path] = set()

    def warm(self) -> None:
        """Have the daemon there, and the project in its memory if it was ever indexed, before the first call."""
        with suppress(MemorydError, Cancelled):
            self._daemon.state()
            root = project_root(self._given or Path.cwd())
            if (project_folder(self._settings, root) / INDEX_FOLDER).exists():
                RemoteProject(self._daemon, root, Call()).refresh(_unheard)

    def start(self, number: Id, method: str, params: dict[str, Any]) -> None:
        """Answer `tools/call` or `resources/read` when the answer is there."""
        asked = Call()
        with self._calling:
            self._calls[number] = asked
        self._threads.submit(self._answer, number, method, params, asked)

    def cancel(self, number: Any) -> None:
        """Answer a call no more."""
        with self._calling:
            asked = self._calls.pop(number, None) if isinstance(number, str | int) else None
        if asked:
            asked.cancel()

    def _answer(self, number: Id, method: str, params: dict[str, Any], asked: Call) -> None:
        try:
            if asked.cancelled:
                return
            if method == "tools/call":
                self._use_tool(number, params, asked)
            else:
                self._read_resource(number, params, asked)
        except Cancelled:
            pass
        except InvalidParams as error:
            self._output.fail(number, INVALID_PARAMS, str(error))
        except Exception:
            log.exception("a call failed")
            self._output.fail(number, INTERNAL_ERROR, "memoryd failed; its standard error has the details")
        finally:
            with self._calling:
                if self._calls.get(number) is asked:
                    del self._calls[number]

    def _use_tool(self, number: Id, params: dict[str, Any], asked: Call) -> None:
        name, arguments, meta = params.get("name"), given(params, "arguments"), given(params, "_meta")
        if not isinstance(name, str) or not isinstance(arguments, dict):
            raise InvalidParams('params are {"name": TOOL, "arguments": {…}}')
        if name not in {tool["name"] for tool in TOOLS}:
            raise InvalidParams(f"no tool is called {name[:100]!r}")
        token = meta.get("progressToken") if isinstance(meta, dict) else None
        try:
            meant = call(name, arguments)
            text, failed = meant.answer(self._refreshed_project(meant.root, asked, token)), False
        except MemorydError as error:
            text, failed = str(error), True
        if not asked.cancelled:
            self._output.done(number, {"content": [{"type": "text", "text": text}], "isError": failed})

    def _read_resource(self, number: Id, params: dict[str, Any], asked: Call) -> None:
        uri = params.get("uri")
        if not isinstance(uri, str) or uri not in {resource["uri"] for resource in RESOURCES}:
            self._output.fail(number, RESOURCE_NOT_FOUND, f"there is no resource {str(uri)[:200]!r}")
            return
        try:
            text = read(uri).answer(RemoteProject(self._daemon, self._root(), asked))
        except MemorydError as error:
            self._output.fail(number, INTERNAL_ERROR, str(error))
            return
        if not asked.cancelled:
            self._output.done(number, {"contents": [{"uri": uri, "mimeType": "text/plain", "text": text}]})

    def _refreshed_project(self, root: str | None, asked: Call, token: Any) -> Answers:
        """Return who answers for a project; the first time its index is brought up to date before, which may take long."""
        ours = self._root()
        folder = project_root(ours / root) if root else ours
        project = RemoteProject(self._daemon, folder, asked)
        # What a model asks for must not widen what the user opened.
        if folder != ours and not project.is_registered():
            raise UsageError(f"{folder} is no registered project; leave out `root`, or have the user run an agent with memoryd there first")
        if folder not in self._refreshed:
            try:
                project.refresh(_Told(self._output, token) if isinstance(token, str | int) else _unheard)
            except OutsideRoot as error:
                raise self._unregistered(folder) from error
            self._refreshed.add(folder)
        return project

    def _unregistered(self, folder: Path) -> UsageError:
        """Return what to do where others reach the daemon: a folder must not be opened to them by an agent that starts in it."""
        state = self._daemon.state()
        return UsageError(
            f"{folder} is not registered with the daemon, which serves other machines too; have the user register it:"
            f" memoryd daemon stop; memoryd serve --host {state.host} --port {state.port} --root {shlex.quote(str(folder))}"
        )

    def _root(self) -> Path:
        return project_root(self._given or self._roots.folder() or Path.cwd())


class _Told:
    """Tells a client how far a first index is."""

    def __init__(self, output: Output, token: Id) -> None:
        self._output = output
        self._token = token
        self._growing = Growing()

    def __call__(self, what: str, done: int, total: int) -> None:
        progress = self._growing.add(what, done)
        if progress is not None:
            params = {"progressToken": self._token, "progress": progress, "message": f"{what} {done} of {total}"}
            self._output.send({"method": "notifications/progress", "params": params})


def _unheard(_what: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""
