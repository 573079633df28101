"""Which commits touched which files, kept beside the index: what changes together, how old a file is, and who changed it.

Newest commits are read first, a bounded number at a time; a later reading goes on where the last one ended. It is derived: what is
damaged, or of another history, is read again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from memoryd.database import Database
from memoryd.history.log import Commit, Log
from memoryd.versions import View

FILE = "history.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS state (head TEXT, begun TEXT, read INTEGER, is_whole INTEGER);
CREATE TABLE IF NOT EXISTS commits (number INTEGER PRIMARY KEY, id TEXT UNIQUE, time INTEGER, author TEXT, files INTEGER);
CREATE TABLE IF NOT EXISTS touched (path TEXT, number INTEGER, PRIMARY KEY (path, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_number ON touched (number, path);
"""
AT_ONCE = 2_000
"""The commits that are read in one go."""
READ_FOR_A_QUESTION = 500
"""The older commits that a question reads besides what it asks about: a fraction of a second."""
MASS = 25
"""The files of a commit from which it is a mass edit: that its files changed together says nothing of them."""
RECENT = 400
"""The newest commits of a file that are looked at for what changes with it."""


@dataclass(frozen=True, slots=True)
class Together:
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


class _State(NamedTuple):
    """How far a history was read: from `head` back to all before `begun`, of which the newest `read` commits, or the whole."""

    head: str
    begun: str
    read: int
    is_whole: int


class Touches:
    """What was read of the history of a project. One thread at a time uses it, and closes it: it is a context."""

    def __init__(self, folder: Path, log: Log) -> None:
        self._database = Database(folder / FILE, SCHEMA)
        self._log = log

    @classmethod
    def of(cls, view: View) -> Self:
        """Open what was read of the history of a view's project."""
        return cls(view.store.folder.parent, Log(view.root, view.secrets))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._database.close()

    def read(self, most: int = AT_ONCE) -> bool:
        """Read what is new, and at most so many commits of what is older; return whether all is read that there is."""
        head = self._log.head()
        if not head:
            return True
        state = self._state()
        if state is None or not (state.head == head or self._log.is_ancestor(state.head, head)):
            state = _State(head, head, 0, 0)
            if not self._keep((), state, ("DELETE FROM commits", "DELETE FROM touched")):
                return False
        if state.head != head:
            newer = self._log.commits(f"{state.head}..{head}", 0, AT_ONCE * 10)
            state = state._replace(head=head)
            if not self._keep(newer, state):
                return False
        while not state.is_whole and most > 0:
            found = self._log.commits(state.begun, state.read, min(most, AT_ONCE))
            state = state._replace(read=state.read + len(found), is_whole=int(len(found) < min(most, AT_ONCE)))
            if not self._keep(found, state):
                return False
            most -= len(found)
        return bool(state.is_whole)

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

    def _state(self) -> _State | None:
        rows = self._database.rows("SELECT head, begun, read, is_whole FROM state")
        return _State(*rows[0]) if rows else None

    def _keep(self, commits: Iterable[Commit], state: _State, before: Iterable[str] = ()) -> bool:
        """Keep commits and how far was read by them, after some statements: all of it or nothing. Tell whether that succeeded."""
        write = self._database.write
        if not write("BEGIN IMMEDIATE"):
            return False
        is_kept = all(map(write, before)) and all(map(self._keep_one, commits))
        is_kept = is_kept and write("DELETE FROM state") and write("INSERT INTO state VALUES (?, ?, ?, ?)", *state)
        is_kept = is_kept and write("COMMIT")
        if not is_kept:
            write("ROLLBACK")
        return is_kept

    def _keep_one(self, one: Commit) -> bool:
        write, files = self._database.write, len(one.paths)
        if not write("INSERT OR IGNORE INTO commits (id, time, author, files) VALUES (?, ?, ?, ?)", one.id, one.time, one.author, files):
            return False
        if files > MASS * 4:
            return True
        number = self._database.rows("SELECT number FROM commits WHERE id = ?", one.id)
        return bool(number) and all(write("INSERT OR IGNORE INTO touched VALUES (?, ?)", path, number[0][0]) for path in one.paths)
