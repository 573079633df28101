"""How an edge is known, and the links of single references that edges are made of."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memoryd.graph.columns import Ints

Weights = npt.NDArray[np.float64]


class Tier(IntEnum):
    """How an edge is known, best first: within the file (scope, or a member of the own type), by an import or the folder that
    shares names, as the only definition of that name, as one of several."""

    SAME_FILE = 1
    IMPORT = 2
    UNIQUE = 3
    AMBIGUOUS = 4


class Links(NamedTuple):
    """One entry per link: the reference (a row), the node it means, how that is known, and its share of the reference."""

    row: Ints
    target: Ints
    tier: Ints
    weight: Weights
