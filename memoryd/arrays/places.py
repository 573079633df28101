"""Places of numbers among others."""

from typing import Any

import numpy as np
import numpy.typing as npt


def positions(among: npt.NDArray[Any], numbers: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return the place of each number in `among`, -1 for what is not there."""
    order = np.argsort(among)
    if not len(among):
        return np.full(len(numbers), -1)
    near = order[np.minimum(np.searchsorted(among[order], numbers), len(among) - 1)]
    return np.where(among[near] == numbers, near, -1)
