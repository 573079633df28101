"""Writes a new table from batches that the caller's thread makes, so that exceptions raised there, Ctrl-C too, reach the caller."""

import contextlib
import queue
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pyarrow as pa


def write_table(database: Any, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Any:
    """Create a table from batches and return it.

    LanceDB takes batches in a thread of its own, and would report every exception of making them as a failed write.
    """
    waiting: queue.Queue[pa.RecordBatch | None] = queue.Queue(2)
    complete = threading.Event()

    def taken() -> Iterator[pa.RecordBatch]:
        yield from iter(waiting.get, None)
        if not complete.is_set():
            raise RuntimeError("abandoned")

    reader = pa.RecordBatchReader.from_batches(schema, taken())
    with ThreadPoolExecutor(1) as writer:
        table = writer.submit(database.create_table, name, reader, mode="overwrite")
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
