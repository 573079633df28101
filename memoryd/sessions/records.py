"""The records of a project's sessions on disk: a SQLite file for our user alone, bounded in sessions, days and bytes.

Everything in it may be lost: what cannot be read or written is as if it had never been there, and a damaged file is made anew.
"""

import json
import logging
import os
import sqlite3
import struct
import time
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from memoryd.files import private_folder
from memoryd.sessions.ledger import Run

FILE = "sessions.db"
MOST_SESSIONS = 200
SECONDS_KEPT = 14 * 86_400.0
"""How long a session without events is remembered."""
OBSERVATION_SECONDS = 7 * 86_400.0
OBSERVATION_BYTES = 48 * 2**20
"""Bytes of all observations of a project, compressed."""
SECONDS_BETWEEN_TIDYING = 600.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, at REAL NOT NULL, facts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS seen (session TEXT, agent TEXT, path TEXT, runs BLOB, PRIMARY KEY (session, agent, path));
CREATE TABLE IF NOT EXISTS observations (id TEXT PRIMARY KEY, at REAL NOT NULL, size INTEGER NOT NULL, text BLOB NOT NULL);
PRAGMA user_version = 1;
"""
RUN = struct.Struct("<II")
log = logging.getLogger("memoryd.daemon")


class Records:
    """The records of one project. The caller sees to it that one thread at a time uses them."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._tidied = 0.0
        self._connection: sqlite3.Connection | None = None

    def session(self, id_: str) -> tuple[float, dict[str, Any]] | None:
        """Return when a session had its last event, and what is stored of it; `None` if it is not known."""
        row = self._one("SELECT at, facts FROM sessions WHERE id = ?", (id_,))
        with suppress(TypeError, ValueError):
            if row is not None and isinstance(facts := json.loads(row[1]), dict):
                return float(row[0]), facts
        return None

    def seen(self, session: str) -> Iterable[tuple[str, str, tuple[Run, ...]]]:
        """Return what the agents of a session have: agent, path, runs."""
        rows = self._all("SELECT agent, path, runs FROM seen WHERE session = ? ORDER BY rowid", (session,))
        return [(agent, path, _runs(data)) for agent, path, data in rows]

    def save(self, id_: str, at: float, facts: Mapping[str, Any]) -> None:
        """Store a session."""
        self._write("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?)", (id_, at, json.dumps(facts)))
        if at - self._tidied > SECONDS_BETWEEN_TIDYING:
            self._tidied = at
            self._tidy(at)

    def save_seen(self, session: str, agent: str, path: str, runs: tuple[Run, ...]) -> None:
        """Store what an agent has of a file."""
        data = b"".join(RUN.pack(run.first, len(run.digests)) + run.digests for run in runs)
        self._write("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", (session, agent, path, data))

    def forget_seen(self, session: str, agent: str | None) -> None:
        """Remove what an agent has; with `None`, what all agents of a session have."""
        self._write("DELETE FROM seen WHERE session = ? AND (agent = ? OR ? IS NULL)", (session, agent, agent))

    def keep(self, id_: str, text: str) -> bool:
        """Store an observation; tell whether it is there now."""
        data = zlib.compress(text.encode("utf-8", "surrogatepass"), 6)
        self._write("INSERT OR REPLACE INTO observations VALUES (?, ?, ?, ?)", (id_, time.time(), len(data), data))
        return self._one("SELECT 1 FROM observations WHERE id = ?", (id_,)) is not None

    def observations(self, prefix: str) -> list[str]:
        """Return the ids of observations that begin so, at most two."""
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1) if prefix else "g"
        return [row[0] for row in self._all("SELECT id FROM observations WHERE id >= ? AND id < ? LIMIT 2", (prefix, end))]

    def observation(self, id_: str) -> str | None:
        """Return the text of an observation."""
        row = self._one("SELECT text FROM observations WHERE id = ?", (id_,))
        with suppress(zlib.error, UnicodeDecodeError, TypeError):
            return zlib.decompress(row[0]).decode("utf-8", "surrogatepass") if row is not None else None
        return None

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _tidy(self, now: float) -> None:
        self._write("DELETE FROM sessions WHERE at < ?", (now - SECONDS_KEPT,))
        self._write("DELETE FROM sessions WHERE id NOT IN (SELECT id FROM sessions ORDER BY at DESC LIMIT ?)", (MOST_SESSIONS,))
        self._write("DELETE FROM seen WHERE session NOT IN (SELECT id FROM sessions)", ())
        self._write("DELETE FROM observations WHERE at < ?", (now - OBSERVATION_SECONDS,))
        over = (
            "DELETE FROM observations WHERE id IN (SELECT id FROM"
            " (SELECT id, SUM(size) OVER (ORDER BY at DESC, id) AS total FROM observations) WHERE total > ?)"
        )
        self._write(over, (OBSERVATION_BYTES,))

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            private_folder(self._file.parent)
            # SQLite gives its other files the mode of this one.
            os.close(os.open(self._file, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600))
            self._connection = sqlite3.connect(self._file, timeout=0.05, isolation_level=None, check_same_thread=False)
            self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + SCHEMA)
        return self._connection

    def _one(self, sql: str, values: tuple[Any, ...]) -> Any:
        return next(iter(self._all(sql, values)), None)

    def _all(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        try:
            return self._open().execute(sql, values).fetchall()
        except (sqlite3.Error, OSError, ValueError) as error:
            self._failed(error)
            return []

    def _write(self, sql: str, values: tuple[Any, ...]) -> None:
        try:
            self._open().execute(sql, values)
        except (sqlite3.Error, OSError, ValueError) as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        log.warning("records of sessions failed", extra={"fields": {"error": type(error).__name__}})
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            with suppress(sqlite3.Error):
                self.close()
            for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
                with suppress(OSError):
                    self._file.with_name(name).unlink()


def _runs(data: bytes) -> tuple[Run, ...]:
    found, at = [], 0
    while at + RUN.size <= len(data):
        first, size = RUN.unpack_from(data, at)
        at += RUN.size
        found.append(Run(first, data[at : at + size]))
        at += size
    return tuple(found)
