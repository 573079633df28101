"""Checks rows that somebody else made before any of them is stored: they must be such as we write them."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from memoryd.runtime import late
from memoryd.text import split_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes


def check_rows(rows: pa.RecordBatch) -> None:
    """Raise `ValueError`, which says what is wrong, for rows that we would not write. Their buffers must be valid."""
    if any(column.null_count for column in _flat(rows)):
        raise ValueError("it lacks values")
    spans = (("start", "end"), ("first_line", "last_line"))
    if any(pc.any(pc.or_(pc.less(rows[low], 0), pc.less(rows[high], rows[low]))).as_py() for low, high in spans):
        raise ValueError("it holds a unit that ends before it starts")
    if not np.isfinite(rows["vector"].flatten().to_numpy(zero_copy_only=False)).all():
        raise ValueError("it holds a vector that is none")
    ids, paths = rows["id"].to_pylist(), rows["path"].to_pylist()
    if not all(split_id(id_)[0] == path for id_, path in zip(ids, paths, strict=True)):
        raise ValueError("it holds a unit that belongs to no file")


def _flat(rows: pa.RecordBatch) -> "Iterator[pa.Array]":
    yield from rows.columns
    yield rows["vector"].flatten()
    yield from rows["references"].flatten().flatten()
