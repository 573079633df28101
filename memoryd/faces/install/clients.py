"""The clients that memoryd is written into. A client is a row of `CLIENTS`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from memoryd.errors import UsageError
from memoryd.faces.install import entries, jsonc, toml_text
from memoryd.faces.install.entries import Remote, Start

NAME = "memoryd"
SERVER_KEYS = ("type", "command", "url")
"""Keys of an entry, one of which every entry has; a container of entries has none."""


class Language(Protocol):
    """A format of configuration files; implemented by `jsonc` and `toml_text`."""

    def read(self, text: str) -> Any:
        """Return the data of a text."""

    def put(self, text: str | None, path: Sequence[str], data: dict[str, Any]) -> str:
        """Return the text with these keys set in an entry; the other keys of the entry stay."""

    def drop(self, text: str, path: Sequence[str]) -> str | None:
        """Return the text without an entry."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a client's file holds its servers: the keys that lead to them, and the form of an entry."""

    container: tuple[str, ...]
    entry: Callable[[Start], dict[str, Any]]
    remote: Callable[[Remote], dict[str, Any]]

    @property
    def path(self) -> tuple[str, ...]:
        """The keys that lead to memoryd's entry."""
        return (*self.container, NAME)

    def is_of(self, data: Mapping[str, Any]) -> bool:
        """Tell whether a file has servers in this layout. A server may be called as a container is."""
        found: Any = data
        for key in self.container:
            found = found.get(key) if isinstance(found, dict) else None
        return isinstance(found, dict) and not any(isinstance(found.get(key), str | list) for key in SERVER_KEYS)


@dataclass(frozen=True, slots=True)
class Client:
    """A client: the files in which it keeps its servers, and the layouts of these, the one for new files first.

    `user` files start with the name of the folder they are relative to, in braces. `signs` are programs, and folders of the user,
    that show that the machine has the client. `workspace` names the project's folder in an entry of the project, for clients that
    promise no working directory. `variable` is how a file of the project names the variable with the secret; empty where the
    client's headers can name none. `own` are the keys in the user's file that lead to servers of the user for one project alone,
    `{root}` for its folder: they outrank others. memoryd writes none there, but the client's own commands do.
    """

    name: str
    title: str
    scope: str
    project: tuple[str, ...]
    user: tuple[str, ...]
    layouts: tuple[Layout, ...]
    then: str
    signs: tuple[str, ...]
    language: Language = jsonc
    workspace: str = ""
    variable: str = ""
    own: tuple[str, ...] = ()

    def own_layout(self, root: Path) -> Layout | None:
        """Return the layout of the user's servers for one project."""
        return replace(self.layouts[0], container=tuple(key.replace("{root}", str(root)) for key in self.own)) if self.own else None


CLIENTS: dict[str, Client] = {client.name: client for client in (
    Client(
        "claude-code", "Claude Code", "project", (".mcp.json",), ("{CLAUDE_CONFIG_DIR}/.claude.json",),
        (Layout(("mcpServers",), entries.claude, entries.claude_remote),),
        "start claude; of a file in the project it asks once whether to trust its servers", ("claude", "{HOME}/.claude"),
        variable=f"${{{entries.VARIABLE}}}", own=("projects", "{root}", "mcpServers"),
    ),
    Client(
        "codex", "Codex", "user", (".codex/config.toml",), ("{CODEX_HOME}/config.toml",),
        (Layout(("mcp_servers",), entries.plain, entries.codex_remote),),
        "start codex; a file of a project counts only where codex trusts the project", ("codex", "{CODEX_HOME}"), language=toml_text,
    ),
    Client(
        "cursor", "Cursor", "project", (".cursor/mcp.json",), ("{HOME}/.cursor/mcp.json",),
        (Layout(("mcpServers",), entries.plain, entries.plain_remote),),
        "switch the server on in Cursor's settings, under MCP", ("cursor", "{HOME}/.cursor"), workspace="${workspaceFolder}",
        variable=f"${{env:{entries.VARIABLE}}}",
    ),
    Client(
        "vscode", "VS Code", "project", (".vscode/mcp.json",), ("{VSCODE}/mcp.json",),
        (Layout(("servers",), entries.vscode, entries.vscode_remote),),
        "run `MCP: List Servers` in VS Code and start memoryd", ("code", "{VSCODE}"), workspace="${workspaceFolder}",
        variable=f"${{env:{entries.VARIABLE}}}",
    ),
    Client(
        "gemini", "Gemini CLI", "user", (".gemini/settings.json",), ("{HOME}/.gemini/settings.json",),
        (Layout(("mcpServers",), entries.plain, entries.gemini_remote),),
        "start gemini; `/mcp` lists the server", ("gemini", "{HOME}/.gemini"), variable=f"${entries.VARIABLE}",
    ),
    Client(
        "opencode", "opencode", "project",
        ("opencode.json", "opencode.jsonc", ".opencode/opencode.json", ".opencode/opencode.jsonc"),
        ("{XDG_CONFIG_HOME}/opencode/opencode.json", "{XDG_CONFIG_HOME}/opencode/opencode.jsonc"),
        (
            Layout(("mcp",), entries.opencode, entries.opencode_remote),
            Layout(("mcp", "servers"), entries.opencode_newer, entries.opencode_newer_remote),
        ),
        "start opencode in the project", ("opencode", "{XDG_CONFIG_HOME}/opencode"), variable=f"{{env:{entries.VARIABLE}}}",
    ),
    Client(
        "zed", "Zed", "user", (".zed/settings.json",), ("{ZED}/settings.json",),
        (Layout(("context_servers",), entries.plain, entries.plain_remote),),
        "Zed takes it up at once; the agent panel's settings list the server", ("zed", "zeditor", "{ZED}"),
    ),
)}  # fmt: skip


def client_named(name: str) -> Client:
    """Return the row of a client. Raises `UsageError`."""
    if name not in CLIENTS:
        raise UsageError(f"memoryd knows no client {name!r}; choose one of: {', '.join(CLIENTS)}")
    return CLIENTS[name]
