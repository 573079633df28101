"""The tiers of edges, and the links of single references that edges are made of."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memoryd.graph.columns import Ints

Weights = npt.NDArray[np.float64]


class Tier(IntEnum):
    """How an edge is known, surest first.

    `COMPILER`: as a compiler says (an imported SCIP index).
    `SAME_FILE`: by scope, or as a member of the own type. `IMPORT`: by an import, or from a folder whose files share names.
    `TYPED`: as a member of the type that its receiver has, by what is declared, assigned and returned. `FRAMEWORK`: as what a file
    registers with a framework: a handler of a route, a fixture. `UNIQUE`: as the only definition of the name. `AMBIGUOUS`: as one of
    several definitions of the name, each with how likely it is.
    """

    COMPILER = 0
    SAME_FILE = 1
    IMPORT = 2
    TYPED = 3
    FRAMEWORK = 4
    UNIQUE = 5
    AMBIGUOUS = 6


PROBABILITIES = {
    Tier.COMPILER: 1.0, Tier.SAME_FILE: 1.0, Tier.IMPORT: 1.0, Tier.TYPED: 0.97, Tier.FRAMEWORK: 0.97, Tier.UNIQUE: 0.93,
    Tier.AMBIGUOUS: 1.0,
}  # fmt: skip
"""How often a link of each tier is right, beside what a type checker says; a candidate's weight is its own probability."""


def probability_of(tier: Ints, share: Weights) -> Weights:
    """Return the probability of links or edges by their tiers and their weights."""
    table = np.zeros(max(Tier) + 1)
    for name, value in PROBABILITIES.items():
        table[name] = value
    found: Weights = table[tier] * share
    return found


class Links(NamedTuple):
    """Columns with an entry per link: the reference (a row), the node it means, the tier, and the link's weight: 1, or how likely it is."""

    row: Ints
    target: Ints
    tier: Ints
    weight: Weights
