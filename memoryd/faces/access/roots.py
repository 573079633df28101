"""The folders that a request may name as a project."""

import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from memoryd.advice import REGISTER, SHARE, Advice
from memoryd.errors import NotAProject, OutsideRoot, reason
from memoryd.faces.access.rules import Caller
from memoryd.files import path_text
from memoryd.text import escaped

if TYPE_CHECKING:
    from memoryd.daemon import Projects

SHOWN_PROJECTS = 20
"""How many projects an error names at most."""


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
    if os.path.realpath(path) in shared:
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


def only_root(roots: Sequence[str], caller: Caller) -> str:
    """Return the only one of the roots that a caller may name. Raises `NotAProject`, which names the choice, if there are more or none."""
    if len(roots) != 1:
        choice, advice = choice_of(roots, caller)
        raise NotAProject(f"say which project you mean with `root`; {choice}", advice)
    return roots[0]


def choice_of(roots: Sequence[str], caller: Caller) -> tuple[str, Advice | None]:
    """Return the roots that a caller may name in words; if there are none, with what to do."""
    if roots:
        return f"there are: {listed([path_text(os.fsencode(root)) for root in roots])}", None
    return ("none is registered yet", REGISTER) if caller.may_register else ("none is shared", SHARE)


def listed(roots: Sequence[str]) -> str:
    """Return roots as part of a sentence, escaped."""
    more = f" and {len(roots) - SHOWN_PROJECTS} more" if len(roots) > SHOWN_PROJECTS else ""
    return f"{', '.join(map(escaped, roots[:SHOWN_PROJECTS]))}{more}"


def _path(given: str) -> Path:
    if not given.startswith("/") or "\0" in given:
        raise NotAProject("the root is no absolute path; give the absolute path of a project's folder")
    return Path(given)
