"""The switch of a project: which parts of what memoryd does in its sessions are left out, or all of it. It lies in the data folder.

A part that is left out unless it is chosen is named there behind a `+` where it is.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from memoryd.config import SESSIONS_FOLDER, Settings, project_folder
from memoryd.files import PRIVATE, private_folder, read_whole, replace_file
from memoryd.sessions.events import CHOSEN, Part

OFF = "off"
CHOICES = (OFF, *(part for part in Part if part not in CHOSEN), *(f"+{part}" for part in Part if part in CHOSEN))
"""What may be chosen of a project's sessions."""
FILE = "without"
MISSED = "daemon.missed"
"""The mark in the data folder that a hook leaves whose event nobody took."""


def left_out(settings: Settings, root: Path) -> frozenset[str]:
    """Return the names of the parts that are left out in a project; `OFF` among them for all."""
    names = chosen(settings, root)
    return names & {OFF, *Part} | {part for part in CHOSEN if f"+{part}" not in names}


def chosen(settings: Settings, root: Path) -> frozenset[str]:
    """Return what was chosen of a project's sessions, some of `CHOICES`."""
    try:
        text = read_whole(_file(settings, root)).decode("ascii")
    except (OSError, UnicodeDecodeError):
        return frozenset()
    return frozenset(text.split()) & {*CHOICES}


def choose(settings: Settings, root: Path, names: Iterable[str]) -> None:
    """Choose what holds of a project's sessions from now on, of `CHOICES`; none of them for what holds without a choice."""
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
