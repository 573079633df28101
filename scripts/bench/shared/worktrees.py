"""Measures what a second work tree and a switch of branches cost, beside a first index of the same tree in the same run."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import orjson

from memoryd.config import inherited_environment
from scripts.bench import results
from scripts.bench.results import Row
from scripts.bench.shared.repository import folder_megabytes, git, make_branch, make_repository

CHANGED = 2_000
"""How many files the two branches differ in."""


def run(tree: Path, work: Path, folder: Path) -> None:
    """Make a repository of a tree, with another branch and another work tree; index both, and switch between the branches."""
    main = make_repository(tree, work)
    second, home = work / "second", work / "home"
    git(main, "worktree", "add", "-q", str(second), "-b", "second")
    make_branch(main, "other", 0, CHANGED)
    rows = [measured("first index", main, home)]
    memoryd(home, "search", "--no-daemon", "--root", str(main), "configuration")  # saves the image of the version
    rows.append({**measured("second work tree", second, home), "files changed": 0})
    for what, branch in (
        ("other branch, first time", "other"),
        ("back, first time", "main"),
        ("other branch again", "other"),
        ("back again", "main"),
    ):
        git(main, "switch", "-q", branch)
        rows.append({**measured(what, main, home), "files changed": CHANGED})
    first = rows[0]
    for row in rows:
        row["of first index, CPU"] = round(float(str(row["CPU s"])) / float(str(first["CPU s"])), 3)
        row["of first index, disk"] = round(float(str(row["MB more"])) / float(str(first["MB more"])), 3)
    results.write("worktrees", rows, folder)


def measured(what: str, root: Path, home: Path) -> Row:
    """Refresh an index in a process of its own, and return what that cost."""
    before = folder_megabytes(home)
    report, seconds = memoryd(home, "reindex", "--json", str(root))
    return {
        "what": what, "files changed": report["added"], "parsed": report["parsed"], "embedded": report["embedded"],
        "pulled": report["pulled"],
        "CPU s": round(seconds, 2), "MB more": round(folder_megabytes(home) - before, 1),
    }  # fmt: skip


def memoryd(home: Path, *arguments: str) -> tuple[Mapping[str, int], float]:
    """Run a command; return the JSON that it prints, if any, and the CPU seconds of it and its parsers."""
    environment = inherited_environment() | {"MEMORYD_HOME": str(home), "MEMORYD_DAEMON": "no"}
    process = subprocess.Popen([sys.executable, "-m", "memoryd", *arguments], env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed")
    return orjson.loads(printed) if "--json" in arguments else {}, used.ru_utime + used.ru_stime
