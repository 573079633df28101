"""The project memory: index, change detection, retrieval, packs. `memoryd.open(root)` is the door."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from memoryd.memory import ProjectMemory

__all__ = ["open"]
__version__ = "0.1.0"


def open(root: "str | os.PathLike[str]" = ".") -> "ProjectMemory":  # noqa: A001 - reads as `memoryd.open`
    """Return the memory of the project at `root`. Raises `NotAProject` if that is no folder. Indexes nothing yet."""
    from memoryd.runtime import check_system

    check_system()

    from memoryd.config import project_root, read_settings
    from memoryd.memory import ProjectMemory

    return ProjectMemory(project_root(root), read_settings())
