"""The measures of an answer's quality and cost.

delivered   the pieces of text that an agent reads
scores      scores of ranks and pieces against the targets
intervals   how far chance may have moved a mean
verdicts    whether what packs say of themselves is true
accounting  seconds, and the memory of whole processes
"""

from scripts.bench.measures.accounting import Account, accounted, cpu_seconds, resident_megabytes, sampled, spent_seconds, timed
from scripts.bench.measures.delivered import Delivered, of_pack, of_range, reading, within
from scripts.bench.measures.intervals import interval
from scripts.bench.measures.scores import (
    accuracy,
    body_recall,
    file_recall,
    hit,
    line_recall,
    mean,
    ndcg,
    tokens_to_files,
    tokens_to_hit,
    tokens_to_lines,
)
from scripts.bench.measures.verdicts import ANSWER, Told, calibration_error, kept_promises

__all__ = [
    "ANSWER",
    "Account",
    "Delivered",
    "Told",
    "accounted",
    "accuracy",
    "body_recall",
    "calibration_error",
    "cpu_seconds",
    "file_recall",
    "hit",
    "interval",
    "kept_promises",
    "line_recall",
    "mean",
    "ndcg",
    "of_pack",
    "of_range",
    "reading",
    "resident_megabytes",
    "sampled",
    "spent_seconds",
    "timed",
    "tokens_to_files",
    "tokens_to_hit",
    "tokens_to_lines",
    "within",
]
