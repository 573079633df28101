"""How the cost of work grows with its size: measured as processor time against itself, so that no machine is too slow to pass."""

import time
from collections.abc import Callable

FACTOR = 16
LINEAR = 4.0 * FACTOR
"""The bound for what grows with its size: as far from linear, 16, as from quadratic, 256."""
LEAST_SECONDS = 0.001
"""Less than this cannot be told from noise."""


def growth(work: Callable[[int], object], size: int) -> float:
    """Return how many times the processor time of `size` is that of a sixteenth of it."""
    small = large = float("inf")
    for _ in range(3):  # once is enough where nothing disturbs
        small, large = min(small, _seconds(work, size // FACTOR)), min(large, _seconds(work, size))
        if large <= LINEAR * max(small, LEAST_SECONDS):
            break
    return large / max(small, LEAST_SECONDS)


def _seconds(work: Callable[[int], object], size: int) -> float:
    began = time.thread_time()
    work(size)
    return time.thread_time() - began
