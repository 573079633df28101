"""The records of a project's sessions on disk, bounded in sessions and days. All of them may be lost."""

import json
import struct
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from memoryd.database import Database
from memoryd.sessions.ledger import Run

FILE = "sessions.db"
MOST_SESSIONS = 200
SECONDS_KEPT = 14 * 86_400.0
"""How long a session without events is remembered."""
SECONDS_BETWEEN_TIDYING = 600.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, at REAL NOT NULL, facts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS seen (session TEXT, agent TEXT, path TEXT, runs BLOB, PRIMARY KEY (session, agent, path));
"""
RUN = struct.Struct("<II")


class Records:
    """The records of one project. The caller sees to it that one thread at a time uses them."""

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / FILE, SCHEMA)
        self._tidied = 0.0

    def session(self, id_: str) -> tuple[float, dict[str, Any]] | None:
        """Return when a session had its last event, and what is stored of it; `None` if it is not known."""
        for at, facts in self._database.rows("SELECT at, facts FROM sessions WHERE id = ?", id_):
            with suppress(TypeError, ValueError):
                if isinstance(found := json.loads(facts), dict):
                    return float(at), found
        return None

    def listed(self, first: int, most: int) -> list[str]:
        """Return the ids of sessions, newest first, from the number `first` (from 0) on."""
        return [id_ for (id_,) in self._database.rows("SELECT id FROM sessions ORDER BY at DESC, id LIMIT ? OFFSET ?", most, first)]

    def count(self) -> int:
        """Return how many sessions are remembered."""
        return next((int(count) for (count,) in self._database.rows("SELECT COUNT(*) FROM sessions")), 0)

    def seen(self, session: str) -> Iterable[tuple[str, str, tuple[Run, ...]]]:
        """Return what the agents of a session have: agent, path, runs."""
        rows = self._database.rows("SELECT agent, path, runs FROM seen WHERE session = ? ORDER BY rowid", session)
        return [(agent, path, _runs(data)) for agent, path, data in rows]

    def save(self, id_: str, at: float, facts: Mapping[str, Any]) -> None:
        """Store a session."""
        self._database.write("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?)", id_, at, json.dumps(facts))
        if at - self._tidied > SECONDS_BETWEEN_TIDYING:
            self._tidied = at
            self._tidy(at)

    def save_seen(self, session: str, agent: str, path: str, runs: tuple[Run, ...]) -> None:
        """Store what an agent has of a file."""
        data = b"".join(RUN.pack(run.first, len(run.digests)) + run.digests for run in runs)
        self._database.write("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", session, agent, path, data)

    def forget_seen(self, session: str, agent: str | None) -> None:
        """Remove what an agent has; with `None`, what all agents of a session have."""
        self._database.write("DELETE FROM seen WHERE session = ? AND (agent = ? OR ? IS NULL)", session, agent, agent)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _tidy(self, now: float) -> None:
        newest = "SELECT id FROM sessions ORDER BY at DESC LIMIT ?"
        self._database.write("DELETE FROM sessions WHERE at < ?", now - SECONDS_KEPT)
        self._database.write(f"DELETE FROM sessions WHERE id NOT IN ({newest})", MOST_SESSIONS)  # noqa: S608 - our own text
        self._database.write("DELETE FROM seen WHERE session NOT IN (SELECT id FROM sessions)")


def _runs(data: bytes) -> tuple[Run, ...]:
    found, at = [], 0
    while at + RUN.size <= len(data):
        first, size = RUN.unpack_from(data, at)
        at += RUN.size
        found.append(Run(first, data[at : at + size]))
        at += size
    return tuple(found)
