"""Python's search for garbage in cycles: not worth its time while many small values are made that hold none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Let Python not look for cycles meanwhile: looking through hundreds of thousands of rows or units takes seconds."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
