"""The folder of an index: `meta.json` (`POINTER`) points to the current version of the current table, whose data lies beside it.

A new table is written aside, and a new version beside the old one; each becomes current by replacing `meta.json`, so a reader sees
the old one or the whole new one. What the pointer does not name does not count, whatever LanceDB takes for the newest version.
"""

import errno
import mmap
import secrets
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from memoryd.config import set_unless_given
from memoryd.errors import ResourcesExhausted, StoreUnusable, reason
from memoryd.files import PRIVATE, Checksum, read_whole, remove, replace_file, replace_quickly, sealed, unsealed
from memoryd.store.failures import damage
from memoryd.store.seal import Seal

FORMAT = 4
POINTER = "meta.json"
ROOM_BYTES = 64 << 20
"""The address space that must be left when LanceDB is imported. Its first threads take 21 MB of it, on two cores."""
START_ATTEMPTS, START_SECONDS = 20, 1.0
"""How often LanceDB is given how long to start, which takes a few milliseconds."""
INDEX_CACHE_BYTES, METADATA_CACHE_BYTES = 32 << 20, 32 << 20


@dataclass(frozen=True, slots=True)
class Meta:
    """What the rows of a table depend on besides the files: if a value is not as expected, the index is rebuilt.

    `lineage` is the name of the table that this one began as: arrays beside it, which siblings share, say that they were made for that.
    """

    table: str
    embedder: str
    dimensions: int
    root: str
    lineage: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """What `meta.json` says: the current table, the number of its current version, and the seal of its folder."""

    meta: Meta
    version: int
    seal: Seal


def read_meta(folder: Path) -> Meta | None:
    """Return the description of the current table; `None` if there is none in this format. Raises `StoreUnusable`."""
    pointer = read_pointer(folder)
    return pointer.meta if pointer else None


def read_pointer(folder: Path) -> Pointer | None:
    """Return what is current; `None` if nothing is, or the pointer is damaged or of another format. Raises `StoreUnusable`."""
    try:
        found = orjson.loads(unsealed(read_whole(folder / POINTER)))
        if found.pop("format") != FORMAT:
            return None
        version, files = found.pop("version"), found.pop("files")
        found.setdefault("lineage", found["table"])  # older indexes began as themselves
        return Pointer(Meta(**found), version, {name: Checksum(*checksum) for name, checksum in files.items()})
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError, AttributeError, KeyError):
        return None
    except OSError as error:
        if error.errno == errno.ENOTSUP:  # a folder, a pipe: whatever it is, the next index takes its place
            return None
        raise StoreUnusable(
            f"cannot read the index: {reason(error)}; check its permissions or set MEMORYD_HOME to another folder", folder
        ) from error


def new_meta(folder: Path, embedder: str, dimensions: int, root: str) -> Meta:
    """Return the description of a new table."""
    table = next_table(folder)
    return Meta(table, embedder, dimensions, root, table)


def next_table(folder: Path) -> str:
    """Return a table name that was never used: caches know tables by name, and may outlive a table that was removed."""
    used = [path.stem.split("-")[1] for path in folder.glob("facts-*.lance")]
    return f"facts-{max((int(number) for number in used if number.isdigit()), default=0) + 1}-{secrets.token_hex(4)}"


def make_current(folder: Path, pointer: Pointer) -> None:
    """Make another table the current one, in one step."""
    replace_file(folder / POINTER, _written(pointer), PRIVATE)


def move_pointer(folder: Path, pointer: Pointer) -> None:
    """Make another version of the current table the current one, in one step.

    A power failure may take it back to the version before, or damage it: then the index is brought up to date, or rebuilt.
    """
    replace_quickly(folder / POINTER, _written(pointer), PRIVATE)


def _written(pointer: Pointer) -> bytes:
    files = {name: [*checksum] for name, checksum in pointer.seal.items()}
    return sealed(orjson.dumps({"format": FORMAT, **asdict(pointer.meta), "version": pointer.version, "files": files}))


@cache
def session(index_bytes: int = INDEX_CACHE_BYTES) -> Any:
    """Return the LanceDB session of this process with so many bytes for indexes. Its caches save a new version from reading them again."""
    import lancedb

    _check_lancedb_starts()
    return lancedb.Session(index_cache_size_bytes=index_bytes, metadata_cache_size_bytes=METADATA_CACHE_BYTES)


def _check_lancedb_starts() -> None:
    """Raise `ResourcesExhausted` where memory or threads are too short for LanceDB, which would wait for a thread for ever, or abort.

    No disk is asked, so a slow one makes no difference. A thread may be there at another attempt.
    """
    from asyncio import run_coroutine_threadsafe

    import lancedb
    from lancedb.background_loop import LOOP

    with damage(), mmap.mmap(-1, ROOM_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=0):  # takes no memory
        pass
    for _ in range(START_ATTEMPTS):
        with damage(), suppress(TimeoutError):
            run_coroutine_threadsafe(lancedb.connect_async("memory://"), LOOP.loop).result(START_SECONDS)
            return
        with damage():
            threading.Thread(target=int).start()  # fails where that is why
    raise ResourcesExhausted(f"LanceDB did not start in {START_ATTEMPTS * START_SECONDS:g} s")


def connect(folder: Path) -> Any:
    """Return the LanceDB database of a folder. Raises `StoreUnusable` for a path that LanceDB cannot take."""
    # Otherwise LanceDB prints a warning at each search while rows wait to be indexed.
    set_unless_given("LANCEDB_LOG", "error")
    import lancedb

    try:
        return lancedb.connect(folder.absolute(), session=session())
    except ValueError as error:
        raise StoreUnusable("LanceDB cannot take the path of the index; set MEMORYD_HOME to a folder with a plain name", folder) from error


def scratch_table(rows: pa.Table) -> Any:
    """Return a LanceDB table in memory that holds some rows."""
    import lancedb

    return lancedb.connect("memory://").create_table(f"scratch-{secrets.token_hex(4)}", rows)


def discard_leftovers(folder: Path) -> None:
    """Remove tables that are not current: replaced ones, and leftovers of a killed run."""
    current = read_meta(folder)
    for path in folder.glob("facts-*.lance"):
        if current is None or path.stem != current.table:
            _discard(path)
    for path in [*folder.glob("*.new"), *folder.glob("facts-*.arrow")]:
        if current is None or not path.name.startswith(f"{current.table}."):
            _discard(path)


def _discard(path: Path) -> None:
    with suppress(OSError):
        remove(path)
