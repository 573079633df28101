"""Data: what is asked, on which trees, and what is true of them.

repositories  clones, and trees at a revision
tasks         questions and bug reports, with what answers them
decisions     questions that a note answers, made from decision records and commits
oracle        facts of a tree, told by others than us; `calls`: who calls whom in Python
"""

from scripts.bench.data.decisions import MAKINGS, PHRASINGS, Question, recall_set
from scripts.bench.data.oracle import Fact, Truth, has_ctags, truth
from scripts.bench.data.repositories import Repositories, WorkingTree
from scripts.bench.data.tasks import QuestionSet, Target, Task, issues, question_sets

__all__ = [
    "MAKINGS",
    "PHRASINGS",
    "Fact",
    "Question",
    "QuestionSet",
    "Repositories",
    "Target",
    "Task",
    "Truth",
    "WorkingTree",
    "has_ctags",
    "issues",
    "question_sets",
    "recall_set",
    "truth",
]
