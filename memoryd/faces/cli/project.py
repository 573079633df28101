"""Opens the project of a command in this process, with progress on standard error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from memoryd.advice import SHOW, Advice
from memoryd.errors import ResourcesExhausted, StoreUnusable
from memoryd.faces.cli.output import say
from memoryd.runtime import gc_paused

if TYPE_CHECKING:
    from memoryd.config import Settings
    from memoryd.daemon import State
    from memoryd.memory import ProjectMemory

MAPPED_BYTES = 32 << 20
"""Bytes from which a block of a command's heap is mapped by itself. It soon ends, and to get pages from the system again and again was a
tenth of what it costs to bring thousands of files up to date."""
NOTHING_INDEXED = "nothing is indexed here: the folder has no text files, or all are ignored; `memoryd status` says what was left out"


@cache
def running_daemon(settings: "Settings") -> "State | None":
    """Return the daemon that runs, looked for once in a command: one that hangs costs its two seconds once."""
    from memoryd.daemon import running

    return running(settings)


@contextmanager
def opened(root: str, more: Advice = SHOW) -> Iterator["ProjectMemory"]:
    """Open the project in a folder without refreshing it; `more` says how to see what its packs left out. Raises `NotAProject`."""
    from memoryd.config import code_root, read_settings

    folder, settings = code_root(root), read_settings()

    # Imported only now, so that an invalid argument is answered at once.
    with gc_paused():
        from memoryd.daemon import bound_heap
        from memoryd.faces.cli.output import progress
        from memoryd.memory import ProjectMemory
    bound_heap(MAPPED_BYTES)
    daemon = running_daemon(settings)
    if daemon is not None and daemon.embedder not in ("", settings.embedder):
        other = f"the daemon embeds with {daemon.embedder}, and this is {settings.embedder}"
        say(f"{other}: each embeds the index anew; set MEMORYD_EMBEDDER alike")
    with progress(sys.stderr) as report, ProjectMemory(folder, settings, report, more=more) as memory:
        yield memory


def warn_of_open(state: "State | None") -> None:
    """Say so if the daemon that runs lets everybody in."""
    if state is not None and state.is_open:
        say("WARNING: the daemon runs with --no-token: every user and program of this machine may read your projects and write notes")


@contextmanager
def refreshed(root: str, more: Advice = SHOW) -> Iterator["ProjectMemory"]:
    """Open the project in a folder as `opened` does, and refresh its index."""
    with opened(root, more) as memory:
        try:
            memory.refresh()
        except StoreUnusable as error:
            # Answers are checked against the files on disk, so an index that could not be refreshed may still answer.
            if isinstance(error, ResourcesExhausted) or not memory.version():
                raise
            say(f"{error}; this answer comes from the index as it was")
        yield memory
