"""Judges of our own, for rankings that learnt elsewhere: `functions` that answer natural questions, and `names` to be found."""

from scripts.bench.judges import functions, names

__all__ = ["functions", "names"]
