"""The past of a document: what existed when each line was written, as evidence that something is gone and not merely absent."""

import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from indexers import languages
from memoryd.files import git, path_bytes, path_text
from memoryd.notes.mentions import Form, Mention, last_of, within

SECONDS = 20.0
"""Seconds that git may take for one answer."""
MOST_COMMITS = 60
"""Commits of one document that are examined, at most; lines of other commits are judged without their past."""
CODE_FILES = tuple(sorted(f":(glob)**/*{ending}" for language in languages().values() for ending in language.extensions))
BLAMED = re.compile(r"([0-9a-f]{40,64}) \d+ \d+")


class Past:
    """The states of the project in which the lines of a document were last written; empty outside git."""

    def __init__(self, root: Path, document: str, lines: Sequence[str]) -> None:
        self._root = os.fsencode(root)
        self._lines = lines
        self._document = document
        self._written = self._blame()
        self._files: dict[str, list[str]] = {}

    def saw(self, mention: Mention) -> str:
        """Name the commit in which a thing existed when the line that mentions it was written; "" if unknown."""
        commit, date = self._written.get(self._lines[mention.line - 1], ("", ""))
        if not commit or (commit not in self._files and len(self._files) >= MOST_COMMITS):
            return ""
        files = self._listed(commit)
        was_there = self._said(commit, mention) if mention.form == Form.SYMBOL else bool(within(files, mention.path))
        return f"was there at {commit[:10]}{f' ({date})' if date else ''}, when the line was written" if was_there else ""

    def _blame(self) -> Mapping[str, tuple[str, str]]:
        """Map the text of each committed line to the commit that wrote it, and its date; of equal lines the last one counts.

        Git blames the committed text and not the file, since comparing with a file runs the filters that a repository configures.
        """
        done = git(self._root, ["blame", "--line-porcelain", "--no-textconv", "HEAD", "--", b"./" + path_bytes(self._document)], SECONDS)
        return read_blame(done.stdout) if done is not None and done.returncode == 0 else {}

    def _listed(self, commit: str) -> list[str]:
        if commit not in self._files:
            done = git(self._root, ["ls-tree", "-r", "-z", "--name-only", commit, "."], SECONDS)
            names = done.stdout.split(b"\0") if done is not None and done.returncode == 0 else []
            self._files[commit] = [path_text(name) for name in names if name]
        return self._files[commit]

    def _said(self, commit: str, mention: Mention) -> bool:
        # Only code is evidence: prose and data may name a thing before and after it exists.
        arguments = [
            "grep",
            "-q",
            "-I",
            "-w",
            "-F",
            "--no-color",
            "--no-recurse-submodules",
            "-e",
            last_of(mention),
            commit,
            "--",
            *CODE_FILES,
        ]
        done = git(self._root, arguments, SECONDS)
        return done is not None and done.returncode == 0


def read_blame(said: bytes) -> Mapping[str, tuple[str, str]]:
    """Map the text of each line that `git blame --line-porcelain` told to its commit and the day of that."""
    written: dict[str, tuple[str, str]] = {}
    commit, date = "", ""
    for line in said.decode("utf-8", "replace").split("\n"):
        if match := BLAMED.match(line):
            commit = match[1]
        elif line.startswith("committer-time "):
            date = line.removeprefix("committer-time ")
        elif line.startswith("\t"):
            written[line[1:].removesuffix("\r")] = (commit, _day(date))
    return written


def _day(seconds: str) -> str:
    """Return the day of a commit's time; "" for a time that no calendar has, which a commit may carry."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
