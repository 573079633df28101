"""Saves a segment as one file, replaced as a whole, and maps it into memory.

It is an Arrow file with one row, whose columns are lists: the arrays of the segment. Its metadata name the format, and the table
and the embedder that the segment was made for. A checksum of all of it follows, which is compared when it is loaded.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from memoryd.files import PRIVATE, replacing, seal, unsealed, without_trailer
from memoryd.searchindex.postings import Postings
from memoryd.searchindex.segment import Segment
from memoryd.searchindex.vectors import Vectors

FORMAT = "memoryd matching 3"
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
    with replacing(file, PRIVATE) as opened:
        with pa.ipc.new_file(opened, batch.schema) as writer:
            writer.write_batch(batch)
        seal(opened)


class Damaged(Exception):
    """A file does not hold what was saved in it."""


def is_saved(file: Path, made_for: Mapping[str, str]) -> bool:
    """Tell whether the metadata of a file say that it holds a segment of this format, made for `made_for`."""
    try:
        with _mapped(file) as data, pa.ipc.open_file(pa.BufferReader(without_trailer(data))) as opened:
            return _is_ours(opened, made_for)
    except (OSError, ValueError, pa.ArrowException):
        return False


def load(file: Path, made_for: Mapping[str, str]) -> Segment | None:
    """Map a saved segment into memory; `None` if there is no file, or it has no rows or was made for something else.

    Raises `Damaged`. What has the right checksum is what `save` wrote, so its arrays are believed to belong together.
    """
    try:
        with _mapped(file) as data, pa.ipc.open_file(pa.BufferReader(unsealed(data))) as opened:
            if not _is_ours(opened, made_for):
                return None
            batch = opened.get_batch(0)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, pa.ArrowException) as error:
        raise Damaged(str(error)) from error
    return _segment({name: batch.column(name).values for name in _TYPES})


@contextmanager
def _mapped(file: Path) -> Iterator[memoryview]:
    with pa.memory_map(str(file)) as mapped:
        yield memoryview(mapped.read_buffer())


def _is_ours(opened: pa.RecordBatchFileReader, made_for: Mapping[str, str]) -> bool:
    found = {name.decode(): value.decode() for name, value in (opened.schema.metadata or {}).items()}
    return found == {"format": FORMAT, **made_for} and opened.schema.names == list(_TYPES)


def _segment(columns: Mapping[str, pa.Array]) -> Segment | None:
    plain = {name: column.to_numpy() for name, column in columns.items() if column.type != pa.string()}
    rows = len(plain["row_file"])
    if not rows:  # then the dimensions of vectors are unknown
        return None
    names, words = (Postings(columns[f"{text}.vocabulary"], *(plain[f"{text}.{name}"] for name in list(_POSTINGS)[1:])) for text in TEXTS)
    paths, states, kinds = (tuple(columns[name].to_pylist()) for name in ("paths", "states", "kinds"))
    return Segment(
        paths, states, kinds, columns["ids"], plain["row_file"], plain["row_kind"], plain["row_lines"], names, words,
        Vectors(plain["values"].reshape(rows, -1), plain["bits"].reshape(-1, rows), plain["norms"]),
    )  # fmt: skip
