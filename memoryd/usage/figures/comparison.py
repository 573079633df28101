"""Two groups of sessions side by side: medians, and whether their difference is more than chance. Pure, and the same each time."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from memoryd.usage.figures.sessions import Session

LEAST = 8
"""Sessions of each group below which nothing is said."""
TRIES = 2_000
SEED = 20_261_122


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of both groups: medians, and the interval that holds the difference of medians (B - A) in 95 of 100 drawings."""

    name: str
    a: float | None
    b: float | None
    low: float | None
    high: float | None

    @property
    def verdict(self) -> str:
        """What may be said."""
        if self.low is None or self.high is None:
            return "too few to say"
        return "less" if self.high < 0 else "more" if self.low > 0 else "no difference shown"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many sessions each group has, and the measures."""

    a: int
    b: int
    measures: tuple[Measure, ...]


MEASURES: tuple[tuple[str, Callable[[Session], float | None]], ...] = (
    ("dollars", lambda one: one.sums.cost.total if not one.sums.unpriced.requests else None),
    ("requests", lambda one: float(one.sums.tokens.requests)),
    ("tokens given", lambda one: float(one.sums.tokens.context)),
    ("tokens written", lambda one: float(one.sums.tokens.output)),
    ("largest context", lambda one: float(one.largest)),
    ("share from cache", lambda one: one.sums.tokens.cached_share),
    ("cache misses", lambda one: float(one.misses)),
)


def compare(a: Sequence[Session], b: Sequence[Session]) -> Comparison:
    """Return the measures of two groups of sessions."""
    return Comparison(len(a), len(b), tuple(_measure(name, of, a, b) for name, of in MEASURES))


def _measure(name: str, of: Callable[[Session], float | None], a: Sequence[Session], b: Sequence[Session]) -> Measure:
    of_a, of_b = ([value for one in group if (value := of(one)) is not None] for group in (a, b))
    low = high = None
    if min(len(of_a), len(of_b)) >= LEAST:
        chance = random.Random(SEED)  # noqa: S311 - the same interval each time, and no secret
        drawn = sorted(
            median(chance.choices(of_b, k=len(of_b))) - median(chance.choices(of_a, k=len(of_a))) for _ in range(TRIES)
        )  # fmt: skip
        low, high = drawn[TRIES * 25 // 1000], drawn[TRIES * 975 // 1000 - 1]
    return Measure(name, median(of_a) if of_a else None, median(of_b) if of_b else None, low, high)
