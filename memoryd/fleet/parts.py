"""Where tasks leave the parts that they made until all are taken in at once: for each, a table of each kind beside the fleet's own.

A part is whole once its table of repositories is there, which is written last. So a run that was killed goes on with those that are
missing, and what a killed task left is replaced.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import pyarrow as pa

from memoryd.fleet.tables import REPOSITORIES, ROWS, schema_of
from memoryd.store import Tables

FOLDER = "parts"


class Parts:
    """The parts beside the tables at an address."""

    def __init__(self, address: str) -> None:
        self._address = f"{address.rstrip('/')}/{FOLDER}"

    def whole(self, parts: Iterable[str]) -> frozenset[str]:
        """Return those of some parts that are whole."""
        return frozenset(part for part in parts if self._tables.holds(f"{part}.{REPOSITORIES}"))

    def leave(self, part: str, rows: Mapping[str, Iterable[pa.RecordBatch]], repository: Callable[[], pa.Table], dimensions: int) -> None:
        """Write a part: the batches of each table in `ROWS`, then its row of the table of repositories, which is made last."""
        tables = self._tables
        tables.drop(f"{part}.{table}" for table in (REPOSITORIES, *ROWS))
        for table in ROWS:
            tables.append(f"{part}.{table}", schema_of(table, dimensions), rows[table])
        row = repository()
        tables.append(f"{part}.{REPOSITORIES}", row.schema, row.to_batches())

    def rows(self, parts: Iterable[str], table: str) -> Iterator[pa.RecordBatch]:
        """Yield the rows of one of the tables of some parts."""
        for part in parts:
            yield from self._tables.batches(f"{part}.{table}")

    def discard(self) -> None:
        """Remove all parts, those that are not whole, too."""
        self._tables.drop_all()

    @property
    def _tables(self) -> Tables:
        """The tables, opened anew: thousands of parts are not kept open."""
        return Tables(self._address)
