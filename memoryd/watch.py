"""File events → refreshes. Events are hints, never truth: what they do not explain is answered by a full scan.

Only files the index knows are refreshed by name. Anything else (a new file, a folder, an ignore file, a lost event) may be
ignored, moved or incomplete, so it leads to a scan of the whole tree, which costs one `stat` per unchanged file.
"""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import watchfiles

from memoryd.files import path_text
from memoryd.memory import ProjectMemory
from memoryd.model import RefreshReport

SETTLE_MS = 60
"""How long a burst of events must pause before it is acted on; a checkout is one burst."""
BURST_MS = 400
FEW = 20
VERSION_CONTROL = frozenset({".git", ".hg", ".svn"})


def watch(memory: ProjectMemory, stop: Event | None = None) -> Iterator[RefreshReport]:
    """Yield a report after each refresh that changed the index, until `stop` is set or the process is interrupted."""
    root = memory.root
    events = watchfiles.watch(
        root, watch_filter=lambda _, path: _matters(root, path), step=SETTLE_MS, debounce=BURST_MS, rust_timeout=1_000,
        yield_on_timeout=True, stop_event=stop, raise_interrupt=False,
    )  # fmt: skip
    for changes in events:
        if not changes:
            continue
        before = memory.version()
        paths = {path_text(str(Path(path).relative_to(root)).encode("utf-8", "surrogateescape")) for _, path in changes}
        known = memory.known(paths)
        report = memory.refresh_paths(paths) if len(paths) <= FEW and known == paths else memory.refresh()
        if report.store_version != before:
            yield report


def _matters(root: Path, path: str) -> bool:
    """Tell whether an event can change what is indexed: not inside version control's own folders."""
    parts = Path(path).relative_to(root).parts if Path(path).is_relative_to(root) else ()
    return bool(parts) and not VERSION_CONTROL.intersection(parts)
