"""Measures: what an answer is worth, and what it costs.

delivered   the pieces that reach an agent
scores      ranks and pieces beside what should have been found
accounting  seconds, and memory of whole processes
"""

from scripts.bench.measures.accounting import Account, accounted, timed
from scripts.bench.measures.delivered import Delivered, of_pack, of_range, reading, within
from scripts.bench.measures.scores import (
    accuracy,
    body_recall,
    file_recall,
    line_recall,
    mean,
    ndcg,
    tokens_to_files,
    tokens_to_hit,
    tokens_to_lines,
)

__all__ = [
    "Account",
    "Delivered",
    "accounted",
    "accuracy",
    "body_recall",
    "file_recall",
    "line_recall",
    "mean",
    "ndcg",
    "of_pack",
    "of_range",
    "reading",
    "timed",
    "tokens_to_files",
    "tokens_to_hit",
    "tokens_to_lines",
    "within",
]
