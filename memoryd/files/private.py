"""Keeps what memoryd stores from other users: folders that only our user may enter, files that only our user may read.

A folder is closed before anything is put into it, so that nothing in it is ever within reach, whatever mode its writer gives it.
"""

import os
import re
import stat
from collections.abc import Container
from contextlib import suppress
from pathlib import Path

from memoryd.files.replace import PRIVATE, replace_file

PROJECTS, SECRET = "projects", "secret"
OURS = re.compile(
    r"(?:daemon|projects|tokens|usage)\.[a-z0-9.-]{1,16}|facts|fleet|past|projects|remotes|secret|\.memorydignore|CACHEDIR\.TAG|\..+\.new",
    re.DOTALL,
)
"""The names that memoryd uses in the data folder. The secret is not closed: if it was open, it is no secret and must be another."""
CACHE_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by memoryd; everything here is derived and may be deleted.\n"
"""The text that marks a folder as a cache (bford.info/cachedir): backups skip it, and so does memoryd inside a project."""
RULES = b"# Secrets and indexes are no part of a project.\n*\n"
"""The ignore rules by which the data folder is not indexed as part of a project around it."""
FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def private_home(home: Path) -> None:
    """Make the data folder for our user alone, and no part of a project around it. Raises `OSError`.

    What memoryd keeps in one that an older version made is closed. A folder in which other programs keep files, too, is not closed itself.
    """
    if not home.exists():
        private_folder(home)
    with os.scandir(home) as entries:
        found = list(entries)
    if all(OURS.fullmatch(entry.name) for entry in found):
        _close(home)
    for entry in found:
        if entry.name == PROJECTS and entry.is_dir():
            _close(entry)
            for folder in Path(entry.path).iterdir():
                with suppress(FileNotFoundError):
                    if _is_open(folder.stat()):
                        close_folder(folder)
        elif OURS.fullmatch(entry.name) and entry.name != SECRET:
            if entry.is_dir(follow_symlinks=False) and _is_open(entry.stat(follow_symlinks=False)):
                close_folder(Path(entry.path))
            else:
                _close(entry)
    rules = home / ".memorydignore"
    with suppress(FileNotFoundError):
        if rules.stat().st_size:
            return
    replace_file(rules, RULES, PRIVATE)


def private_folder(folder: Path) -> None:
    """Make a folder that memoryd alone uses, and those it lies in, for our user alone. Raises `OSError`.

    One that others may enter is closed to them, with everything in it.
    """
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        with suppress(FileExistsError):
            missing.mkdir(0o700)
    if _is_open(folder.stat()):
        close_folder(folder)


def cache_folder(folder: Path) -> None:
    """Make a folder as `private_folder` does, and tag it as a cache, which no index takes in. Raises `OSError`."""
    private_folder(folder)
    tag = folder / "CACHEDIR.TAG"
    with suppress(OSError):
        if not tag.exists():
            tag.touch(PRIVATE)
            tag.write_text(CACHE_TAG)


def close_folder(folder: Path, known: Container[str] = ()) -> None:
    """Close a folder and everything in it to other users, as far as it is ours. No link is followed; what vanishes is left out.

    Files that are `known`, by their paths in the folder, are closed already.
    """
    waiting, start = [folder], len(f"{folder}/")
    while waiting:
        place = waiting.pop()
        _close(place)
        with suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif entry.path[start:] not in known:
                    _close(entry)


def open_to_others(home: Path) -> tuple[Path, ...]:
    """Return what of memoryd's in the data folder other users may enter or read: itself, and its parts down to each project's."""
    names = [name.name for name in home.iterdir()]
    ours = [home / name for name in names if OURS.fullmatch(name)]
    projects = [*(home / PROJECTS).iterdir()] if (home / PROJECTS).is_dir() else []
    return tuple(sorted(part for part in (*([home] if len(ours) == len(names) else []), *ours, *projects) if _is_exposed(part)))


def _is_exposed(part: Path) -> bool:
    try:
        found = os.lstat(part)
    except FileNotFoundError:
        return False
    return _is_open(found) and not stat.S_ISLNK(found.st_mode)


def _close(place: "os.PathLike[str]") -> None:
    with suppress(OSError):
        found = os.lstat(place)
        if _is_open(found) and not stat.S_ISLNK(found.st_mode):
            os.chmod(place, stat.S_IMODE(found.st_mode) & ~FOR_OTHERS)


def _is_open(found: os.stat_result) -> bool:
    return bool(found.st_mode & FOR_OTHERS) and found.st_uid == os.geteuid()
