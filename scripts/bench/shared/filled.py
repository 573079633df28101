"""Fills a fleet with the repositories of another one under further names, until it holds as many units as an organisation's.

Nothing is indexed by a task: rows are copied under other names, table by table, and LanceDB indexes them as those of any fleet.
"""

from collections.abc import Mapping

import orjson
import pyarrow as pa

from memoryd.files import sealed, unsealed
from memoryd.fleet import COVERAGE, REPOSITORIES, ROWS, tidy
from memoryd.store import POINTER, Tables


def fill(source: str, target: str, copies: int) -> None:
    """Make a fleet at `target` of each repository of the fleet at `source`, so many times: as it is, as `copy-1/NAME`, and so on.

    What was begun is gone on with.
    """
    held, filled = Tables(source), Tables(target)
    if filled.holds(REPOSITORIES):
        return
    rows = held.rows(REPOSITORIES, ("part", "repository"))
    names = {} if rows is None else dict(zip(rows["part"].to_pylist(), rows["repository"].to_pylist(), strict=True))
    for table in (*ROWS, COVERAGE, REPOSITORIES):  # what names the parts comes last, as in any run
        if not filled.holds(table):
            schema = next(held.batches(table)).schema
            filled.append(table, schema, (_renamed(batch, number, names) for number in range(copies) for batch in held.batches(table)))
        tidy(filled, table)


def _renamed(batch: pa.RecordBatch, number: int, names: Mapping[str, str]) -> pa.RecordBatch:
    """Return rows as those of a copy; the one of number 0 is called as its original."""
    columns = {name: batch[name] for name in batch.schema.names}
    if number:
        for name, between in (("part", "-"), ("repository", "/")):
            if name in columns:
                columns[name] = pa.array([f"copy-{number}{between}{one}" for one in batch[name].to_pylist()], pa.string())
        if "file" in columns:
            columns["data"] = pa.array([_data(row, number, names) for row in batch.to_pylist()], pa.binary())
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=batch.schema)


def _data(row: Mapping[str, str | bytes], number: int, names: Mapping[str, str]) -> bytes:
    """Return the bytes of a file of an image; the pointer says whose it is."""
    data = row["data"]
    assert isinstance(data, bytes)
    if row["file"] != POINTER:
        return data
    return sealed(orjson.dumps({**orjson.loads(unsealed(data)), "root": f"copy-{number}/{names[str(row['part'])]}"}))
