"""Subjects: a `subject` is one repository with our index and the baselines'; `walk` takes every task to the tree it is about."""

from scripts.bench.subjects.subject import CAP, Baseline, Subject, count
from scripts.bench.subjects.walk import SETS, Plan, announce, over_issues, over_questions

__all__ = ["CAP", "SETS", "Baseline", "Plan", "Subject", "announce", "count", "over_issues", "over_questions"]
