"""A table at its published version: the one that the pointer names, whose files have been compared with their seal.

A reader stays at a published version. A change is made to the newest version, and counts once it is published.
A process that lives long compares again what it reads: a row that was damaged meanwhile and written anew would have a right checksum.
"""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from memoryd.files import close_folder
from memoryd.store.failures import Unreadable, damage
from memoryd.store.folder import POINTER, Meta, Pointer, connect, make_current, move_pointer, read_pointer
from memoryd.store.schema import table_schema
from memoryd.store.seal import Seal, damaged_files, remove_unfinished, sealed_files, strange_files

Result = TypeVar("Result")
TRUSTED_SECONDS = 60.0
"""How long files count as compared. Comparing takes a hundredth of a second for 40 MB."""


class Published:
    """The current table of a folder at one published version. Its LanceDB table is opened when rows are first asked for."""

    def __init__(self, folder: Path, pointer: Pointer, lance: Any = None, compared: float | None = None) -> None:
        """Take the LanceDB table if it is open, and when its files were last compared, if not just now."""
        self.folder = folder
        self.pointer = pointer
        self._lance = lance
        self._compared = time.monotonic() if compared is None else compared

    @classmethod
    def find(cls, folder: Path, accepts: Callable[[Meta], bool]) -> "Published":
        """Return the current version, as the pointer names it. Raises `Unreadable` if there is none, or it is not accepted."""
        pointer = read_pointer(folder)
        if pointer is None:
            raise Unreadable("no index, or a damaged one")
        if not accepts(pointer.meta):
            raise Unreadable("it was made for something else")
        return cls(folder, pointer)

    @classmethod
    def open(cls, folder: Path, accepts: Callable[[Meta], bool]) -> "Published":
        """Open the current version and read one row. Raises `Unreadable` if it is missing, damaged or not accepted."""

        def opened(pointer: Pointer) -> Published:
            if not accepts(pointer.meta):
                raise Unreadable("it was made for something else")
            return cls(folder, pointer, _opened(folder, pointer))

        return _at_newest(folder, opened)

    @property
    def lance(self) -> Any:
        """The LanceDB table, to be read only. Raises `Unreadable` if it is damaged."""
        if self._lance is None:
            self._lance = _opened(self.folder, self.pointer)
            self._compared = time.monotonic()
        elif time.monotonic() - self._compared > TRUSTED_SECONDS:
            self.compare()
        return self._lance

    def compare(self) -> None:
        """Compare all files with their seal again. Raises `Unreadable` if one is damaged."""
        _compare(self.folder, self.pointer, self.pointer.seal)
        self._compared = time.monotonic()

    @classmethod
    def first(cls, folder: Path, meta: Meta, lance: Any) -> "Published":
        """Return a new table at its first version, which `make_current` publishes."""
        return cls(folder, _sealed(folder, meta, lance, {}), lance)

    def make_current(self) -> None:
        """Publish this table in place of another one."""
        make_current(self.folder, self.pointer)

    def snapshot(self) -> "Published":
        """Return a reader that stays at this version while this one moves on. Raises `Unreadable`."""
        pointer = self.pointer
        if self._lance is None:
            return Published(self.folder, pointer)
        with damage():
            return Published(self.folder, pointer, _at(self.folder, pointer), self._compared)

    def move_on(self) -> None:
        """Move to the newest version of the same table. Raises `Unreadable`."""

        def move(pointer: Pointer) -> None:
            if pointer.meta != self.pointer.meta:
                raise Unreadable("another table has taken its place")
            if pointer.version != self.pointer.version and self._lance is not None:
                known = self.pointer.seal
                _compare(self.folder, pointer, [name for name, checksum in pointer.seal.items() if known.get(name) != checksum])
                with damage():
                    self._lance.checkout(pointer.version)
            self.pointer = pointer

        _at_newest(self.folder, move)

    def has_leftovers(self) -> bool:
        """Tell whether a killed writer left files that no published version needs. The caller must hold the refresh lock."""
        return bool(strange_files(_place(self.folder, self.pointer.meta), self.pointer.seal))

    def for_change(self) -> Any:
        """Return the LanceDB table to be changed. What a killed writer did not finish or publish is undone first."""
        remove_unfinished(_place(self.folder, self.pointer.meta))
        lance = connect(self.folder).open_table(self.pointer.meta.table)
        if int(lance.version) != self.pointer.version:
            lance.checkout(self.pointer.version)
            lance.restore()
        return lance

    def publish(self, lance: Any) -> None:
        """Make the newest version of the changed table the current one, and move to it."""
        pointer = _sealed(self.folder, self.pointer.meta, lance, self.pointer.seal)
        move_pointer(self.folder, pointer)
        self.lance.checkout(pointer.version)
        self.pointer = pointer


def verify(folder: Path) -> dict[str, int]:
    """Read all files of the current version again; return their sizes by name. The caller must hold the refresh lock.

    Raises `Unreadable` if one is damaged, or if one is missing without which LanceDB cannot read every row.
    """
    pointer = read_pointer(folder)
    if pointer is None:
        raise Unreadable(f"{POINTER} is not as it was written")
    _compare(folder, pointer, pointer.seal)
    place = _place(folder, pointer.meta)
    if not all((place / name).exists() for name in pointer.seal):
        with damage():
            _at(folder, pointer).to_arrow()
    return {f"{place.name}/{name}": checksum.size for name, checksum in pointer.seal.items()}


def _at_newest(folder: Path, use: Callable[[Pointer], Result]) -> Result:
    """Return what `use` makes of the pointer. If that is `Unreadable` and the pointer moved on meanwhile, that one is used."""
    while True:
        pointer = read_pointer(folder)
        if pointer is None:
            raise Unreadable("no index, or a damaged one")
        try:
            return use(pointer)
        except Unreadable:
            if read_pointer(folder) in (pointer, None):
                raise


def _compare(folder: Path, pointer: Pointer, names: Iterable[str]) -> None:
    """Compare files of a table with its seal. Raises `Unreadable`."""
    with damage():
        damaged = damaged_files(_place(folder, pointer.meta), pointer.seal, names)
    if damaged:
        raise Unreadable(f"{damaged[0]} is not as it was written")


def _sealed(folder: Path, meta: Meta, lance: Any, known: Seal) -> Pointer:
    """Return the pointer to the newest version. LanceDB's new files have the modes that the umask gives, so others are shut out of them."""
    close_folder(_place(folder, meta), known)
    return Pointer(meta, int(lance.version), sealed_files(_place(folder, meta), known))


def _place(folder: Path, meta: Meta) -> Path:
    return folder / f"{meta.table}.lance"


def _opened(folder: Path, pointer: Pointer) -> Any:
    """Compare the files of a version with its seal, open it, and read one row. Raises `Unreadable`."""
    _compare(folder, pointer, pointer.seal)
    with damage():
        lance = _at(folder, pointer)
        if lance.schema != table_schema(pointer.meta.dimensions):
            raise Unreadable("its columns are not ours")
        lance.search().limit(1).to_arrow()
    return lance


def _at(folder: Path, pointer: Pointer) -> Any:
    lance = connect(folder).open_table(pointer.meta.table)
    lance.checkout(pointer.version)
    return lance
