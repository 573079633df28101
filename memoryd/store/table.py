"""The facts of one project in LanceDB: one table, a row per unit and per file, one version per refresh."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from memoryd.files import private_folder
from memoryd.model import Fingerprint
from memoryd.parsing import BLOCK, FILE, SECTION, FileRows
from memoryd.runtime import late
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
    table_schema,
    to_file_rows,
)  # fmt: skip
from memoryd.store.tidying import compact, index_paths, prune
from memoryd.store.writing import write_table

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes

BATCH_ROWS = 4_096
"""The rows of a batch. LanceDB takes half as long again to write batches of a quarter of it; more rows would save little."""


class Store:
    """A table of facts in one project's folder, at one version. Files kept beside the table are in `folder`, too."""

    def __init__(self, published: Published, recent: "Rows | None" = None) -> None:
        self._published = published
        self._recent = recent

    @classmethod
    def find(cls, folder: Path, embedder: str, dimensions: int, root: str) -> "Store":
        """Find the current version; its table is opened when rows are first asked for. Raises `Unreadable` as `open` does, then too."""
        return cls(Published.find(folder, lambda meta: (meta.embedder, meta.dimensions, meta.root) == (embedder, dimensions, root)))

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

    def open_table(self) -> None:
        """Open the table now, and read one row. Raises `Unreadable` if it is missing or damaged."""
        _ = self._published.lance

    def discard_leftovers(self) -> None:
        """Remove what a killed run left beside the current table. The caller must hold the refresh lock."""
        discard_leftovers(self.folder)

    def has_leftovers(self) -> bool:
        """Tell whether a killed run left files in the table that `compact` and `prune` remove. The caller must hold the refresh lock."""
        return self._published.has_leftovers()

    def snapshot(self) -> "Store":
        """Return a reader of this version, which stays at it while this store moves on. Raises `Unreadable`."""
        return Store(self._published.snapshot())

    def knowing(self, recent: "Rows") -> "Store":
        """Return this store with rows of some files at hand, as this version has them: they are not read from the table."""
        return Store(self._published, recent)

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
        if paths is None:
            table = self._read(FILE_COLUMNS, f"kind = '{FILE}'")
        else:
            table = self.table((*FILE_COLUMNS, "kind"), paths)
            table = table.filter(pc.equal(table["kind"], FILE))
        return {
            path: FileRecord(Fingerprint(digest, revision), language, *rest)
            for path, digest, revision, language, *rest in zip(*(table[name].to_pylist() for name in FILE_COLUMNS), strict=True)
        }

    def count(self) -> int:
        """Return the number of units, without files."""
        with damage():
            return int(self._published.lance.count_rows(f"kind <> '{FILE}'"))

    def columns(self, names: Sequence[str], paths: Iterable[str] | None = None) -> dict[str, list[Any]]:
        """Return columns of all rows, or of the rows of some paths, ordered by path and position in the file."""
        order = ("path", "start", "end", "kind", "id")
        table = self.table((*names, *(name for name in order if name not in names)), paths)
        table = table.sort_by([("path", "ascending"), ("start", "ascending"), ("end", "descending"), ("id", "ascending")])
        return {name: table[name].to_pylist() for name in names}

    def links(self, paths: Iterable[str] | None = None) -> LinkColumns:
        """Return the symbols and references of all files, or of some, as columns; prose and blocks have neither."""
        if paths is None:
            table = self._read(LINK_COLUMNS, f"kind NOT IN ('{BLOCK}', '{SECTION}')")
        else:
            table = self.table(LINK_COLUMNS, paths)
        return link_columns(table.combine_chunks())

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
        return self.table(table_schema(self.meta.dimensions).names, paths)

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
            _exchange(lance, pa.Table.from_batches(batches, table_schema(self.meta.dimensions)), replaced)
            self._published.publish(lance)

    def rehearsal(self, replaced: Sequence[str]) -> Callable[[pa.Table], None]:
        """Return a function that commits rows of the files `replaced` to a copy in memory, as `commit` would. Raises `RowsRefused`."""
        before = self.file_batches(replaced)

        def commit(rows: pa.Table) -> None:
            with damage_or_full_disk(), refusal():
                _exchange(scratch_table(before), rows, replaced)

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
        if paths is None:
            return self._read(names, None)
        wanted = frozenset(paths)
        if self._recent is not None and wanted <= self._recent.paths:
            return self._recent.of(wanted).select(list(dict.fromkeys(names)))
        return self._read(names, among("path", sorted(wanted)))

    def _read(self, names: Sequence[str], where: str | None) -> pa.Table:
        with damage():
            query = self._published.lance.search().select(list(dict.fromkeys(names)))
            return (query.where(where) if where else query).to_arrow()


class Rows(NamedTuple):
    """All rows of some files, with all columns; a file among `paths` without a row is in no index."""

    paths: frozenset[str]
    table: pa.Table

    def of(self, paths: Iterable[str]) -> pa.Table:
        """Return the rows of some of the files."""
        return self.table.filter(pc.is_in(self.table["path"], pa.array(sorted(paths), pa.string())))


def _exchange(lance: Any, rows: pa.Table, replaced: Sequence[str]) -> None:
    """Remove the rows of some files and add others. Of the two versions only the last is ever published.

    To merge them by their ids, LanceDB would read all ids of the table. Raises `ValueError` for rows with one id.
    """
    if pc.count_distinct(rows["id"]).as_py() < len(rows):
        raise ValueError("several rows have one id")
    lance.delete(among("path", replaced))
    if len(rows):
        lance.add(rows)
