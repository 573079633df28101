"""Whether what packs say of themselves is true: the share of packs saying `answer` that hold the evidence, and how calibrated they are."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

ANSWER = "answer"
BINS = 10


@dataclass(frozen=True, slots=True)
class Told:
    """What one pack said of itself, with which probability that it holds all evidence, and whether it does."""

    kind: str
    probability: float
    holds: bool


def kept_promises(packs: Sequence[Told]) -> float | None:
    """Return the share of the packs saying `answer` that hold all evidence; `None` if none says so."""
    promised = [pack.holds for pack in packs if pack.kind == ANSWER]
    return statistics.fmean(promised) if promised else None


def calibration_error(packs: Sequence[Told]) -> float | None:
    """Return the expected calibration error: how far probabilities are from what came true, over ten bins, weighted by their packs.

    All packs count, whatever they say; `None` without any.
    """
    if not packs:
        return None
    bins = defaultdict(list)
    for pack in packs:
        bins[min(BINS - 1, int(pack.probability * BINS))].append(pack)
    gaps = (
        len(found) * abs(statistics.fmean(pack.probability for pack in found) - statistics.fmean(pack.holds for pack in found))
        for found in bins.values()
    )
    return sum(gaps) / len(packs)
