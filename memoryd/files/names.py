r"""Project paths as text and as bytes, and how to open the folder of one without following a link.

File names are bytes. As text, a byte that is not UTF-8 reads `\xNN` and a backslash `\\`; everything else is unchanged.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from memoryd.errors import OutsideRoot
from memoryd.model import Stat

_ESCAPE = re.compile(rb"\\(?:(\\)|x([0-9a-f]{2}))")


def path_text(raw: bytes) -> str:
    """Return a path as valid UTF-8 text, from which `path_bytes` restores the same bytes."""
    return raw.replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def path_bytes(text: str) -> bytes:
    """Return the bytes of a path that `path_text` wrote. A backslash that starts no escape stands for itself."""
    return _ESCAPE.sub(lambda found: found[1] or bytes.fromhex(found[2].decode()), text.encode("utf-8", "surrogateescape"))


def parts(path: str) -> list[bytes]:
    """Split a path below the root into names; raise `OutsideRoot` if one of them leaves the root."""
    try:
        names = path_bytes(path).split(b"/")
    except UnicodeEncodeError:
        names = [b""]
    if any(name in (b"", b".", b"..") or b"\0" in name for name in names):
        raise OutsideRoot(f"{path!r} is no path inside the project; give one relative to its root, without '..'")
    return names


@contextmanager
def folder_of(root: Path, path: str) -> Iterator[tuple[int, bytes]]:
    """Open the folder that holds `path`, following no link below the root; yield its descriptor and the last name.

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
    """Open a regular file, without following a link or waiting; `name` is relative to the descriptor `folder`.

    Raises `OSError`, with `ENOTSUP` where the name is not a regular file.
    """
    return _opened(name, folder, follows=False)


def opened_file(file: Path) -> FileIO:
    """Open a file of ours for reading. Raises `OSError`, with `ENOTSUP` for a pipe, a device or a folder: nothing is waited for."""
    return FileIO(_opened(os.fsencode(file), None, follows=True))


def read_whole(file: Path) -> bytes:
    """Return the bytes of a file of our own. Raises `OSError`, with `ENOTSUP` for what is no file."""
    with opened_file(file) as found:
        return found.read()


def _opened(name: bytes, folder: int | None, *, follows: bool) -> int:
    # Looked at before it is opened: opening a device can have effects. The check after it closes the race.
    if stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=follows).st_mode):
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | (0 if follows else os.O_NOFOLLOW), dir_fd=folder)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
    raise OSError(errno.ENOTSUP, "not a regular file")


def stat_value(found: os.stat_result) -> Stat:
    """Return the parts of a stat that change when a file is written."""
    return Stat(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def why(error: OSError) -> str:
    """Return a short fixed phrase that says why a file or folder could not be read."""
    known = {
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.ENOENT: "missing",
        errno.ENOTDIR: "behind a symbolic link",
        errno.ELOOP: "behind a symbolic link",
        errno.ENOTSUP: "not a regular file",
    }
    return known.get(error.errno or 0, (error.strerror or "cannot be read").lower())
