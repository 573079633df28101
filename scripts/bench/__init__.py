"""Benchmarks: every published number is a row of `results/*.csv`, written by a command anyone can run again.

retrieval, savings, speed, load, replay, notes, explain  the parts, one command each (`rot` belongs to notes)
data       what is asked, on which trees, and what is true of them
baselines  how agents find things without us
subjects   one repository with every index of it, and every task on it
measures   what an answer is worth, and what it costs
results    tables into `results/`, each with the `machine` it was measured on
"""

from scripts.bench.results import write

__all__ = ["write"]
