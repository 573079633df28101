"""Where git reads a repository of a list: its own folder, or our copy of a remote one; and the commit that it is at."""

import hashlib
import os
import re
from pathlib import Path

from memoryd.files import git, git_remote, private_folder
from memoryd.fleet.listed import Listed
from memoryd.past import QUICK_SECONDS, Unreachable, done, said

FETCHING_SECONDS = 3_600.0
COMMIT = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")


def head_commit(one: Listed) -> str:
    """Return the commit at the head of a repository. Raises `Unreachable`."""
    if one.is_remote:
        asked = git_remote(b"/", ["ls-remote", "--quiet", "--", one.address, "HEAD"], QUICK_SECONDS)
    else:
        asked = git(_folder(one), ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"], QUICK_SECONDS)
    if asked is None:
        raise Unreachable("git does not answer; check the address and the network")
    found = COMMIT.match(asked.stdout)
    if asked.returncode or not found:
        raise Unreachable(said(asked.stderr) or "it has no commit yet")
    return found[0].decode()


def source_of(one: Listed, commit: str, mirrors: Path) -> bytes:
    """Return the folder of a repository that holds a commit; of a remote one, that of our copy below `mirrors`. Raises `Unreachable`."""
    if not one.is_remote:
        return _folder(one)
    place = mirrors / hashlib.blake2b(one.address.encode(), digest_size=10).hexdigest()
    private_folder(place)
    folder = os.fsencode(place)
    if not (place / "HEAD").exists():
        done(git(folder, ["init", "--quiet", "--bare", "--template="], QUICK_SECONDS))
    known = git(folder, ["cat-file", "-e", f"{commit}^{{tree}}"], QUICK_SECONDS)
    if known is None or known.returncode:
        fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--", one.address, "+HEAD:refs/heads/head"]
        done(git_remote(folder, fetch, FETCHING_SECONDS))
    return folder


def _folder(one: Listed) -> bytes:
    if not os.path.isdir(one.address):
        raise Unreachable("there is no such folder")
    return os.fsencode(one.address)
