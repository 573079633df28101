r"""A path of the project as text and as bytes, and the only way from one to an open folder.

File names are bytes; as text, a byte that is not UTF-8 reads `\xNN` and a backslash `\\`. Everything else stays as it is.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from memoryd.errors import OutsideRoot
from memoryd.model import Stat

_ESCAPE = re.compile(rb"\\(?:(\\)|x([0-9a-f]{2}))")


def path_text(raw: bytes) -> str:
    """Return a path's bytes as valid UTF-8 text; `path_bytes` turns it back into the same bytes."""
    return raw.replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def path_bytes(text: str) -> bytes:
    """Return the bytes that `path_text` made this text of. A lone backslash that starts no escape stands for itself."""
    return _ESCAPE.sub(lambda found: found[1] or bytes.fromhex(found[2].decode()), text.encode("utf-8", "surrogateescape"))


def parts(path: str) -> list[bytes]:
    """Split a path below the root into its names; raise `OutsideRoot` where one of them would leave it."""
    try:
        names = path_bytes(path).split(b"/")
    except UnicodeEncodeError:
        names = [b""]
    if any(name in (b"", b".", b"..") or b"\0" in name for name in names):
        raise OutsideRoot(f"{path!r} is no path inside the project; give one relative to its root, without '..'")
    return names


@contextmanager
def folder_of(root: Path, path: str) -> Iterator[tuple[int, bytes]]:
    """Open the folder that holds `path`, following no link below the root; give its descriptor and the last name.

    Raises `OutsideRoot`, or `OSError` when a folder is missing, unreadable, or a link.
    """
    *folders, name = parts(path)
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor, name
    finally:
        os.close(descriptor)


def open_file(name: bytes, folder: int | None) -> int:
    """Open a regular file, never a link, never waiting; `folder` is a descriptor that `name` is relative to.

    Raises `OSError`, with `ENOTSUP` where the name is not a regular file.
    """
    # Looked at before it is opened: opening a device can have effects. The check after it closes the race.
    if stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
    raise OSError(errno.ENOTSUP, "not a regular file")


def stat_value(found: os.stat_result) -> Stat:
    """Keep of a stat what tells that a file was touched."""
    return Stat(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def why(error: OSError) -> str:
    """Say in a short stable phrase why a file or folder could not be read."""
    known = {
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.ENOENT: "missing",
        errno.ENOTDIR: "behind a symbolic link",
        errno.ELOOP: "behind a symbolic link",
        errno.ENOTSUP: "not a regular file",
    }
    return known.get(error.errno or 0, (error.strerror or "cannot be read").lower())
