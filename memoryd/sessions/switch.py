"""The switch of a project: which parts of what memoryd does in its sessions are left out, or all of it. It lies in the data folder."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from memoryd.config import SESSIONS_FOLDER, Settings, project_folder
from memoryd.files import PRIVATE, private_folder, replace_file
from memoryd.sessions.events import Part

OFF = "off"
FILE = "without"
MISSED = "daemon.missed"
"""The mark in the data folder that a hook leaves whose event nobody took."""


def left_out(settings: Settings, root: Path) -> frozenset[str]:
    """Return the names of the parts that are left out in a project; `OFF` among them for all."""
    try:
        text = _file(settings, root).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return frozenset()
    return frozenset(text.split()) & {OFF, *Part}


def leave_out(settings: Settings, root: Path, names: Iterable[str]) -> None:
    """Leave parts of a project's sessions out from now on, `OFF` for all; none of them for nothing left out."""
    file, text = _file(settings, root), " ".join(sorted(names))
    if text:
        private_folder(file.parent)
        replace_file(file, f"{text}\n".encode("ascii"), PRIVATE)
    else:
        file.unlink(missing_ok=True)
    # What happened while it was off was not seen.
    mark_missed(settings)


def mark_missed(settings: Settings) -> None:
    """Note that an event was lost: from now on it is not known what any agent has."""
    with suppress(OSError):
        (settings.home / MISSED).touch(0o600)
        os.utime(settings.home / MISSED)


def _file(settings: Settings, root: Path) -> Path:
    return project_folder(settings, root) / SESSIONS_FOLDER / FILE
