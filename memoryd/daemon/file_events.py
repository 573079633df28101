"""Turns file events into refreshes. Events are hints, never truth: whatever they do not explain leads to a full scan.

Only files the index knows are refreshed by name. Anything else (a new file, a folder, an ignore file) may be ignored, moved
or incomplete, so it leads to a scan of the whole tree, which costs one `stat` per unchanged file. The tree is also scanned
when watching begins, and from time to time: systems drop events. What must be known before an answer is not known from here, but
from `memoryd.versions.known_tree`.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import watchfiles

from memoryd.errors import WatchUnavailable, reason
from memoryd.files import path_text
from memoryd.memory import ProjectMemory
from memoryd.model import RefreshReport
from memoryd.sharing import FACTS

SETTLE_MS = 60
"""How long a burst of events must pause before the refresh; a checkout is one burst."""
BURST_MS = 400
"""How long a burst of events is collected at most."""
IDLE_MS = 200
RESCAN_SECONDS = 30.0
"""How often the whole tree is scanned, whatever the events say."""
FEW = 20
"""The most files that are refreshed by name; more changes lead to a scan."""
VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", ".jj"})
RULES = frozenset({".gitignore", ".ignore", ".memorydignore", ".gitmodules"})
"""Files that decide which other files are indexed: a change of one may change many."""


def watch(memory: ProjectMemory, stop: Event, rescan_seconds: float = RESCAN_SECONDS) -> Iterator[RefreshReport]:
    """Yield a report after each refresh that changed the index, until `stop` is set. Ctrl-C is raised as `KeyboardInterrupt`.

    Nothing that happens after the first `next` is lost. Raises `WatchUnavailable` where the system offers no events.
    """
    matters = relevant(memory)
    scanned = float("-inf")
    try:
        # The first answer is a timeout; by then the system tells of every change, so the scan that follows misses none.
        bursts = watchfiles.watch(
            memory.root, watch_filter=lambda _, path: matters(path), step=SETTLE_MS, debounce=BURST_MS,
            rust_timeout=IDLE_MS, yield_on_timeout=True, stop_event=stop, raise_interrupt=True,
        )  # fmt: skip
        for changes in bursts:
            is_due = time.monotonic() - scanned >= rescan_seconds
            if not changes and not is_due:
                continue
            paths = _paths(memory, changes)
            whole = is_due or not _are_enough(paths)
            report = memory.rescan() if is_due else memory.refresh() if whole else memory.refresh_paths(paths)
            if whole:
                scanned = time.monotonic()
            if report.has_changes:
                yield report
    except OSError as error:
        raise WatchUnavailable(
            f"cannot watch {memory.root}: {reason(error)}; allow more inotify watches, or run memoryd reindex"
        ) from error


def relevant(memory: ProjectMemory) -> Callable[[str], bool]:
    """Return a test of whether an event at a path can change the index: not in folders of version control or of memoryd's data."""
    root, projects = memory.root, memory.folder.parent.parent
    facts = projects.parent / FACTS

    def matters(path: str) -> bool:
        place = Path(path)
        if not place.is_relative_to(root) or place.is_relative_to(projects) or place.is_relative_to(facts):
            return False
        parts = place.relative_to(root).parts
        return bool(parts) and VERSION_CONTROL.isdisjoint(parts)

    return matters


def _paths(memory: ProjectMemory, changes: set[tuple[watchfiles.Change, str]]) -> set[str]:
    return {path_text(str(Path(path).relative_to(memory.root)).encode("utf-8", "surrogateescape")) for _, path in changes}


def _are_enough(paths: set[str]) -> bool:
    """Tell whether a refresh of these paths alone is enough: they are few, and none of them is one of `RULES`."""
    return len(paths) <= FEW and not any(path.rpartition("/")[2] in RULES for path in paths)
