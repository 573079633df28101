"""The events of Linux about folders and files (inotify): each is in the queue before the call that caused it returns.

So whoever empties the queue knows of all that has ended until then. Streams of events that are collected first cannot promise that.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

MODIFY, ATTRIB, CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x2, 0x4, 0x8, 0x40, 0x80, 0x100, 0x200
DELETE_SELF, MOVE_SELF, UNMOUNT, OVERFLOW, IGNORED, ISDIR = 0x400, 0x800, 0x2000, 0x4000, 0x8000, 0x40000000
ONLY_FOLDERS, DONT_FOLLOW = 0x01000000, 0x02000000
WRITTEN = MODIFY | ATTRIB | CLOSE_WRITE | DONT_FOLLOW
ALL = WRITTEN | MOVED_FROM | MOVED_TO | CREATE | DELETE | DELETE_SELF | MOVE_SELF
HEAD = struct.Struct("iIII")
READ_BYTES = 1 << 18


class Event(NamedTuple):
    """What happened (bits of `mask`) to a name in the folder that a watch is on; to the folder itself where the name is empty."""

    watch: int
    mask: int
    name: bytes


class Inotify:
    """A queue of events. Raises `OSError` where the system has none, or no more of them."""

    def __init__(self) -> None:
        # `PyDLL`: thousands of calls of a microsecond, between each of which another thread would take the interpreter's lock.
        library = ctypes.PyDLL(None, use_errno=True)
        try:
            begin, self._add = library.inotify_init1, library.inotify_add_watch
            self._remove = library.inotify_rm_watch
        except AttributeError:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)) from None
        self._queue = _checked(begin(os.O_NONBLOCK | os.O_CLOEXEC))

    def close(self) -> None:
        """End all watches."""
        os.close(self._queue)

    def add(self, path: bytes, mask: int) -> int:
        """Watch a folder or file and return the number of the watch, the same for every name of it. Raises `OSError`."""
        return _checked(self._add(self._queue, path, mask))

    def remove(self, watch: int) -> None:
        """End a watch, if it has not ended already."""
        self._remove(self._queue, watch)

    def taken(self) -> list[Event]:
        """Take all events from the queue, without waiting for any."""
        events = []
        while data := self._read():
            place = 0
            while place < len(data):
                watch, mask, _, length = HEAD.unpack_from(data, place)
                place += HEAD.size + length
                events.append(Event(watch, mask, data[place - length : place].rstrip(b"\0")))
        return events

    def _read(self) -> bytes:
        try:
            return os.read(self._queue, READ_BYTES)
        except BlockingIOError:
            return b""


class Watches:
    """The folders and files below a root that are watched. Raises `OSError` where the system offers no events, or no more of them.

    In a folder each name is watched; a file is watched for what is written to it by a name elsewhere (a hard link).
    """

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._queue = Inotify()
        self._watches: dict[bytes, int] = {}
        self._folders: dict[int, bytes] = {}
        self._files: dict[int, set[bytes]] = {}

    def close(self) -> None:
        """End all watches."""
        self._queue.close()

    def watch_folder(self, folder: bytes) -> bool:
        """Watch a folder if it is not watched; return whether it was. One that is gone, or closed to us, is not."""
        if self._folders.get(self._watches.get(folder, 0)) == folder:
            return True
        watch = self._added(folder, ALL | ONLY_FOLDERS)
        if watch:
            if watch in self._folders:
                raise OSError(0, f"{os.fsdecode(folder)} and {os.fsdecode(self._folders[watch])} are one folder")
            self._end(folder)
            self._watches[folder], self._folders[watch] = watch, folder
        return False

    def watch_file(self, file: bytes) -> bool:
        """Watch what now has the name of a file; return whether that was watched. Nothing is watched where we may not read it."""
        watch = self._added(file, WRITTEN)
        if not watch or self._watches.get(file) == watch:
            return True
        self._end(file)
        self._watches[file] = watch
        self._files.setdefault(watch, set()).add(file)
        return False

    def keep(self, paths: Collection[bytes]) -> None:
        """Watch no other folders and files than these any more."""
        for path in self._watches.keys() - paths:
            self._end(path)

    def taken(self) -> Iterator[tuple[bytes, int, bytes]]:
        """Yield what happened until now, in order: a watched folder, the bits of the event, and a name in the folder.

        The folder means nothing if the bits have `OVERFLOW`. What happened in folders that are not watched any more is left out.
        """
        for event in self._queue.taken():
            files = self._files.get(event.watch, ())
            folder = self._folders.get(event.watch, b"" if event.mask & OVERFLOW else None)
            if event.mask & IGNORED:
                for path in (*files, *(() if folder is None else (folder,))):
                    self._watches.pop(path, None)
                self._files.pop(event.watch, None)
                self._folders.pop(event.watch, None)
            for file in files:
                inside, _, name = file.rpartition(b"/")
                yield inside, MODIFY, name
            if folder is not None:
                yield folder, event.mask, event.name

    def _added(self, path: bytes, mask: int) -> int:
        """Return the number of a watch, 0 where there is nothing that can be watched."""
        try:
            return self._queue.add(os.path.join(self._root, path), mask)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return 0

    def _end(self, path: bytes) -> None:
        watch = self._watches.pop(path, 0)
        others = self._files.get(watch, set())
        others.discard(path)
        if watch and not others:
            self._files.pop(watch, None)
            self._folders.pop(watch, None)
            self._queue.remove(watch)


def most_watches() -> int:
    """Return how many watches a project may take: others need theirs, too."""
    try:
        return int(Path("/proc/sys/fs/inotify/max_user_watches").read_text()) // 4
    except (OSError, ValueError):
        return 0


def _checked(number: int) -> int:
    if number < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return number
