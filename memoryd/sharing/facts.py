"""A cache of facts by content, one for all checkouts of a user: the rows and vectors of files that an index held and holds no more.

A file's rows follow from its bytes, its path, the revision of its language and of the rules for secrets, and the embedder; those are its
key, so what is found is what parsing and embedding would give. Rows are kept in packs, which are compressed, have a checksum and are
removed the longest unused first. Losing any of it costs time and nothing else; several processes may use it at once.
"""

import hashlib
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pyarrow as pa

from memoryd.files import cache_folder, sealed, unsealed
from memoryd.model import Fingerprint
from memoryd.parsing import FILE
from memoryd.runtime import late
from memoryd.store import FORMAT as INDEX_FORMAT
from memoryd.store import table_schema

if TYPE_CHECKING:
    import pyarrow.compute as pc

    from memoryd.database import Database
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes

FORMAT = "memoryd facts 1"
PACK_ROWS = 4_096
"""The rows above which a pack is full."""
FRESH_SECONDS = 3_600.0
"""How long a use of a pack is not noted again."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS packs (number INTEGER PRIMARY KEY, used REAL NOT NULL, size INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS contents (number INTEGER PRIMARY KEY, rows BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS files (key TEXT PRIMARY KEY, pack INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_of_packs ON files (pack);
"""


FACTS = "facts"
"""The folder of the cache in the data folder."""


class _Head(NamedTuple):
    """What decides the rows of a file, and whether its parser failed."""

    path: str
    fingerprint: Fingerprint
    has_failed: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """The cache in a data folder, for one embedder. It holds at most about `limit` bytes; with 0 it is neither read nor written."""

    home: Path
    limit: int
    embedder: str
    dimensions: int

    def prepare(self) -> None:
        """Make the folder of the cache. Made later, it would be news to who watches a project around the data folder."""
        if self.limit:
            with suppress(OSError):  # of which the database tells
                cache_folder(self.home / FACTS)

    def find(self, wanted: Mapping[str, Fingerprint]) -> pa.Table:
        """Return all rows of those files of which they are kept."""
        nothing = table_schema(self.dimensions).empty_table()
        if not self.limit or not wanted:
            return nothing
        keys = {self._key(path, fingerprint): path for path, fingerprint in wanted.items()}
        with self._database() as database:
            packs: dict[int, set[str]] = {}
            for key, number in _among(database, keys):
                packs.setdefault(number, set()).add(keys[key])
            return pa.concat_tables([nothing, *self._found(database, packs, wanted)])

    def lacking(self, wanted: Mapping[str, Fingerprint]) -> list[str]:
        """Return the files whose rows `keep` would add, if it were given those of all of them."""
        if not self.limit or not wanted:
            return []
        keys = {self._key(path, fingerprint): path for path, fingerprint in wanted.items()}
        with self._database() as database:
            kept = {key for key, _ in _among(database, keys)}
        return sorted(path for key, path in keys.items() if key not in kept)

    def keep(self, tables: Sequence[pa.Table]) -> None:
        """Keep the rows of files, of which each table holds all, and each file once."""
        if not self.limit or not any(map(len, tables)):
            return
        with self._database() as database:
            for table in tables:
                self._keep(database, table)
            _make_room(database, self.limit)

    @contextmanager
    def _database(self) -> "Iterator[Database]":
        from memoryd.database import Database

        database = Database(self.home / FACTS / "facts.sqlite", SCHEMA)
        try:
            yield database
        finally:
            database.close()

    def _found(self, database: "Database", packs: Mapping[int, set[str]], wanted: Mapping[str, Fingerprint]) -> Iterator[pa.Table]:
        for number, paths in sorted(packs.items()):
            rows = self._rows(database, number)
            if rows is None:
                _discard(database, number)
                continue
            sound = {head.path for head in _heads(rows) if head.path in paths and head.fingerprint == wanted[head.path]}
            yield _of(rows, sound)
            now = time.time()
            database.write("UPDATE packs SET used = ? WHERE number = ? AND used < ?", now, number, now - FRESH_SECONDS)

    def _rows(self, database: "Database", number: int) -> pa.Table | None:
        """Return the rows of a pack, `None` if it is damaged or gone."""
        found = database.rows("SELECT rows FROM contents WHERE number = ?", number)
        try:
            rows = pa.ipc.open_stream(unsealed(found[0][0])).read_all()
        except (IndexError, TypeError, ValueError, OSError, pa.ArrowException):
            return None
        return rows if rows.schema.equals(table_schema(self.dimensions)) else None

    def _keep(self, database: "Database", table: pa.Table) -> None:
        heads = {self._key(head.path, head.fingerprint): head for head in _heads(table) if not head.has_failed}
        known = {key for key, _ in _among(database, heads)}
        new = {head.path: key for key, head in heads.items() if key not in known}
        schema = table_schema(self.dimensions)
        for some in _packs(table.select(schema.names), new):
            data = sealed(_written(some.cast(schema)))
            number = secrets.randbits(62)
            keys = [new[path] for path in pc.unique(some["path"]).to_pylist()]
            # In this order, so that whatever a killed writer leaves is removed one day.
            _ = (
                database.write("INSERT INTO packs VALUES (?, ?, ?)", number, time.time(), len(data))
                and database.write("INSERT INTO contents VALUES (?, ?)", number, data)
                and database.write("INSERT OR REPLACE INTO files SELECT value, ? FROM json_each(?)", number, _listed(keys))
            )

    def _key(self, path: str, fingerprint: Fingerprint) -> str:
        parts = (FORMAT, str(INDEX_FORMAT), self.embedder, str(self.dimensions), path, fingerprint.digest, fingerprint.language_revision)
        return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _among(database: "Database", keys: Iterable[str]) -> list[Any]:
    """Return those of some keys that are kept, each with the number of its pack."""
    return database.rows("SELECT key, pack FROM files WHERE key IN (SELECT value FROM json_each(?))", _listed(keys))


def _listed(keys: Iterable[str]) -> str:
    return orjson.dumps(list(keys)).decode()


def _make_room(database: "Database", limit: int) -> None:
    """Remove the packs that were not used for longest, until the others fit."""
    held = 0
    for number, size in database.rows("SELECT number, size FROM packs ORDER BY used DESC, number"):
        held += size
        if held > limit:
            _discard(database, number)


def _discard(database: "Database", number: int) -> None:
    for sql in ("DELETE FROM files WHERE pack = ?", "DELETE FROM contents WHERE number = ?", "DELETE FROM packs WHERE number = ?"):
        database.write(sql, number)


def _heads(rows: pa.Table) -> Iterator[_Head]:
    columns = rows.filter(pc.equal(rows["kind"], FILE)).select(["path", "digest", "language_revision", "skipped", "language"])
    for path, digest, revision, skipped, language in zip(*(column.to_pylist() for column in columns.columns), strict=True):
        yield _Head(path, Fingerprint(digest, revision), bool(skipped and language))


def _of(rows: pa.Table, paths: Iterable[str]) -> pa.Table:
    return rows.filter(pc.is_in(rows["path"], pa.array(sorted(paths), pa.string())))


def _packs(rows: pa.Table, paths: Iterable[str]) -> Iterator[pa.Table]:
    """Yield the rows of some files by whole files, in packs of about `PACK_ROWS`. One pack at a time is copied: there may be many."""
    path = rows["path"].combine_chunks()
    order = pc.sort_indices(path)
    order = order.filter(pc.is_in(path, pa.array(sorted(paths), pa.string())).take(order))
    start = end = 0
    for count in path.take(order).value_counts().field("counts").to_pylist():
        end += count
        if end - start >= PACK_ROWS:
            yield rows.take(order.slice(start, end - start))
            start = end
    if end > start:
        yield rows.take(order.slice(start, end - start))


def _written(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(rows.combine_chunks())
    return bytes(sink.getvalue())
