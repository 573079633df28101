"""Replays consecutive commits of a real repository; at some of them the refreshed rows must equal those of a fresh index."""

import shutil
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.model import RefreshReport
from scripts.bench import results
from scripts.bench.data import Repositories
from scripts.bench.results import Row
from scripts.bench.stored import stored_rows

COMPARED = (1, 10, 50, 100)


def run(repositories: Repositories, name: str, commits: int, work: Path) -> None:
    """Check out `commits` first-parent commits in order, refresh after each, and compare with a fresh index after some."""
    shutil.rmtree(work / "replay", ignore_errors=True)
    tree = repositories.working_tree(name, work / "replay" / name.replace("/", "+"))
    revisions = tree.first_parents(commits)
    tree.move(revisions[0])
    settings = Settings(work / "replay" / "home")
    rows: list[Row] = []
    with ProjectMemory(tree.folder, settings) as memory:
        memory.refresh()
        done = Counter[str]()
        spent = 0.0
        for number, revision in enumerate(revisions[1:], 1):
            tree.move(revision)
            started = time.perf_counter()
            report = memory.refresh()
            spent += time.perf_counter() - started
            done.update(_work(report))
            if number in COMPARED or number == len(revisions) - 1:
                compared = _compared(tree.folder, settings, replace(settings, home=work / "replay" / "fresh"))
                about = {"repository": name, "commit": number, "revision": revision[:12]}
                rows.append({**about, **compared, **done, "seconds_refreshing": round(spent, 2)})
    results.write("replay", rows)
    if any(row["different_rows"] for row in rows):
        raise SystemExit("the incremental index differs from a fresh one")


def _work(report: RefreshReport) -> dict[str, int]:
    changed = report.added + report.modified + report.removed + report.renamed
    return {"files_changed": changed, "parsed": report.parsed, "embedded": report.embedded, "reused": report.reused}


def _compared(root: Path, settings: Settings, fresh: Settings) -> Row:
    """Return how many rows the index and a fresh one have, and how many of them differ."""
    shutil.rmtree(fresh.home, ignore_errors=True)
    with ProjectMemory(root, fresh) as memory:
        memory.refresh()
    ours, theirs = stored_rows(root, settings), stored_rows(root, fresh)
    different = sum(one != other for one, other in zip(ours, theirs, strict=False)) + abs(len(ours) - len(theirs))
    return {"rows": len(ours), "rows_of_fresh_index": len(theirs), "different_rows": different}
