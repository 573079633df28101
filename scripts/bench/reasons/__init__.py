"""Notes on the code, over its history.

notes     claims, alerts, and recall
rot       what became of each claim
"""

from scripts.bench.reasons import notes

__all__ = ["notes"]
