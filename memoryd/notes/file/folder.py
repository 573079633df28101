"""The folder of notes: `.memoryd/notes/<id>.md`. Files are read and written whole, and nothing outside the folder is touched.

No link is followed, to a folder or to a file. A file that is no note is data (`Broken`), never an exception. A reader, or a killed
writer, leaves an old note or a new one.
"""

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from memoryd.advice import show_note
from memoryd.errors import MemorydError, NoteMalformed, NoteRefused, ProjectReadOnly, StoreUnusable, reason
from memoryd.files import Content, create_in, folder_of, is_trustworthy, path_text, read, replace_in
from memoryd.limits import NOTE_BYTES
from memoryd.model import Secrets, Stat
from memoryd.notekinds import NOTES
from memoryd.notes.file.format import read_note, write_note
from memoryd.notes.note import Note, is_id

SUFFIX = ".md"
MOST = 20_000
"""Files that are read as notes, at most; later ones in order of name are ignored."""
READ_ONLY = frozenset((errno.EROFS, errno.EACCES, errno.EPERM))
"""What the system says where a project is mounted read-only, or belongs to somebody else."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A file in the folder that is not a valid note, and the reason."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """All notes at one moment, by id and in that order; `digests` are those of their files' bytes."""

    notes: Mapping[str, Note]
    broken: tuple[Broken, ...]
    digests: Mapping[str, str]


EMPTY = Shelf({}, (), {})


def path_of(id_: str) -> str:
    """Return the path of a note in its project."""
    return f"{NOTES}/{id_}{SUFFIX}"


class _Entry(NamedTuple):
    """A file as it was read; `is_trustworthy` means that any later change will show in its stat."""

    stat: Stat
    found: Note | Broken
    digest: str
    is_trustworthy: bool


class Folder:
    """The folder of notes of one project. A file is read again only if its stat changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, _Entry] = {}
        self._shelf = EMPTY

    def read(self) -> Shelf:
        """Return all notes as they are on disk now; the same `Shelf` while nothing changes."""
        known, found = self._known, {}
        for name, seen in self._listed():
            entry = known.get(name)
            found[name] = entry if entry is not None and entry.is_trustworthy and entry.stat == seen else _read(self._root, name, seen)
        if found.keys() != known.keys() or any(found[name] is not known[name] for name in found):
            self._known, self._shelf = found, _shelf(found.values())
        return self._shelf

    def create(self, note: Note) -> None:
        """Write a new note. Raises `NoteRefused` if its file exists, `ProjectReadOnly` or `StoreUnusable` if writing fails."""
        with self._writable(note) as (folder, name, source):
            try:
                create_in(folder, name, source)
            except FileExistsError:
                raise NoteRefused((f"{path_of(note.id)} exists",), show_note(note.id)) from None

    def replace(self, note: Note) -> None:
        """Write a note in place of the one with its id. Raises `ProjectReadOnly` or `StoreUnusable` if writing fails."""
        with self._writable(note) as (folder, name, source):
            replace_in(folder, name, source)

    def remove(self, id_: str) -> None:
        """Remove the file of a note. Raises `ProjectReadOnly` or `StoreUnusable` if that fails."""
        try:
            with _opened(self._root) as folder:
                os.unlink(id_ + SUFFIX, dir_fd=folder)
        except OSError as error:
            raise _unwritten(f"cannot remove {path_of(id_)}", error) from error

    def _listed(self) -> Iterator[tuple[str, Stat]]:
        """Yield the names of files that may be notes, in order, with their stats."""
        try:
            with folder_of(self._root, f"{NOTES}/-") as (folder, _):
                names = sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX) and not name.startswith("."))
                for name in names[:MOST]:
                    with suppress(OSError):
                        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
                        yield name, Stat(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        except OSError:
            return

    @contextmanager
    def _writable(self, note: Note) -> Iterator[tuple[int, str, bytes]]:
        """Give the descriptor of the folder, and the file name and bytes of a note to write."""
        if not is_id(note.id):
            raise NoteMalformed(f"{note.id[:80]!r} is no id of a note")
        source = write_note(note)
        if len(source) > NOTE_BYTES:
            raise NoteRefused((f"it is larger than {NOTE_BYTES // 1024} KiB; a note says one thing",))
        try:
            with _opened(self._root) as folder:
                yield folder, note.id + SUFFIX, source
        except OSError as error:
            raise _unwritten(f"cannot write {path_of(note.id)}", error) from error


def _unwritten(what: str, error: OSError) -> MemorydError:
    if error.errno in READ_ONLY:
        return ProjectReadOnly(
            f"{what}: memoryd may read this project and not write it ({reason(error)}), so it takes no notes here;"
            f" mount it for writing and let user {os.geteuid()} write {NOTES}, or note this in another checkout"
        )
    return StoreUnusable(f"{what}: {reason(error)}; make {NOTES} a folder you may write")


def _read(root: Path, name: str, seen: Stat) -> _Entry:
    id_, path = name.removesuffix(SUFFIX), f"{NOTES}/{path_text(os.fsencode(name))}"
    if not is_id(id_):
        return _Entry(seen, Broken(path, "its name is no id: lower case letters, digits and single hyphens, then .md"), "", True)
    if seen.size > NOTE_BYTES:
        return _Entry(seen, Broken(path, f"larger than {NOTE_BYTES // 1024} KiB; a note says one thing"), "", True)
    content = read(root, path, Secrets.SHOW)  # as it is: a note with a secret is withheld, not changed
    if not isinstance(content, Content):
        return _Entry(seen, Broken(path, content.reason), "", False)
    try:
        found: Note | Broken = read_note(id_, content.source)
    except NoteMalformed as error:
        found = Broken(path, str(error).removeprefix(f"{id_}: "))
    return _Entry(content.stat, found, content.digest, is_trustworthy(content.seen))


def _shelf(entries: Iterable[_Entry]) -> Shelf:
    notes, broken, digests = {}, [], {}
    for entry in entries:
        if isinstance(entry.found, Broken):
            broken.append(entry.found)
        else:
            notes[entry.found.id] = entry.found
            digests[entry.found.id] = entry.digest
    return Shelf(notes, tuple(broken), digests)


@contextmanager
def _opened(root: Path) -> Iterator[int]:
    """Give a descriptor of the folder of notes, created if missing; no link below the root is followed."""
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in NOTES.split("/"):
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=descriptor)
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)
