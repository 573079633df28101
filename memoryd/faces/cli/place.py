"""The machine and the project that a command is about, for commands that look after clients."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from memoryd.faces.install import Place


def machine(root: str) -> "tuple[Place, Path]":
    """Return what of this machine the files of clients depend on, and the project's folder. Raises `NotAProject`."""
    from pathlib import Path

    from memoryd.config import inherited_environment, project_root, settings_of_index
    from memoryd.faces.install import Place

    return Place(Path.home(), inherited_environment(), settings=settings_of_index()), project_root(root)
