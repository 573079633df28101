"""What reading a repository's history costs: all of it the first time, then what one more commit costs."""

import shutil
import subprocess
from pathlib import Path

from memoryd.history import Log, Touches
from memoryd.model import Secrets
from scripts.bench import results
from scripts.bench.commits.clones import git, name_of
from scripts.bench.measures import spent_seconds
from scripts.bench.results import Row

NEW = 50
"""The newest commits, which are read one by one."""


def run(mirrors: list[Path], work: Path, folder: Path) -> None:
    """Read the history of some repositories, bare or not."""
    rows: list[Row] = []
    for mirror in mirrors:
        name = name_of(mirror)
        tree, data = work / "history" / name, work / "history-data" / name
        shutil.rmtree(tree, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)
        subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", str(mirror), str(tree)], check=True)
        newest = git(tree, "rev-list", "--first-parent", f"--max-count={NEW}", "HEAD").split()
        git(tree, "update-ref", "--no-deref", "HEAD", newest[-1])
        with Touches(data, Log(tree, Secrets.MASK)) as touches:
            first = spent_seconds()
            while not touches.read():
                pass
            first = spent_seconds() - first
            known, began = touches.commits(), spent_seconds()
            for commit in reversed(newest[:-1]):
                git(tree, "update-ref", "--no-deref", "HEAD", commit)
                touches.read()
            spent = (spent_seconds() - began) / (len(newest) - 1)
        rows.append({"repository": name, "commits": known, "first_cpu_s": round(first, 1), "each_cpu_ms": round(1_000 * spent, 1)})
    results.renew("history", rows, ("repository",), folder)
