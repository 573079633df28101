"""The folders that a request may name as a project."""

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.errors import NotAProject, OutsideRoot, reason

if TYPE_CHECKING:
    from memoryd.daemon import Projects


def shared_roots(given: Iterable[str], home: Path) -> frozenset[str]:
    """Return the roots of the projects that our user shares. Raises `NotAProject` that names every folder that cannot be read."""
    found, unreadable = [], []
    for folder in given:
        try:
            found.append(_readable(folder))
        except OSError as error:
            unreadable.append(f"{folder} ({reason(error)})")
    if unreadable:
        raise NotAProject(f"user {os.geteuid()} cannot read {', '.join(unreadable)}; let that user read it, or leave it out")
    for root in found:
        _check_is_foreign(root, home)
    return frozenset(map(str, found))


def shared_root(shared: Collection[str], given: str) -> Path:
    """Return the root of a shared project. Raises `OutsideRoot` for any other path, whether or not it exists."""
    path = _path(given)
    if str(path.resolve()) in shared:
        return path
    raise OutsideRoot("the root is no project that this daemon shares; whoever runs it shares one with: memoryd serve --root FOLDER")


def registered_root(projects: "Projects", given: str) -> Path:
    """Return the root of a registered project. Raises `OutsideRoot` for any other path, whether or not it exists."""
    if projects.is_registered(_path(given)):
        return _path(given)
    raise OutsideRoot("the root is no registered project; `memoryd serve --root FOLDER` or POST /v1/projects on its machine registers it")


def usable_root(projects: "Projects", given: str, home: Path) -> Path:
    """Return the root of a project that may be registered: an existing folder, neither the whole disk nor our own data."""
    try:
        root = _path(given).resolve(strict=True)
        is_folder = root.is_dir()
    except (OSError, RuntimeError):
        is_folder = False
    if not is_folder:
        raise NotAProject("the root is no folder that can be read; give the absolute path of a project's folder")
    if not projects.is_registered(root):
        _check_is_foreign(root, home)
    return root


def _readable(folder: str) -> Path:
    """Return the resolved path of a folder that can be listed and entered. Raises `OSError`."""
    root = Path(folder).resolve(strict=True)
    with os.scandir(root):
        os.stat(root / ".")
    return root


def _check_is_foreign(root: Path, home: Path) -> None:
    if root == root.parent or root.is_relative_to(home.resolve()):
        raise NotAProject("the root is the whole disk or memoryd's own data folder; give the folder of a project")


def _path(given: str) -> Path:
    if not given.startswith("/") or "\0" in given:
        raise NotAProject("the root is no absolute path; give the absolute path of a project's folder")
    return Path(given)
