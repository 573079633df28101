"""Translates LanceDB's errors: data that cannot be read is `Unreadable`, a write that the system refuses is `StoreUnusable`."""

import contextlib
import re
from collections.abc import Iterator

import pyarrow as pa

from memoryd.errors import StoreUnusable


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
        raise RowsRefused(_last_line(error)) from error


@contextlib.contextmanager
def damage() -> Iterator[None]:
    """Translate errors of reading into `Unreadable`; LanceDB has no error type of its own."""
    try:
        yield
    except (RuntimeError, OSError, ValueError, pa.ArrowException) as error:
        raise Unreadable(str(error)) from error


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """Translate errors of writing into `StoreUnusable`, which says what to do next."""
    try:
        yield
    except (RuntimeError, OSError, pa.ArrowException) as error:
        raise StoreUnusable(
            f"cannot write the index: {_last_line(error)}; free some space or set MEMORYD_HOME to another folder"
        ) from error


@contextlib.contextmanager
def damage_or_full_disk() -> Iterator[None]:
    """Translate errors of changing a table: `StoreUnusable` if the system refused the write, else `Unreadable`."""
    try:
        with full_disk():
            yield
    except StoreUnusable as error:
        if REFUSED.search(str(error.__cause__)):
            raise
        raise Unreadable(_last_line(error)) from error


REFUSED = re.compile(r"no space left|quota|permission denied|read-only|os error (?:1|13|28|30|122)\b", re.IGNORECASE)
"""The texts in LanceDB's errors with which the system refuses a write: EPERM, EACCES, ENOSPC, EROFS, EDQUOT."""


def _last_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
