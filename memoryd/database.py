"""A SQLite file for our user alone whose loss is no loss: what cannot be read or written is as if it had never been there.

A damaged file is made anew. The caller sees to it that one thread at a time uses it.
"""

import logging
import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from memoryd.files import private_folder

BUSY_SECONDS = 0.05
"""How long a statement waits for another process; what is written here is not worth a longer wait."""
BESIDE = ("", "-wal", "-shm")
"""What SQLite appends to the name of a file for those that it keeps beside it."""
log = logging.getLogger("memoryd")


class Database:
    """The rows of one file, which is made when it is first used. `schema` creates what is missing."""

    def __init__(self, file: Path, schema: str) -> None:
        self._file = file
        self._schema = schema
        self._connection: sqlite3.Connection | None = None

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Return the rows that a statement finds, none where it fails."""
        try:
            return self._open().execute(sql, values).fetchall()
        except (sqlite3.Error, OSError, ValueError) as error:
            self._failed(error)
            return []

    def write(self, sql: str, *values: Any) -> bool:
        """Run a statement that writes; tell whether it succeeded."""
        try:
            self._open().execute(sql, values)
        except (sqlite3.Error, OSError, ValueError) as error:
            self._failed(error)
            return False
        return True

    def close(self) -> None:
        """Close the file; it is opened again when it is needed."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            private_folder(self._file.parent)
            # SQLite gives the files beside it the mode of this one.
            os.close(os.open(self._file, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600))
            opened = sqlite3.connect(self._file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                opened.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {self._schema}")
            except sqlite3.Error:
                opened.close()
                raise
            self._connection = opened
        return self._connection

    def _failed(self, error: Exception) -> None:
        log.info("records failed", extra={"fields": {"error": type(error).__name__}})
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            self.close()
            for ending in BESIDE:
                with suppress(OSError):
                    self._file.with_name(self._file.name + ending).unlink()
