"""Measures what an index takes on disk while the consecutive commits of a real repository go through it, beside a fresh index.

The cache of facts beside it grows up to its setting, whatever the project is, so it is told apart.
"""

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from scripts.bench import results
from scripts.bench.data import Repositories
from scripts.bench.measures import sampled
from scripts.bench.results import Row

PROJECTS = "projects"
"""The folder of all indexes in the data folder."""
SAMPLED_SECONDS = 0.02
"""How often the size is looked at while an index is refreshed."""


def run(repositories: Repositories, name: str, commits: int, every: int, work: Path) -> None:
    """Check out `commits` first-parent commits in order, refresh after each, and compare sizes with a fresh index after each `every`.

    Nothing but refreshes is done, so the last size is the one at rest.
    """
    shutil.rmtree(work / "disk", ignore_errors=True)
    tree = repositories.working_tree(name, work / "disk" / name.replace("/", "+"))
    revisions = tree.first_parents(commits)
    tree.move(revisions[0])
    settings = Settings(work / "disk" / "home")
    rows: list[Row] = []
    with ProjectMemory(tree.folder, settings) as memory:
        memory.refresh()
        largest, spent, fresh = 0, 0.0, _fresh(tree.folder, settings, work)
        for number, revision in enumerate(revisions[1:], 1):
            tree.move(revision)
            started = time.perf_counter()
            with sampled(lambda: _size(settings.home / PROJECTS), SAMPLED_SECONDS) as seen:
                memory.refresh()
            spent += time.perf_counter() - started
            largest = max(largest, *seen)
            if number % every == 0 or number == len(revisions) - 1:
                before, fresh = fresh, _fresh(tree.folder, settings, work)
                now = _size(settings.home / PROJECTS)
                rows.append({
                    "repository": name, "commit": number, "revision": revision[:12], "files": memory.files(),
                    "bytes": now, "bytes_of_fresh_index": fresh, "ratio": round(now / fresh, 2),
                    "most_bytes": largest, "most_ratio": round(largest / min(before, fresh), 2),
                    "bytes_of_cache": _size(settings.home) - now,
                    "versions": len(list(memory.folder.glob("*.lance/_versions/*.manifest"))), "seconds_refreshing": round(spent, 1),
                })  # fmt: skip
                largest = 0
    results.write("disk", rows)


def _fresh(root: Path, settings: Settings, work: Path) -> int:
    """Return what a new index takes."""
    home = work / "disk" / "fresh"
    shutil.rmtree(home, ignore_errors=True)
    with ProjectMemory(root, replace(settings, home=home)) as memory:
        memory.refresh()
    return _size(home / PROJECTS)


def _size(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    found = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                found += os.stat(f"{place}/{name}").st_size
            except FileNotFoundError:  # removed meanwhile
                continue
    return found
