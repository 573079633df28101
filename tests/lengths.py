"""How long laws are tried: briefly with the other tests, at length with `scripts/test --long`."""

from dataclasses import dataclass


@dataclass
class Length:
    """Whether this run tries at length; the option decides before any test is collected."""

    is_long: bool = False


LENGTH = Length()


def tries(few: int, many: int) -> int:
    """Return how often a law is tried: `few` times, or `many` times at length."""
    return many if LENGTH.is_long else few
