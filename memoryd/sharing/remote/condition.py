"""The condition of a remote on this machine: when it was asked, whether it failed, and what of it was wrong.

A remote that fails or is slow is left alone for a while, by all processes. What was wrong of it is not asked for again for a day.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import orjson

from memoryd.errors import StoreUnusable
from memoryd.files import cache_folder, read_whole, save_sealed, unsealed

FILE = "condition.json"
LEFT_ALONE_SECONDS = 600.0
QUARANTINE_SECONDS = 86_400.0
MOST_WRONG = 1_000


@dataclass(frozen=True, slots=True)
class Condition:
    """`asked` and `failed` are times, 0 if never; `failure` says why; `wrong` has the time at which something, by its digest, was."""

    asked: float = 0.0
    failed: float = 0.0
    failure: str = ""
    entries: int = 0
    wrong: Mapping[str, float] = field(default_factory=dict)

    def is_left_alone(self, now: float) -> bool:
        """Whether the remote failed a short while ago. A failure that lies ahead, since a clock was put back, does not count."""
        return bool(self.failure) and 0 <= now - self.failed < LEFT_ALONE_SECONDS

    def quarantined(self, now: float) -> frozenset[str]:
        """Return the digests of what is not asked for."""
        return frozenset(digest for digest, moment in self.wrong.items() if 0 <= now - moment < QUARANTINE_SECONDS)

    def answered(self, now: float, entries: int, wrong: Iterable[str]) -> "Condition":
        """Return the condition after the remote answered, with how many entries it has, and something of it was wrong."""
        still = {digest: moment for digest, moment in self.wrong.items() if 0 <= now - moment < QUARANTINE_SECONDS}
        still.update(dict.fromkeys(wrong, now))
        return replace(self, asked=now, failure="", failed=0.0, entries=entries, wrong=dict(sorted(still.items())[:MOST_WRONG]))

    def broke(self, now: float, failure: str) -> "Condition":
        """Return the condition after the remote failed."""
        return replace(self, asked=now, failed=now, failure=failure)


def load(folder: Path) -> Condition:
    """Return what is kept in the folder of a remote."""
    try:
        found = orjson.loads(unsealed(read_whole(folder / FILE)))
        return Condition(**found)
    except (OSError, ValueError, TypeError):
        return Condition()


def save(folder: Path, condition: Condition) -> None:
    """Keep a condition; where that fails the remote is asked again sooner."""
    with suppress(StoreUnusable, OSError):
        cache_folder(folder)
        save_sealed(folder / FILE, orjson.dumps(asdict(condition)))
