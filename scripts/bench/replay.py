"""Consecutive commits of a real repository through the change detector; at some of them the rows must equal a fresh index's."""

import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from memoryd.config import INDEX_FOLDER, Settings, project_folder
from memoryd.memory import ProjectMemory
from memoryd.store import COLUMNS, Store
from scripts.bench import results
from scripts.bench.data import Repositories

COMPARED = (1, 10, 50, 100)


def run(repositories: Repositories, name: str, commits: int, work: Path) -> None:
    """Check out `commits` first-parent commits one after the other, refresh after each, compare after some."""
    checkout = work / "replay" / name.replace("/", "+")
    shutil.rmtree(work / "replay", ignore_errors=True)
    git = ["git", "-C", str(checkout)]
    subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", repositories.git_folder(name), checkout], check=True)
    log = subprocess.run(
        [*git, "rev-list", "--first-parent", f"--max-count={commits + 1}", "HEAD"], check=True, capture_output=True, text=True
    )
    revisions = log.stdout.split()[::-1]
    subprocess.run([*git, "checkout", "--quiet", revisions[0]], check=True)
    rows = []
    settings = Settings(work / "replay" / "home")
    with ProjectMemory(checkout, settings) as memory:
        memory.refresh()
        totals = {"files_changed": 0, "parsed": 0, "embedded": 0, "reused": 0}
        spent = 0.0
        for number, revision in enumerate(revisions[1:], 1):
            subprocess.run([*git, "checkout", "--quiet", revision], check=True)
            started = time.perf_counter()
            report = memory.refresh()
            spent += time.perf_counter() - started
            totals["files_changed"] += report.added + report.modified + report.removed + report.renamed
            totals["parsed"] += report.parsed
            totals["embedded"] += report.embedded
            totals["reused"] += report.reused
            if number in COMPARED or number == len(revisions) - 1:
                fresh = replace(settings, home=work / "replay" / "fresh")
                shutil.rmtree(fresh.home, ignore_errors=True)
                with ProjectMemory(checkout, fresh) as other:
                    other.refresh()
                ours, theirs = _rows(checkout, settings), _rows(checkout, fresh)
                rows.append({
                    "repository": name, "commit": number, "revision": revision[:12], "rows": len(ours), "rows_of_fresh_index": len(theirs),
                    "different_rows": sum(one != other for one, other in zip(ours, theirs, strict=False)) + abs(len(ours) - len(theirs)),
                    **totals, "seconds_refreshing": round(spent, 2),
                })  # fmt: skip
    results.write("replay", rows)
    if any(row["different_rows"] for row in rows):
        raise SystemExit("the incremental index differs from a fresh one")


def _rows(root: Path, settings: Settings) -> list[tuple[object, ...]]:
    """Return every column of every row, vectors included, in the order of ids."""
    folder = project_folder(settings, root.resolve()) / INDEX_FOLDER
    store = Store.newest(folder)
    columns = store.columns([name for name, _ in COLUMNS] + ["vector"])
    return sorted((tuple(map(_plain, values)) for values in zip(*columns.values(), strict=True)), key=lambda row: str(row[0]))


def _plain(value: object) -> object:
    return tuple(map(str, value)) if isinstance(value, list) else value
