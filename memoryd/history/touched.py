"""Which commits touched which files, kept beside the index: what changes together, how old a file is, and who changed it.

Newest commits are read first, a bounded number at a time; a later reading goes on where the last one ended. It is derived: what is
damaged, or of another history, is read again.
"""

from pathlib import Path
from typing import NamedTuple

from memoryd.database import Database
from memoryd.history.log import Commit, Log

FILE = "history.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS state (head TEXT, begun TEXT, read INTEGER, is_whole INTEGER);
CREATE TABLE IF NOT EXISTS commits (number INTEGER PRIMARY KEY, id TEXT UNIQUE, time INTEGER, author TEXT, files INTEGER);
CREATE TABLE IF NOT EXISTS touched (path TEXT, number INTEGER, PRIMARY KEY (path, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_number ON touched (number, path);
"""
AT_ONCE = 2_000
"""The commits that are read in one go."""
MASS = 25
"""The files of a commit from which it is a mass edit: that its files changed together says nothing of them."""
RECENT = 400
"""The newest commits of a file that are looked at for what changes with it."""


class Together(NamedTuple):
    """A file that changed together with others: in `support` commits, which are `confidence` of those of the one asked about."""

    path: str
    support: int
    confidence: float


class Age(NamedTuple):
    """How many commits touched a file, when the first and the last of those that were read (seconds since 1970), and by whom most."""

    commits: int
    first: int
    last: int
    authors: tuple[tuple[str, int], ...]


class Touches:
    """What was read of the history of a project. One thread at a time uses it."""

    def __init__(self, folder: Path, log: Log) -> None:
        self._database = Database(folder / FILE, SCHEMA)
        self._log = log

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def read(self, most: int = AT_ONCE) -> bool:
        """Read what is new, and at most so many commits of what is older; return whether all is read that there is."""
        head = self._log.head()
        if not head:
            return True
        state = self._state()
        if state is None or not (state[0] == head or self._log.is_ancestor(state[0], head)):
            self._begin(head)
            state = head, head, 0, 0
        known, begun, read, is_whole = state
        if known != head:
            self._keep(self._log.commits(f"{known}..{head}", 0, AT_ONCE * 10))
        while not is_whole and most > 0:
            found = self._log.commits(begun, read, min(most, AT_ONCE))
            self._keep(found)
            read, most, is_whole = read + len(found), most - len(found), int(len(found) < min(most, AT_ONCE))
        self._database.write("DELETE FROM state")
        self._database.write("INSERT INTO state VALUES (?, ?, ?, ?)", head, begun, read, is_whole)
        return bool(is_whole)

    def commits(self) -> int:
        """Return the number of commits that were read."""
        rows = self._database.rows("SELECT COUNT(*) FROM commits")
        return int(rows[0][0]) if rows else 0

    def together(self, path: str, most: int, least: int = 2) -> list[Together]:
        """Return what changed in the same commits as a file, in at least so many of its newest ones, mass edits left out."""
        own = "SELECT t.number FROM touched t JOIN commits c USING (number) WHERE t.path = ? AND c.files <= ? ORDER BY c.time DESC LIMIT ?"
        total = self._database.rows(f"SELECT COUNT(*) FROM ({own})", path, MASS, RECENT)  # noqa: S608  (no text of others)
        rows = self._database.rows(
            f"SELECT path, COUNT(*) AS support FROM touched WHERE number IN (SELECT number FROM ({own})) AND path <> ?"  # noqa: S608
            " GROUP BY path HAVING support >= ? ORDER BY support DESC, path LIMIT ?",
            path, MASS, RECENT, path, least, most,
        )  # fmt: skip
        return [Together(other, support, support / max(total[0][0], 1)) for other, support in rows] if total else []

    def age(self, path: str) -> Age | None:
        """Return how old a file is, and who changed it; `None` where nothing was read of it."""
        rows = self._database.rows(
            "SELECT c.author, COUNT(*), MIN(c.time), MAX(c.time) FROM touched t JOIN commits c USING (number) WHERE t.path = ?"
            " GROUP BY c.author ORDER BY COUNT(*) DESC, c.author",
            path,
        )
        if not rows:
            return None
        authors = tuple((author, number) for author, number, _, _ in rows)
        return Age(sum(number for _, number in authors), min(row[2] for row in rows), max(row[3] for row in rows), authors)

    def _state(self) -> tuple[str, str, int, int] | None:
        rows = self._database.rows("SELECT head, begun, read, is_whole FROM state")
        return rows[0] if rows else None

    def _begin(self, head: str) -> None:
        for table in ("state", "commits", "touched"):
            self._database.write(f"DELETE FROM {table}")  # noqa: S608  (our own names)
        self._database.write("INSERT INTO state VALUES (?, ?, 0, 0)", head, head)

    def _keep(self, commits: list[Commit]) -> None:
        self._database.write("BEGIN IMMEDIATE")
        for one in commits:
            self._database.write(
                "INSERT OR IGNORE INTO commits (id, time, author, files) VALUES (?, ?, ?, ?)", one.id, one.time, one.author, len(one.paths)
            )
            if len(one.paths) <= MASS * 4:
                number = self._database.rows("SELECT number FROM commits WHERE id = ?", one.id)
                for path in one.paths if number else ():
                    self._database.write("INSERT OR IGNORE INTO touched VALUES (?, ?)", path, number[0][0])
        self._database.write("COMMIT")
