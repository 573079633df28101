"""Where git reads a repository of a list: its own folder, or our copy of a remote one; and the commit that it is at."""

import hashlib
import os
import re
import time
from contextlib import suppress
from pathlib import Path

from memoryd.files import git, git_remote, locked, private_folder, remove
from memoryd.fleet.listed import Listed
from memoryd.past import QUICK_SECONDS, Unreachable, done, said

FETCHING_SECONDS = 3_600.0
UNUSED_SECONDS = 30 * 86_400.0
"""How long our copy of a repository is kept without any use: to have it again costs one shallow clone."""
SHA256_DIGITS = 64
COMMIT = re.compile(rb"[0-9a-f]{64}|[0-9a-f]{40}")


def head_commit(one: Listed) -> str:
    """Return the commit at the head of a repository. Raises `Unreachable`."""
    if one.is_remote:
        asked = git_remote(b"/", ["ls-remote", "--quiet", "--", one.address, "HEAD"], QUICK_SECONDS)
    else:
        within = git(_folder(one), ["rev-parse", "--show-prefix"], QUICK_SECONDS)
        if within is not None and within.stdout.strip():
            raise Unreachable("it is a folder within a repository; list the repository itself")
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
    private_folder(mirrors)
    with locked(place.with_suffix(".lock"), FETCHING_SECONDS):  # a list may have one address under several names
        if not _holds(place, commit):
            _bring(place, one, commit)
        os.utime(place)
    _forget_unused(mirrors)
    return os.fsencode(place)


def _bring(place: Path, one: Listed, commit: str) -> None:
    """Have our copy hold a commit. One that takes none, as a killed git or a damaged disk leaves it, is made anew."""
    with suppress(Unreachable):
        if place.exists():
            _fetch(place, one, commit)
            return
    fresh = place.with_suffix(".new")
    remove(fresh)
    _fetch(fresh, one, commit)
    remove(place)
    fresh.rename(place)


def _fetch(place: Path, one: Listed, commit: str) -> None:
    private_folder(place)
    folder = os.fsencode(place)
    if not (place / "HEAD").exists():
        form = "sha256" if len(commit) == SHA256_DIGITS else "sha1"
        done(git(folder, ["init", "--quiet", "--bare", "--template=", f"--object-format={form}"], QUICK_SECONDS))
    fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--", one.address]
    fetched = git_remote(folder, [*fetch, f"+{commit}:refs/heads/head"], FETCHING_SECONDS)
    if fetched is None or fetched.returncode:  # old servers hand out heads alone, which may have moved since
        done(git_remote(folder, [*fetch, "+HEAD:refs/heads/head"], FETCHING_SECONDS))


def _holds(place: Path, commit: str) -> bool:
    known = git(os.fsencode(place), ["cat-file", "-e", f"{commit}^{{tree}}"], QUICK_SECONDS) if place.exists() else None
    return known is not None and not known.returncode


def _forget_unused(mirrors: Path) -> None:
    """Remove the copies that no task needed for long: their repositories are in no list any more, or never change."""
    for place in mirrors.iterdir():
        if place.is_dir() and place.stat().st_mtime < time.time() - UNUSED_SECONDS:
            remove(place)


def _folder(one: Listed) -> bytes:
    if not os.path.isdir(one.address):
        raise Unreachable("there is no such folder")
    return os.fsencode(one.address)
