"""What the sides of a comparison are named by: with and without memoryd, before and from a day, a part of a name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from memoryd.errors import UsageError
from memoryd.usage import Session

FORMS = "with, without, before:DAY, from:DAY, project:TEXT, branch:TEXT, client:TEXT"


def chosen_by(name: str) -> Callable[[Session], bool]:
    """Return what tells whether a session is of a side. Raises `UsageError`."""
    kind, _, value = name.partition(":")
    if name in ("with", "without"):
        return lambda one: one.uses_memoryd == (name == "with")
    if kind in ("before", "from"):
        start = midnight(value)
        return lambda one: (one.first < start) == (kind == "before")
    if kind in ("project", "branch", "client") and value:
        return lambda one: value.lower() in str(getattr(one, kind)).lower()
    raise UsageError(f"{name} names no sessions; name them by one of: {FORMS}")


@dataclass(frozen=True, slots=True)
class Period:
    """From a time on to before another, in milliseconds."""

    first: int
    end: int

    @classmethod
    def of(cls, since: str | None, until: str | None) -> "Period":
        """Return the period from one day to the end of another, both as given. Raises `UsageError`."""
        return cls(midnight(since) if since else 0, midnight(until, timedelta(days=1)) if until else 1 << 62)


def midnight(day: str, later: timedelta = timedelta()) -> int:
    """Return when a day begins on this machine, in milliseconds. Raises `UsageError`."""
    try:
        return int(datetime.combine(date.fromisoformat(day) + later, datetime.min.time()).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{day!r} is no day; write it as 2026-11-30") from None
