"""The data of the benchmarks: the tasks, the trees they are about, and true facts of these trees.

repositories  clones, and trees at a revision
tasks         questions and bug reports, with their targets
judged        places to judge on, from which nobody learns; `functions`: our own questions that functions answer; `names`: names to ask for
references    references of nine languages, graded by hand
decisions     questions that a note answers, made from decision records and commits
hostile       files that cost a parser as much as they can
oracle        facts of a tree, found without our code; `calls`: who calls whom in Python
"""

from scripts.bench.data.decisions import MAKINGS, PHRASINGS, Question, recall_set
from scripts.bench.data.functions import SHEET, FunctionQuestion, foreign_questions, function_questions
from scripts.bench.data.hostile import hostile_files
from scripts.bench.data.judged import Judged, Place
from scripts.bench.data.names import Name, draw, drawn_from, name_tasks, write
from scripts.bench.data.oracle import Fact, Truth, has_ctags, truth
from scripts.bench.data.references import REFERENCE_PLACES, Reference, graded_references, texts_of, write_references
from scripts.bench.data.references import drawn as drawn_references
from scripts.bench.data.repositories import Repositories, WorkingTree
from scripts.bench.data.tasks import HALVES, QuestionSet, Target, Task, issues, question_sets

__all__ = [
    "HALVES",
    "MAKINGS",
    "PHRASINGS",
    "REFERENCE_PLACES",
    "SHEET",
    "Fact",
    "FunctionQuestion",
    "Judged",
    "Name",
    "Place",
    "Question",
    "QuestionSet",
    "Reference",
    "Repositories",
    "Target",
    "Task",
    "Truth",
    "WorkingTree",
    "draw",
    "drawn_from",
    "drawn_references",
    "foreign_questions",
    "function_questions",
    "graded_references",
    "has_ctags",
    "hostile_files",
    "issues",
    "name_tasks",
    "question_sets",
    "recall_set",
    "texts_of",
    "truth",
    "write",
    "write_references",
]
