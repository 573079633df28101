"""The searches of one version: BM25 over two columns and vectors, all three asked at once.

They go through LanceDB's asynchronous interface, which can do that; each alone is quicker there, too. Found rows come as
their places, and the ids of all places are read once for a version: fetching them for each query takes longer than the query.
"""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa

from memoryd.store.folder import session
from memoryd.store.schema import TEXT_COLUMNS

Result = TypeVar("Result")


class Found(NamedTuple):
    """The ids each index found with their scores, best first: BM25 of names and of words, cosine of vectors."""

    names: list[tuple[str, float]]
    words: list[tuple[str, float]]
    nearest: list[tuple[str, float]]


class Searches:
    """Asks the indexes of a table at one version; from any thread."""

    def __init__(self, folder: Path, table: str, version: int, ids: dict[int, str]) -> None:
        self._folder = folder
        self._name = table
        self._version = version
        self._ids = ids
        self._table: Any = None

    def ask(self, words: Sequence[str], vector: np.ndarray, limit: int) -> Found:
        """Return at most `limit` units for each index.

        `names` and `words` rank by BM25 (Robertson & Zaragoza 2009) the units that hold any of the words, `nearest` by cosine
        similarity. One query over both columns would take five times as long as the two of them.
        """
        texts, nearest = _Loop.shared().run(self._ask(words, vector, limit))
        names, said = (self._ranked(found, "_score") for found in texts)
        return Found(names, said, [(id_, 1.0 - distance) for id_, distance in self._ranked(nearest, "_distance")])

    async def _ask(self, words: Sequence[str], vector: np.ndarray, limit: int) -> tuple[list[Any], Any]:
        from lancedb.query import MatchQuery

        table = await self._opened()
        queries = [table.query().nearest_to_text(MatchQuery(" ".join(words), column)) for column in TEXT_COLUMNS if words]
        if vector.any():
            queries.append(table.query().nearest_to(vector.astype(np.float32)).column("vector").distance_type("cosine"))
        found = await asyncio.gather(*(query.with_row_id().select(["_rowid"]).limit(limit).to_arrow() for query in queries))
        return (found[:2] if words else [None, None]), (found[-1] if vector.any() else None)

    async def _opened(self) -> Any:
        if self._table is None:
            import lancedb

            database = await lancedb.connect_async(self._folder.absolute(), session=session())
            table = await database.open_table(self._name)
            await table.checkout(self._version)
            self._table = table
        return self._table

    def _ranked(self, found: pa.Table | None, column: str) -> list[tuple[str, float]]:
        """Return the ids of found rows with the value of a column, best first, equals in the order of their ids."""
        if found is None:
            return []
        ranked = zip((self._ids[row] for row in found["_rowid"].to_pylist()), found[column].to_pylist(), strict=True)
        sign = 1 if column == "_distance" else -1
        return sorted(ranked, key=lambda one: (sign * one[1], one[0]))


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
