"""Judges of our own, for rankings that learnt elsewhere: `functions` that answer natural questions, `names` to be found,
and `verdicts` on questions that belong elsewhere."""

from scripts.bench.judges import functions, names, verdicts

__all__ = ["functions", "names", "verdicts"]
