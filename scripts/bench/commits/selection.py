"""The choice of tests, by what people did: commits that changed code and tests, of which only the code is asked about.

The checkout stands at the parent of a commit, with the commit's code and the parent's tests. So neither what the tests became nor that
they changed is known; the question is at which place of the answer a test file stands that the commit changed.
"""

import statistics
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from memoryd.config import Settings
from memoryd.filekinds import is_prose, is_test
from memoryd.history import Touches
from memoryd.limits import MOST_BUDGET
from memoryd.memory import ProjectMemory
from memoryd.parsing import TextParser
from memoryd.questions import Relation
from memoryd.relations import RelationQuestion, changes_since, lost_uses, tests_of
from memoryd.text import split_id
from scripts.bench import results
from scripts.bench.commits.clones import CODE, clones, git
from scripts.bench.results import Row

MOST_FILES, MOST_TESTS = 12, 3
"""The most files of code, and of tests, that a commit changed; more of them are mass edits."""


def run(mirrors: list[Path], most: int, work: Path, folder: Path) -> None:
    """Ask about commits of some repositories, bare or not: the newest of each, at most so many."""
    rows: list[Row] = []
    for name, tree in clones(mirrors, work / "selection"):
        with ProjectMemory(tree, Settings(work / "selection-home", embedder="hash")) as memory:
            rows += [{"repository": name, **row} for row in _asked(memory, tree, most)]
    results.renew("selection", rows, ("repository",), folder)
    names = sorted({str(row["repository"]) for row in rows})
    results.aloud([_told("all", rows), *(_told(name, [row for row in rows if row["repository"] == name]) for name in names)])


def _asked(memory: ProjectMemory, tree: Path, most: int) -> Iterator[Row]:
    chosen = list(_mined(tree, most))
    for commit, code, tests in reversed(chosen):
        git(tree, "checkout", "--quiet", "--force", "--detach", f"{commit}~1")
        git(tree, "clean", "-qfd")
        for path in code:
            if git(tree, "cat-file", "-t", f"{commit}:{path}").strip() == "blob":
                git(tree, "checkout", "--quiet", commit, "--", path)
            else:
                (tree / path).unlink(missing_ok=True)
        memory.refresh()
        view = memory.view()
        with Touches.of(view) as touches:
            while not touches.read():
                pass
        answer = memory.related(RelationQuestion(Relation.TESTS, (), "HEAD"), MOST_BUDGET)
        with closing(TextParser()) as texts:
            changes = changes_since(view, texts, "HEAD", frozenset())
        plain = tests_of(view, changes.targets, "", (), [row.path for row in lost_uses(view, changes)], {})
        without = [row.path for section in plain.sections for row in section.rows]
        found = [split_id(one.id)[0] for one in answer.found]
        places = [found.index(path) + 1 for path in tests if path in found]
        everything = sum(is_test(path) and path.endswith(CODE) for path in view.catalog.files)
        yield {
            "commit": commit[:12], "changed_tests": len(tests), "place": min(places, default=0),
            "worst": max(places) if len(places) == len(tests) else 0,
            "place_without_history": min((without.index(path) + 1 for path in tests if path in without), default=0),
            "chosen": len(found), "tests": everything, "says_all": int(bool(answer.uncertain)),
        }  # fmt: skip


def _mined(tree: Path, most: int) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield commits with the code and the tests that they change, newest first."""
    count = 0
    for commit in git(tree, "rev-list", "--no-merges", "--max-count=4000", "origin/HEAD").split():
        listed = git(tree, "diff", "--no-renames", "--name-status", f"{commit}~1", commit)
        changed = [line.split("\t") for line in listed.split("\n") if line]
        tests = [path for state, path in changed if is_test(path) and path.endswith(CODE) and state == "M"]
        code = [path for _, path in changed if not is_test(path) and not is_prose(path) and path.endswith(CODE)]
        if 0 < len(tests) <= MOST_TESTS and 0 < len(code) <= MOST_FILES:
            yield commit, code, tests
            count += 1
            if count == most:
                return


def _told(name: str, rows: list[Row]) -> Row:
    def share(key: str, most: int) -> float:
        return round(sum(0 < int(str(row[key])) <= most for row in rows) / max(len(rows), 1), 3)

    return {
        "repository": name, "commits": len(rows),
        "first_5": share("place", 5), "first_20": share("place", 20), "all_in_20": share("worst", 20),
        "first_5_without_history": share("place_without_history", 5),
        "median_selection": round(statistics.median(int(str(row["chosen"])) / max(int(str(row["tests"])), 1) for row in rows), 3),
        "says_all": round(sum(int(str(row["says_all"])) for row in rows) / max(len(rows), 1), 3),
    }  # fmt: skip
