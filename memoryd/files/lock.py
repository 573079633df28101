"""Locks a file against other processes, until the lock is released or this process ends.

The package filelock does the same, and imports asyncio: that would be a tenth of what a command may cost.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from memoryd.files.replace import PRIVATE

POLL_SECONDS = 0.05


@contextmanager
def locked(file: Path, patience: float) -> Iterator[None]:
    """Hold the lock of a file, which is made if there is none. Raises `TimeoutError` after `patience` seconds, or `OSError`."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
    try:
        _wait(descriptor, time.monotonic() + patience)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, end: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= end:
                raise TimeoutError from None
        time.sleep(POLL_SECONDS)
