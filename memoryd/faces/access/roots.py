"""The folders that a request may name as a project."""

from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.errors import NotAProject, OutsideRoot

if TYPE_CHECKING:
    from memoryd.daemon import Projects


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
    if projects.is_registered(root):
        return root
    if root == root.parent or root.is_relative_to(home.resolve()):
        raise NotAProject("the root is the whole disk or memoryd's own data folder; give the folder of a project")
    return root


def _path(given: str) -> Path:
    if not given.startswith("/") or "\0" in given:
        raise NotAProject("the root is no absolute path; give the absolute path of a project's folder")
    return Path(given)
