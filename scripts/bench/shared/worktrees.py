"""Measures what a second work tree and a switch of branches cost, beside a first index of the same tree in the same run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import orjson

from memoryd.config import inherited_environment
from scripts.bench import results
from scripts.bench.results import Row

CHANGED = 2_000
"""How many files the two branches differ in."""
IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")


def run(tree: Path, work: Path, folder: Path) -> None:
    """Make a repository of a tree, with another branch and another work tree; index both, and switch between the branches."""
    shutil.rmtree(work, ignore_errors=True)
    main, second, home = work / "main", work / "second", work / "home"
    shutil.copytree(tree, main, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "one")):
        _git(main, *arguments)
    _git(main, "worktree", "add", "-q", str(second), "-b", "second")
    changed = _branch(main)
    rows = [measured("first index", main, home)]
    memoryd(home, "search", "--no-daemon", "--root", str(main), "configuration")  # saves the image of the version
    rows.append({**measured("second work tree", second, home), "files changed": 0})
    for what, branch in (
        ("other branch, first time", "other"),
        ("back, first time", "main"),
        ("other branch again", "other"),
        ("back again", "main"),
    ):
        _git(main, "switch", "-q", branch)
        rows.append({**measured(what, main, home), "files changed": changed})
    first = rows[0]
    for row in rows:
        row["of first index, CPU"] = round(float(str(row["CPU s"])) / float(str(first["CPU s"])), 3)
        row["of first index, disk"] = round(float(str(row["MB more"])) / float(str(first["MB more"])), 3)
    results.write("worktrees", rows, folder)


def _branch(main: Path) -> int:
    """Commit a change of `CHANGED` files to another branch; return how many there are."""
    listed = subprocess.run(["git", "-C", main, "ls-files", "-z", "*.py"], check=True, capture_output=True).stdout
    chosen = [os.fsdecode(path) for path in listed.split(b"\0")[:-1]][:CHANGED]
    _git(main, "switch", "-q", "-c", "other")
    for path in chosen:
        with (main / path).open("a", encoding="utf-8") as opened:
            opened.write("\n\ndef added_by_the_other_branch(value):\n    return value\n")
    _git(main, "commit", "-q", "-a", "-m", "two")
    _git(main, "switch", "-q", "main")
    return len(chosen)


def measured(what: str, root: Path, home: Path) -> Row:
    """Refresh an index in a process of its own, and return what that cost."""
    before = _size(home)
    report, seconds = memoryd(home, "reindex", "--json", str(root))
    return {
        "what": what, "files changed": report["added"], "parsed": report["parsed"], "embedded": report["embedded"],
        "pulled": report["pulled"],
        "CPU s": round(seconds, 2), "MB more": round((_size(home) - before) / 1e6, 1),
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


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *IDENTITY, *arguments], check=True, capture_output=True)


def _size(folder: Path) -> int:
    """Return the bytes of all files below a folder; one with several names counts once."""
    found: dict[int, int] = {}
    for place, _, names in os.walk(folder):
        for name in names:
            stat = os.lstat(f"{place}/{name}")
            found[stat.st_ino] = stat.st_size
    return sum(found.values())
