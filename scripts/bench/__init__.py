"""The benchmarks: every published number is a row of `results/*.csv`, written by a command that anyone can run again.

retrieval, savings, speed, load, replay, disk, worktrees, notes, explain  the parts, one command each (`rot` belongs to notes)
data       the tasks, the trees they are about, and the facts of these trees
baselines  ways in which agents find things without us
subjects   one repository with every index of it, and every task on it
measures   the quality and the cost of an answer
results    writes tables into `results/`, each with the `machine` it was measured on
"""

from memoryd.config import set_unless_given

# As the program does it, before NumPy is loaded: what is measured in this process is what users get.
set_unless_given("OPENBLAS_NUM_THREADS", "1")

from scripts.bench.results import write  # noqa: E402

__all__ = ["write"]
