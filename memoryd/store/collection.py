"""A set of LanceDB tables at one address: a folder, or an address of object storage. Its searches are LanceDB's own.

Each change of a table is one version; a reader sees all of it or nothing. Which rows of several tables belong together is for the caller
to say, by what it writes last.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from memoryd.config import set_unless_given
from memoryd.errors import FleetUnusable
from memoryd.store.folder import INDEX_CACHE_BYTES, session
from memoryd.store.schema import among

SEEN_SECONDS = 5.0
"""After which time a reader looks whether a table has a newer version."""
FLAT_ROWS = 20_000
"""The rows up to which all vectors are compared, and all rows looked at: an index of fewer loses answers, or saves no time."""
PROBES = 20
"""The partitions of an index of vectors that are searched."""
READ_ROWS = 4_096


class Tables:
    """The tables at an address. Raises `FleetUnusable` where they cannot be read or written."""

    def __init__(self, address: str, index_bytes: int = INDEX_CACHE_BYTES) -> None:
        """Take an address, and how many bytes of its indexes are kept in memory: who answers from an index that does not fit reads it."""
        self.address = address
        self._index_bytes = index_bytes
        self._open: dict[str, Any] = {}

    @property
    def is_local(self) -> bool:
        """Whether the address is a folder of this machine."""
        return "://" not in self.address

    def move(self, address: str) -> None:
        """Read at another address from now on, where there is a copy. What is being read goes on."""
        self.address = address
        self.__dict__.pop("_database", None)
        self._open = {}

    @cached_property
    def _database(self) -> Any:
        # Otherwise LanceDB prints a warning at each search while rows wait to be indexed.
        set_unless_given("LANCEDB_LOG", "error")
        import lancedb

        place = Path(self.address).absolute() if self.is_local else self.address
        with unusable(self.address):
            return lancedb.connect(place, session=session(self._index_bytes), read_consistency_interval=timedelta(seconds=SEEN_SECONDS))

    def holds(self, name: str) -> bool:
        """Tell whether there is a table of this name."""
        return self._found(name) is not None

    def version(self, name: str) -> int:
        """Return the number of the newest version of a table that is seen yet, 0 if there is no such table."""
        table = self._found(name)
        with unusable(self.address):
            return int(table.version) if table is not None else 0

    def count(self, name: str, where: str | None = None) -> int:
        """Return the number of rows of a table that meet a condition, 0 if there is no such table."""
        table = self._found(name)
        with unusable(self.address):
            return int(table.count_rows(where)) if table is not None else 0

    def rows(self, name: str, columns: Sequence[str], where: str | None = None) -> pa.Table | None:
        """Return columns of the rows that meet a condition, in no order; `None` if there is no such table."""
        table = self._found(name)
        if table is None:
            return None
        with unusable(self.address):
            query = table.search().select(list(columns))
            return (query.where(where) if where else query).to_arrow()

    def batches(self, name: str, where: str | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows that meet a condition, with all columns."""
        table = self._found(name)
        if table is None:
            return
        with unusable(self.address):
            query = table.search()
            yield from (query.where(where) if where else query).to_batches(READ_ROWS)

    def matching(self, name: str, column: str, words: Sequence[str], wanted: "Wanted") -> pa.Table:
        """Return the rows whose column holds any of the words, best BM25 first, with the column `_score`."""
        table = self._found(name)
        with unusable(self.address):
            query = table.search(" ".join(words), query_type="fts", fts_columns=column)
            return _asked(query, wanted, "_score").to_arrow()

    def nearest(self, name: str, vector: np.ndarray, wanted: "Wanted") -> pa.Table:
        """Return the rows whose vector is nearest to another, nearest first, with the column `_distance` (1 - cosine)."""
        table = self._found(name)
        with unusable(self.address):
            query = table.search(vector, vector_column_name="vector").distance_type("cosine").nprobes(PROBES)
            return _asked(query, wanted, "_distance").to_arrow()

    def append(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
        """Add rows to a table, which is made if there is none, in one version."""
        reader = pa.RecordBatchReader.from_batches(schema, iter(batches))
        with unusable(self.address):
            if self._found(name) is None:
                self._open[name] = self._database.create_table(name, reader)
            else:
                self._open[name].add(reader)

    def replace(self, name: str, rows: pa.Table) -> None:
        """Make these the rows of a table, in one version."""
        with unusable(self.address):
            self._open[name] = self._database.create_table(name, rows, mode="overwrite")

    def drop(self, names: Iterable[str]) -> None:
        """Remove tables; those that are not there are skipped."""
        with unusable(self.address):
            for name in names:
                self._open.pop(name, None)
                self._database.drop_table(name, ignore_missing=True)

    def drop_all(self) -> None:
        """Remove all tables."""
        with unusable(self.address):
            self._open.clear()
            self._database.drop_all_tables()

    def delete(self, name: str, where: str) -> None:
        """Remove the rows that meet a condition, in one version."""
        table = self._found(name)
        with unusable(self.address):
            if table is not None and table.count_rows(where):
                table.delete(where)

    def tidy(self, name: str, full_text: Collection[str], scalar: Collection[str], vector: str = "") -> None:
        """Index what is not indexed yet, merge what changes scattered, and remove what only older versions need."""
        table = self._found(name)
        if table is None:
            return
        with unusable(self.address):
            known = {column for index in table.list_indices() for column in index.columns}
            wanted = _indexes(full_text, scalar, vector) if table.count_rows() > FLAT_ROWS else _indexes(full_text, (), "")
            for column, config in wanted.items():
                if column not in known:
                    table.create_index(column, config=config())
            table.optimize(cleanup_older_than=timedelta(hours=1))

    def _found(self, name: str) -> Any:
        """Return a table at its newest version; `None` if there is none."""
        opened = self._open
        if name not in opened:
            if self.is_local and not os.path.exists(self.address):  # LanceDB would make the folder
                return None
            with unusable(self.address):
                try:
                    opened[name] = self._database.open_table(name)
                except ValueError:  # as LanceDB says that there is none
                    return None
        return opened[name]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search is to return: at most `limit` rows with `columns` that meet the condition `where`, which is looked at first."""

    columns: Sequence[str]
    limit: int
    where: str = ""


def one_of(column: str, values: Iterable[str]) -> str:
    """Return the condition that a column has one of these values."""
    return among(column, values)


def _asked(query: Any, wanted: Wanted, score: str) -> Any:
    query = query.select([*wanted.columns, score]).limit(wanted.limit)
    return query.where(wanted.where, prefilter=True) if wanted.where else query


def _indexes(full_text: Collection[str], scalar: Collection[str], vector: str) -> Mapping[str, Callable[[], Any]]:
    from lancedb.index import FTS, BTree, IvfSq

    # Words are split and stemmed before they are stored, and for all languages alike.
    words: Callable[[], Any] = lambda: FTS(  # noqa: E731
        base_tokenizer="whitespace", lower_case=False, stem=False, remove_stop_words=False, ascii_folding=False
    )
    vectors: Callable[[], Any] = lambda: IvfSq(distance_type="cosine")  # noqa: E731
    return {**dict.fromkeys(full_text, words), **dict.fromkeys(scalar, BTree), **({vector: vectors} if vector else {})}


@contextmanager
def unusable(address: str) -> Iterator[None]:
    """Translate LanceDB's errors, which have no type of their own."""
    try:
        yield
    except (RuntimeError, OSError, ValueError, pa.ArrowException) as error:
        said = str(error).strip().partition("\n")[0][:300]
        advice = "check the address, what you may do there, and the disk; tables that are damaged are made anew at another address"
        raise FleetUnusable(f"the fleet's tables cannot be read or written; {advice}", f"{address}: {said}") from error
