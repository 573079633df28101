"""The heap of a process that lives for days: what versions of an index took goes back to the system when they are gone.

By itself glibc keeps ever more of what is freed, once for each thread, and so does Arrow's allocator: after loading a large project
that was a third of the daemon. Elsewhere than on Linux with glibc only Arrow is told.
"""

import ctypes

import pyarrow as pa

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
"""Options of `mallopt` (glibc). By itself it raises the first two each time something large is freed."""
MAPPED_BYTES, KEPT_BYTES, ARENAS = 8 << 20, 16 << 20, 2
"""Larger blocks are mapped, and go back when freed; the arrays of a search are smaller, and mapping them would cost more than they do."""


def bound_heap() -> None:
    """Have freed memory returned as a rule. For the start of the process."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(MMAP_THRESHOLD, MAPPED_BYTES)
        set_option(TRIM_THRESHOLD, KEPT_BYTES)
        set_option(ARENA_MAX, ARENAS)


def give_back() -> None:
    """Return what is free now. Takes some ten milliseconds, in which other threads may have to wait for memory."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
