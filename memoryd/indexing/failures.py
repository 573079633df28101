"""Remembers when files made their parser fail, so that they are tried again. The rows of the index say which files and why.

Rows are a function of a file's bytes, so the times are kept beside them. Without a time a file is tried again by the next refresh.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from memoryd.files import save_sealed, unsealed
from memoryd.overlay import Overlay
from memoryd.store import FileRecord

FILE = "failures.json"
FORMAT = "memoryd failures 1"
SECONDS_TO_RETRY = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Failures:
    """The Unix times of failures by the digest of the file."""

    times: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> "Failures":
        """Read what `save` wrote; a missing, damaged or foreign file holds no times."""
        try:
            found = orjson.loads(unsealed((folder / FILE).read_bytes()))
        except (OSError, ValueError):
            return cls()
        if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("times"), dict):
            return cls()
        return cls({digest: time for digest, time in found["times"].items() if type(time) is float})

    def due(self, records: Mapping[str, FileRecord], now: float) -> frozenset[str]:
        """Return the files that failed, and not within the last `SECONDS_TO_RETRY`."""
        return frozenset(path for path in failed(records) if not self._is_recent(records[path].fingerprint.digest, now))

    def updated(self, records: Mapping[str, FileRecord], digests: Collection[str], now: float) -> "Failures":
        """Return the times after the files with some digests failed now; files whose record is no failure are left out."""
        kept = {records[path].fingerprint.digest for path in failed(records)}
        return Failures({digest: time for digest, time in self.times.items() if digest in kept} | dict.fromkeys(digests, now))

    def save(self, folder: Path) -> None:
        """Write the times for `load`. Raises `StoreUnusable`."""
        save_sealed(folder / FILE, orjson.dumps({"format": FORMAT, "times": self.times}, option=orjson.OPT_SORT_KEYS))

    def _is_recent(self, digest: str, now: float) -> bool:
        # A time in the future is of a clock that was wrong.
        return digest in self.times and 0 <= now - self.times[digest] < SECONDS_TO_RETRY


def failed(records: Mapping[str, FileRecord]) -> frozenset[str]:
    """Return the files whose parser failed."""
    if isinstance(records, Overlay):
        return records.where(_has_failed)
    return frozenset(path for path, record in records.items() if _has_failed(record))


def _has_failed(record: FileRecord) -> bool:
    return record.has_failed
