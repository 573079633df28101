"""Makes a git repository of a source tree, with branches, for parts that measure what is done once for many checkouts."""

import os
import shutil
import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
ADDED = "\n\ndef added_by_{branch}(value):\n    return value\n"


def make_repository(tree: Path, work: Path) -> Path:
    """Return a new repository in an empty work folder, with the files of a tree as its only commit, on the branch `main`."""
    shutil.rmtree(work, ignore_errors=True)
    main = work / "main"
    shutil.copytree(tree, main, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "one")):
        git(main, *arguments)
    return main


def make_branch(main: Path, branch: str, first: int, most: int) -> str:
    """Commit a change of some Python files, from the one with the number `first` on, to a new branch; `main` stays checked out."""
    listed = subprocess.run(["git", "-C", main, "ls-files", "-z", "*.py"], check=True, capture_output=True).stdout
    git(main, "switch", "-q", "-c", branch)
    for path in [os.fsdecode(path) for path in listed.split(b"\0")[:-1]][first : first + most]:
        with (main / path).open("a", encoding="utf-8") as opened:
            opened.write(ADDED.format(branch=branch))
    git(main, "commit", "-q", "-a", "-m", branch)
    git(main, "switch", "-q", "main")
    return branch


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder. Raises `CalledProcessError`."""
    subprocess.run(["git", "-C", folder, *IDENTITY, *arguments], check=True, capture_output=True)


def folder_megabytes(folder: Path) -> float:
    """Return the megabytes of all files below a folder; one with several names counts once."""
    found: dict[int, int] = {}
    for place, _, names in os.walk(folder):
        for name in names:
            stat = os.lstat(f"{place}/{name}")
            found[stat.st_ino] = stat.st_size
    return sum(found.values()) / 1e6
