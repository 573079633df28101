"""Pausing the cyclic garbage collector: while many small values without cycles are made, it looks through all of them in vain."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Pause the garbage collector until the block ends: hundreds of thousands of rows or units cost it seconds."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
