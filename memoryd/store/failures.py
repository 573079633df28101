"""Translates LanceDB's errors: data that cannot be read is `Unreadable`, a write that the system refuses is `StoreUnusable`."""

import contextlib
import re
from collections.abc import Iterator

import pyarrow as pa

from memoryd.errors import ResourcesExhausted, StoreUnusable, is_exhaustion


class Unreadable(Exception):
    """The index is missing, foreign or damaged: everything in it is derived, so the caller rebuilds it."""


class RowsRefused(Unreadable):
    """Rows cannot be stored. A file among them is at fault; where none is, the index is damaged."""


@contextlib.contextmanager
def refusal() -> Iterator[None]:
    """Translate what is raised for values that cannot be stored into `RowsRefused`."""
    try:
        yield
    except (ValueError, TypeError, OverflowError) as error:
        raise RowsRefused(PATH.sub("", _first_line(error))) from error


@contextlib.contextmanager
def damage() -> Iterator[None]:
    """Translate errors of reading into `Unreadable`, but into `StoreUnusable` what a sound index meets, too, where something ran out.

    LanceDB has no error type of its own.
    """
    try:
        yield
    except (RuntimeError, OSError, ValueError, pa.ArrowException) as error:
        _pass_on(error)
        if short := SHORT.search(str(error)):
            raise StoreUnusable(f"cannot read the index: {short[0].lower()}; allow more of them, as with: ulimit -n 1024") from error
        raise Unreadable(str(error)) from error


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """Translate errors of writing into `StoreUnusable`, which says what to do next."""
    try:
        yield
    except (RuntimeError, OSError, pa.ArrowException) as error:
        _pass_on(error)
        raise StoreUnusable(
            f"cannot write the index: {_why(error)}; free some space or set MEMORYD_HOME to another folder",
            PATH.sub("", _first_line(error)),
        ) from error


@contextlib.contextmanager
def damage_or_full_disk() -> Iterator[None]:
    """Translate errors of changing a table: `StoreUnusable` if the system refused the write, else `Unreadable`."""
    try:
        with full_disk():
            yield
    except StoreUnusable as error:
        if isinstance(error, ResourcesExhausted) or REFUSED.search(str(error.__cause__)):
            raise
        raise Unreadable(_first_line(error)) from error


REFUSED = re.compile(
    r"no space left|quota|permission denied|read-only|too many open files|os error (?:1|13|23|24|28|30|122)\b", re.IGNORECASE
)
"""The texts in LanceDB's errors with which the system refuses a write: EPERM, EACCES, ENFILE, EMFILE, ENOSPC, EROFS, EDQUOT."""
SHORT = re.compile(r"too many open files", re.IGNORECASE)
"""The text of the system where a process, or all of them, may open no more files."""


PATH = re.compile(r"(?:, *)?(?<!\S)/\S+")
"""The places in its own source that LanceDB's errors end with. Why rows are refused is told to clients, as why a file is left out."""


def _pass_on(error: Exception) -> None:
    """Raise what an error is about if that is neither the index nor its disk.

    `KeyboardInterrupt`: Python 3.11 wraps one that comes while LanceDB is imported. `ResourcesExhausted`: memory or threads ran out.
    """
    if isinstance(error.__cause__, KeyboardInterrupt):
        raise KeyboardInterrupt from error
    if is_exhaustion(error):
        raise ResourcesExhausted(_first_line(error)) from error


def _why(error: Exception) -> str:
    """Return what the system said, in its own words; LanceDB's name files, and places in its source."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    found = REFUSED.search(str(error))
    return found[0].lower() if found else "the write failed"


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
