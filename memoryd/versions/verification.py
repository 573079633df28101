"""Compares the files of an index with their checksums; what is damaged is made again by the next refresh."""

from contextlib import suppress
from pathlib import Path

from memoryd.files import is_sound, remove
from memoryd.model import Verification
from memoryd.store import Store, Unreadable
from memoryd.store import verify as verify_table

BESIDE = (".json", ".arrow")
"""The suffixes of the sealed files beside the table. Each of them may be removed alone."""


def verify(folder: Path) -> Verification:
    """Read all files of an index; damaged ones beside the table are removed. Raises `Unreadable` if the table is damaged.

    The caller must hold the refresh lock.
    """
    sizes = verify_table(folder)
    damaged = []
    for file in sorted(file for file in folder.iterdir() if file.suffix in BESIDE):
        if file.is_file() and is_sound(file):
            sizes[file.name] = file.stat().st_size
        else:
            damaged.append(f"{file.name} is not as it was written")
            remove(file)
    return Verification(len(sizes), sum(sizes.values()), tuple(damaged))


def check_arrays(store: Store) -> None:
    """Compare the arrays beside a store's table with their checksums; remove one that is damaged, and raise `Unreadable`.

    It may have been damaged since it was mapped, and what is made of it would have a right checksum. The caller must hold the refresh
    lock.
    """
    for file in store.folder.glob(f"{store.meta.table}*.arrow"):
        with suppress(FileNotFoundError):
            if file.is_file() and not is_sound(file):
                remove(file)
                raise Unreadable(f"{file.name} is not as it was written")
