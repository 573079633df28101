"""Prepares repositories for learning: the tree of a commit, its tasks, its index.

    python -m scripts.train.history.prepare MIRRORS FOLDER --list scripts/train/history/repositories.txt [--depth 900] [--commits-only]

MIRRORS holds bare repositories as OWNER+NAME/repo; FOLDER gets for each `trees/`, `tasks/*.jsonl.gz` and `homes/` (indexes).
"""

import argparse
import gzip
import io
import json
import os
import random
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from scripts.train.history.commits import after, blobs, git, mainline
from scripts.train.history.tasks import Task, of_comments, of_commits, of_documentation

COMMITS = 800
"""The most commits after a state that are read: later ones seldom meet files that have not changed since."""
MOST_COMMIT_TASKS, MOST_DOCUMENTATION, MOST_COMMENTS = 180, 30, 30
LARGEST_TREE = 9_000
"""The most files of a tree: a larger one takes minutes to index and gives no more tasks."""


def main() -> None:
    """Prepare every repository of the list that is not prepared."""
    parser = argparse.ArgumentParser()
    parser.add_argument("mirrors", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", type=Path, default=Path(__file__).with_name("repositories.txt"))
    parser.add_argument("--depth", type=int, default=900, help="commits between the tree and the head")
    parser.add_argument("--commits-only", action="store_true", help="neither documentation nor comments: for further trees of a repository")
    given = parser.parse_args()
    names = [line.strip() for line in given.list.read_text().splitlines() if line.strip() and not line.startswith("#")]
    for name in names:
        began = time.process_time()
        try:
            key = name.replace("/", "+")
            said = prepare(given.mirrors / key / "repo", given.folder, f"{key}@{given.depth}", given.depth, given.commits_only)
        except (subprocess.CalledProcessError, OSError, tarfile.TarError) as problem:
            said = f"left out: {problem}"
        print(f"{name}: {said} ({time.process_time() - began:.0f} s)", file=sys.stderr, flush=True)


def prepare(repository: Path, folder: Path, key: str, depth: int, commits_only: bool) -> str:
    """Prepare one repository unless that is done, and say what it gave."""
    sheet = folder / "tasks" / f"{key}.jsonl.gz"
    if sheet.exists():
        return "done before"
    base = _base(repository, depth)
    tree = blobs(repository, base)
    if len(tree) > LARGEST_TREE:
        return f"left out: {len(tree)} files"
    root = folder / "trees" / key
    _unpack(repository, base, root)
    found = list(of_commits(after(repository, base, "HEAD", COMMITS), tree))
    random.Random(key).shuffle(found)
    tasks = found[:MOST_COMMIT_TASKS]
    if not commits_only:
        tasks += of_documentation(root, tree, MOST_DOCUMENTATION, seed=depth)
        tasks += of_comments(root, tree, MOST_COMMENTS, seed=depth)
    with ProjectMemory(root, Settings(folder / "homes" / key)) as memory:
        memory.refresh()
    write(folder, key, tasks)
    return f"{len(tasks)} tasks, {len(tree)} files, {base[:10]}"


def write(folder: Path, key: str, tasks: Iterable[Task]) -> None:
    """Write the tasks of a prepared repository."""
    sheet = folder / "tasks" / f"{key}.jsonl.gz"
    sheet.parent.mkdir(parents=True, exist_ok=True)
    unfinished = sheet.with_suffix(".part")
    with gzip.open(unfinished, "wt") as file:
        file.writelines(f"{json.dumps(asdict(task))}\n" for task in tasks)
    unfinished.replace(sheet)


def keys_of(folder: Path) -> list[str]:
    """Return the names of the prepared repositories of a folder, sorted."""
    return sorted(sheet.name.removesuffix(".jsonl.gz") for sheet in (folder / "tasks").glob("*.jsonl.gz"))


def read(sheet: Path) -> Iterator[Task]:
    """Yield the tasks of a prepared repository."""
    with gzip.open(sheet, "rt") as file:
        yield from (Task(**json.loads(line)) for line in file)


def _base(repository: Path, depth: int) -> str:
    """Return the newest commit of the main line that is at least `depth` commits before the head, else the one at a third of the way."""
    line = mainline(repository)
    low, high = 0, len(line) - 1
    while low < high:
        middle = (low + high) // 2
        if int(git(repository, "rev-list", "--count", "--no-merges", f"{line[middle]}..HEAD")) >= depth:
            high = middle
        else:
            low = middle + 1
    return line[low] if low < len(line) - 1 else line[len(line) * 2 // 3]


def _unpack(repository: Path, commit: str, root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    command = ["git", f"--git-dir={repository}", "archive", "--format=tar", commit]
    made = subprocess.run(command, check=True, capture_output=True, env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull})
    with tarfile.open(fileobj=io.BytesIO(made.stdout)) as archive:
        archive.extractall(root, (one for one in archive if one.isreg()), filter="data")


if __name__ == "__main__":
    main()
