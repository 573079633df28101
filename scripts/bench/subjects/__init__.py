"""The subjects of measurements: a `subject` is one repository with its indexes; `walk` measures every task on its tree.

What does not depend on ranking is kept from run to run: the indexes (`homes`), and what baselines `answered`.
"""

from scripts.bench.subjects.answered import Answered
from scripts.bench.subjects.homes import homes
from scripts.bench.subjects.subject import CAP, OURS, Baseline, Packed, Subject, count
from scripts.bench.subjects.walk import SETS, Plan, announce, over_issues, over_judged, over_questions

__all__ = [
    "CAP", "OURS", "SETS", "Answered", "Baseline", "Packed", "Plan", "Subject", "announce", "count", "homes", "over_issues", "over_judged",
    "over_questions",
]  # fmt: skip
