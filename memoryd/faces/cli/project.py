"""The project a command is about: opened in this process, with progress on standard error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from memoryd.errors import StoreUnusable
from memoryd.faces.cli.printing import say

if TYPE_CHECKING:
    from memoryd.memory import ProjectMemory

NOTHING_INDEXED = "nothing is indexed here: the folder has no text files, or all are ignored; `memoryd status` says what was left out"


@contextmanager
def opened(root: str) -> Iterator["ProjectMemory"]:
    """Open the project in a folder, as its index is. Raises `NotAProject`."""
    from memoryd.config import project_root, read_settings

    folder, settings = project_root(root), read_settings()

    # Only now, so that a slip of the pen is answered at once.
    from memoryd.daemon import other_embedder
    from memoryd.faces.cli.progress import progress
    from memoryd.memory import ProjectMemory

    if other := other_embedder(settings):
        say(f"the daemon embeds with {other}, and this is {settings.embedder}: each embeds the index anew; set MEMORYD_EMBEDDER alike")
    with progress(sys.stderr) as report, ProjectMemory(folder, settings, report) as memory:
        yield memory


@contextmanager
def refreshed(root: str) -> Iterator["ProjectMemory"]:
    """Open the project in a folder and bring its index up to date."""
    with opened(root) as memory:
        try:
            memory.refresh()
        except StoreUnusable as error:
            # What is shown is checked against the files, so an index that cannot be brought up to date may still answer.
            if not memory.version():
                raise
            say(f"{error}; this answer comes from the index as it was")
        yield memory
