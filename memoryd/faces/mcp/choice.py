"""Which project a call means, and whether it may be asked: what a model asks for must not widen what the user opened.

The project is said by a call's `root`, else by `/mcp?root=FOLDER`, else it is the only one there is. Only registered projects are
answered for. The stdio bridge alone, which the user's client starts in a folder, and which holds the key of the daemon, opens that
folder by asking about it; but not to other machines. With its first call about a project it says `refresh`: nobody may have followed
the files until then.
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
    """The choice of a project that one request leaves."""

    def __init__(self, dispatcher: Dispatcher, access: Access, request: Request) -> None:
        self._dispatcher = dispatcher
        self._projects = dispatcher.projects
        self.refreshes = "refresh" in request.query_params
        self._own = request.query_params.get("root", "")
        self._opens = bool(self._own) and access.is_key(request.headers)
        self._host, self._port = access.host, request.scope["server"][1]

    async def root(self, named: str | None) -> str:
        """Return the root that is meant; one that is named is relative to the request's own. Raises `UsageError` if none is."""
        if named or self._own:
            return str(Path(self._own, named or ""))
        return await self._dispatcher.do(self._only)

    def folder(self, root: str) -> Path:
        """Return the folder of a project that may be asked. Raises `UsageError` for any other."""
        folder = Path(root)
        with suppress(ValueError):  # no file has such a name
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
