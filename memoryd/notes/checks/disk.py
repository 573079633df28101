"""The bytes on disk that claims are checked against. A file with an unchanged stat is not read again; nothing else is trusted.

Who writes notes must learn nothing from them about files that the index may not see. So whether a path exists is said by the scan of
the project, which is as long for a path that is hidden as for one that is missing, and remembered as long.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from memoryd.files import Content, Refused, is_trustworthy, path_bytes, read, read_unchanged, scan
from memoryd.model import Secrets, Stat

MOST_LOOKS = 10_000
"""Paths that are remembered, at most."""


class _Look(NamedTuple):
    """What a scan said of a path: whether it lists it, in which version of the index, and its kind and inode, `None` if missing."""

    kind: tuple[int, int] | None
    version: int
    is_listed: bool

    def tells(self, kind: tuple[int, int] | None, version: int) -> bool:
        """Tell whether a scan would say the same now. What it listed may be ignored since; what it lists by now is in the index."""
        return self.kind == kind and (self.version == version or not self.is_listed)


class Disk:
    """The present files of one project. Follows no link out of it. `digest` and `source` are for paths that `lists` knows."""

    def __init__(self, root: Path, secrets: Secrets) -> None:
        self.root = root
        self._secrets = secrets
        self._top = os.fsencode(root)
        self._digests: dict[str, tuple[Stat, str]] = {}
        self._looks: dict[str, _Look] = {}

    def digest(self, path: str) -> str:
        """Return the digest of a file's bytes, "" if there is no regular file that can be read."""
        try:
            found = os.lstat(self._place(path))
        except (OSError, ValueError):
            self._digests.pop(path, None)
            return ""
        known = self._digests.get(path)
        if known is not None and known[0] == (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino):
            return known[1]
        content = read(self.root, path, self._secrets)
        if not isinstance(content, Content | Refused):
            return ""
        seen = content.seen
        if is_trustworthy(seen):
            self._digests[path] = (seen.stat, seen.digest)
        return seen.digest

    def source(self, path: str, digest: str) -> bytes | None:
        """Return the text of a file as UTF-8, secrets masked; None if its digest is another, it is not text, or secret as a whole."""
        return read_unchanged(self.root, path, digest, self._secrets)

    def lists(self, path: str, version: int) -> bool:
        """Tell whether the scan of the project lists a path: a file, what it leaves out with a reason, or a folder of such.

        Ignored files, version control's folders and what lies behind a link exist for nobody. `version` is the index's.
        """
        return self.look((path,), version)[path]

    def look(self, paths: Iterable[str], version: int) -> dict[str, bool]:
        """Return what `lists` says of some paths, after one scan for all of them at most."""
        looks, kinds = self._looks, {path: self._kind(path) for path in paths}
        known = {path: looks[path].is_listed for path, kind in kinds.items() if path in looks and looks[path].tells(kind, version)}
        if len(known) == len(kinds):
            return known
        found = scan(self.root).paths()
        new = {path: _Look(kind, version, path in found) for path, kind in kinds.items() if path not in known}
        self._looks = new if len(looks) > MOST_LOOKS else looks | new
        return known | {path: one.is_listed for path, one in new.items()}

    def is_folder(self, path: str) -> bool:
        """Tell whether a folder is at a path now."""
        kind = self._kind(path)
        return kind is not None and kind[0] == stat.S_IFDIR

    def _kind(self, path: str) -> tuple[int, int] | None:
        try:
            found = os.lstat(self._place(path))
        except (OSError, ValueError):
            return None
        return stat.S_IFMT(found.st_mode), found.st_ino

    def _place(self, path: str) -> bytes:
        return os.path.join(self._top, path_bytes(path))
