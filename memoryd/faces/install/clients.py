"""Adds memoryd's entry to a client's own configuration, and removes it again. A client is a row of `CLIENTS`.

Only memoryd's entry changes: other entries, comments, order, indentation and mode stay as they are, and after each edit the
text is parsed again to make sure. Nothing is written before the difference was shown; a file is replaced as a whole or not at
all. No link leads to a change outside the folder that was asked for.
"""

import copy
import difflib
import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from memoryd.errors import InstallRefused, UsageError
from memoryd.faces.install import entries, jsonc, toml_text
from memoryd.faces.install.entries import Command, Daemon, Remote, is_remote
from memoryd.files import PRIVATE, replace_file, replace_likewise

NAME = "memoryd"
MAX_BYTES = 64 * 2**20
SECRET = re.compile(
    r"""((?<![\w-])(?=[\w-]*(?:token|secret|key|passw|auth|credential))[\w-]++["']?\s*+[:=]\s*+)(["'])(?:\\.|(?!\2)[^\\\n])*+\2""",
    re.IGNORECASE,
)


class Language(Protocol):
    """A format of configuration files; implemented by `jsonc` and `toml_text`."""

    def read(self, text: str) -> Any:
        """Return the data of a text."""

    def put(self, text: str | None, path: Sequence[str], data: dict[str, Any]) -> str:
        """Return the text with these keys set in an entry; the other keys of the entry stay."""

    def drop(self, text: str, path: Sequence[str]) -> str | None:
        """Return the text without an entry."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client: the files in which it keeps its servers, and the form of an entry. Of several files the first that exists is taken.

    `user` files start with the name of the folder they are relative to, in braces. `workspace` names the project's folder
    in an entry of the project, for clients that promise no working directory. `variable` is how a file of the project names
    the variable with the secret; empty where the client's headers can name none.
    """

    title: str
    scope: str
    project: tuple[str, ...]
    user: tuple[str, ...]
    container: str
    entry: Callable[[Command], dict[str, Any]]
    remote: Callable[[Remote], dict[str, Any]]
    then: str
    language: Language = jsonc
    workspace: str = ""
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The properties of the machine that the places of clients' files depend on."""

    home: Path
    environment: Mapping[str, str]
    platform: str = sys.platform


@dataclass(frozen=True, slots=True)
class Edit:
    """A planned edit of a file: `before` and `after` are its texts, `None` for no file. `secret` is ours if it puts it there."""

    file: Path
    before: str | None
    after: str | None
    secret: str = field(default="", repr=False)

    @property
    def diff(self) -> str:
        """The edit as a unified diff with little context, likely secrets blotted out."""
        old, new = ("/dev/null" if text is None else str(self.file) for text in (self.before, self.after))
        lines = difflib.unified_diff(_lines(self.before), _lines(self.after), old, new, n=1)
        shown = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
        return SECRET.sub(r"\1\2…\2", shown.replace(self.secret, "…") if self.secret else shown)


CLIENTS: dict[str, Client] = {
    "claude-code": Client(
        "Claude Code", "project", (".mcp.json",), ("{CLAUDE_CONFIG_DIR}/.claude.json",), "mcpServers",
        entries.claude, entries.claude_remote, "start claude; of a file in the project it asks once whether to trust its servers",
        variable=f"${{{entries.VARIABLE}}}",
    ),
    "codex": Client(
        "Codex", "user", (".codex/config.toml",), ("{CODEX_HOME}/config.toml",), "mcp_servers", entries.plain, entries.codex_remote,
        "start codex; a file of a project counts only where codex trusts the project", language=toml_text,
    ),
    "cursor": Client(
        "Cursor", "project", (".cursor/mcp.json",), ("{HOME}/.cursor/mcp.json",), "mcpServers", entries.plain,
        entries.plain_remote, "switch the server on in Cursor's settings, under MCP", workspace="${workspaceFolder}",
        variable=f"${{env:{entries.VARIABLE}}}",
    ),
    "vscode": Client(
        "VS Code", "project", (".vscode/mcp.json",), ("{VSCODE}/mcp.json",), "servers", entries.vscode, entries.vscode_remote,
        "run `MCP: List Servers` in VS Code and start memoryd", workspace="${workspaceFolder}",
        variable=f"${{env:{entries.VARIABLE}}}",
    ),
    "gemini": Client(
        "Gemini CLI", "user", (".gemini/settings.json",), ("{HOME}/.gemini/settings.json",), "mcpServers", entries.plain,
        entries.gemini_remote, "start gemini; `/mcp` lists the server", variable=f"${entries.VARIABLE}",
    ),
    "opencode": Client(
        "opencode", "project", ("opencode.json", "opencode.jsonc"),
        ("{XDG_CONFIG_HOME}/opencode/opencode.json", "{XDG_CONFIG_HOME}/opencode/opencode.jsonc"), "mcp",
        entries.opencode, entries.opencode_remote, "start opencode in the project", variable=f"{{env:{entries.VARIABLE}}}",
    ),
    "zed": Client(
        "Zed", "user", (".zed/settings.json",), ("{ZED}/settings.json",), "context_servers", entries.plain, entries.plain_remote,
        "Zed takes it up at once; the agent panel's settings list the server",
    ),
}  # fmt: skip


def install(client: Client, place: Place, scope: str, root: Path, daemon: Daemon | None = None) -> Edit:
    """Return the edit that adds memoryd to the client's file; no change if it is there already. Raises `InstallRefused`.

    The client starts the bridge, or connects to `daemon`.
    """
    file, text = _found(client, place, scope, root)
    entry = _made(client, place, scope, root, daemon)
    secret = daemon.secret if daemon and scope == "user" else ""
    path = (client.container, NAME)
    data = _read(client, file, text)
    present = _entry(client, file, data)
    kept = present if isinstance(present, dict) and is_remote(present) == is_remote(entry) else {}
    wanted = {**kept, **entry}
    if wanted == present:
        return Edit(file, text, text)

    def change() -> str | None:
        start = client.language.drop(text, path) if text and present and not kept else text
        return client.language.put(start, path, entry)

    after = _checked(client, file, change, {**data, client.container: {**data.get(client.container, {}), NAME: wanted}})
    return Edit(file, text, after, secret)


def remove(client: Client, place: Place, scope: str, root: Path) -> Edit:
    """Return the edit that removes memoryd from the client's file; no change if it is not there. Raises `InstallRefused`."""
    file, text = _found(client, place, scope, root)
    data = _read(client, file, text)
    if text is None or _entry(client, file, data) is None:
        return Edit(file, text, text)
    kept = copy.deepcopy(data)
    del kept[client.container][NAME]
    return Edit(file, text, _checked(client, file, lambda: client.language.drop(text, (client.container, NAME)), kept))


def example(client: Client, place: Place, scope: str, root: Path, daemon: Daemon | None = None) -> tuple[Path, str]:
    """Return the client's file and the text it would have with memoryd's entry alone."""
    file = _file(client, place, scope, root)
    return file, client.language.put(None, (client.container, NAME), _made(client, place, scope, root, daemon))


def write(edit: Edit) -> None:
    """Carry out an edit: replace the file as a whole, keeping its mode. Raises `InstallRefused`.

    A file that gets our secret is for our user alone from then on.
    """
    try:
        if _text(edit.file) != edit.before:
            raise InstallRefused(f"{edit.file} was changed meanwhile by another program; nothing was written, run the command again")
        if edit.after is None:
            edit.file.unlink()
            with suppress(OSError):  # remove the folder that was made for the file, if it is empty
                if edit.file.parent.name.startswith("."):
                    edit.file.parent.rmdir()
        else:
            edit.file.parent.mkdir(parents=True, exist_ok=True)
            if edit.secret:
                replace_file(edit.file, edit.after.encode(), PRIVATE)
            else:
                replace_likewise(edit.file, edit.after.encode())
    except OSError as error:
        raise InstallRefused(
            f"cannot write {edit.file}: {error.strerror}; make its folder writable, or add by hand what `--print` shows"
        ) from error


def _made(client: Client, place: Place, scope: str, root: Path, daemon: Daemon | None) -> dict[str, Any]:
    """Return the entry. Files of the user serve every project and hold the secret; those of a project serve it alone and do not."""
    if daemon is None:
        return client.entry(_command(client, place, scope))
    url = f"http://127.0.0.1:{daemon.port}/mcp"
    if scope == "user":
        return client.remote(Remote(url, daemon.secret))
    if not client.variable:
        raise InstallRefused(
            f"a file of the project must not hold your secret, and {client.title} reads none from the environment there;"
            " leave out --port, or add --scope user"
        )
    return client.remote(Remote(f"{url}?root={client.workspace or quote(os.fsencode(root))}", client.variable))


def _command(client: Client, place: Place, scope: str) -> Command:
    """Return the command that starts the bridge: the bare name if it is on the path, else the program beside this Python."""
    workspace = ("--root", client.workspace) if client.workspace and scope == "project" else ()
    beside = Path(sys.executable).with_name(NAME)
    if shutil.which(NAME, path=place.environment.get("PATH", "")):
        return (NAME, "mcp", *workspace)
    if os.access(beside, os.X_OK):
        return (str(beside), "mcp", *workspace)
    return (sys.executable, "-m", "memoryd", "mcp", *workspace)


def _file(client: Client, place: Place, scope: str, root: Path) -> Path:
    names = client.project if scope == "project" else client.user
    files = [root / name if scope == "project" else Path(name.format_map(_folders(place))) for name in names]
    return next((file for file in files if os.path.lexists(file)), files[0])


def _folders(place: Place) -> dict[str, str]:
    """Return the folders that user files are relative to."""
    home, given = str(place.home), place.environment
    settings = given.get("XDG_CONFIG_HOME") or f"{home}/.config"
    return {
        "HOME": home,
        "XDG_CONFIG_HOME": settings,
        "CLAUDE_CONFIG_DIR": given.get("CLAUDE_CONFIG_DIR") or home,
        "CODEX_HOME": given.get("CODEX_HOME") or f"{home}/.codex",
        "VSCODE": f"{home}/Library/Application Support/Code/User" if place.platform == "darwin" else f"{settings}/Code/User",
        "ZED": f"{home}/.config/zed" if place.platform == "darwin" else f"{settings}/zed",
    }


def _found(client: Client, place: Place, scope: str, root: Path) -> tuple[Path, str | None]:
    """Return the file to write, with links resolved, and its text."""
    file = _file(client, place, scope, root)
    allowed = [root] if scope == "project" else [place.home, *map(Path, _folders(place).values())]
    real = Path(os.path.realpath(file))
    if not any(real.is_relative_to(os.path.realpath(folder)) for folder in allowed):
        raise InstallRefused(
            f"{file} leads to {real}, outside of {allowed[0]}; nothing was written: replace the link, or add by hand what `--print` shows"
        )
    try:
        return real, _text(real)
    except UnicodeDecodeError as error:
        raise InstallRefused(f"{file} is not UTF-8; save it as UTF-8 and run the command again") from error
    except OSError as error:
        raise InstallRefused(
            f"cannot read {file}: {error.strerror}; make it a file that you can read, and run the command again"
        ) from error


def _text(file: Path) -> str | None:
    try:
        if not stat.S_ISREG(file.stat().st_mode) or file.stat().st_size > MAX_BYTES:
            raise InstallRefused(f"{file} is no file of settings; move it away and run the command again")
        return file.read_bytes().decode()
    except FileNotFoundError:
        return None


def _read(client: Client, file: Path, text: str | None) -> dict[str, Any]:
    try:
        data = client.language.read(text or "")
    except (jsonc.Malformed, toml_text.Malformed, RecursionError) as error:
        raise InstallRefused(f"{file} cannot be read ({error}); nothing was written: repair it and run the command again") from error
    if data is not None and not isinstance(data, dict):
        raise InstallRefused(f"{file} does not hold an object; nothing was written: repair it and run the command again")
    return data or {}


def _entry(client: Client, file: Path, data: dict[str, Any]) -> Any:
    container = data.get(client.container, {})
    if not isinstance(container, dict):
        raise InstallRefused(f"`{client.container}` in {file} is no object; nothing was written: repair it and run the command again")
    return container.get(NAME)


def _checked(client: Client, file: Path, change: Callable[[], str | None], wanted: dict[str, Any]) -> str | None:
    """Return the changed text after checking that its data is `wanted`. Raises `InstallRefused`."""
    with suppress(toml_text.Unfamiliar, toml_text.Malformed, jsonc.Malformed):
        after = change()
        if _solid(client, client.language.read(after or "") or {}) == _solid(client, wanted):
            return after
    raise InstallRefused(
        f"the entry of memoryd in {file} is written in a way that memoryd does not edit; nothing was written: "
        "change it by hand, `--print` shows what belongs there"
    )


def _solid(client: Client, data: dict[str, Any]) -> dict[str, Any]:
    """Return the data without an empty container of servers, which means the same as none."""
    return {key: value for key, value in data.items() if key != client.container or value}


def _lines(text: str | None) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text or "")


def client_named(name: str) -> Client:
    """Return the row of a client. Raises `UsageError`."""
    if name not in CLIENTS:
        raise UsageError(f"memoryd knows no client {name!r}; choose one of: {', '.join(CLIENTS)}")
    return CLIENTS[name]
