"""Pauses Python's cyclic garbage collector while many small values without cycles are made, which it would search in vain."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause the garbage collector until the block ends: it would take seconds for hundreds of thousands of rows or units.

    It takes a tenth of the time that importing many classes takes, too.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
