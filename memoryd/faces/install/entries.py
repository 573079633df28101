"""The entries of memoryd's server in the configuration of clients: one form for a program that is started, one for an address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from memoryd.advice import RENAMED_TOOLS

VARIABLE = "MEMORYD_SECRET"
"""The environment variable that files of a project name in the place of the secret, which does not belong into them."""
REMOTE_KEYS = ("url", "httpUrl", "serverUrl")
"""Keys of an entry for an address. A mixture of it and a program would be neither."""
SWITCHES = {"enabled": False, "disabled": True}
"""Keys with which users switch a server off, and their values then."""

WITHHELD = ("disabled_tools", "disabledTools", "excludeTools")
"""Keys of an entry with which users keep tools from agents."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a client starts the bridge: the program with its arguments, and what it sets in the program's environment."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


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


def is_switched_off(entry: Any) -> bool:
    """Tell whether a user has switched the server of an entry off."""
    return isinstance(entry, dict) and any(entry.get(key) is value for key, value in SWITCHES.items())


def withheld_by_any_name(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry that keeps from agents, by its name of today as well, each tool that it keeps from them by an older one."""
    lists = {key: entry[key] for key in WITHHELD if isinstance(entry.get(key), list)}
    return entry | {key: [*names, *newer(names, "")] for key, names in lists.items()}


def newer(names: list[Any], before: str) -> list[str]:
    """Return the names of today that are missing beside older ones, each written after `before`."""
    return [before + new for old, new in RENAMED_TOOLS.items() if before + old in names and before + new not in names]


def start_of(entry: Any) -> Start | None:
    """Return what a client starts for an entry, in whichever form it is; `None` if that cannot be told."""
    if not isinstance(entry, dict):
        return None
    program, arguments = entry.get("command"), entry.get("args", [])
    if not isinstance(arguments, list):
        return None
    command = [*program, *arguments] if isinstance(program, list) else [program, *arguments]
    environment = entry.get("env", entry.get("environment", {}))
    if not isinstance(environment, dict) or not all(isinstance(one, str) for one in (*command, *environment, *environment.values())):
        return None
    return Start(tuple(command), environment) if command and command[0] else None


def remote_of(entry: Mapping[str, Any]) -> Remote:
    """Return the address of an entry for one, and what follows `Bearer`; either is empty where the entry says none."""
    url = next((entry[key] for key in REMOTE_KEYS if isinstance(entry.get(key), str)), "")
    sent = entry.get("headers", entry.get("http_headers"))
    bearer = sent.get("Authorization") if isinstance(sent, dict) else None
    return Remote(url, bearer.removeprefix("Bearer ") if isinstance(bearer, str) else "")


def plain(start: Start) -> dict[str, Any]:
    """Return the usual entry of a program."""
    program, *arguments = start.command
    return {"command": program, "args": arguments} | ({"env": dict(start.environment)} if start.environment else {})


def plain_remote(remote: Remote) -> dict[str, Any]:
    """Return the usual entry of an address."""
    return {"url": remote.url, "headers": remote.headers}


def claude(start: Start) -> dict[str, Any]:
    """Return the entry of Claude Code: without `alwaysLoad` the first request may lack the tools, if the server takes a second."""
    return {"type": "stdio", **plain(start), "alwaysLoad": True}


def claude_remote(remote: Remote) -> dict[str, Any]:
    """Return the entry of Claude Code for an address."""
    return {"type": "http", **plain_remote(remote), "alwaysLoad": True}


def vscode(start: Start) -> dict[str, Any]:
    """Return the entry of VS Code."""
    return {"type": "stdio", **plain(start)}


def vscode_remote(remote: Remote) -> dict[str, Any]:
    """Return the entry of VS Code for an address."""
    return {"type": "http", **plain_remote(remote)}


def codex_remote(remote: Remote) -> dict[str, Any]:
    """Return the entry of Codex for an address."""
    return {"url": remote.url, "http_headers": remote.headers}


def gemini_remote(remote: Remote) -> dict[str, Any]:
    """Return the entry of Gemini CLI for an address."""
    return {"httpUrl": remote.url, "headers": remote.headers}


def opencode(start: Start) -> dict[str, Any]:
    """Return the entry of opencode, as its first layout has it."""
    return {**opencode_newer(start), "enabled": True}


def opencode_remote(remote: Remote) -> dict[str, Any]:
    """Return the entry of opencode for an address, as its first layout has it."""
    return {**opencode_newer_remote(remote), "enabled": True}


def opencode_newer(start: Start) -> dict[str, Any]:
    """Return the entry of opencode, as its layout with `mcp.servers` has it."""
    return {"type": "local", "command": [*start.command]} | ({"environment": dict(start.environment)} if start.environment else {})


def opencode_newer_remote(remote: Remote) -> dict[str, Any]:
    """Return the entry of opencode for an address, as its layout with `mcp.servers` has it."""
    return {"type": "remote", **plain_remote(remote)}
