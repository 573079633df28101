"""Walks at random over forty branches of a repository, then bisects it, twice, and compares with fresh indexes all the way.

Counted is what of it was work: files parsed beside files that no step before had shown.
"""

import hashlib
import random
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from scripts.bench import results
from scripts.bench.data import Repositories, WorkingTree
from scripts.bench.results import Row
from scripts.bench.shared.repository import IDENTITY
from scripts.bench.stored import stored_rows

BRANCHES, AGAIN = 40, 40
"""How many branches there are, each of which is visited at least once, and how many more visits are drawn."""
APART = 50
"""How many merged changes lie between a branch and the next."""
SEED = 19
CULPRIT = 0.37
"""Where in the history the commit stands that a bisect looks for."""
QUESTIONS = ("how is a request matched to a view", "where are errors turned into responses", "configuration from the environment")


def run(repositories: Repositories, name: str, work: Path, folder: Path) -> None:
    """Measure a repository and write the table. Exits with an error if any answer differs from a fresh index's."""
    shutil.rmtree(work, ignore_errors=True)
    tree = repositories.working_tree(name, work / name.replace("/", "+"))
    settings = Settings(work / "home")
    commits = tree.first_parents(BRANCHES * APART)[::-APART][:BRANCHES]
    drawn = random.Random(SEED)
    visits = [*commits, *drawn.choices(commits, k=AGAIN)]
    drawn.shuffle(visits)
    with ProjectMemory(tree.folder, settings) as memory:
        walk = _Walk(tree, memory, settings, work / "fresh")
        for commit in visits:
            walk.step("branch, first time" if commit not in walk.seen_commits else "branch again", commit)
        for turn in ("bisect", "the same bisect again"):
            for commit in _bisected(tree, commits[0]):
                walk.step(turn, commit)
    results.write("branches", [_row(what, steps) for what, steps in walk.steps.items()], folder)
    if any(step.different_rows or step.different_answers for steps in walk.steps.values() for step in steps):
        raise SystemExit("what the branches answer differs from fresh indexes")


@dataclass(frozen=True, slots=True)
class _Step:
    """What one switch cost, and how the index then differs from a fresh one."""

    changed: int
    new: int
    parsed: int
    embedded: int
    cpu: float
    different_rows: int
    different_answers: int


@dataclass
class _Walk:
    """The steps that were made, by kind, and what they showed so far."""

    tree: WorkingTree
    memory: ProjectMemory
    settings: Settings
    fresh: Path
    steps: dict[str, list[_Step]] = field(default_factory=dict)
    seen_commits: set[str] = field(default_factory=set)
    seen_files: set[str] = field(default_factory=set)

    def step(self, kind: str, commit: str) -> None:
        """Switch to a commit, refresh, and compare what is indexed and answered."""
        self.tree.move(commit)
        files = set(self.tree.git("ls-tree", "-r", "-z", commit).split("\0")[:-1])
        started = time.process_time()
        report = self.memory.refresh()
        self.memory.search(QUESTIONS[0])
        cpu = time.process_time() - started
        rows, answers = _fresh(self.tree.folder, commit, self.fresh)
        ours = _rows(self.tree.folder, self.settings)
        changed = report.added + report.modified + report.removed + report.renamed
        found = _Step(
            changed, len(files - self.seen_files), report.parsed, report.embedded, cpu, len(ours ^ rows),
            sum(one != other for one, other in zip(_answers(self.memory), answers, strict=True)),
        )  # fmt: skip
        self.seen_files |= files
        self.seen_commits.add(commit)
        self.steps.setdefault(kind, []).append(found)
        print(f"{kind}: {found}", flush=True)


@cache
def _fresh(root: Path, _commit: str, home: Path) -> tuple[frozenset[bytes], Sequence[object]]:
    """Return the rows and answers of a fresh index of a tree as it is, at a commit."""
    shutil.rmtree(home, ignore_errors=True)
    settings = Settings(home)
    with ProjectMemory(root, settings) as memory:
        memory.refresh()
        return _rows(root, settings), _answers(memory)


def _rows(root: Path, settings: Settings) -> frozenset[bytes]:
    return frozenset(hashlib.blake2b(repr(row).encode(), digest_size=16).digest() for row in stored_rows(root, settings))


def _answers(memory: ProjectMemory) -> list[object]:
    packs = (memory.map(), *(memory.pack(question) for question in QUESTIONS))
    return [*(memory.search(question) for question in QUESTIONS), *(pack.text for pack in packs)]


def _bisected(tree: WorkingTree, newest: str) -> Iterator[str]:
    """Yield the commits that `git bisect` asks about until it has found the culprit in the history of the newest commit."""
    history = tree.git("rev-list", "--topo-order", newest).split()
    culprit = history[int(len(history) * CULPRIT)]
    said = tree.git(*IDENTITY, "bisect", "start", "--no-checkout", history[0], history[-1])
    while "is the first bad commit" not in said:
        commit = tree.git("rev-parse", "BISECT_HEAD").strip()
        yield commit
        is_after = subprocess.run(["git", "-C", tree.folder, "merge-base", "--is-ancestor", culprit, commit], check=False).returncode == 0
        said = tree.git(*IDENTITY, "bisect", "bad" if is_after else "good")
    assert culprit in said
    tree.git("bisect", "reset", history[0])


def _row(what: str, steps: Sequence[_Step]) -> Row:
    return {
        "what": what, "steps": len(steps), "files changed, median": round(statistics.median(step.changed for step in steps)),
        "files not seen before": sum(step.new for step in steps), "parsed": sum(step.parsed for step in steps),
        "embedded": sum(step.embedded for step in steps), "CPU s, median": round(statistics.median(step.cpu for step in steps), 2),
        "CPU s, most": round(max(step.cpu for step in steps), 2),
        "different rows": sum(step.different_rows for step in steps), "different answers": sum(step.different_answers for step in steps),
    }  # fmt: skip
