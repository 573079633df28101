"""Replaces files: the new file is written under a temporary name in the same folder and renamed in one step.

A reader finds the old file or the new one, whole, also after a writer was killed. No link is followed: a link is itself replaced.
A temporary file that a killed writer left is recognised by its name, and a later writer in that folder removes it.
"""

import errno
import os
import re
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

SHARED, PRIVATE = 0o666, 0o600
"""The modes of new files, before the umask: for everyone, or for our user alone."""
LEFTOVER = re.compile(r"\..+\.[0-9a-f]{12}\.new", re.DOTALL)
LEFTOVER_SECONDS = 3_600
"""The age at which a temporary file counts as left by a killed writer; a living one keeps writing to it."""
CANNOT_SYNC = frozenset((errno.EINVAL, errno.ENOTSUP))
"""The errors of file systems on which a folder cannot be synced."""


def replace_file(file: Path, data: bytes, mode: int = SHARED) -> None:
    """Replace a file and wait until the new one is on disk. Raises `OSError`."""
    with replacing(file, mode) as opened:
        opened.write(data)


def replace_quickly(file: Path, data: bytes, mode: int = SHARED) -> None:
    """Replace a file without waiting for the disk; after a power failure it may be old or damaged. Raises `OSError`."""
    with _opened(file.parent) as folder, _aside(folder, file.name, mode, os.replace) as opened:
        opened.write(data)


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


def replace_in(folder: int, name: str, data: bytes) -> None:
    """Replace a file in a folder given by its descriptor, wherever its path leads by now. Raises `OSError`."""
    with _synced(folder, name, SHARED, os.replace) as opened:
        opened.write(data)


def create_in(folder: int, name: str, data: bytes, mode: int = SHARED) -> None:
    """Create a file in a folder given by its descriptor. Raises `FileExistsError` if there is one, and `OSError`."""
    with _synced(folder, name, mode, partial(os.link, follow_symlinks=False)) as opened:
        opened.write(data)


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
    descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "w+b") as opened:
            yield opened
        take_place(aside, name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        with suppress(OSError):  # there is none after the rename
            os.unlink(aside, dir_fd=folder)
    _discard_leftovers(folder)


def _discard_leftovers(folder: int) -> None:
    for name in os.listdir(folder):
        if LEFTOVER.fullmatch(name):
            with suppress(OSError):
                if time.time() - os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime > LEFTOVER_SECONDS:
                    os.unlink(name, dir_fd=folder)
