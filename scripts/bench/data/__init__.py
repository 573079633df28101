"""The data of the benchmarks: the tasks, the trees they are about, and true facts of these trees.

repositories  clones, and trees at a revision
tasks         questions and bug reports, with their targets
functions     our own questions that functions answer; what is judged by is named there, so that nobody learns from it
decisions     questions that a note answers, made from decision records and commits
hostile       files that cost a parser as much as they can
oracle        facts of a tree, found without our code; `calls`: who calls whom in Python
"""

from scripts.bench.data.decisions import MAKINGS, PHRASINGS, Question, recall_set
from scripts.bench.data.functions import FunctionQuestion, FunctionSet, function_sets, judged
from scripts.bench.data.hostile import hostile_files
from scripts.bench.data.oracle import Fact, Truth, has_ctags, truth
from scripts.bench.data.repositories import Repositories, WorkingTree
from scripts.bench.data.tasks import QuestionSet, Target, Task, issues, question_sets

__all__ = [
    "MAKINGS",
    "PHRASINGS",
    "Fact",
    "FunctionQuestion",
    "FunctionSet",
    "Question",
    "QuestionSet",
    "Repositories",
    "Target",
    "Task",
    "Truth",
    "WorkingTree",
    "function_sets",
    "has_ctags",
    "hostile_files",
    "issues",
    "judged",
    "question_sets",
    "recall_set",
    "truth",
]
