"""Chooses the project of an MCP call and checks that it may be asked: a model must not open folders that the user did not.

The address that a client was configured with, or that the stdio bridge calls, names the folders that the user started it for:
`/mcp?root=FOLDER&root=OTHER`. Calls are answered for these alone; the first is the one that a call need not name. Our user registers
them by asking about them; the bearer of a token may name shared projects only. A client whose address names no folder may name any
registered project that it may ask about. The bridge's first call about a project asks for a `refresh`, because until then nobody may
have watched the files.
"""

import os
import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from starlette.requests import Request

from memoryd.errors import OutsideRoot, UsageError
from memoryd.faces.access import choice_of, listed
from memoryd.faces.http import Dispatcher
from memoryd.text import escaped


class Choice:
    """The projects that one request may choose from."""

    def __init__(self, dispatcher: Dispatcher, request: Request) -> None:
        self._dispatcher = dispatcher
        self._caller = request.state.caller
        self.refreshes = "refresh" in request.query_params
        self._started = [root for root in request.query_params.getlist("root") if root]

    def root(self, named: str | None) -> str:
        """Return the root of the call's project; `named` is relative to its first folder. Raises `UsageError` if it is unclear."""
        if named or self._started:
            return str(Path(*self._started[:1], named or ""))
        return self._dispatcher.only(self._caller)

    def folder(self, root: str) -> Path:
        """Return the folder of a project if it may be asked. Raises `UsageError` if it may not."""
        folder = Path(root)
        with suppress(ValueError):  # raised for a name that no file can have
            if self._started and os.path.realpath(folder) not in map(os.path.realpath, self._started):
                raise UsageError(
                    f"this client was started for {listed(self._started)} and may not ask about {escaped(root)}; leave out `root`,"
                    f" or have the user add that folder to the client's workspace, or to the arguments of its server:"
                    f" mcp {_options([*self._started, root])}"
                )
            if folder.is_absolute():
                with suppress(OutsideRoot):
                    return self._dispatcher.looker(self._caller)(root)
            if self._started and self._caller.may_register:
                return self._dispatcher.finder(self._caller)(root)
        if self._caller.may_register:
            missing = "is no registered project; have the user run an agent with memoryd there first, or choose another `root`"
        else:
            missing = "is no project that this daemon shares; have its user share it with `--root`, or choose another `root`"
        choice, advice = choice_of(self._dispatcher.roots(self._caller), self._caller)
        raise UsageError(f"{escaped(root)} {missing}: {choice}", advice)


def _options(roots: Sequence[str]) -> str:
    return " ".join(f"--root {shlex.quote(escaped(root))}" for root in roots)
