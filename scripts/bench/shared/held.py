"""Measures what one daemon holds, in memory and on disk, by the number of work trees of a repository that it answers for.

Each work tree is on a branch of its own, which differs from the others in some files. All are asked the same questions.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from memoryd.config import Settings
from memoryd.daemon import State, ensure, stop
from scripts.bench import results
from scripts.bench.load import PATIENCE, QUERIES, Load
from scripts.bench.measures import resident_megabytes
from scripts.bench.results import Row
from scripts.bench.shared.repository import folder_megabytes, git, make_branch, make_repository

WORK_TREES = 5
DIFFERING = 20
"""In how many files a work tree differs from the one with which it began."""
SETTLING_SECONDS = 45.0
"""How long a daemon has after its questions; now and then it returns what it does not need."""


def run(tree: Path, work: Path, folder: Path) -> None:
    """Make a repository of a tree with several work trees; have a daemon answer for one, two, … of them; write the table."""
    main, home = make_repository(tree, work), work / "home"
    roots = [main, *(_work_tree(main, work / f"tree{number}", number) for number in range(2, WORK_TREES + 1))]
    rows: list[Row] = []
    with _daemon(home) as daemon:
        for number, root in enumerate(roots, 1):
            for query in QUERIES:
                for what in ("search", "pack"):
                    Load(daemon, root).ask(what, query)
            time.sleep(SETTLING_SECONDS)
            held = resident_megabytes(daemon.pid)
            rows.append({"work trees": number, "MB of memory": round(held), "MB on disk": round(folder_megabytes(home), 1)})
    results.write("worktrees-held", [_beside(row, rows[0]) for row in rows], folder)


@contextmanager
def _daemon(home: Path) -> Iterator[State]:
    settings = Settings(home)
    try:
        yield ensure(settings, PATIENCE)
    finally:
        stop(settings)


def _work_tree(main: Path, place: Path, number: int) -> Path:
    branch = make_branch(main, f"branch{number}", DIFFERING * number, DIFFERING)
    git(main, "worktree", "add", "-q", str(place), branch)
    return place


def _beside(row: Row, first: Row) -> Row:
    """Add to a row what it is of the first one."""
    whats = ("of memory", "on disk")
    shares = {f"{what} of one's": round(float(str(row[f"MB {what}"])) / float(str(first[f"MB {what}"])), 2) for what in whats}
    return {**row, **shares}
