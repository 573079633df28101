"""Chooses the project of an MCP call and checks that it may be asked: a model must not open folders that the user did not.

The project is the call's `root`, else that of `/mcp?root=FOLDER`, else the only registered one. Only registered projects answer.
The stdio bridge alone, which the user's client starts in a folder and which holds the daemon's key, registers that folder by asking
about it; not while the daemon serves other machines. Its first call about a project asks for a `refresh`, because until then nobody
may have watched the files.
"""

import shlex
from contextlib import suppress
from pathlib import Path

from starlette.requests import Request

from memoryd.errors import OutsideRoot, UsageError
from memoryd.escaping import escaped
from memoryd.faces.access import Access
from memoryd.faces.http import Dispatcher

SHOWN_PROJECTS = 20


class Choice:
    """The projects that one request may choose from."""

    def __init__(self, dispatcher: Dispatcher, access: Access, request: Request) -> None:
        self._dispatcher = dispatcher
        self._projects = dispatcher.projects
        self.refreshes = "refresh" in request.query_params
        self._own = request.query_params.get("root", "")
        self._opens = bool(self._own) and access.is_key(request.headers)
        self._host, self._port = access.host, request.scope["server"][1]

    async def root(self, named: str | None) -> str:
        """Return the root of the call's project; `named` is relative to the request's own root. Raises `UsageError` if it is unclear."""
        if named or self._own:
            return str(Path(self._own, named or ""))
        return await self._dispatcher.do(self._only)

    def folder(self, root: str) -> Path:
        """Return the folder of a project if it may be asked. Raises `UsageError` if it may not."""
        folder = Path(root)
        with suppress(ValueError):  # raised for a name that no file can have
            if folder.is_absolute() and self._projects.is_registered(folder):
                return folder
            if self._opens and folder.resolve() == Path(self._own).resolve():
                return self._opened()
        raise UsageError(
            f"{escaped(root)} is no registered project; have the user run an agent with memoryd there first, or choose another `root`:"
            f" {self._listed()}"
        )

    def _opened(self) -> Path:
        try:
            return self._dispatcher.usable(self._own)
        except OutsideRoot:
            raise UsageError(
                f"{self._own} is not registered with the daemon, which serves other machines too; have the user register it:"
                f" memoryd daemon stop; memoryd serve --host {self._host} --port {self._port} --root {shlex.quote(self._own)}"
            ) from None

    def _only(self) -> str:
        known = self._projects.known()
        if len(known) != 1:
            raise UsageError(f"say which project you mean with `root`; {self._listed()}")
        return known[0].root

    def _listed(self) -> str:
        roots = [one.root for one in self._projects.known()]
        if not roots:
            return "none is registered yet: register one with POST /v1/projects, or use `memoryd mcp` in its folder"
        more = f" and {len(roots) - SHOWN_PROJECTS} more" if len(roots) > SHOWN_PROJECTS else ""
        return f"there are: {', '.join(roots[:SHOWN_PROJECTS])}{more}"
