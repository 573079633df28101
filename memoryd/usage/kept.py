"""What was counted is kept in the data folder, so that the next time only what is new is read. Counts alone; may be lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from memoryd.database import Database
from memoryd.usage.readers import Reading

FILE = "usage.db"
MOST_SIZES = 100_000
"""Outputs whose size is remembered; the oldest are forgotten first."""
REVISION = 2
"""Changes when readings mean something else."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    path BLOB, revision INTEGER, stat TEXT, place INTEGER, tail BLOB, rows BLOB, rest BLOB, PRIMARY KEY (path, revision)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rates (name TEXT PRIMARY KEY, version TEXT, rates BLOB);
CREATE TABLE IF NOT EXISTS sizes (handle TEXT PRIMARY KEY, tokens INTEGER);
"""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a file was read: its `stat` then, the offset, and a digest of the bytes before it."""

    stat: str
    offset: int
    tail: bytes


class Kept:
    """The counts of earlier readings. The caller sees to it that one thread at a time uses them."""

    def __init__(self, home: Path) -> None:
        self._database = Database(home / FILE, SCHEMA)

    def files(self) -> dict[bytes, tuple[str, bytes]]:
        """Return for each file its stat when it was read, and what was counted, as JSON."""
        found = self._database.rows("SELECT path, stat, rows FROM files WHERE revision = ?", REVISION)
        return {path: (stat, rows) for path, stat, rows in found}

    def begun(self, path: bytes) -> tuple[Position, Reading] | None:
        """Return how far a file was read, and the reading to go on with."""
        columns = "stat, place, tail, rows, rest"
        for stat, offset, tail, rows, rest in self._database.rows(
            f"SELECT {columns} FROM files WHERE path = ? AND revision = ?", path, REVISION  # noqa: S608 - our own text
        ):  # fmt: skip
            return Position(stat, offset, tail), Reading.stored(orjson.loads(rows), orjson.loads(rest))
        return None

    def keep(self, path: bytes, position: Position, reading: Reading) -> None:
        """Keep a reading."""
        rows, rest = orjson.dumps(reading.rows()), orjson.dumps(reading.rest())
        values = path, REVISION, position.stat, position.offset, position.tail, rows, rest
        self._database.write("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", *values)

    def forget(self, paths: Iterable[bytes]) -> None:
        """Forget files that are gone."""
        for path in paths:
            self._database.write("DELETE FROM files WHERE path = ?", path)

    def rates(self, version: str) -> dict[str, Any]:
        """Return the rates that were looked up in a version of the prices."""
        found = self._database.rows("SELECT name, rates FROM rates WHERE version = ?", version)
        return {name: orjson.loads(rates) for name, rates in found}

    def keep_rates(self, version: str, rates: Mapping[str, Any]) -> None:
        """Keep rates, and forget those of other versions."""
        self._database.write("DELETE FROM rates WHERE version <> ?", version)
        for name, value in rates.items():
            self._database.write("INSERT OR REPLACE INTO rates VALUES (?, ?, ?)", name, version, orjson.dumps(value))

    def sizes(self) -> dict[str, int]:
        """Return how many tokens kept outputs have, by handle."""
        return dict(self._database.rows("SELECT handle, tokens FROM sizes"))

    def keep_size(self, handle: str, tokens: int) -> None:
        """Keep how many tokens an output has: it is forgotten before its session is."""
        self._database.write("INSERT OR REPLACE INTO sizes VALUES (?, ?)", handle, tokens)
        self._database.write("DELETE FROM sizes WHERE rowid <= (SELECT MAX(rowid) FROM sizes) - ?", MOST_SIZES)

    def close(self) -> None:
        """Close the file."""
        self._database.close()
