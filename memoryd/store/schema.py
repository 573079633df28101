"""The columns of the table of facts, and their conversion from and to rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from indexers import Reference
from memoryd.model import Fingerprint
from memoryd.parsing import BLOCK, FILE, SECTION, Columns, FileRows, Row
from memoryd.runtime import late
from memoryd.store.failures import refusal

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes

REFERENCE = pa.struct(
    [
        ("name", pa.string()),
        ("kind", pa.string()),
        ("line", pa.int32()),
        ("qualifier", pa.string()),
        ("alias", pa.string()),
        ("more", pa.string()),
    ]
)
COLUMNS: tuple[tuple[str, pa.DataType], ...] = (
    ("id", pa.string()), ("path", pa.string()), ("kind", pa.string()), ("qualname", pa.string()),
    ("start", pa.int32()), ("end", pa.int32()), ("first_line", pa.int32()), ("last_line", pa.int32()),
    ("signature", pa.string()), ("doc", pa.string()), ("summary", pa.string()), ("names", pa.string()), ("words", pa.string()),
    ("members", pa.string()), ("references", pa.list_(REFERENCE)), ("language", pa.string()), ("digest", pa.string()),
    ("language_revision", pa.string()), ("skipped", pa.string()), ("has_errors", pa.bool_()),
)  # fmt: skip
UNIT_COLUMNS = tuple(name for name in Row._fields if name != "references")
FILE_COLUMNS = ("path", "digest", "language_revision", "language", "skipped", "has_errors")
"""The columns that describe a file. All but `path` are filled on the file's own row, and empty on a unit's row."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """The record of one file in the index. `skipped` is the reason why it is not indexed, "" if it is.

    `has_errors` says that its grammar did not understand all of it.
    """

    fingerprint: Fingerprint
    language: str
    skipped: str
    has_errors: bool = False

    @property
    def has_failed(self) -> bool:
        """Whether its parser failed, which may not be the fault of the file: then it has a language although it is skipped."""
        return bool(self.skipped and self.language)


CodedTexts = tuple[np.ndarray, list[str]]
"""A column of texts as positions in a list of distinct texts."""


class LinkColumns(NamedTuple):
    """The columns that the graph is linked from. `symbol_file` and `reference_file` are positions in `paths`."""

    paths: list[str]
    languages: list[str]
    symbol_file: np.ndarray
    symbol_texts: tuple[CodedTexts, CodedTexts]
    symbol_line: np.ndarray
    reference_file: np.ndarray
    reference_texts: tuple[CodedTexts, CodedTexts, CodedTexts, CodedTexts, CodedTexts]
    reference_line: np.ndarray


def table_schema(dimensions: int) -> pa.Schema:
    """Return the columns of the table of facts."""
    return pa.schema([*(pa.field(name, kind) for name, kind in COLUMNS), pa.field("vector", pa.list_(pa.float16(), dimensions))])


def to_batch(files: Sequence[FileRows], vectors: np.ndarray) -> pa.RecordBatch:
    """Return the rows of `files` with their vectors, shape (rows, dimensions), as one batch of the table of facts.

    Raises `RowsRefused` for values that no column can hold.
    """
    with refusal():
        return _batch(files, vectors)


def _batch(files: Sequence[FileRows], vectors: np.ndarray) -> pa.RecordBatch:
    parts = zip(*(file.columns.units for file in files), strict=True)
    values: dict[str, Any] = {name: _joined(part) for name, part in zip(UNIT_COLUMNS, parts, strict=True)}
    columns: dict[str, pa.Array] = {name: pa.array(values[name], kind) for name, kind in COLUMNS if name in values}
    of_file = np.repeat(np.arange(len(files)), [file.size for file in files])
    columns["path"] = pa.array([file.path for file in files], pa.string()).take(pa.array(of_file))
    own_row = np.where([kind == FILE for kind in values["kind"]], of_file, len(files))
    for name in FILE_COLUMNS[1:]:
        nothing = False if name == "has_errors" else ""
        columns[name] = pa.array([*(getattr(file, name) for file in files), nothing]).take(pa.array(own_row))
    columns["references"] = _reference_column([file.columns for file in files])
    columns["vector"] = pa.FixedSizeListArray.from_arrays(pa.array(vectors.astype(np.float16).ravel()), vectors.shape[1])
    wanted = table_schema(vectors.shape[1])
    return pa.RecordBatch.from_arrays([columns[name] for name in wanted.names], schema=wanted)


def _reference_column(columns: Sequence[Columns]) -> pa.Array:
    fields = list(REFERENCE)
    found = zip(*(one.references for one in columns), strict=True)
    values = [pa.array(_joined(parts), field.type) for field, parts in zip(fields, found, strict=True)]
    counts = _joined(one.counts for one in columns)
    offsets = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), pa.StructArray.from_arrays(values, fields=fields), type=pa.list_(REFERENCE))


def _joined(columns: Iterable[Sequence[Any]]) -> list[Any]:
    return list(chain.from_iterable(columns))


SYMBOL_COLUMNS = ["path", "kind", "qualname", "first_line"]
LINK_COLUMNS = ("path", "kind", "qualname", "start", "end", "first_line", "language", "references")


def link_columns(table: pa.Table) -> LinkColumns:
    """Return the symbols and references of rows with `LINK_COLUMNS`, those of each file in the order of its source.

    After a change a table gives rows in any order; their lines alone do not tell the order of what stands in one line.
    """
    heads = table.filter(pc.and_(pc.equal(table["kind"], FILE), pc.not_equal(table["language"], "")))
    order = pc.sort_indices(table, sort_keys=[("start", "ascending"), ("end", "descending"), ("qualname", "ascending")])
    symbols = table.select(SYMBOL_COLUMNS).take(order)
    symbols = symbols.filter(pc.invert(pc.is_in(symbols["kind"], pa.array([FILE, BLOCK, SECTION]))))
    owners = pc.list_parent_indices(table["references"])
    place = np.empty(len(table), np.int64)
    place[np.asarray(order)] = np.arange(len(table))
    ordered = pa.array(np.argsort(place[np.asarray(owners)], kind="stable"))
    owners, flat = owners.take(ordered), pc.list_flatten(table["references"]).take(ordered)
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


def _positions(values: pa.ChunkedArray, among: pa.ChunkedArray) -> np.ndarray:
    """Return the position of each value in `among`, which holds all of them."""
    return np.asarray(pc.index_in(values, value_set=among.combine_chunks()).combine_chunks(), dtype=np.int64)


def _coded(column: pa.Array | pa.ChunkedArray) -> CodedTexts:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = whole.dictionary_encode()
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    return np.asarray(encoded.indices, dtype=np.int64), encoded.dictionary.to_pylist()


def vectors_of(rows: pa.Table) -> dict[str, np.ndarray]:
    """Return the vectors of rows, by the summary they were made from."""
    vectors = matrix(rows["vector"], rows.schema.field("vector").type.list_size)
    return dict(zip(rows["summary"].to_pylist(), vectors, strict=True))


def matrix(column: pa.ChunkedArray, dimensions: int) -> np.ndarray:
    """Return a column of vectors as floats, shape (rows, dimensions)."""
    chunks = [np.asarray(chunk.flatten()).reshape(-1, dimensions) for chunk in column.chunks]
    return np.concatenate(chunks).astype(np.float32) if chunks else np.zeros((0, dimensions), np.float32)


def to_file_rows(path: str, records: Sequence[Mapping[str, Any]]) -> FileRows:
    """Return the rows of one file from their stored form: the inverse of `to_batch`."""
    head = next(record for record in records if record["kind"] == FILE)
    rows = []
    for record in records:
        references = tuple(
            Reference(found["name"], found["kind"], record["qualname"], found["line"], found["qualifier"], found["alias"], found["more"])
            for found in record["references"]
        )
        rows.append(Row(references=references, **{name: record[name] for name in Row._fields if name != "references"}))
    columns = Columns.of(rows)
    return FileRows(path, head["language"], head["digest"], head["language_revision"], head["skipped"], columns, head["has_errors"])


def among(column: str, values: Iterable[str]) -> str:
    """Return the SQL condition that a column has one of these values."""
    quoted = ",".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"{column} IN ({quoted})" if quoted else "false"
