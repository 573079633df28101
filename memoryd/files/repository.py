"""Finds the repository of a work tree without git, and the named pipes in it for which git would wait.

Git opens what stands where it expects a file. For a pipe that means to wait until somebody writes, which nobody does.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice

from memoryd.files.names import open_file

TREE_FILES = frozenset((b".gitignore", b".gitattributes", b".mailmap"))
"""The files of a work tree that git reads to list it, or to tell its history. It follows no link there."""
MARKS = frozenset((b"HEAD", b"commondir"))
"""The files by which git tells whether a folder is a repository without a work tree."""
MOST_NAMES = 1_000_000
"""The most names that are looked at for pipes."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A work tree's git folder, and the one that it shares with the other work trees of its repository."""

    own: bytes
    shared: bytes


def repository_of(folder: bytes) -> Repository | None:
    """Return the repository whose work tree begins at this folder, found without git; `None` if there is none."""
    place = os.path.join(folder, b".git")
    if os.path.isdir(place):
        own = os.path.realpath(place)
    else:
        pointer = _first_line(place)
        if not pointer.startswith(b"gitdir: "):
            return None
        own = os.path.realpath(os.path.join(folder, pointer.removeprefix(b"gitdir: ")))
    common = _first_line(os.path.join(own, b"commondir"))
    return Repository(own, os.path.realpath(os.path.join(own, common)) if common else own)


def _first_line(file: bytes) -> bytes:
    try:
        descriptor = open_file(file, None)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as opened:
        return opened.read(8192).split(b"\n")[0].rstrip(b"\r")


def read_by_git(folder: bytes, settings: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the files that git may read when it is asked about a folder: of its tree, of its repository, and its `settings`."""
    return islice(chain(settings, _beginnings(folder)), MOST_NAMES)


def is_pipe(place: bytes) -> bool:
    """Tell whether a named pipe stands here."""
    try:
        return stat.S_ISFIFO(os.lstat(place).st_mode)
    except OSError:
        return False


def is_endless(place: bytes) -> bool:
    """Tell whether a link or device stands here that gives whoever reads it no end, which git would follow."""
    try:
        here, there = os.lstat(place), os.stat(place)
    except OSError:
        return False
    if stat.S_ISFIFO(there.st_mode):
        return stat.S_ISLNK(here.st_mode) and os.path.basename(place) not in TREE_FILES
    return stat.S_ISCHR(there.st_mode) and not os.path.samestat(there, os.stat(os.devnull))


def let_go(pipe: bytes) -> None:
    """Have a program that waits for a named pipe to be written read that it is empty. Follows no link."""
    with suppress(OSError):  # nobody waits
        if is_pipe(pipe):
            os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW))


def _beginnings(folder: bytes) -> Iterator[bytes]:
    above = folder
    while not (repository := repository_of(above)) and above != b"/":
        above = os.path.dirname(above)
        yield from (os.path.join(above, name) for name in TREE_FILES | MARKS)
    if repository:
        yield from chain.from_iterable(map(_files_of, sorted({repository.own, repository.shared})))
    for inner, folders, files in os.walk(folder):
        if b".git" in folders:
            folders.remove(b".git")
            if inner != folder:
                yield from _files_of(os.path.join(inner, b".git"))
        yield from (os.path.join(inner, name) for name in files if name in TREE_FILES or name in MARKS)


def _files_of(repository: bytes) -> Iterator[bytes]:
    """Yield the files of a repository but for its objects, which are many, and of which git made each."""
    for folder, folders, files in os.walk(repository):
        if folder == os.path.join(repository, b"objects"):
            folders[:] = [b"info"]
        yield from (os.path.join(folder, name) for name in files)
