"""Saves a segment as one file, replaced as a whole, and maps it into memory. A damaged file counts as none.

It is an Arrow file with one row, whose columns are lists: the arrays of the segment. Its metadata name the format, and the table
and the embedder that the segment was made for.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from memoryd.files import PRIVATE, replacing
from memoryd.searchindex.postings import Postings
from memoryd.searchindex.segment import Segment
from memoryd.searchindex.vectors import Vectors

FORMAT = "memoryd matching 2"
TEXTS = ("names", "words")
_POSTINGS = {"vocabulary": pa.string(), "starts": pa.int64(), "rows": pa.int32(), "counts": pa.uint16(), "lengths": pa.int32()}
_ROWS = ("row_file", "row_kind", "row_lines")
_VECTORS = {"values": pa.int8(), "bits": pa.uint64(), "norms": pa.float32()}
_TYPES: dict[str, pa.DataType] = {
    "paths": pa.string(), "states": pa.string(), "kinds": pa.string(), "ids": pa.string(), **dict.fromkeys(_ROWS, pa.int32()), **_VECTORS,
    **{f"{text}.{name}": kind for text in TEXTS for name, kind in _POSTINGS.items()},
}  # fmt: skip


def save(segment: Segment, file: Path, made_for: Mapping[str, str]) -> None:
    """Write a segment to a file, which is replaced as a whole. Raises `OSError` or `pyarrow.ArrowException`."""
    values: dict[str, pa.Array | np.ndarray] = {
        **{name: pa.array(getattr(segment, name), pa.string()) for name in ("paths", "states", "kinds")},
        "ids": segment.ids, **{name: getattr(segment, name) for name in _ROWS},
        **{name: getattr(segment.vectors, name).ravel() for name in _VECTORS},
        **{f"{text}.{name}": getattr(getattr(segment, text), name) for text in TEXTS for name in _POSTINGS},
    }  # fmt: skip
    columns = []
    for name, kind in _TYPES.items():
        flat = pa.array(values[name], kind) if isinstance(values[name], np.ndarray) else values[name]
        columns.append(pa.LargeListArray.from_arrays(pa.array([0, len(flat)], pa.int64()), flat))
    schema = pa.schema([pa.field(name, pa.large_list(kind)) for name, kind in _TYPES.items()])
    batch = pa.RecordBatch.from_arrays(columns, schema=schema.with_metadata({"format": FORMAT, **made_for}))
    with replacing(file, PRIVATE) as opened, pa.ipc.new_file(opened, batch.schema) as writer:
        writer.write_batch(batch)


def is_saved(file: Path, made_for: Mapping[str, str]) -> bool:
    """Tell whether the metadata of a file say that it holds a segment of this format, made for `made_for`."""
    try:
        with pa.memory_map(str(file)) as mapped, pa.ipc.open_file(mapped) as opened:
            return _is_ours(opened, made_for)
    except (OSError, ValueError, pa.ArrowException):
        return False


def load(file: Path, made_for: Mapping[str, str]) -> Segment | None:
    """Map a saved segment into memory; `None` if there is no file, it is damaged, or it was made for something else."""
    try:
        with pa.memory_map(str(file)) as mapped, pa.ipc.open_file(mapped) as opened:
            if not _is_ours(opened, made_for) or opened.num_record_batches != 1:
                return None
            batch = opened.get_batch(0)
        batch.validate(full=True)
        return _segment({name: batch.column(name).values for name in _TYPES})
    except (OSError, ValueError, IndexError, pa.ArrowException):
        return None


def _is_ours(opened: pa.RecordBatchFileReader, made_for: Mapping[str, str]) -> bool:
    found = {name.decode(): value.decode() for name, value in (opened.schema.metadata or {}).items()}
    return found == {"format": FORMAT, **made_for} and opened.schema.names == list(_TYPES)


def _segment(columns: Mapping[str, pa.Array]) -> Segment:
    """Build a segment from its arrays. Raises `ValueError` if they are inconsistent."""
    plain = {name: column.to_numpy() for name, column in columns.items() if column.type != pa.string()}
    rows = len(plain["row_file"])
    _require(rows)  # without rows, the dimensions of vectors are unknown
    postings = {}
    for text in TEXTS:
        found = Postings(columns[f"{text}.vocabulary"], *(plain[f"{text}.{name}"] for name in list(_POSTINGS)[1:]))
        steps = np.diff(found.starts)
        _require(len(found.starts) == len(found.vocabulary) + 1 and found.starts[0] == 0 and (steps >= 0).all())
        _require(found.starts[-1] == len(found.rows) == len(found.counts) and len(found.lengths) == rows)
        _require(not len(found.rows) or (found.rows.min() >= 0 and found.rows.max() < rows))
        postings[text] = found
    _require(len(columns["ids"]) == rows == len(plain["norms"]) and len(columns["paths"]) == len(columns["states"]))
    for name, named in (("row_file", "paths"), ("row_kind", "kinds")):
        _require(len(plain[name]) == rows and plain[name].min() >= 0 and plain[name].max() < len(columns[named]))
    _require(len(plain["row_lines"]) == rows and plain["row_lines"].min() >= 0)
    paths, states, kinds = (tuple(columns[name].to_pylist()) for name in ("paths", "states", "kinds"))
    return Segment(
        paths, states, kinds, columns["ids"], plain["row_file"], plain["row_kind"], plain["row_lines"],
        postings["names"], postings["words"],
        Vectors(plain["values"].reshape(rows, -1),
                plain["bits"].reshape(-1, rows), plain["norms"]),
    )  # fmt: skip


def _require(holds: object) -> None:
    if not holds:
        raise ValueError("its arrays do not belong together")
