"""Reads a bare repository's history: for each commit its message and, for each file that it changed, which lines of which bytes.

Nothing of a repository is run: `git` is asked with its hooks, filters and configuration of the repository off.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")
RAW = re.compile(r":(\d{6}) (\d{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) (\w)\d*\t(.*)")
START, END = "\x1e", "\x1f"
REGULAR = ("100644", "100755")
ENVIRONMENT = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"}
LARGEST_DIFF = 400_000
"""The characters of a commit's diff above which it is a mass edit."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A file that a commit changed: the blob before (forty zeros for a new file), the lines of it that changed, the lines that came.

    A line that was put in counts at the line before it.
    """

    path: str
    blob: str
    lines: tuple[int, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that is no merge."""

    id: str
    message: str
    files: tuple[Changed, ...]


def git(repository: Path, *arguments: str) -> str:
    """Return what git prints for a bare repository; bytes that are no UTF-8 are replaced. Raises `CalledProcessError`."""
    command = ["git", f"--git-dir={repository}", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, env={**os.environ, **ENVIRONMENT})
    return done.stdout.decode("utf-8", "replace")


def blobs(repository: Path, commit: str) -> Mapping[str, str]:
    """Return the blob of each regular file of a commit."""
    found = {}
    for line in git(repository, "ls-tree", "-r", "-z", commit).split("\0"):
        head, _, path = line.partition("\t")
        mode, _, blob = head.partition(" blob ")
        if mode in REGULAR:
            found[path] = blob
    return found


def mainline(repository: Path) -> list[str]:
    """Return the commits of the first parents, newest first."""
    return git(repository, "rev-list", "--first-parent", "HEAD").split()


def after(repository: Path, base: str, last: str, most: int) -> Iterator[Commit]:
    """Yield at most `most` commits that `last` has and `base` has not, the oldest first, without merges and mass edits."""
    listed = git(repository, "rev-list", "--no-merges", "--reverse", f"{base}..{last}").split()[:most]
    for start in range(0, len(listed), 50):
        for text in _log(repository, listed[start : start + 50]):
            if len(text) <= LARGEST_DIFF:
                yield _commit(text)


def _log(repository: Path, commits: Sequence[str]) -> list[str]:
    """Return the messages and diffs of commits. A copy may lack large files: a commit whose files are not all there is left out."""
    try:
        log = git(
            repository, "log", "--no-walk=unsorted", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--raw",
            "--full-index", "--patch", "--unified=0", "--no-abbrev", f"--format={START}%H%n%B{END}", *commits, "--",
        )  # fmt: skip
    except subprocess.CalledProcessError:
        return [text for commit in commits for text in _log(repository, [commit])] if len(commits) > 1 else []
    return log.split(START)[1:]


def _commit(text: str) -> Commit:
    told, _, diff = text.partition(END)
    id_, _, message = told.partition("\n")
    raw, _, patches = diff.partition("\ndiff --git ")
    before = {found[6]: found[3] for line in raw.split("\n") if (found := RAW.match(line)) and found[2] in (*REGULAR, "000000")}
    files = [_changed(patch, before) for patch in f"\n{patches}".split("\ndiff --git ")] if patches else []
    return Commit(id_, message, tuple(file for file in files if file is not None))


def _changed(patch: str, before: Mapping[str, str]) -> Changed | None:
    head, _, hunks = patch.partition("\n@@ ")
    names = [line[6:].rstrip("\t") for line in head.split("\n") if line.startswith(("--- a/", "+++ b/"))]
    if not names or names[-1] not in before:
        return None
    lines: list[int] = []
    added: list[str] = []
    for line in f"@@ {hunks}".split("\n"):
        if found := HUNK.match(line):
            first, number = int(found[1]), int(found[2] or 1)
            lines += range(first, first + number) if number else [max(1, first)]
        elif line.startswith("+"):
            added.append(line[1:])
    return Changed(names[-1], before[names[-1]], tuple(lines), tuple(added))
