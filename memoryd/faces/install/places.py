"""Where the files of clients are on a machine, and what is read from them. No link leads out of the folder that was asked for."""

import os
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from memoryd.config import inherited_environment, settings_of_index
from memoryd.errors import InstallRefused
from memoryd.faces.install.clients import Client, Layout
from memoryd.faces.install.json_values import Malformed as NoJson
from memoryd.faces.install.toml_text import Malformed as NoToml

MAX_BYTES = 64 * 2**20
DESKTOP = "/usr/bin:/bin"
"""The folders in which a program finds others that was started from a desktop, on every system."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The properties of a machine that the places of clients' files, and what is written there, depend on.

    `settings` are those of memoryd that this shell has and other programs have not; `python` runs this memoryd.
    """

    home: Path
    environment: Mapping[str, str]
    platform: str = sys.platform
    settings: Mapping[str, str] = field(default_factory=dict)
    python: Path = Path(sys.executable)
    desktop: str = DESKTOP


def this_machine() -> Machine:
    """Return the machine as this process sees it."""
    return Machine(Path.home(), inherited_environment(), settings=settings_of_index())


@dataclass(frozen=True, slots=True)
class Found:
    """A client's file, with links resolved, its text (`None` for no file), and what the text says.

    `own` is the layout of servers for one project alone, in a file of the user that has such.
    """

    client: Client
    file: Path
    text: str | None
    data: dict[str, Any]
    own: Layout | None = None

    @property
    def layout(self) -> Layout:
        """The layout of the client's servers in this file."""
        return next((one for one in reversed(self.client.layouts) if one.is_of(self.data)), self.client.layouts[0])

    def entry(self, layout: Layout) -> Any:
        """Return memoryd's entry, `None` if it is not there. Raises `InstallRefused` where no servers can be."""
        data: Any = self.data
        for key in layout.container:
            data = data.get(key, {})
            if not isinstance(data, dict):
                named = ".".join(layout.container)
                raise InstallRefused(f"`{named}` in {self.file} is no object; nothing was written: repair it and run the command again")
        return data.get(layout.path[-1])

    @property
    def entries(self) -> Iterator[tuple[Layout, Any]]:
        """Each entry of memoryd with its layout: of one layout, but where another program mixed them."""
        return ((layout, entry) for layout in self.client.layouts if (entry := self.entry(layout)) is not None)

    @property
    def all_entries(self) -> Iterator[tuple[Layout, Any]]:
        """Each entry of memoryd with its layout, that for one project alone, too."""
        yield from self.entries
        if self.own and (entry := self.entry(self.own)) is not None:
            yield self.own, entry


def has(machine: Machine, client: Client) -> bool:
    """Tell whether the machine has a client: its program is on the `PATH`, or its folder is there."""
    return any(
        Path(sign.format_map(folders(machine))).is_dir() if "{" in sign else shutil.which(sign, path=machine.environment.get("PATH", ""))
        for sign in client.signs
    )


def files_of(client: Client, machine: Machine, scope: str, root: Path) -> tuple[Path, ...]:
    """Return the places of a client's file in the project or of the user, as its documentation names them."""
    if scope == "project":
        return tuple(root / name for name in client.project)
    return tuple(Path(name.format_map(folders(machine))) for name in client.user)


def found(client: Client, machine: Machine, scope: str, root: Path) -> Found:
    """Return the file to edit: the one with memoryd's entry, else the first that exists, else the first. Raises `InstallRefused`."""
    there = all_found(client, machine, scope, root)
    if not there:
        return _read(client, machine, scope, root, files_of(client, machine, scope, root)[0])
    return next((one for one in there if next(one.entries, None)), there[0])


def all_found(client: Client, machine: Machine, scope: str, root: Path) -> tuple[Found, ...]:
    """Return the client's files that exist. Raises `InstallRefused`."""
    files = files_of(client, machine, scope, root)
    return tuple(_read(client, machine, scope, root, file) for file in files if os.path.lexists(file))


def folders(machine: Machine) -> dict[str, str]:
    """Return the folders that user files are relative to."""
    home, given = str(machine.home), machine.environment
    settings = given.get("XDG_CONFIG_HOME") or f"{home}/.config"
    return {
        "HOME": home,
        "XDG_CONFIG_HOME": settings,
        "CLAUDE_CONFIG_DIR": given.get("CLAUDE_CONFIG_DIR") or home,
        "CODEX_HOME": given.get("CODEX_HOME") or f"{home}/.codex",
        "VSCODE": f"{home}/Library/Application Support/Code/User" if machine.platform == "darwin" else f"{settings}/Code/User",
        "ZED": f"{home}/.config/zed" if machine.platform == "darwin" else f"{settings}/zed",
    }


def text_of(file: Path) -> str | None:
    """Return the text of a file, `None` where there is none. Raises `InstallRefused`, `OSError` and `UnicodeDecodeError`."""
    try:
        if not stat.S_ISREG(file.stat().st_mode) or file.stat().st_size > MAX_BYTES:
            raise InstallRefused(f"{file} is no file of settings; move it away and run the command again")
        return file.read_bytes().decode()
    except FileNotFoundError:
        return None


def real_file(machine: Machine, scope: str, root: Path, file: Path) -> Path:
    """Return a client's file, with links resolved. Raises `InstallRefused` if one leads out of the folder that was asked for."""
    allowed = [root] if scope == "project" else [machine.home, *map(Path, folders(machine).values())]
    real = Path(os.path.realpath(file))
    if not any(real.is_relative_to(os.path.realpath(folder)) for folder in allowed):
        raise InstallRefused(
            f"{file} leads to {real}, outside of {allowed[0]}; nothing was written: replace the link, or add by hand what `--print` shows"
        )
    return real


def _read(client: Client, machine: Machine, scope: str, root: Path, file: Path) -> Found:
    real = real_file(machine, scope, root, file)
    try:
        text = text_of(real)
    except UnicodeDecodeError as error:
        raise InstallRefused(f"{file} is not UTF-8; save it as UTF-8 and run the command again") from error
    except OSError as error:
        raise InstallRefused(
            f"cannot read {file}: {error.strerror}; make it a file that you can read, and run the command again"
        ) from error
    own = client.own_layout(root) if scope == "user" else None
    return Found(client, real, text, _data(client, real, text), own)


def _data(client: Client, file: Path, text: str | None) -> dict[str, Any]:
    try:
        data = client.language.read(text or "")
    except (NoJson, NoToml, RecursionError) as error:
        raise InstallRefused(f"{file} cannot be read ({error}); nothing was written: repair it and run the command again") from error
    if data is not None and not isinstance(data, dict):
        raise InstallRefused(f"{file} does not hold an object; nothing was written: repair it and run the command again")
    return data or {}
