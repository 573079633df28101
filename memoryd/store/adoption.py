"""Takes the current table of another index as the beginning of a new one: its files get second names, no byte is copied or parsed.

LanceDB writes each file once, and so do we: a file that has two names is safe from whoever lets go of one. Each file is compared with
its checksum before it counts, so damage is not handed on. The other index is only read, and may be written or removed meanwhile: what
is not whole is refused.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from memoryd.files import private_folder, share_file
from memoryd.store.failures import Unreadable, full_disk
from memoryd.store.folder import Meta, Pointer, discard_leftovers, make_current, next_table, read_pointer
from memoryd.store.seal import damaged_files


class Adopted(NamedTuple):
    """A version of another index (`theirs`) that becomes the first of a new one (`ours`)."""

    theirs: Meta
    ours: Meta
    version: int


@contextmanager
def adopting(source: Path, folder: Path, root: str, accepts: Callable[[Meta], bool]) -> Iterator[Adopted]:
    """Share the table of the index in `source` with a new index in `folder`, which becomes current at the end of the block.

    The caller must hold the refresh lock of the new one. Raises `Unreadable` where the other one is gone, damaged or not accepted, or
    changes meanwhile, and `StoreUnusable` where the system refuses to write.
    """
    pointer = read_pointer(source)
    if pointer is None or not accepts(pointer.meta):
        raise Unreadable("no index, or one made for something else")
    with full_disk():
        private_folder(folder)
        ours = replace(pointer.meta, table=next_table(folder), root=root)
        try:
            _share(source / f"{pointer.meta.table}.lance", folder / f"{ours.table}.lance", pointer)
            yield Adopted(pointer.meta, ours, pointer.version)
            make_current(folder, Pointer(ours, pointer.version, pointer.seal))
        finally:
            discard_leftovers(folder)


def _share(theirs: Path, ours: Path, pointer: Pointer) -> None:
    """Give the sealed files of a table second names, and compare them. Raises `Unreadable`."""
    try:
        for name in pointer.seal:
            private_folder((ours / name).parent)
            share_file(theirs / name, ours / name)
    except FileNotFoundError as gone:
        raise Unreadable("its files are removed or replaced just now") from gone
    if damaged := damaged_files(ours, pointer.seal, pointer.seal):
        raise Unreadable(f"{damaged[0]} is not as it was written")
