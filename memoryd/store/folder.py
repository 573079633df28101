"""The folder of an index: `meta.json` names the current table, whose data lies beside it.

A new table is written aside and becomes current by replacing `meta.json`, so a reader sees the old one or the whole new one.
"""

import secrets
import shutil
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from memoryd.config import set_unless_given
from memoryd.errors import StoreUnusable
from memoryd.files import PRIVATE, replace_file

FORMAT = 2
INDEX_CACHE_BYTES, METADATA_CACHE_BYTES = 32 << 20, 32 << 20


@dataclass(frozen=True, slots=True)
class Meta:
    """What the rows of a table depend on besides the files: if a value is not as expected, the index is rebuilt."""

    table: str
    embedder: str
    dimensions: int
    root: str


def read_meta(folder: Path) -> Meta | None:
    """Return the description of the current table; `None` if there is none in this format. Raises `StoreUnusable`."""
    try:
        found = orjson.loads((folder / "meta.json").read_bytes())
        if found.pop("format") != FORMAT:
            return None
        return Meta(**found)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError, TypeError, AttributeError, KeyError):
        return None
    except OSError as error:
        raise StoreUnusable(
            f"cannot read {folder}: {error.strerror}; check its permissions or set MEMORYD_HOME to another folder"
        ) from error


def next_table(folder: Path) -> str:
    """Return a table name that was never used: caches know tables by name, and may outlive a table that was removed."""
    used = [path.stem.split("-")[1] for path in folder.glob("facts-*.lance")]
    return f"facts-{max((int(number) for number in used if number.isdigit()), default=0) + 1}-{secrets.token_hex(4)}"


def make_current(folder: Path, meta: Meta) -> None:
    """Make another table the current one, in one step."""
    replace_file(folder / "meta.json", orjson.dumps({"format": FORMAT, **asdict(meta)}), PRIVATE)


@cache
def session() -> Any:
    """Return the LanceDB session of this process. Its bounded caches save a new version from reading its indexes again."""
    import lancedb

    return lancedb.Session(index_cache_size_bytes=INDEX_CACHE_BYTES, metadata_cache_size_bytes=METADATA_CACHE_BYTES)


def connect(folder: Path) -> Any:
    """Return the LanceDB database of a folder. Raises `StoreUnusable` for a path that LanceDB cannot take."""
    # Otherwise LanceDB prints a warning at each search while rows wait to be indexed.
    set_unless_given("LANCEDB_LOG", "error")
    import lancedb

    try:
        return lancedb.connect(folder.absolute(), session=session())
    except ValueError as error:
        raise StoreUnusable(f"LanceDB takes no path such as {str(folder)!r}; set MEMORYD_HOME to a folder with a plain name") from error


def scratch_table(rows: pa.Table) -> Any:
    """Return a LanceDB table in memory that holds some rows."""
    import lancedb

    return lancedb.connect("memory://").create_table(f"scratch-{secrets.token_hex(4)}", rows)


def discard_leftovers(folder: Path) -> None:
    """Remove tables that are not current: replaced ones, and leftovers of a killed run."""
    current = read_meta(folder)
    for path in folder.glob("facts-*.lance"):
        if current is None or path.stem != current.table:
            shutil.rmtree(path, ignore_errors=True)
    for path in [*folder.glob("*.new"), *folder.glob("facts-*.arrow")]:
        if current is None or path.name != f"{current.table}.arrow":
            path.unlink(missing_ok=True)
