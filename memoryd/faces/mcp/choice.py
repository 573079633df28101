"""Chooses the project of an MCP call and checks that it may be asked: a model must not open folders that the user did not.

The address that a client was configured with, or that the stdio bridge calls, names the folders that the user started it for:
`/mcp?root=FOLDER&root=OTHER`. Calls are answered for these alone; the first is the one that a call need not name. Our user registers
them by asking about them, but not while the daemon serves other machines. A client whose address names no folder may name any
registered project. The bridge's first call about a project asks for a `refresh`, because until then nobody may have watched the files.
"""

import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from starlette.requests import Request

from memoryd.errors import OutsideRoot, UsageError
from memoryd.escaping import escaped
from memoryd.faces.access import Access, choice_of, listed, only_root
from memoryd.faces.http import Dispatcher, may_register


class Choice:
    """The projects that one request may choose from."""

    def __init__(self, dispatcher: Dispatcher, access: Access, request: Request) -> None:
        self._dispatcher = dispatcher
        self._projects = dispatcher.projects
        self.refreshes = "refresh" in request.query_params
        self._started = [root for root in request.query_params.getlist("root") if root]
        self._opens = may_register(request.state.caller)
        self._access = access

    def root(self, named: str | None) -> str:
        """Return the root of the call's project; `named` is relative to its first folder. Raises `UsageError` if it is unclear."""
        if named or self._started:
            return str(Path(*self._started[:1], named or ""))
        return only_root(self._projects)

    def folder(self, root: str) -> Path:
        """Return the folder of a project if it may be asked. Raises `UsageError` if it may not."""
        folder = Path(root)
        with suppress(ValueError):  # raised for a name that no file can have
            if self._started and folder.resolve() not in {Path(one).resolve() for one in self._started}:
                raise UsageError(
                    f"this client was started for {listed(self._started)} and may not ask about {escaped(root)}; leave out `root`,"
                    f" or have the user add that folder to the client's workspace, or to the arguments of its server:"
                    f" mcp {_options([*self._started, root])}"
                )
            if folder.is_absolute() and self._projects.is_registered(folder):
                return folder
            if self._started and self._opens:
                return self._opened(root)
        choice, advice = choice_of(self._projects)
        raise UsageError(
            f"{escaped(root)} is no registered project; have the user run an agent with memoryd there first, or choose another `root`:"
            f" {choice}",
            advice,
        )

    def _opened(self, root: str) -> Path:
        try:
            return self._dispatcher.usable(root)
        except OutsideRoot:
            host, port = self._access.host, self._access.port
            raise UsageError(
                f"{escaped(root)} is not registered with the daemon, which serves other machines too; have the user start that again"
                f" with: --host {host} --port {port} {_options([root])}"
            ) from None


def _options(roots: Sequence[str]) -> str:
    return " ".join(f"--root {shlex.quote(escaped(root))}" for root in roots)
