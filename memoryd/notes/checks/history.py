"""The git history of a project, read by plumbing commands: no hook, filter, pager or signature check can run.

Every answer is empty without git, for an unknown commit, and after a timeout.
"""

import os
import re
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from memoryd.files import NO_ANSWER, Blob, blobs, git, path_text
from memoryd.model import Secrets
from memoryd.secrets import masked_text

SECONDS = 20.0
"""Seconds that git may take for one answer."""
PAUSE_SECONDS = 60.0
"""How long git is not asked again once it gave no answer: a pipe in the place of one of its files would hold up every question."""
PLAIN = ("--no-ext-diff", "--no-textconv", "--relative")
"""Options that keep a comparison inside the project's folder, and from running programs."""
COMMIT = re.compile(r"[0-9a-f]{7,64}")


class History:
    """The commits of the repository that contains a project."""

    def __init__(self, root: Path, secrets: Secrets, seconds: float = SECONDS) -> None:
        self._root = os.fsencode(root)
        self._seconds = seconds
        self._silent_until = 0.0
        self._secrets = secrets
        self._renames = lru_cache(maxsize=64)(self._found_renames)

    def head(self) -> str:
        """Return the commit that is checked out."""
        return self._line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def commit(self, name: str) -> str:
        """Return the full name of a commit."""
        return self._line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}") if name else ""

    def message(self, commit: str) -> str:
        """Return the message of a commit given by its hexadecimal name."""
        raw = self._output("cat-file", "commit", commit) if COMMIT.fullmatch(commit) else b""
        message = raw.partition(b"\n\n")[2].decode("utf-8", "replace")
        return masked_text(message) if self._secrets == Secrets.MASK else message

    def file(self, commit: str, path: str) -> bytes:
        """Return the bytes a file had at a commit, secrets masked; none if it was secret as a whole, or larger than what is indexed."""
        return self.files(commit, (path,))[0].data

    def files(self, commit: str, paths: Sequence[str]) -> list[Blob]:
        """Return files as they were at a commit, secrets masked; nothing of those that were secret as a whole."""
        if time.monotonic() < self._silent_until or not COMMIT.fullmatch(commit):
            return [NO_ANSWER] * len(paths)
        return blobs(self._root, [(commit, path) for path in paths], self._seconds, self._secrets)

    def renames(self, commit: str, moment: tuple[str, str]) -> Mapping[str, str]:
        """Return the renames that git detects since a commit, staged ones included: new path by old path.

        `moment` is the commit that is checked out and the version of the tree: as long as both stay, git is not asked again.
        """
        return self._renames(commit, moment) if COMMIT.fullmatch(commit) and moment[0] else {}

    def merge_base(self, base: str) -> str:
        """Return the merge base of `base` and the commit that is checked out."""
        commit = self.commit(base)
        return self._line("merge-base", commit, "HEAD") if commit else ""

    def without_merge_base(self, base: str) -> str:
        """Return why there is no merge base of `base` and the commit that is checked out, and what to do."""
        if not self.head():
            return "git tells nothing here: the project is in no repository, or has no commit yet"
        return f"git knows no commit {base!r} that this checkout comes from; fetch it, or name another"

    def changed(self, commit: str) -> tuple[str, ...]:
        """Return the paths of files that may differ between a commit and the working tree, sorted; those that git ignores left out."""
        if not COMMIT.fullmatch(commit):
            return ()
        tracked = self._output("diff-index", "-z", "--name-only", "--no-renames", *PLAIN, commit)
        others = self._output("ls-files", "-z", "--others", "--exclude-standard")
        return tuple(sorted({path_text(path) for path in (*tracked.split(b"\0"), *others.split(b"\0")) if path}))

    def _found_renames(self, commit: str, _moment: tuple[str, str]) -> Mapping[str, str]:
        raw = self._output("diff-index", "--cached", "-z", "-M", "--diff-filter=R", "--name-status", *PLAIN, commit)
        fields = raw.split(b"\0")
        return {path_text(old): path_text(new) for old, new in zip(fields[1::3], fields[2::3], strict=False)}

    def _line(self, *arguments: str) -> str:
        return self._output(*arguments).decode("ascii", "replace").strip()

    def _output(self, *arguments: str) -> bytes:
        if time.monotonic() < self._silent_until:
            return b""
        done = git(self._root, arguments, self._seconds)
        if done is None:
            self._silent_until = time.monotonic() + PAUSE_SECONDS
            return b""
        return done.stdout if done.returncode == 0 else b""
