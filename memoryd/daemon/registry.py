"""The list of projects that a daemon knows: `projects.json`. A killed process leaves the old list or the new one, whole."""

import contextlib
import json
import logging
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import filelock

from memoryd.errors import StoreUnusable, reason
from memoryd.files import PRIVATE, private_home, read_whole, replace_file

log = logging.getLogger("memoryd.daemon")


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered project with its last known state; `last_used` is in seconds since 1970, 0 if it was never used."""

    root: str
    last_used: float = 0.0
    store_version: int = 0
    files: int = 0


class Registry:
    """The registered projects by root. Safe to use from several threads, and from several processes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._known = _read(file)

    def __contains__(self, root: str) -> bool:
        return root in self._known

    def known(self) -> dict[str, Registered]:
        """Return the registered projects by root."""
        return dict(self._known)

    def put(self, project: Registered) -> None:
        """Register a project, or update its entry."""
        if self._known.get(project.root) != project:
            self._change(lambda known: known | {project.root: project})

    def note(self, project: Registered) -> None:
        """Update the entry of a project, unless it was forgotten meanwhile."""
        if project.root in self._known:
            with contextlib.suppress(StoreUnusable):  # a missed update loses nothing that matters
                self.put(project)

    def remove(self, root: str) -> bool:
        """Forget a project; tell whether it was registered."""
        was = root in self._known
        self._change(lambda known: {name: one for name, one in known.items() if name != root})
        return was

    def _change(self, change: Callable[[dict[str, Registered]], dict[str, Registered]]) -> None:
        with self._lock, self._alone():
            known = change(_read(self._file))
            projects = [asdict(known[root]) for root in sorted(known)]
            document = {"projects": projects, "crc32": _crc(projects)}
            # A root that is not UTF-8 holds surrogate escapes, which ASCII JSON preserves.
            replace_file(self._file, json.dumps(document, indent=1).encode(), PRIVATE)
            self._known = known

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            private_home(self._file.parent)
            with filelock.FileLock(self._file.with_suffix(".lock"), mode=PRIVATE):
                yield
        except OSError as error:
            raise StoreUnusable(
                f"cannot write the list of projects: {reason(error)}; set MEMORYD_HOME to a folder you may write", self._file
            ) from error


def _read(file: Path) -> dict[str, Registered]:
    """Read the registered projects. An invalid file counts as empty: projects are registered again when they are used."""
    try:
        document = json.loads(read_whole(file))
        projects = document["projects"]
        if "crc32" in document and document["crc32"] != _crc(projects):  # older versions wrote none
            raise ValueError("the checksum is wrong")
        return {one.root: one for one in map(_registered, projects)}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        log.warning("the list of projects cannot be read; it starts anew")
        return {}


def _crc(projects: object) -> int:
    return zlib.crc32(json.dumps(projects).encode())


def _registered(found: dict[str, Any]) -> Registered:
    root, used, version, files = found["root"], found.get("last_used", 0), found.get("store_version", 0), found.get("files", 0)
    if not isinstance(root, str) or not os.path.isabs(root):
        raise ValueError("a root is an absolute path")
    return Registered(root, float(used), int(version), int(files))
