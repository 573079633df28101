"""The facts of one project in LanceDB: one table, a row per unit and per file, one version per refresh."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from memoryd.files import private_folder
from memoryd.model import Fingerprint
from memoryd.parsing import BLOCK, FILE, SECTION, FileRows
from memoryd.store.failures import damage, damage_or_full_disk, full_disk, refusal
from memoryd.store.folder import Meta, connect, discard_leftovers, scratch_table
from memoryd.store.published import Published
from memoryd.store.schema import (
    COLUMNS,
    FILE_COLUMNS,
    LINK_COLUMNS,
    FileRecord,
    LinkColumns,
    among,
    link_columns,
    matrix,
    table_schema,
    to_file_rows,
)  # fmt: skip
from memoryd.store.tidying import compact, index_paths, prune
from memoryd.store.writing import write_table

BATCH_ROWS = 4_096
"""The rows of a batch. LanceDB takes half as long again to write batches of a quarter of it; more rows would save little."""


class Store:
    """A table of facts in one project's folder, at one version. Files kept beside the table are in `folder`, too."""

    def __init__(self, published: Published) -> None:
        self._published = published

    @classmethod
    def open(cls, folder: Path, embedder: str, dimensions: int, root: str) -> "Store":
        """Open the current version and read one row. Raises `Unreadable` if it is missing, damaged or made for something else."""
        return cls(Published.open(folder, lambda meta: (meta.embedder, meta.dimensions, meta.root) == (embedder, dimensions, root)))

    @classmethod
    def newest(cls, folder: Path) -> "Store":
        """Open the current version, whichever embedder and root it was made for. Raises `Unreadable`."""
        return cls(Published.open(folder, lambda _: True))

    @classmethod
    @contextmanager
    def new(cls, folder: Path, meta: Meta, batches: Iterable[pa.RecordBatch]) -> "Iterator[Store]":
        """Write a new table aside and yield its store; when the block succeeds, it becomes current and the old table is removed."""
        with full_disk():
            private_folder(folder)
            database = connect(folder)
            discard_leftovers(folder)
            try:
                lance = write_table(database, meta.table, table_schema(meta.dimensions), batches)
                index_paths(lance)
                published = Published.first(folder, meta, lance)
                yield cls(published)
                published.make_current()
            finally:
                discard_leftovers(folder)

    def discard_leftovers(self) -> None:
        """Remove what a killed run left beside the current table. The caller must hold the refresh lock."""
        discard_leftovers(self.folder)

    def has_leftovers(self) -> bool:
        """Tell whether a killed run left files in the table that `compact` and `prune` remove. The caller must hold the refresh lock."""
        return self._published.has_leftovers()

    def snapshot(self) -> "Store":
        """Return a reader of this version, which stays at it while this store moves on. Raises `Unreadable`."""
        return Store(self._published.snapshot())

    @property
    def folder(self) -> Path:
        """The folder of the index."""
        return self._published.folder

    @property
    def meta(self) -> Meta:
        """What the table was made for."""
        return self._published.pointer.meta

    @property
    def version(self) -> int:
        """The number of the version this store reads."""
        return self._published.pointer.version

    def move_on(self) -> None:
        """Move to the newest version of the same table. Raises `Unreadable`."""
        self._published.move_on()

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
            return int(self._published.lance.count_rows(f"kind <> '{FILE}'"))

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
        return link_columns(self._read(LINK_COLUMNS, where).combine_chunks())

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
            yield from self._published.lance.search().select([name for name, _ in COLUMNS]).to_arrow().to_batches(BATCH_ROWS)

    def commit(self, batches: Sequence[pa.RecordBatch], replaced: Sequence[str]) -> None:
        """Make one version in which the files `replaced` have exactly the rows in `batches`, which hold no other file.

        Raises `RowsRefused`, and changes nothing, where LanceDB does not take the rows.
        """
        with damage_or_full_disk(), refusal():
            lance = self._published.for_change()
            if not batches:
                lance.delete(among("path", replaced))  # takes a quarter of the time and half of the memory
            else:
                _merge(lance, pa.Table.from_batches(batches, table_schema(self.meta.dimensions)), replaced)
            self._published.publish(lance)

    def rehearsal(self, replaced: Sequence[str]) -> Callable[[pa.Table], None]:
        """Return a function that commits rows of the files `replaced` to a copy in memory, as `commit` would. Raises `RowsRefused`."""
        before = self.file_batches(replaced)

        def commit(rows: pa.Table) -> None:
            with damage_or_full_disk(), refusal():
                _merge(scratch_table(before), rows, replaced)

        return commit

    def compact(self) -> bool:
        """Merge and index what changes have scattered, once it is too much; return whether `prune` is due."""
        with damage_or_full_disk():
            return compact(self._published)

    def prune(self) -> None:
        """Remove what only older versions need. Readers of one find its files gone, so the view must have moved on before."""
        with damage_or_full_disk():
            prune(self._published)

    def table(self, names: Sequence[str], paths: Iterable[str] | None = None) -> pa.Table:
        """Return columns of the rows of some files, or of all, in no order."""
        return self._read(names, None if paths is None else among("path", paths))

    def _read(self, names: Sequence[str], where: str | None) -> pa.Table:
        with damage():
            query = self._published.lance.search().select(list(dict.fromkeys(names)))
            return (query.where(where) if where else query).to_arrow()


def _merge(lance: Any, rows: pa.Table, replaced: Sequence[str]) -> None:
    merge = lance.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
    merge.when_not_matched_by_source_delete(among("path", replaced)).execute(rows)
