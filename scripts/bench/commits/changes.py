"""Packs of merged changes beside what a reviewer would read without them: the whole diff and the whole files that it touches.

For each change the checkout stands at it, and what changed is asked since its first parent.
"""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.model import Level
from memoryd.tokens import counter
from scripts.bench import results
from scripts.bench.commits.clones import CODE, clones, git
from scripts.bench.results import Row

BUDGET = 4_000
MOST_FILES = 60
"""Changes of more files are mechanical."""


def run(mirrors: list[Path], most: int, work: Path, folder: Path) -> None:
    """Measure the newest changes of some repositories, bare or not, at most so many of each."""
    rows: list[Row] = []
    for name, tree in clones(mirrors, work / "changes"):
        with ProjectMemory(tree, Settings(work / "changes-home", embedder="hash")) as memory:
            rows += [{"repository": name, **row} for row in _measured(memory, tree, most)]
    results.write("changes", rows, folder)
    _tell(rows)


def _measured(memory: ProjectMemory, tree: Path, most: int) -> Iterator[Row]:
    count, found = counter(), 0
    for commit in git(tree, "rev-list", "--first-parent", "--max-count=2000", "origin/HEAD").split():
        paths = [path for path in git(tree, "diff", "--name-only", f"{commit}~1", commit).split("\n") if path]
        code = [path for path in paths if path.endswith(CODE)]
        if not code or len(paths) > MOST_FILES:
            continue
        git(tree, "checkout", "--quiet", "--force", commit)
        memory.refresh()
        began = time.process_time()
        pack = memory.pack_change(f"{commit}~1", BUDGET)
        spent = time.process_time() - began
        diff = git(tree, "diff", f"{commit}~1", commit)
        files = "".join((tree / path).read_text(errors="replace") for path in paths if (tree / path).is_file())
        units = len(pack.items) + sum(one.id not in {item.id for item in pack.items} for one in pack.omitted)
        yield {
            "commit": commit[:12], "files": len(paths), "lines": diff.count("\n+") + diff.count("\n-"), "pack": pack.tokens,
            "diff": count(diff), "diff_and_files": count(diff) + count(files), "units": units,
            "named": len({item.id for item in pack.items}), "in_full": sum(item.level == Level.FULL for item in pack.items),
            "cpu_ms": round(1_000 * spent),
        }  # fmt: skip
        found += 1
        if found == most:
            return


def _tell(rows: list[Row]) -> None:
    def median(values: list[float]) -> float:
        return round(statistics.median(values), 3)

    number = [
        {key: int(str(row[key])) for key in ("pack", "diff", "diff_and_files", "units", "named", "in_full", "cpu_ms")} for row in rows
    ]
    pack, whole = sum(one["pack"] for one in number), sum(one["diff_and_files"] for one in number)
    told: Row = {
        "changes": len(rows), "pack_tokens": pack, "diff_and_files_tokens": whole, "share": round(pack / whole, 3),
        "median_share": median([one["pack"] / one["diff_and_files"] for one in number]),
        "named": round(sum(one["named"] for one in number) / sum(one["units"] for one in number), 3),
        "in_full": round(sum(one["in_full"] for one in number) / sum(one["units"] for one in number), 3),
        "median_cpu_ms": median([one["cpu_ms"] for one in number]),
    }  # fmt: skip
    results.aloud([told])
