"""Caches the digest of each file by its stat, so that an untouched file is not read again. A hint beside the index, never truth.

The rule against racy timestamps is git's (Documentation/technical/racy-git.txt): a file written in the same tick of the clock
in which it was read can change without its stat changing, so a digest that was read so soon after a write is not cached.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from memoryd.files.checksums import unsealed
from memoryd.files.content import Seen
from memoryd.files.names import read_whole
from memoryd.files.replace import save_sealed
from memoryd.model import Stat

FORMAT = "memoryd stat cache 1"


@dataclass(frozen=True, slots=True)
class StatCache:
    """Stats and digests by path."""

    digests: Mapping[str, list[int | str]] = field(default_factory=dict)  # the four numbers of a Stat, then the digest

    @classmethod
    def load(cls, file: Path) -> "StatCache":
        """Read what `save` wrote; a missing, damaged or foreign file is an empty cache."""
        try:
            found = orjson.loads(unsealed(read_whole(file)))
        except (OSError, ValueError):
            return cls()
        if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("files"), dict):
            return cls()
        files = found["files"]
        sound = all(type(kept) is list and len(kept) == 5 and type(kept[4]) is str for kept in files.values())
        return cls(files if sound else {})

    def digest_for(self, path: str, stat: Stat) -> str | None:
        """Return the digest of the file's bytes, or `None` if the file has to be read."""
        kept = self.digests.get(path)
        return str(kept[4]) if kept is not None and kept[:4] == [*stat] else None

    def updated(self, seen: Mapping[str, Seen], current: Container[str]) -> "StatCache":
        """Return the cache with the files in `seen` added; of the others, only those in `current` are kept."""
        kept = {path: entry for path, entry in self.digests.items() if path in current and path not in seen}
        kept |= {path: [*one.stat, one.digest] for path, one in seen.items() if is_trustworthy(one)}
        return StatCache(kept)

    def save(self, file: Path) -> None:
        """Replace the file as a whole; raise `StoreUnusable` where that fails. Readers see the old cache or the new one."""
        save_sealed(file, orjson.dumps({"format": FORMAT, "files": self.digests}, option=orjson.OPT_SORT_KEYS))


def is_trustworthy(seen: Seen) -> bool:
    """Tell whether the file was last changed more than a clock tick before it was read, so that its stat shows any later change."""
    return all(
        seen.moment - time > (COARSE_TICK if time % 1_000_000_000 == 0 else TICK) for time in (seen.stat.mtime_ns, seen.stat.ctime_ns)
    )


TICK = 20_000_000
"""Nanoseconds, above the tick of the kernel's clock for file times (1–10 ms)."""
COARSE_TICK = 2_000_000_000
"""Nanoseconds, for file systems that keep times in whole seconds; FAT keeps every second one."""
