"""Remembers when files made their parser fail, so that they are tried again. The rows of the index say which files and why.

Rows are a function of a file's bytes, so the times are kept beside them. Without a time a file is tried again by the next refresh.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import starmap
from pathlib import Path

import orjson

from memoryd.files import read_whole, save_sealed, unsealed
from memoryd.model import Skipped
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
            found = orjson.loads(unsealed(read_whole(folder / FILE)))
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
    return _where(records, _has_failed)


def left_out(records: Mapping[str, FileRecord], found: Iterable[Skipped] = ()) -> tuple[Skipped, ...]:
    """Return the files that are not indexed, by path: those of an index, and those that were `found` in the working tree."""
    reasons = {path: records[path].skipped for path in _where(records, _is_left_out)}
    reasons |= {one.path: one.reason for one in found}
    return tuple(starmap(Skipped, sorted(reasons.items())))


def _where(records: Mapping[str, FileRecord], holds: Callable[[FileRecord], bool]) -> frozenset[str]:
    if isinstance(records, Overlay):
        return records.where(holds)
    return frozenset(path for path, record in records.items() if holds(record))


def _has_failed(record: FileRecord) -> bool:
    return record.has_failed


def _is_left_out(record: FileRecord) -> bool:
    return bool(record.skipped)
