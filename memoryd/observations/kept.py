"""Keeps outputs whole on disk, each under a handle made from its text. Secret values are masked before anything is written."""

import hashlib
import re
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from memoryd.database import Database
from memoryd.errors import UnknownHandle
from memoryd.model import Shown
from memoryd.secrets import masked_text, why_secret
from memoryd.text import OBSERVATION_DIGITS, escaped_text, number_of

FILE = "observations.db"
SCHEMA = "CREATE TABLE IF NOT EXISTS observations (id TEXT PRIMARY KEY, at REAL NOT NULL, size INTEGER NOT NULL, text BLOB NOT NULL);"
SECONDS_KEPT = 7 * 86_400.0
MOST_BYTES = 48 * 2**20
"""Bytes of all observations of a project, compressed."""
HANDLE = re.compile(r"obs:([0-9a-f]{10})(?::(\d{1,9})(?:-(\d{1,9}))?)?")
WORD = re.compile(r"""[^\s'"`;|&()<>={},]+""")
"""A word of a command that may name a file, without quotes and what else a shell takes away."""
PRIVATE = "<private>"
"""The mark, however it is spelled, of what its author wants nobody to keep (`memoryd.sessions.privacy`)."""
OVER = (
    "DELETE FROM observations WHERE id IN (SELECT id FROM"
    " (SELECT id, SUM(size) OVER (ORDER BY at DESC, id) AS total FROM observations) WHERE total > ?)"
)


@dataclass(frozen=True, slots=True)
class Headline:
    """What is known of a kept output without reading it: its handle, when it was kept (Unix seconds), its bytes, compressed."""

    handle: str
    at: float
    bytes: int


class Observations:
    """The observations of one project. Safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / FILE, SCHEMA)
        self._lock = threading.Lock()

    def keep(self, command: str, output: str) -> str:
        """Keep an output, and return its handle; "" if it may not be kept, or cannot."""
        source = output.encode("utf-8", "replace")
        if PRIVATE in output.lower() or any(why_secret(word, source) for word in WORD.findall(command)):
            return ""
        text = masked_text(output)
        id_ = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        data = zlib.compress(text.encode("utf-8", "surrogatepass"))
        now = time.time()
        with self._lock:
            is_kept = self._database.write("INSERT OR REPLACE INTO observations VALUES (?, ?, ?, ?)", id_, now, len(data), data)
            self._database.write("DELETE FROM observations WHERE at < ?", now - SECONDS_KEPT)
            self._database.write(OVER, MOST_BYTES)
        return f"obs:{id_[:OBSERVATION_DIGITS]}" if is_kept and len(data) <= MOST_BYTES else ""

    def show(self, handle: str) -> Shown:
        """Return the lines that a handle names, with visible escapes. Raises `UnknownHandle`."""
        named = HANDLE.fullmatch(handle)
        if named is None:
            raise UnknownHandle(f"{handle} names no lines of an observation; write obs:ID:FIRST-LAST")
        with self._lock:
            # Of all hexadecimal digits and the letter after them, `g` is the one that none begins with.
            rows = self._database.rows("SELECT text FROM observations WHERE id >= ? AND id < ? LIMIT 2", named[1], f"{named[1]}g")
        text = None
        with suppress(zlib.error, UnicodeDecodeError, TypeError, IndexError):
            text = zlib.decompress(rows[0][0]).decode("utf-8", "surrogatepass") if len(rows) == 1 else None
        if text is None:
            raise UnknownHandle(f"there is no observation {handle}: they are kept for a week; run the command again")
        lines = text.split("\n")
        first = int(named[2] or 1)
        last = int(named[3] or named[2] or len(lines))
        if not 1 <= first <= min(last, len(lines)):
            raise UnknownHandle(f"obs:{named[1]} has {number_of(len(lines), 'line')}; name lines from 1 to {len(lines)}")
        last = min(last, len(lines))
        return Shown(f"obs:{named[1]}", first, last, escaped_text("\n".join(lines[first - 1 : last]) + "\n"))

    def listed(self, most: int) -> tuple[Headline, ...]:
        """Return the outputs that were kept last, newest first."""
        with self._lock:
            rows = self._database.rows("SELECT id, at, size FROM observations ORDER BY at DESC, id LIMIT ?", most)
        return tuple(Headline(f"obs:{id_[:OBSERVATION_DIGITS]}", float(at), int(size)) for id_, at, size in rows)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()
