"""What git's log tells: commits with the files that they touch, and files as they were. Every answer is empty without git."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from memoryd.files import Blob, blobs, git, path_bytes, path_text
from memoryd.model import Secrets
from memoryd.secrets import masked_text

SECONDS = 60.0
"""Seconds that git may take for one answer."""
HEADER = re.compile(rb"\x01([0-9a-f]{40,64}) (\d+) ([^\x02]*)\x02(.*)", re.DOTALL)
FORMAT, BARE = "--format=%x01%H %ct %aN%x02%B", "--format=%x01%H %ct %aN%x02"
PLAIN = ("--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-mailmap", "--no-color", "--relative")


class Commit(NamedTuple):
    """A commit: when it was made (seconds since 1970), by whom, what it says, and the files that it touches, as they are called in it.

    `was` has for each file that it renames the name that it had.
    """

    id: str
    time: int
    author: str
    message: str
    paths: tuple[str, ...]
    was: tuple[tuple[str, str], ...] = ()

    def before(self, path: str) -> str:
        """Return the name that a file had before this commit."""
        return dict(self.was).get(path, path)


class Log:
    """The log of the repository that contains a project; paths are those in the project's folder."""

    def __init__(self, root: Path, secrets: Secrets) -> None:
        self._root = os.fsencode(root)
        self._secrets = secrets

    def head(self) -> str:
        """Return the commit that is checked out, "" without git."""
        return self._output("rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode("ascii", "replace").strip()

    def is_shallow(self) -> bool:
        """Tell whether commits are missing here that the repository has elsewhere."""
        return self._output("rev-parse", "--is-shallow-repository").strip() == b"true"

    def is_ancestor(self, old: str, new: str) -> bool:
        """Tell whether one commit led to another."""
        done = git(self._root, ("merge-base", "--is-ancestor", old, new), SECONDS)
        return done is not None and done.returncode == 0

    def commits(self, revisions: str, skip: int, most: int) -> list[Commit]:
        """Return commits with the files that they touch, newest first; merges touch nothing."""
        raw = self._output(
            "log",
            "-z",
            "--no-merges",
            "--no-renames",
            "--name-only",
            BARE,
            *PLAIN,
            f"--skip={skip}",
            f"--max-count={most}",
            revisions,
            "--",
        )
        return [Commit(*fields, paths=tuple(paths)) for fields, paths in _records(raw)]

    def of_file(self, commit: str, path: str, most: int) -> list[Commit]:
        """Return the commits up to one that touched a file, newest first, through its renames: `paths` is what it is called in each.

        Where git fails on the way, as in a clone that lacks the files of old commits, those before are returned.
        """
        named = os.fsdecode(path_bytes(path))
        asked = ("log", "-z", "--no-merges", "--follow", "-M", "--name-status", FORMAT, *PLAIN[:-1], f"--max-count={most}", commit)
        done = git(self._root, ("--literal-pathspecs", *asked, "--", named), SECONDS)
        prefix = self._output("rev-parse", "--show-prefix").rstrip(b"\n")
        found = []
        for fields, words in _records(done.stdout if done is not None else b""):
            is_renamed = len(words) > 2 and words[0][:1] in "RC"
            names = [_inside(word, path_text(prefix)) for word in words[1:]]
            if names:
                found.append(Commit(*fields, paths=(names[-1],), was=((names[-1], names[0]),) if is_renamed else ()))
        return found

    def touched(self, commit: str) -> list[str]:
        """Return the files that a commit touches, by the names that they have before or after it."""
        raw = self._output(
            "diff-tree", "-r", "-z", "--root", "--no-commit-id", "--name-only", "--no-renames", *PLAIN[:2], "--relative", commit
        )
        return [path_text(path) for path in raw.split(b"\0") if path]

    def files(self, wanted: Sequence[tuple[str, str]]) -> list[Blob]:
        """Return files as they were at commits, secrets masked."""
        return blobs(self._root, wanted, SECONDS, self._secrets)

    def other(self, path: str) -> str:
        """Return the folder of the project that holds a file and is a repository of its own, such as a submodule; "" where none is."""
        folder = path_bytes(path.rpartition("/")[0])
        done = git(os.path.join(self._root, folder), ("rev-parse", "--show-prefix"), SECONDS) if folder else None
        if done is None or done.returncode or len(inside := done.stdout.rstrip(b"\n")) > len(folder):
            return ""
        return path_text((folder + b"/").removesuffix(inside).rstrip(b"/"))

    def said(self, message: str) -> str:
        """Return a message with secrets masked."""
        return masked_text(message) if self._secrets == Secrets.MASK else message

    def _output(self, *arguments: str) -> bytes:
        done = git(self._root, arguments, SECONDS)
        return done.stdout if done is not None and done.returncode == 0 else b""


def _records(raw: bytes) -> Iterator[tuple[tuple[str, int, str, str], list[str]]]:
    """Yield the fields of each commit, and what follows them until the next one."""
    fields: tuple[str, int, str, str] | None = None
    words: list[str] = []
    for token in raw.split(b"\0"):
        header = HEADER.fullmatch(token.lstrip(b"\n"))
        if header is None:
            if word := token.lstrip(b"\n"):
                words.append(path_text(word))
            continue
        if fields is not None:
            yield fields, words
        commit, time, author, message = header.groups()
        fields, words = (commit.decode(), int(time), author.decode("utf-8", "replace"), message.decode("utf-8", "replace").strip()), []
    if fields is not None:
        yield fields, words


def _inside(path: str, prefix: str) -> str:
    return path.removeprefix(prefix)
