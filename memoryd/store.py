"""The facts of one project in LanceDB: one table, a row per unit and per file, one version per refresh.

The only module that knows LanceDB. A folder holds `meta.json`, which names the current table, and that table's data. A new
table is written aside and becomes current by replacing `meta.json`, so a reader sees the old one or the whole new one.
What cannot be read is `Unreadable`: everything here is derived, so the caller rebuilds.
"""

import asyncio
import contextlib
import os
import queue
import re
import shutil
import threading
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from indexers import Reference
from memoryd.errors import StoreUnusable
from memoryd.model import Fingerprint
from memoryd.rows import BLOCK, FILE, SECTION, FileRows, Row

Result = TypeVar("Result")
FORMAT = 1
VECTOR_INDEX_ROWS = 20_000
"""Below this many rows a flat scan is exact and faster than an index."""
VECTOR_SAMPLES = 64
"""Rows a partition of the vector index is trained on."""
UNINDEXED_ROWS = 1_000
"""Rows outside the indexes that searches may still scan before they are indexed."""
FRAGMENTS = 24
KEEP_VERSIONS = timedelta(minutes=5)
"""How long a version stays readable for those who opened it."""
BATCH_ROWS = 1_024

REFERENCE = pa.struct(
    [("name", pa.string()), ("kind", pa.string()), ("line", pa.int32()), ("qualifier", pa.string()), ("alias", pa.string())]
)
TEXT_COLUMNS = ("names", "words")
COLUMNS: tuple[tuple[str, pa.DataType], ...] = (
    ("id", pa.string()), ("path", pa.string()), ("kind", pa.string()), ("qualname", pa.string()),
    ("start", pa.int32()), ("end", pa.int32()), ("first_line", pa.int32()), ("last_line", pa.int32()),
    ("signature", pa.string()), ("doc", pa.string()), ("summary", pa.string()), ("names", pa.string()), ("words", pa.string()),
    ("references", pa.list_(REFERENCE)), ("language", pa.string()), ("digest", pa.string()),
    ("language_revision", pa.string()), ("skipped", pa.string()),
)  # fmt: skip
FILE_COLUMNS = ("path", "digest", "language_revision", "language", "skipped")
"""`language`, `digest`, `language_revision` and `skipped` stand on the row of the file; on a unit's row they are empty."""


class Unreadable(Exception):
    """The index is missing, foreign or damaged: rebuild it."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What the index holds about a file as a whole."""

    fingerprint: Fingerprint
    language: str
    skipped: str


@dataclass(frozen=True, slots=True)
class Meta:
    """What the rows of a table depend on besides the files: anything else here than expected means a rebuild."""

    table: str
    embedder: str
    dimensions: int
    root: str


CodedTexts = tuple[np.ndarray, list[str]]
"""A column of texts as positions in a list of distinct texts."""


class LinkColumns(NamedTuple):
    """What the graph is linked from. `symbol_file` and `reference_file` are positions in `paths`."""

    paths: list[str]
    languages: list[str]
    symbol_file: np.ndarray
    symbol_texts: tuple[CodedTexts, CodedTexts]
    symbol_line: np.ndarray
    reference_file: np.ndarray
    reference_texts: tuple[CodedTexts, CodedTexts, CodedTexts, CodedTexts, CodedTexts]
    reference_line: np.ndarray


def schema(dimensions: int) -> pa.Schema:
    """Return the columns of the table of facts."""
    return pa.schema([*(pa.field(name, kind) for name, kind in COLUMNS), pa.field("vector", pa.list_(pa.float16(), dimensions))])


def to_batch(files: Sequence[FileRows], vectors: np.ndarray) -> pa.RecordBatch:
    """Return the rows of `files` with their vectors, shape (rows, dimensions), as one batch of the table of facts."""
    rows = [row for file in files for row in file.rows]
    heads = [file if row.kind == FILE else None for file in files for row in file.rows]
    values: dict[str, Any] = dict(zip(Row._fields, zip(*rows, strict=True), strict=True))
    values["path"] = [file.path for file in files for _ in file.rows]
    for name in ("language", "digest", "language_revision", "skipped"):
        values[name] = [getattr(head, name) if head else "" for head in heads]
    columns: dict[str, pa.Array] = {name: pa.array(values[name], kind) for name, kind in COLUMNS if name != "references"}
    columns["references"] = _reference_column(values["references"])
    columns["vector"] = pa.FixedSizeListArray.from_arrays(pa.array(vectors.astype(np.float16).ravel()), vectors.shape[1])
    wanted = schema(vectors.shape[1])
    return pa.RecordBatch.from_arrays([columns[name] for name in wanted.names], schema=wanted)


def _reference_column(references: Sequence[Sequence[Reference]]) -> pa.Array:
    flat = [reference for found in references for reference in found]
    columns = dict(zip(Reference._fields, zip(*flat, strict=True), strict=True)) if flat else dict.fromkeys(Reference._fields, ())
    values = pa.StructArray.from_arrays([pa.array(columns[field.name], field.type) for field in REFERENCE], fields=list(REFERENCE))
    offsets = np.zeros(len(references) + 1, np.int32)
    np.cumsum([len(found) for found in references], out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=pa.list_(REFERENCE))


class Found(NamedTuple):
    """The ids each index found with their scores, best first: BM25 of names and of words, cosine of vectors."""

    names: list[tuple[str, float]]
    words: list[tuple[str, float]]
    nearest: list[tuple[str, float]]


class _Loop:
    """An event loop in a thread of its own, for searches asked from any thread."""

    _lock = threading.Lock()
    _made: "_Loop | None" = None

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="memoryd-searches", daemon=True).start()

    @classmethod
    def shared(cls) -> "_Loop":
        """Return the loop of this process."""
        with cls._lock:
            if cls._made is None:
                cls._made = cls()
            return cls._made

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Wait for what `work` gives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class Store:
    """The current table of one project's folder."""

    def __init__(self, folder: Path, meta: Meta, table: Any) -> None:
        self._folder = folder
        self._table = table
        self.meta = meta
        self._version: int | None = None
        self._ids: tuple[int, dict[int, str]] | None = None
        self._searched: tuple[int, Any] | None = None

    @classmethod
    def open(cls, folder: Path, embedder: str, dimensions: int, root: str) -> "Store":
        """Open what is there, and read from it once. Raises `Unreadable` where that gives no sound index."""
        meta = read_meta(folder)
        if meta is None or (meta.embedder, meta.dimensions, meta.root) != (embedder, dimensions, root):
            raise Unreadable("no index, or one made for something else")
        with _damage():
            table = _connect(folder).open_table(meta.table)
            if table.schema != schema(dimensions):
                raise Unreadable("its columns are not ours")
            store = cls(folder, meta, table)
            table.search().limit(1).to_arrow()
        return store

    @classmethod
    def newest(cls, folder: Path) -> "Store":
        """Open what is there, whatever it was made with. Raises `Unreadable`."""
        meta = read_meta(folder)
        if meta is None:
            raise Unreadable("no index")
        return cls.open(folder, meta.embedder, meta.dimensions, meta.root)

    @classmethod
    def create(cls, folder: Path, meta: Meta, batches: Iterable[pa.RecordBatch]) -> "Store":
        """Write a new table aside, index it, make it current, and remove what it replaces."""
        with _full_disk():
            folder.mkdir(parents=True, exist_ok=True)
            database = _connect(folder)
            _discard(folder)
            try:
                store = cls(folder, meta, _written(database, meta, batches))
                store._build_indexes()
                _replace(folder / "meta.json", orjson.dumps({"format": FORMAT, **_fields(meta)}))
            finally:
                _discard(folder)
        return store

    def discard_leftovers(self) -> None:
        """Remove what a killed run left beside the current table. Only for who alone may write."""
        _discard(self._folder)

    def snapshot(self) -> "Store":
        """Return a reader of this version, which stays at it while this store moves on. Raises `Unreadable`."""
        with _damage():
            table = _connect(self._folder).open_table(self.meta.table)
            table.checkout(self.version)
        return Store(self._folder, self.meta, table)

    @property
    def version(self) -> int:
        """The number of the version this store reads."""
        if self._version is None:
            self._version = int(self._table.version)
        return self._version

    def refreshed(self) -> bool:
        """Move to the newest version; tell whether it is another one than before."""
        before = self.version
        with _damage():
            self._table.checkout_latest()
        self._version = None
        return self.version != before

    def files(self, paths: Iterable[str] | None = None) -> dict[str, FileRecord]:
        """Return what is recorded of every file, or of some, by path."""
        where = f"kind = '{FILE}'" if paths is None else f"kind = '{FILE}' AND {_in('path', paths)}"
        table = self._read(FILE_COLUMNS, where)
        return {
            path: FileRecord(Fingerprint(digest, revision), language, skipped)
            for path, digest, revision, language, skipped in zip(*(table[name].to_pylist() for name in FILE_COLUMNS), strict=True)
        }

    def count(self) -> int:
        """Return how many units there are, files not counted."""
        with _damage():
            return int(self._table.count_rows(f"kind <> '{FILE}'"))

    def columns(self, names: Sequence[str], paths: Iterable[str] | None = None) -> dict[str, list[Any]]:
        """Return columns of all rows, or of the rows of some paths, ordered by path and place."""
        where = None if paths is None else _in("path", paths)
        order = ("path", "start", "end", "kind", "id")
        table = self._read((*names, *(name for name in order if name not in names)), where)
        table = table.sort_by([("path", "ascending"), ("start", "ascending"), ("end", "descending"), ("id", "ascending")])
        return {name: table[name].to_pylist() for name in names}

    def links(self, paths: Iterable[str] | None = None) -> "LinkColumns":
        """Return the symbols and references of all files, or of some, as columns; prose and blocks have neither."""
        where = f"kind NOT IN ('{BLOCK}', '{SECTION}')" if paths is None else _in("path", paths)
        table = self._read(("path", "kind", "qualname", "first_line", "language", "references"), where).combine_chunks()
        heads = table.filter(pc.and_(pc.equal(table["kind"], FILE), pc.not_equal(table["language"], "")))
        symbols = table.filter(pc.invert(pc.is_in(table["kind"], pa.array([FILE, BLOCK, SECTION]))))
        owners = pc.list_parent_indices(table["references"])
        flat = pc.list_flatten(table["references"])
        texts = (
            {name: pc.struct_field(flat, name) for name in REFERENCE.names}
            if len(flat)
            else {name: pa.array([], REFERENCE.field(name).type) for name in REFERENCE.names}
        )
        return LinkColumns(
            paths=heads["path"].to_pylist(),
            languages=heads["language"].to_pylist(),
            symbol_file=_positions(symbols["path"], heads["path"]),
            symbol_texts=(_coded(symbols["qualname"]), _coded(symbols["kind"])),
            symbol_line=symbols["first_line"].to_numpy(),
            reference_file=_positions(table["path"].take(owners), heads["path"]),
            reference_texts=(
                _coded(texts["name"]), _coded(texts["kind"]), _coded(table["qualname"].take(owners)),
                _coded(texts["qualifier"]), _coded(texts["alias"]),
            ),
            reference_line=np.asarray(texts["line"]),
        )  # fmt: skip

    def file_rows(self, paths: Iterable[str]) -> dict[str, FileRows]:
        """Return the stored rows of some files, as they were written."""
        wanted = sorted(paths)
        names = [name for name, _ in COLUMNS]
        columns = self.columns(names, wanted)
        grouped: dict[str, list[dict[str, Any]]] = {path: [] for path in wanted}
        for values in zip(*columns.values(), strict=True):
            record = dict(zip(names, values, strict=True))
            grouped[record["path"]].append(record)
        return {path: _file_rows(path, records) for path, records in grouped.items() if records}

    def file_batches(self, paths: Iterable[str]) -> pa.Table:
        """Return all columns of some files' rows, as `commit` takes them."""
        return self._read(schema(self.meta.dimensions).names, _in("path", paths))

    def vectors(self, paths: Iterable[str]) -> dict[str, np.ndarray]:
        """Return the vectors of some files' rows, by the summary they were made from."""
        table = self._read(("summary", "vector"), _in("path", paths))
        vectors = _matrix(table["vector"], self.meta.dimensions)
        return dict(zip(table["summary"].to_pylist(), vectors, strict=True))

    def summaries(self) -> Iterator[pa.RecordBatch]:
        """Yield all rows in batches, to be written again with other vectors."""
        with _damage():
            yield from self._table.search().select([name for name, _ in COLUMNS]).to_arrow().to_batches(BATCH_ROWS)

    def commit(self, batches: Sequence[pa.RecordBatch], replaced: Sequence[str]) -> None:
        """Make one version in which the files `replaced` have exactly the rows in `batches`, which hold no other file."""
        table = pa.Table.from_batches(batches, schema(self.meta.dimensions))
        with _damage_or_full_disk():
            merge = self._table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
            merge.when_not_matched_by_source_delete(_in("path", replaced)).execute(table)
        self._version = None

    def tidy(self) -> None:
        """Bring new rows into the indexes, merge fragments, remove old versions, once there are enough of them to matter."""
        with _damage_or_full_disk():
            waiting = self._table.index_stats("words_idx")
            fragments = self._table.stats()["fragment_stats"]["num_fragments"]
            if waiting is None or waiting.num_unindexed_rows > UNINDEXED_ROWS or fragments > FRAGMENTS:
                self._table.optimize(cleanup_older_than=KEEP_VERSIONS)
                if not self._has_index("vector_idx"):
                    self._index_vectors()
                self._version = None

    def search(self, words: Sequence[str], vector: np.ndarray, limit: int) -> Found:
        """Ask the three indexes at once for at most `limit` units each.

        `names` and `words` rank by BM25 (Robertson & Zaragoza 2009) the units that hold any of the words, `nearest` by cosine
        similarity. One query over both columns would take five times as long as the two of them.
        """
        with _damage():
            texts, nearest = _Loop.shared().run(self._search(words, vector, limit))
        names, said = (self._ranked(found, "_score") for found in texts)
        return Found(names, said, [(id_, 1.0 - distance) for id_, distance in self._ranked(nearest, "_distance")])

    async def _search(self, words: Sequence[str], vector: np.ndarray, limit: int) -> tuple[list[Any], Any]:
        from lancedb.query import MatchQuery

        table = await self._asynchronous()
        queries = [table.query().nearest_to_text(MatchQuery(" ".join(words), column)) for column in TEXT_COLUMNS if words]
        if vector.any():
            queries.append(table.query().nearest_to(vector.astype(np.float32)).column("vector").distance_type("cosine"))
        found = await asyncio.gather(*(query.with_row_id().select(["_rowid"]).limit(limit).to_arrow() for query in queries))
        return (found[:2] if words else [None, None]), (found[-1] if vector.any() else None)

    async def _asynchronous(self) -> Any:
        """Return the table at this version by LanceDB's asynchronous interface, which can do three things at once."""
        if self._searched is None or self._searched[0] != self.version:
            import lancedb

            database = await lancedb.connect_async(self._folder.absolute())
            table = await database.open_table(self.meta.table)
            await table.checkout(self.version)
            self._searched = self.version, table
        return self._searched[1]

    def _ranked(self, found: pa.Table | None, column: str) -> list[tuple[str, float]]:
        """Return the ids of found rows with the value of a column, best first, equals in the order of their ids."""
        if found is None:
            return []
        ids = self._ids_by_row()
        ranked = zip((ids[row] for row in found["_rowid"].to_pylist()), found[column].to_pylist(), strict=True)
        sign = 1 if column == "_distance" else -1
        return sorted(ranked, key=lambda one: (sign * one[1], one[0]))

    def _ids_by_row(self) -> dict[int, str]:
        """Return the ids of this version's rows by their place, read once: fetching them for each query takes longer than the query."""
        if self._ids is None or self._ids[0] != self.version:
            with _damage():
                found = self._table.search().with_row_id(True).select(["id", "_rowid"]).to_arrow()
            self._ids = self.version, dict(zip(found["_rowid"].to_pylist(), found["id"].to_pylist(), strict=True))
        return self._ids[1]

    def _read(self, names: Sequence[str], where: str | None) -> pa.Table:
        with _damage():
            query = self._table.search().select(list(dict.fromkeys(names)))
            return (query.where(where) if where else query).to_arrow()

    def _build_indexes(self) -> None:
        from lancedb.index import FTS, BTree

        # Rows arrive split into words already; anything the tokenizer did besides splitting at spaces would undo that.
        for column in TEXT_COLUMNS:
            config = FTS(
                base_tokenizer="whitespace", lower_case=False, stem=False, remove_stop_words=False, ascii_folding=False, max_token_length=64
            )
            self._table.create_index(column, config=config)
        self._table.create_index("path", config=BTree())
        self._index_vectors()

    def _index_vectors(self) -> None:
        from lancedb.index import IvfSq

        if self._table.count_rows() > VECTOR_INDEX_ROWS:
            self._table.create_index("vector", config=IvfSq(distance_type="cosine", sample_rate=VECTOR_SAMPLES))

    def _has_index(self, name: str) -> bool:
        return self._table.count_rows() <= VECTOR_INDEX_ROWS or any(index.name == name for index in self._table.list_indices())


def read_meta(folder: Path) -> Meta | None:
    """Return what the folder says about its table; `None` where it says nothing we understand."""
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
    """Return a table name that the folder does not use."""
    used = {int(path.stem.partition("-")[2]) for path in folder.glob("facts-*.lance") if path.stem.partition("-")[2].isdigit()}
    return f"facts-{max(used, default=0) + 1}"


def _fields(meta: Meta) -> dict[str, Any]:
    return {"table": meta.table, "embedder": meta.embedder, "dimensions": meta.dimensions, "root": meta.root}


def _connect(folder: Path) -> Any:
    # Otherwise it prints a warning at each search while rows wait to be indexed.
    os.environ.setdefault("LANCEDB_LOG", "error")
    import lancedb

    try:
        return lancedb.connect(folder.absolute())
    except ValueError as error:
        raise StoreUnusable(f"LanceDB takes no path such as {str(folder)!r}; set MEMORYD_HOME to a folder with a plain name") from error


def _written(database: Any, meta: Meta, batches: Iterable[pa.RecordBatch]) -> Any:
    """Create a table of batches that are made in this thread: what is raised there, Ctrl-C too, is raised here as it is.

    LanceDB takes them in a thread of its own, and would call everything that goes wrong a failure to write.
    """
    waiting: queue.Queue[pa.RecordBatch | None] = queue.Queue(2)
    complete = threading.Event()

    def taken() -> Iterator[pa.RecordBatch]:
        yield from iter(waiting.get, None)
        if not complete.is_set():
            raise RuntimeError("abandoned")

    reader = pa.RecordBatchReader.from_batches(schema(meta.dimensions), taken())
    with ThreadPoolExecutor(1) as writer:
        table = writer.submit(database.create_table, meta.table, reader, mode="overwrite")
        try:
            for batch in batches:
                _hand_over(waiting, batch, table)
            complete.set()
        finally:
            _hand_over(waiting, None, table)
        return table.result()


def _hand_over(waiting: "queue.Queue[pa.RecordBatch | None]", batch: pa.RecordBatch | None, taker: "Future[Any]") -> None:
    while not taker.done():
        with contextlib.suppress(queue.Full):
            waiting.put(batch, timeout=0.2)
            return
    if batch is not None:
        taker.result()


def _discard(folder: Path) -> None:
    """Remove tables that are not current: replaced ones, and leftovers of a killed run."""
    current = read_meta(folder)
    for path in folder.glob("facts-*.lance"):
        if current is None or path.stem != current.table:
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob("*.new"):
        path.unlink(missing_ok=True)


def _replace(path: Path, data: bytes) -> None:
    beside = path.with_suffix(".new")
    beside.write_bytes(data)
    beside.replace(path)


def _in(column: str, values: Iterable[str]) -> str:
    quoted = ",".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"{column} IN ({quoted})" if quoted else "false"


def _positions(values: pa.ChunkedArray, among: pa.ChunkedArray) -> np.ndarray:
    """Return where each value stands in `among`, which holds all of them."""
    return np.asarray(pc.index_in(values, value_set=among.combine_chunks()).combine_chunks(), dtype=np.int64)


def _coded(column: pa.Array | pa.ChunkedArray) -> CodedTexts:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = whole.dictionary_encode()
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    return np.asarray(encoded.indices, dtype=np.int64), encoded.dictionary.to_pylist()


def _matrix(column: pa.ChunkedArray, dimensions: int) -> np.ndarray:
    chunks = [np.asarray(chunk.flatten()).reshape(-1, dimensions) for chunk in column.chunks]
    return np.concatenate(chunks).astype(np.float32) if chunks else np.zeros((0, dimensions), np.float32)


def _file_rows(path: str, records: Sequence[Mapping[str, Any]]) -> FileRows:
    head = next(record for record in records if record["kind"] == FILE)
    rows = []
    for record in records:
        references = tuple(
            Reference(found["name"], found["kind"], record["qualname"], found["line"], found["qualifier"], found["alias"])
            for found in record["references"]
        )
        rows.append(Row(references=references, **{name: record[name] for name in Row._fields if name != "references"}))
    return FileRows(path, head["language"], head["digest"], head["language_revision"], head["skipped"], tuple(rows))


@contextlib.contextmanager
def _damage() -> Iterator[None]:
    """Translate what LanceDB raises on data it cannot read: it has no error type of its own."""
    try:
        yield
    except (RuntimeError, OSError, ValueError, pa.ArrowException) as error:
        raise Unreadable(str(error)) from error


@contextlib.contextmanager
def _full_disk() -> Iterator[None]:
    """Translate a failed write into what to do about it."""
    try:
        yield
    except (RuntimeError, OSError, pa.ArrowException) as error:
        raise StoreUnusable(
            f"cannot write the index: {_last_line(error)}; free some space or set MEMORYD_HOME to another folder"
        ) from error


@contextlib.contextmanager
def _damage_or_full_disk() -> Iterator[None]:
    """Translate a failed change to what is there: the system refused to write, or what is there cannot be read."""
    try:
        with _full_disk():
            yield
    except StoreUnusable as error:
        if REFUSED.search(str(error.__cause__)):
            raise
        raise Unreadable(_last_line(error)) from error


REFUSED = re.compile(r"no space left|quota|permission denied|read-only|os error (?:1|13|28|30|122)\b", re.IGNORECASE)
"""How the system says in LanceDB's errors that it does not let us write (ENOSPC and its like)."""


def _last_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
