"""Knows what has happened to the files of a project since a scan, so that the tree need not be scanned again to find out.

It watches every folder in which a scan would find a file, looks at the few files elsewhere that decide what a scan finds, and says
when it cannot know: no events, a file system that other machines write, events lost, an ignore file changed. What is written
through a memory map, which no system tells of, it knows when the file is closed.
"""

import logging
import os
import stat
import time
from typing import NamedTuple

from memoryd.files import inotify
from memoryd.files.content import Seen
from memoryd.files.git_calls import git_ignored, git_settings
from memoryd.files.inotify import Watches, most_watches
from memoryd.files.listing import IGNORE_FILES, join
from memoryd.files.mounts import is_local, mount_table
from memoryd.files.names import path_text, stat_value
from memoryd.files.statcache import is_trustworthy
from memoryd.files.tree import FOLDER_MARKERS, GENERATED_FOLDERS, VERSION_CONTROL, Basis
from memoryd.model import Stat

MOST_CHANGED = 100
"""The most files of which news tell one by one."""
NAMED = inotify.CREATE | inotify.DELETE | inotify.MOVED_FROM | inotify.MOVED_TO
MOVED = inotify.MOVED_FROM | inotify.MOVED_TO
LOST = inotify.OVERFLOW | inotify.UNMOUNT | inotify.MOVE_SELF
MARKS = frozenset((*FOLDER_MARKERS, b".git", b"HEAD", b"objects", b"refs"))
"""The names for which a folder may be left out with all that it holds."""
FOREIGN = frozenset(GENERATED_FOLDERS) | (VERSION_CONTROL - {b".git"})
"""The names of folders that no scan enters."""

log = logging.getLogger("memoryd")


class News(NamedTuple):
    """What happened since the news before: to the files `paths`, `True` where a name appeared or vanished, and not only bytes changed.

    Unless it `is_complete`, anything else may have happened, too.
    """

    paths: dict[str, bool]
    is_complete: bool


class Lookout:
    """What happens to a project's files. Used by one thread at a time."""

    def __init__(self) -> None:
        self._watches: Watches | None = None
        self._is_blind = self._is_doubtful = False
        self._top = b""
        self._closed: frozenset[bytes] = frozenset()
        self._unlisted: frozenset[bytes] | None = None
        self._sources: tuple[bytes, ...] = ()
        self._stats: tuple[Stat | None, ...] | None = None
        self._unread: set[bytes] = set()
        self._mounts = b""
        self._moment = 0

    def close(self) -> None:
        """End all watches; the next `covers` begins anew."""
        if self._watches is not None:
            self._watches.close()
        self._watches = self._unlisted = self._stats = None

    def news(self) -> News:
        """Return what happened until now since the last call. Never waits."""
        mounts = mount_table()
        if self._watches is None:
            self._mounts = mounts
            return News({}, False)
        paths: dict[bytes, bool] = {}
        is_complete = True
        for folder, mask, name in self._watches.taken():
            is_complete &= self._is_told(folder, mask, name, paths)
        self._moment = time.time_ns()
        stats = tuple(map(_stat, self._sources))
        if mounts != self._mounts:
            self._is_doubtful = True
        if stats != self._stats or not all(self._is_settled(found) for found in stats if found):
            self._unlisted = None
        self._stats, self._mounts = stats, mounts
        paths.update((path, paths.get(path, False)) for path in self._unread)
        self._unread = set()
        is_complete &= self._unlisted is not None and not self._is_doubtful and len(paths) <= MOST_CHANGED
        if is_complete:
            # Before they are read: another file may have the name now.
            for path, is_named in paths.items():
                if is_named:
                    self._watches.watch_file(path)
        return News({path_text(path): is_named for path, is_named in paths.items()}, is_complete)

    def covers(self, basis: Basis | None) -> bool:
        """Tell whether all that a scan rests on was looked at since before the scan; from now on it is.

        The scan must have begun after the last call of `news`.
        """
        if basis is None or self._is_blind:
            return False
        self._top, self._closed = basis.top, basis.closed
        try:
            if len(basis.folders) + len(basis.files) > most_watches():
                raise OSError(0, "it is too large to be watched; allow more inotify watches")
            return self._covered(basis)
        except OSError as error:
            self._is_blind = True
            self.close()
            log.info("each question about %s scans its files: %s", os.fsdecode(self._top), error.strerror)
            return False

    # What has happened

    def _is_told(self, folder: bytes, mask: int, name: bytes, paths: dict[bytes, bool]) -> bool:
        """Enter the path of an event into `paths`; return whether that tells all that may have changed."""
        if mask & LOST:
            self._is_doubtful = True
            return False
        if folder in self._closed and name not in MARKS and not mask & inotify.IGNORED:
            return True
        if mask & inotify.ISDIR and name in FOREIGN:
            return not mask & NAMED or name in VERSION_CONTROL  # those that tools fill are named as left out
        if mask & inotify.ISDIR and mask & MOVED:
            self._is_doubtful = True  # the watches of what it holds are known by its old name
        if mask & inotify.ISDIR or not name or name in MARKS or name in IGNORE_FILES:
            self._unlisted = None
            return False
        path = join(folder, name)
        paths[path] = paths.get(path, False) or bool(mask & NAMED)
        return True

    def _is_settled(self, found: Stat) -> bool:
        """Tell whether a file was last changed so long before our look that any later change shows in its stat."""
        return is_trustworthy(Seen(found, "", self._moment))

    # What is looked at

    def _covered(self, basis: Basis) -> bool:
        if self._is_doubtful:
            self.close()
            self._is_doubtful = False
        is_new = self._watches is None
        if self._watches is None:
            if not is_local(basis.top, self._mounts):
                raise OSError(0, "not every change of its file system is told")
            self._watches = Watches(basis.top)
        sources = self._sources if self._unlisted is not None else _sources(basis)
        is_whole = self._is_watched(self._watches, basis) and sources == self._sources
        if sources != self._sources:
            self._sources, self._stats = sources, None
        return is_whole and not is_new

    def _is_watched(self, watches: Watches, basis: Basis) -> bool:
        """Tell whether every folder is watched, and watch those that are not; stop watching others."""
        listed = {*basis.folders, *basis.closed}
        is_whole = sum(not watches.watch_folder(folder) for folder in listed) == 0
        if self._unlisted is None:
            self._unlisted, is_known = self._watched_unlisted(watches, basis)
            is_whole &= is_known
        # They were read before they are watched.
        self._unread = {file for file in basis.files if not watches.watch_file(file)}
        watches.keep(listed | self._unlisted | basis.files)
        return is_whole

    def _watched_unlisted(self, watches: Watches, basis: Basis) -> tuple[frozenset[bytes], bool]:
        """Watch the folders of which git lists nothing yet, but would list a file, since no rule ignores them.

        Return them, and whether all of them were watched.
        """
        found: set[bytes] = set()
        is_whole, most = True, most_watches()
        known = basis.folders.keys() | basis.closed | basis.ignored
        unlisted: dict[bytes, list[bytes]] = {}
        for folder, base in basis.folders.items():
            if base is not None:
                unlisted.setdefault(base, []).extend(path for path in self._folders_in(folder) if path not in known)
        for base, paths in unlisted.items():
            inner = [path[len(join(base, b"")) :] for path in paths]
            ignored = git_ignored(self._place(base), inner)
            pending = [path for path, name in zip(paths, inner, strict=True) if name not in ignored]
            while pending:
                folder = pending.pop()
                # Before it is read, so that nothing that appears in it is missed.
                is_whole &= watches.watch_folder(folder)
                found.add(folder)
                if len(found) > most:
                    raise OSError(0, "it is too large to be watched; allow more inotify watches")
                pending += self._folders_in(folder)
        return frozenset(found), is_whole

    def _folders_in(self, folder: bytes) -> list[bytes]:
        try:
            with os.scandir(self._place(folder)) as entries:
                found = [one.name for one in entries if one.is_dir(follow_symlinks=False)]
        except OSError:
            return []
        return [join(folder, name) for name in found if name not in FOREIGN and name != b".git"]

    def _place(self, path: bytes) -> bytes:
        return os.path.join(self._top, path)


def _sources(basis: Basis) -> tuple[bytes, ...]:
    """Return the places outside the listed folders that decide what a scan finds."""
    found, above = [basis.top], basis.top
    while above != b"/":
        found += [os.path.join(above, b".git"), os.path.join(above, b".gitignore")]
        above = os.path.dirname(above)
    for own, shared in sorted((one.own, one.shared) for one in basis.repositories):
        found += [os.path.join(own, name) for name in (b"index", b"HEAD", b"config.worktree", b"commondir")]
        found += [os.path.join(shared, name) for name in (b"config", b"info/exclude")]
    if basis.repositories:
        found += git_settings(basis.top)
    return tuple(dict.fromkeys(found))


def _stat(place: bytes) -> Stat | None:
    """Return the stat of a file; of a folder what tells it from others, since what happens in it is told otherwise."""
    try:
        found = os.stat(place, follow_symlinks=False)
    except OSError:
        return None
    return Stat(0, 0, 0, found.st_ino) if stat.S_ISDIR(found.st_mode) else stat_value(found)
