"""Replaces files: the new file is written under a temporary name in the same folder and renamed in one step.

A reader finds the old file or the new one, whole, also after a writer was killed. No link is followed: a link is itself replaced.
A writer keeps its temporary file locked. One that nobody locks was left by a killed writer: the next write in that folder removes it,
and so does `discard_leftovers`.
"""

import errno
import fcntl
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from memoryd.errors import StoreUnusable, reason
from memoryd.files.checksums import sealed

SHARED, PRIVATE = 0o666, 0o600
"""The modes of new files, before the umask: for everyone, or for our user alone."""
LEFTOVER = re.compile(r"\..+\.[0-9a-f]{12}\.new", re.DOTALL)
LEFTOVER_SECONDS = 3_600
"""The age at which a temporary file counts as left by a killed writer where files cannot be locked."""
CANNOT_SYNC = frozenset((errno.EINVAL, errno.ENOTSUP))
"""The errors of file systems on which a folder cannot be synced."""


def replace_file(file: Path, data: bytes, mode: int = SHARED) -> None:
    """Replace a file and wait until the new one is on disk. Raises `OSError`."""
    with replacing(file, mode) as opened:
        opened.write(data)


def replace_quickly(file: Path, data: bytes, mode: int = SHARED) -> None:
    """Replace a file without waiting for the disk; after a power failure it may be old or damaged. Raises `OSError`."""
    with replacing_quickly(file, mode) as opened:
        opened.write(data)


def save_sealed(file: Path, text: bytes) -> None:
    """Replace a file of an index, for our user alone and with its checksum, without waiting for the disk. Raises `StoreUnusable`."""
    try:
        replace_quickly(file, sealed(text), PRIVATE)
    except OSError as error:
        raise StoreUnusable(f"cannot write the index: {reason(error)}; make the data folder writable", file) from error


def replace_likewise(file: Path, data: bytes) -> None:
    """Replace a file, keeping its mode and, where we are permitted to, its owner. Raises `OSError`."""
    try:
        was = file.stat()
    except FileNotFoundError:
        replace_file(file, data)
        return
    with replacing(file, PRIVATE) as opened:
        opened.write(data)
        os.fchmod(opened.fileno(), stat.S_IMODE(was.st_mode))
        if (was.st_uid, was.st_gid) != (os.geteuid(), os.getegid()):
            with suppress(PermissionError):
                os.fchown(opened.fileno(), was.st_uid, was.st_gid)


@contextmanager
def replacing(file: Path, mode: int = SHARED) -> Iterator[IO[bytes]]:
    """Open the new file to write to; at the end of the block it replaces the old one, unless the block raises. Raises `OSError`."""
    with _opened(file.parent) as folder, _synced(folder, file.name, mode, os.replace) as opened:
        yield opened


@contextmanager
def replacing_quickly(file: Path, mode: int = SHARED) -> Iterator[IO[bytes]]:
    """Open the new file as `replacing` does, and do not wait for the disk: for files whose damage is noticed. Raises `OSError`.

    A folder that stands in its place is damage, too, and is removed.
    """
    with _opened(file.parent) as folder, _aside(folder, file.name, mode, _replace_even_a_folder) as opened:
        yield opened


def replace_in(folder: int, name: str, data: bytes) -> None:
    """Replace a file in a folder given by its descriptor, wherever its path leads by now. Raises `OSError`."""
    with _synced(folder, name, SHARED, os.replace) as opened:
        opened.write(data)


def create_in(folder: int, name: str, data: bytes, mode: int = SHARED) -> None:
    """Create a file in a folder given by its descriptor. Raises `FileExistsError` if there is one, and `OSError`."""
    with _synced(folder, name, mode, partial(os.link, follow_symlinks=False)) as opened:
        opened.write(data)


def remove(path: Path) -> None:
    """Remove what stands where a file of ours may: a file, a link, or a folder with all that is in it. Raises `OSError`."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _replace_even_a_folder(source: str, target: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
    try:
        os.replace(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
    except IsADirectoryError:
        shutil.rmtree(target, dir_fd=dst_dir_fd)
        os.replace(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)


def share_file(file: Path, place: Path) -> None:
    """Give a file that is never written again a second name, or copy it where that cannot be (another file system). Raises `OSError`."""
    try:
        os.link(file, place, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:
        with file.open("rb") as opened, replacing_quickly(place, PRIVATE) as copied:
            shutil.copyfileobj(opened, copied)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _synced(folder: int, name: str, mode: int, take_place: Callable[..., None]) -> Iterator[IO[bytes]]:
    with _aside(folder, name, mode, take_place) as opened:
        yield opened
        opened.flush()
        os.fsync(opened.fileno())
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in CANNOT_SYNC:
            raise


@contextmanager
def _aside(folder: int, name: str, mode: int, take_place: Callable[..., None]) -> Iterator[IO[bytes]]:
    aside = f".{name}.{secrets.token_hex(6)}.new"
    try:
        with os.fdopen(_locked(folder, aside, mode), "w+b") as opened:
            yield opened
            opened.flush()
            take_place(aside, name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        with suppress(OSError):  # there is none after the rename
            os.unlink(aside, dir_fd=folder)
    discard_leftovers_in(folder)


def _locked(folder: int, name: str, mode: int) -> int:
    """Create a file that is locked until its descriptor is closed, also by the death of this process."""
    while True:
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode, dir_fd=folder)
        with suppress(OSError):  # not every file system has locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)  # somebody took it for a leftover before it was locked


def discard_leftovers(folder: Path) -> None:
    """Remove the temporary files of killed writers in a folder, if there is one."""
    with suppress(OSError), _opened(folder) as descriptor:
        discard_leftovers_in(descriptor)


def discard_leftovers_in(folder: int) -> None:
    """Remove the temporary files of killed writers in a folder given by its descriptor. Raises `OSError`."""
    for name in os.listdir(folder):
        if LEFTOVER.fullmatch(name):
            with suppress(OSError):
                _discard(folder, name)


def _discard(folder: int, name: str) -> None:
    """Remove a temporary file, unless its writer lives."""
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(found.st_mode):
        return
    with os.fdopen(os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)) as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        except OSError:
            if time.time() - found.st_mtime < LEFTOVER_SECONDS:
                return
        os.unlink(name, dir_fd=folder)
