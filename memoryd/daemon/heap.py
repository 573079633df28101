"""Returns freed memory to the system: a daemon lives for days and loads many versions; a first index needs much at once.

By default glibc keeps freed memory, in one arena for each thread, and so does Arrow's allocator: after loading a large project
that was a third of the daemon's memory. With glibc, Arrow uses it, too; without, only what Arrow's allocator gives back is returned.
"""

import ctypes
import gc
import mmap
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
"""Options of glibc's `mallopt`. By default glibc raises the first two thresholds each time a large block is freed."""
MAPPED_BYTES, KEPT_BYTES, ARENAS = 8 << 20, 16 << 20, 2
"""Bytes from which a block is mapped by itself, free bytes that an arena keeps, arenas. The arrays of a search stay below the first.

A mapped block goes back to the system when it is freed; for the arrays of a search, mapping would cost more than the search does.
"""
NO_HUGE_PAGES = 41
"""The option of Linux's `prctl` that is called PR_SET_THP_DISABLE."""

GROWN_BYTES = 96 << 20
"""By how much the process may grow before what is free goes back: giving it back and having it again takes some hundredths of a second."""


def bound_heap(mapped: int = MAPPED_BYTES) -> None:
    """Limit how much freed memory glibc keeps, and no block of `mapped` bytes. To be called when what the process needs is imported.

    What is imported stays, and the garbage collector need not look at it again: to do so takes it a tenth of a second.
    """
    gc.freeze()
    library = ctypes.CDLL(None)
    if hasattr(library, "prctl"):
        # numpy asks for huge pages. The system makes one, in its own time, wherever a page of it is in use: what was given back came
        # back that way while nobody asked anything.
        library.prctl(NO_HUGE_PAGES, 1, 0, 0, 0)
    set_option = getattr(library, "mallopt", None)
    if set_option is not None:
        # Arrow's own allocator keeps more of what was freed: after some edits of Django's tree the daemon was 15 % larger for good,
        # with glibc's 7 %.
        pa.set_memory_pool(pa.system_memory_pool())
        set_option(MMAP_THRESHOLD, mapped)
        set_option(TRIM_THRESHOLD, KEPT_BYTES)
        set_option(ARENA_MAX, ARENAS)


def give_back() -> None:
    """Return free memory to the system. Takes some ten milliseconds, in which other threads may wait to allocate."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


class Growth:
    """Notices when the process has grown much since memory was last given back."""

    def __init__(self) -> None:
        self._least = _resident_bytes()

    def check(self) -> None:
        """Return free memory to the system if the process has grown by `GROWN_BYTES`. Without growth this takes microseconds."""
        now = _resident_bytes()
        if now > self._least + GROWN_BYTES:
            give_back()
            now = self._least = _resident_bytes()
        self._least = min(self._least, now)


def _resident_bytes() -> int:
    """Return the memory of this process, 0 where the system does not say."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * mmap.PAGESIZE
    return 0
