"""Past commits: the files of a commit in a folder of ours, for as long as somebody asks about them.

There are a few places for them in the data folder (`PLACES`), each for one commit at a time, and with its lock. Who asks for a commit that
none holds gets the place that was used the longest ago. An index of it begins with that of the checkout, and moves along with its place
from commit to commit, so that only files are parsed that no index ever held. Secret values are masked before anything is written.
"""

import hashlib
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from memoryd.advice import Advice
from memoryd.config import Settings, project_folder, project_root
from memoryd.errors import RefreshBusy, StoreUnusable, UnknownHandle, reason
from memoryd.files import cache_folder, git, locked, private_folder, read_whole, remove, replace_file
from memoryd.model import Secrets
from memoryd.past.checkout import MISSING, QUICK_SECONDS, Unreachable, as_it_is, check_out, done
from memoryd.secrets import without_secrets
from memoryd.text import escaped

FOLDER, TREE, HELD, LOCK = "past", "tree", "held", "lock"
PLACES = 4
"""How many commits are kept at most."""
PATIENCE = 600.0
"""How long somebody waits for a place that others use, in seconds."""
COMMITTED = re.compile(rb"^committer .* (\d{1,12}) [+-]\d{4}$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Past:
    """A commit and its files: `folder` stands for the project as it was then. `day` is the one on which it was committed (UTC).

    Of a partial clone git does not have the files `missing`.
    """

    folder: Path
    commit: str
    day: str
    missing: tuple[str, ...]

    def said(self) -> str:
        """Return which commit it is, and how many of its files are missing."""
        return f"commit {self.commit[:12]} of {self.day}" + (f"; {_said(self.missing)}" if self.missing else "")

    def show(self) -> Advice:
        """Return how to see a unit that a pack left out."""
        short = self.commit[:12]
        http = f'POST /v1/show with "at": "{short}" shows one: PATH#NAME'
        return Advice(f"`memoryd show --at {short} PATH#NAME` shows one", http, http)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a place is to hold: a tree of a repository, `of` digests of the project and of the commit."""

    source: bytes
    tree: str
    of: tuple[str, str]


@contextmanager
def checked_out(root: Path, revision: str, settings: Settings) -> Iterator[Past]:
    """Have the files of a commit in a folder until the block ends; nothing of the project and its repository changes.

    Raises `UnknownHandle` if git does not know the commit, or the folder was not there, `RefreshBusy` if all places are in use for long.
    """
    folder = project_root(root)
    source = os.fsencode(folder)
    commit, day = _commit(source, revision)
    within = os.fsdecode(_told(source, "rev-parse", "--show-prefix").removesuffix(b"\n"))
    project = hashlib.blake2b(source + settings.secrets.encode(), digest_size=16).hexdigest()
    wanted = _Wanted(source, f"{commit}:{within}", (project, commit))
    with _place(settings.home / FOLDER, wanted.of) as place:
        missing = () if _held(place) == wanted.of else _fill(place, wanted, settings)
        with suppress(OSError):
            os.utime(place / HELD)
        try:
            yield Past(place / TREE, commit, day, missing)
        except UnknownHandle as error:
            if not missing:
                raise
            raise UnknownHandle(f"{error.message}; commit {commit[:12]} is here in part: {_said(missing)}") from error


def _said(missing: Sequence[str]) -> str:
    some = ", ".join(map(escaped, missing[:3])) + (", …" if missing[3:] else "")
    return f"git lacks {len(missing)} of its files, since the clone is partial ({some}); `git fetch --refetch --no-filter` gets them"


def _commit(source: bytes, revision: str) -> tuple[str, str]:
    """Return the full name of a commit, and the day on which it was committed."""
    if not _told(source, "rev-parse", "--git-dir"):
        raise UnknownHandle("there is no git repository here, so there are no commits to ask about")
    commit = (
        _told(source, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode("ascii", "replace").strip()
    )
    found = COMMITTED.search(_told(source, "cat-file", "commit", commit).partition(b"\n\n")[0]) if commit else None
    if found is None:
        raise UnknownHandle(f"git knows no commit {escaped(revision)!r} here; fetch it, or name another")
    return commit, datetime.fromtimestamp(min(int(found[1]), 2**36), UTC).date().isoformat()


def _told(source: bytes, *arguments: str) -> bytes:
    try:
        asked = git(source, arguments, QUICK_SECONDS)
    except ValueError:  # a name that no argument can be
        return b""
    return bytes(asked.stdout) if asked is not None and asked.returncode == 0 else b""


@contextmanager
def _place(folder: Path, of: tuple[str, str]) -> Iterator[Path]:
    """Hold the place that has a commit, else a free one, the one used the longest ago."""
    try:
        cache_folder(folder)
        places = [folder / str(number) for number in range(PLACES)]
        for place in places:
            private_folder(place)
    except OSError as error:
        raise StoreUnusable(f"past commits cannot be kept: {reason(error)}", folder) from error
    places.sort(key=_used)
    with ExitStack() as stack:
        yield _locked(places, of, stack)


def _locked(places: Sequence[Path], of: tuple[str, str], stack: ExitStack) -> Path:
    until = time.monotonic() + PATIENCE
    while True:
        having = [place for place in places if _held(place) in (of, _part(of))]
        for place in having or places:
            with suppress(TimeoutError):
                stack.enter_context(locked(place / LOCK, 0.0))
                if _held(place) in (of, _part(of)) or not having:
                    return place
                stack.close()  # meanwhile it was given to another commit
        if time.monotonic() > until:
            raise RefreshBusy("all places for past commits are in use; ask again when others are done")
        time.sleep(0.1)


def _part(of: tuple[str, str]) -> tuple[str, str]:
    """Return what a place holds that has a part of a commit only."""
    return of[0], f"part-of-{of[1]}"


def _held(place: Path) -> tuple[str, str] | None:
    """Return which project and commit a place holds, `None` if it holds nothing of use."""
    try:
        project, commit = read_whole(place / HELD).decode().split()
    except (OSError, ValueError):
        return None
    return project, commit


def _used(place: Path) -> float:
    try:
        return (place / HELD).stat().st_mtime
    except OSError:
        return 0.0


def _fill(place: Path, wanted: _Wanted, settings: Settings) -> tuple[str, ...]:
    """Put the files of a commit into a place, and return those that git does not have. Interrupted, it holds nothing.

    Where some are missing, the place holds part of the commit, and the next who asks fills it anew: git may have more of them then.
    """
    before, tree = _held(place), place / TREE
    remove(place / HELD)
    remove(tree)
    if before is None or before[0] != wanted.of[0]:
        remove(project_folder(settings, tree))  # another one begins with that of the checkout
    tree.mkdir()
    try:
        left_out = check_out(wanted.source, wanted.tree, tree, without_secrets if settings.secrets == Secrets.MASK else as_it_is)
        # By this an index finds the one that it can begin with: as of a clone.
        done(git(os.fsencode(tree), ["config", "remote.origin.url", wanted.source], QUICK_SECONDS))
        missing = tuple(one.path for one in left_out if one.reason == MISSING)
        replace_file(place / HELD, " ".join(_part(wanted.of) if missing else wanted.of).encode())
    except Unreachable as error:
        remove(tree)
        raise UnknownHandle(f"commit {wanted.of[1][:12]} cannot be read here: {error}") from error
    except BaseException:
        remove(tree)
        raise
    return missing
