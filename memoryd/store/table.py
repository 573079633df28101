"""The facts of one project in LanceDB: one table, a row per unit and per file, one version per refresh."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from memoryd.model import Fingerprint
from memoryd.parsing import BLOCK, FILE, SECTION, FileRows
from memoryd.store.failures import Unreadable, damage, damage_or_full_disk, full_disk, refusal
from memoryd.store.folder import (
    POINTER,
    Meta,
    Pointer,
    connect,
    discard_leftovers,
    make_current,
    move_pointer,
    read_meta,
    read_pointer,
    scratch_table,
)  # fmt: skip
from memoryd.store.schema import (
    COLUMNS,
    FILE_COLUMNS,
    FileRecord,
    LinkColumns,
    among,
    link_columns,
    matrix,
    table_schema,
    to_file_rows,
)  # fmt: skip
from memoryd.store.seal import damaged_files, sealed_files
from memoryd.store.writing import write_table

UNINDEXED_ROWS = 1_000
"""The most rows outside the index of paths, which each query scans; with more, `compact` indexes them."""
FRAGMENTS = 64
"""The most fragments of a table; with more, `compact` merges them. That rewrites the table: a second on two cores for a million lines."""
BATCH_ROWS = 1_024


class Store:
    """A table of facts in one project's folder, at one version. Files kept beside the table are in `folder`, too."""

    def __init__(self, folder: Path, pointer: Pointer, table: Any) -> None:
        self.folder = folder
        self._table = table
        self._pointer = pointer

    @classmethod
    def open(cls, folder: Path, embedder: str, dimensions: int, root: str) -> "Store":
        """Open the current version and read one row. Raises `Unreadable` if it is missing, damaged or made for something else."""
        return _newest_sound(folder, lambda pointer: cls._opened(folder, pointer, embedder, dimensions, root))

    @classmethod
    def _opened(cls, folder: Path, pointer: Pointer, embedder: str, dimensions: int, root: str) -> "Store":
        meta = pointer.meta
        if (meta.embedder, meta.dimensions, meta.root) != (embedder, dimensions, root):
            raise Unreadable("it was made for something else")
        _check(folder, pointer, pointer.seal)
        with damage():
            table = _table_at(folder, pointer)
            if table.schema != table_schema(dimensions):
                raise Unreadable("its columns are not ours")
            table.search().limit(1).to_arrow()
        return cls(folder, pointer, table)

    @classmethod
    def newest(cls, folder: Path) -> "Store":
        """Open the current table, whichever embedder and root it was made for. Raises `Unreadable`."""
        meta = read_meta(folder)
        if meta is None:
            raise Unreadable("no index")
        return cls.open(folder, meta.embedder, meta.dimensions, meta.root)

    @classmethod
    def verify(cls, folder: Path) -> Mapping[str, int]:
        """Read all files of the current version again; return their sizes by name. The caller must hold the refresh lock.

        Raises `Unreadable` if one is damaged, or if one is missing without which LanceDB cannot read every row.
        """
        pointer = read_pointer(folder)
        if pointer is None:
            raise Unreadable(f"{POINTER} is not as it was written")
        _check(folder, pointer, pointer.seal)
        place = _place(folder, pointer.meta)
        if not all((place / name).exists() for name in pointer.seal):
            cls.newest(folder).table(table_schema(pointer.meta.dimensions).names)
        return {f"{place.name}/{name}": checksum.size for name, checksum in pointer.seal.items()}

    @classmethod
    @contextmanager
    def new(cls, folder: Path, meta: Meta, batches: Iterable[pa.RecordBatch]) -> "Iterator[Store]":
        """Write a new table aside and yield its store; when the block succeeds, it becomes current and the old table is removed."""
        with full_disk():
            folder.mkdir(parents=True, exist_ok=True)
            database = connect(folder)
            discard_leftovers(folder)
            try:
                table = write_table(database, meta.table, table_schema(meta.dimensions), batches)
                _index_paths(table)
                pointer = Pointer(meta, int(table.version), sealed_files(_place(folder, meta), {}))
                yield cls(folder, pointer, table)
                make_current(folder, pointer)
            finally:
                discard_leftovers(folder)

    def discard_leftovers(self) -> None:
        """Remove what a killed run left beside the current table. The caller must hold the refresh lock."""
        discard_leftovers(self.folder)

    def snapshot(self) -> "Store":
        """Return a reader of this version, which stays at it while this store moves on. Raises `Unreadable`."""
        pointer = self._pointer
        with damage():
            return Store(self.folder, pointer, _table_at(self.folder, pointer))

    @property
    def meta(self) -> Meta:
        """What the table was made for."""
        return self._pointer.meta

    @property
    def version(self) -> int:
        """The number of the version this store reads."""
        return self._pointer.version

    def move_on(self) -> None:
        """Move to the newest version of the same table. Raises `Unreadable`."""
        _newest_sound(self.folder, self._move_to)

    def _move_to(self, pointer: Pointer) -> None:
        if pointer.meta != self.meta:
            raise Unreadable("another table has taken its place")
        if pointer.version != self.version:
            _check(self.folder, pointer, [name for name, checksum in pointer.seal.items() if self._pointer.seal.get(name) != checksum])
            with damage():
                self._table.checkout(pointer.version)
        self._pointer = pointer

    def files(self, paths: Iterable[str] | None = None) -> dict[str, FileRecord]:
        """Return the records of all files, or of some, by path."""
        where = f"kind = '{FILE}'" if paths is None else f"kind = '{FILE}' AND {among('path', paths)}"
        table = self._read(FILE_COLUMNS, where)
        return {
            path: FileRecord(Fingerprint(digest, revision), language, skipped)
            for path, digest, revision, language, skipped in zip(*(table[name].to_pylist() for name in FILE_COLUMNS), strict=True)
        }

    def count(self) -> int:
        """Return the number of units, without files."""
        with damage():
            return int(self._table.count_rows(f"kind <> '{FILE}'"))

    def columns(self, names: Sequence[str], paths: Iterable[str] | None = None) -> dict[str, list[Any]]:
        """Return columns of all rows, or of the rows of some paths, ordered by path and position in the file."""
        where = None if paths is None else among("path", paths)
        order = ("path", "start", "end", "kind", "id")
        table = self._read((*names, *(name for name in order if name not in names)), where)
        table = table.sort_by([("path", "ascending"), ("start", "ascending"), ("end", "descending"), ("id", "ascending")])
        return {name: table[name].to_pylist() for name in names}

    def links(self, paths: Iterable[str] | None = None) -> LinkColumns:
        """Return the symbols and references of all files, or of some, as columns; prose and blocks have neither."""
        where = f"kind NOT IN ('{BLOCK}', '{SECTION}')" if paths is None else among("path", paths)
        return link_columns(self._read(("path", "kind", "qualname", "first_line", "language", "references"), where).combine_chunks())

    def file_rows(self, paths: Iterable[str]) -> dict[str, FileRows]:
        """Return the stored rows of some files, as they were written."""
        wanted = sorted(paths)
        names = [name for name, _ in COLUMNS]
        columns = self.columns(names, wanted)
        grouped: dict[str, list[dict[str, Any]]] = {path: [] for path in wanted}
        for values in zip(*columns.values(), strict=True):
            record = dict(zip(names, values, strict=True))
            grouped[record["path"]].append(record)
        return {path: to_file_rows(path, records) for path, records in grouped.items() if records}

    def file_batches(self, paths: Iterable[str]) -> pa.Table:
        """Return the rows of some files with all columns, vectors included, as `commit` takes them."""
        return self._read(table_schema(self.meta.dimensions).names, among("path", paths))

    def vectors(self, paths: Iterable[str]) -> dict[str, np.ndarray]:
        """Return the vectors of some files' rows, by the summary they were made from."""
        table = self._read(("summary", "vector"), among("path", paths))
        vectors = matrix(table["vector"], self.meta.dimensions)
        return dict(zip(table["summary"].to_pylist(), vectors, strict=True))

    def summaries(self) -> Iterator[pa.RecordBatch]:
        """Yield all rows in batches without their vectors, to be written again with those of another embedder."""
        with damage():
            yield from self._table.search().select([name for name, _ in COLUMNS]).to_arrow().to_batches(BATCH_ROWS)

    def commit(self, batches: Sequence[pa.RecordBatch], replaced: Sequence[str]) -> None:
        """Make one version in which the files `replaced` have exactly the rows in `batches`, which hold no other file.

        Raises `RowsRefused`, and changes nothing, where LanceDB does not take the rows.
        """
        with damage_or_full_disk(), refusal():
            table = self._writable()
            _merge(table, pa.Table.from_batches(batches, table_schema(self.meta.dimensions)), replaced)
            self._publish(table)

    def rehearsal(self, replaced: Sequence[str]) -> Callable[[pa.Table], None]:
        """Return a function that commits rows of the files `replaced` to a copy in memory, as `commit` would. Raises `RowsRefused`."""
        before = self.file_batches(replaced)

        def commit(rows: pa.Table) -> None:
            with damage_or_full_disk(), refusal():
                _merge(scratch_table(before), rows, replaced)

        return commit

    def compact(self) -> None:
        """Index the paths of new rows, merge fragments and remove old versions, once `UNINDEXED_ROWS` or `FRAGMENTS` is exceeded."""
        with damage_or_full_disk():
            waiting = self._table.index_stats("path_idx")
            fragments = self._table.stats()["fragment_stats"]["num_fragments"]
            if waiting is None or waiting.num_unindexed_rows > UNINDEXED_ROWS or fragments > FRAGMENTS:
                table = self._writable()
                table.optimize()
                self._publish(table)

    def _writable(self) -> Any:
        """Return the table for a change. What a killed writer committed and did not publish is undone first."""
        table = connect(self.folder).open_table(self.meta.table)
        if int(table.version) != self.version:
            table.checkout(self.version)
            table.restore()
        return table

    def _publish(self, table: Any) -> None:
        """Make the newest version of the table the current one, for readers and for this store."""
        pointer = Pointer(self.meta, int(table.version), sealed_files(_place(self.folder, self.meta), self._pointer.seal))
        move_pointer(self.folder, pointer)
        self._table.checkout(pointer.version)
        self._pointer = pointer

    def table(self, names: Sequence[str], paths: Iterable[str] | None = None) -> pa.Table:
        """Return columns of the rows of some files, or of all, in no order."""
        return self._read(names, None if paths is None else among("path", paths))

    def _read(self, names: Sequence[str], where: str | None) -> pa.Table:
        with damage():
            query = self._table.search().select(list(dict.fromkeys(names)))
            return (query.where(where) if where else query).to_arrow()


Found = TypeVar("Found")


def _newest_sound(folder: Path, use: Callable[[Pointer], Found]) -> Found:
    """Return what `use` makes of the pointer. Raises `Unreadable` unless the pointer moved on meanwhile: then that one is used."""
    while True:
        pointer = read_pointer(folder)
        if pointer is None:
            raise Unreadable("no index, or a damaged one")
        try:
            return use(pointer)
        except Unreadable:
            if read_pointer(folder) in (pointer, None):
                raise


def _check(folder: Path, pointer: Pointer, names: Iterable[str]) -> None:
    """Compare files of a table with its seal. Raises `Unreadable`."""
    with damage():
        damaged = damaged_files(_place(folder, pointer.meta), pointer.seal, names)
    if damaged:
        raise Unreadable(f"{damaged[0]} is not as it was written")


def _place(folder: Path, meta: Meta) -> Path:
    return folder / f"{meta.table}.lance"


def _table_at(folder: Path, pointer: Pointer) -> Any:
    table = connect(folder).open_table(pointer.meta.table)
    table.checkout(pointer.version)
    return table


def _index_paths(table: Any) -> None:
    from lancedb.index import BTree

    table.create_index("path", config=BTree())


def _merge(table: Any, rows: pa.Table, replaced: Sequence[str]) -> None:
    merge = table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
    merge.when_not_matched_by_source_delete(among("path", replaced)).execute(rows)
