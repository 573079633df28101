"""The folders that a request may name as a project."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.advice import REGISTER, Advice
from memoryd.errors import NotAProject, OutsideRoot
from memoryd.escaping import escaped
from memoryd.files import path_text

if TYPE_CHECKING:
    from memoryd.daemon import Projects

SHOWN_PROJECTS = 20
"""How many projects an error names at most."""


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


def only_root(projects: "Projects") -> str:
    """Return the root of the only registered project. Raises `NotAProject`, which names the choice, if there are others or none."""
    roots = projects.roots()
    if len(roots) != 1:
        choice, advice = choice_of(projects)
        raise NotAProject(f"say which project you mean with `root`; {choice}", advice)
    return roots[0]


def choice_of(projects: "Projects") -> tuple[str, Advice | None]:
    """Return the registered projects in words; if there are none, with what to do."""
    roots = [path_text(os.fsencode(root)) for root in projects.roots()]
    if not roots:
        return "none is registered yet", REGISTER
    return f"there are: {listed(roots)}", None


def listed(roots: Sequence[str]) -> str:
    """Return roots as part of a sentence, escaped."""
    more = f" and {len(roots) - SHOWN_PROJECTS} more" if len(roots) > SHOWN_PROJECTS else ""
    return f"{', '.join(map(escaped, roots[:SHOWN_PROJECTS]))}{more}"


def _path(given: str) -> Path:
    if not given.startswith("/") or "\0" in given:
        raise NotAProject("the root is no absolute path; give the absolute path of a project's folder")
    return Path(given)
