"""The entries of memoryd's server in the configuration of clients: one form for a command that is started, one for an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Command = Sequence[str]
"""The program and its arguments that start the bridge."""
VARIABLE = "MEMORYD_SECRET"
"""The environment variable that files of a project name in the place of the secret, which does not belong into them."""
REMOTE_KEYS = ("url", "httpUrl", "serverUrl")
"""Keys of an entry for an address. A mixture of it and a command would be neither."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """A daemon that listens at a port of this machine, and the secret of our user."""

    port: int
    secret: str


@dataclass(frozen=True, slots=True)
class Remote:
    """An address, and what follows `Bearer` in the header that goes with each request to it."""

    url: str
    bearer: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers that clients send."""
        return {"Authorization": f"Bearer {self.bearer}"}


def is_remote(entry: Any) -> bool:
    """Tell whether an entry is that of an address."""
    return isinstance(entry, dict) and any(key in entry for key in REMOTE_KEYS)


def plain(command: Command) -> dict[str, Any]:
    """Return the usual entry of a command."""
    return {"command": command[0], "args": [*command[1:]]}


def plain_remote(remote: Remote) -> dict[str, Any]:
    """Return the usual entry of an address."""
    return {"url": remote.url, "headers": remote.headers}


def claude(command: Command) -> dict[str, Any]:
    """Return the entry of Claude Code: without `alwaysLoad` the first request may lack the tools, if the server takes a second."""
    return {"type": "stdio", **plain(command), "alwaysLoad": True}


def claude_remote(remote: Remote) -> dict[str, Any]:
    """Return the entry of Claude Code for an address."""
    return {"type": "http", **plain_remote(remote), "alwaysLoad": True}


def vscode(command: Command) -> dict[str, Any]:
    """Return the entry of VS Code."""
    return {"type": "stdio", **plain(command)}


def vscode_remote(remote: Remote) -> dict[str, Any]:
    """Return the entry of VS Code for an address."""
    return {"type": "http", **plain_remote(remote)}


def codex_remote(remote: Remote) -> dict[str, Any]:
    """Return the entry of Codex for an address."""
    return {"url": remote.url, "http_headers": remote.headers}


def gemini_remote(remote: Remote) -> dict[str, Any]:
    """Return the entry of Gemini CLI for an address."""
    return {"httpUrl": remote.url, "headers": remote.headers}


def opencode(command: Command) -> dict[str, Any]:
    """Return the entry of opencode."""
    return {"type": "local", "command": [*command], "enabled": True}


def opencode_remote(remote: Remote) -> dict[str, Any]:
    """Return the entry of opencode for an address."""
    return {"type": "remote", **plain_remote(remote), "enabled": True}
