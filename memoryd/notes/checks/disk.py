"""The bytes on disk that claims are checked against. A file with an unchanged stat is not read again; nothing else is trusted."""

import os
from pathlib import Path

from memoryd.files import Content, Refused, is_trustworthy, path_bytes, read, read_unchanged
from memoryd.model import Stat


class Disk:
    """The present files of one project. Follows no link out of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._top = os.fsencode(root)
        self._digests: dict[str, tuple[Stat, str]] = {}

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
        content = read(self.root, path)
        if not isinstance(content, Content | Refused):
            return ""
        seen = content.seen
        if is_trustworthy(seen):
            self._digests[path] = (seen.stat, seen.digest)
        return seen.digest

    def source(self, path: str, digest: str) -> bytes | None:
        """Return the text of a file as UTF-8; None if its digest is another, or it is not text."""
        return read_unchanged(self.root, path, digest)

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or folder of exactly this name, in the same case, inside the project."""
        place = self._place(path)
        folder, name = os.path.split(place)
        try:
            os.lstat(place)
            inside = os.path.realpath(folder)
            return (inside == self._top or inside.startswith(os.path.join(self._top, b""))) and name in os.listdir(folder)
        except (OSError, ValueError):
            return False

    def _place(self, path: str) -> bytes:
        return os.path.join(self._top, path_bytes(path))
