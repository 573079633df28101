"""The subjects of measurements: a `subject` is one repository with its indexes; `walk` measures every task on its tree."""

from scripts.bench.subjects.subject import CAP, Baseline, Subject, count
from scripts.bench.subjects.walk import SETS, Plan, announce, over_issues, over_questions

__all__ = ["CAP", "SETS", "Baseline", "Plan", "Subject", "announce", "count", "over_issues", "over_questions"]
