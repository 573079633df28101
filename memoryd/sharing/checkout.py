"""Which repository a folder is a checkout of, as digests, and which branch and commit it is at. Git is only asked, and may be missing."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from memoryd.files import Repository, git, path_text, repository_of

SECONDS = 5.0
"""How long git may take to answer; it takes milliseconds."""
HIDDEN = b".git"


@dataclass(frozen=True, slots=True)
class Head:
    """Where a checkout stands. `branch` is "" where none is checked out, `commit` before the first one.

    `worktree_of` is the work tree that a linked one (`git worktree add`) belongs to, "" for any other checkout.
    """

    branch: str = ""
    commit: str = ""
    worktree_of: str = ""


def head_of(root: Path) -> Head:
    """Return where a checkout stands; all is "" outside a repository, or where git does not answer."""
    folder = os.fsencode(root)
    found = _around(folder)
    if found is None:
        return Head()
    _, repository = found
    branch = _said(folder, "symbolic-ref", "--quiet", "--short", "HEAD")
    commit = _said(folder, "rev-parse", "--quiet", "--verify", "HEAD")
    is_linked = repository.own != repository.shared
    main = repository.shared.removesuffix(b"/" + HIDDEN)
    return Head(path_text(branch), path_text(commit), path_text(main) if is_linked else "")


def origins(root: Path) -> tuple[str, ...]:
    """Return digests that checkouts of one repository have in common, the closest first: of its git folder, of where it was cloned from.

    None of them tells a path or an address. A project that is a folder within a repository has those of that folder.
    """
    folder = os.fsencode(root)
    found = _around(folder)
    if found is None:
        return ()
    top, repository = found
    inner = os.path.relpath(folder, top)
    return tuple(dict.fromkeys(_digest(kind, place, inner) for kind, place in _places(top, repository)))


def _places(top: bytes, repository: Repository) -> Iterator[tuple[bytes, bytes]]:
    yield b"folder", repository.shared
    address = _said(top, "config", "--get", "remote.origin.url")
    if not address:
        return
    local = os.path.join(top, address.removeprefix(b"file://"))
    if os.path.isdir(local):  # a clone of a checkout, or of a bare repository, on this machine
        theirs = repository_of(local)
        yield b"folder", theirs.shared if theirs else os.path.realpath(local)
        if theirs and (beyond := _said(local, "config", "--get", "remote.origin.url")):
            yield b"origin", _address(beyond)
    else:
        yield b"origin", _address(address)


def _address(address: bytes) -> bytes:
    """Return the host and path of an address, however git is told to get there, and by whom."""
    text = address.decode("utf-8", "replace").strip()
    if "://" not in text:
        user, colon, path = text.partition(":")
        text = f"ssh://{user}/{path}" if colon else text
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:  # no address that anybody could clone from
        return address
    return f"{host}/{parts.path.strip('/').removesuffix('.git')}".encode("utf-8", "surrogatepass")


def _digest(kind: bytes, place: bytes, inner: bytes) -> str:
    return hashlib.blake2b(b"\0".join((kind, place, inner)), digest_size=16).hexdigest()


def _around(folder: bytes) -> tuple[bytes, Repository] | None:
    """Return the work tree that holds a folder, and its repository."""
    while True:
        repository = repository_of(folder)
        if repository is not None:
            return folder, repository
        if folder == os.path.dirname(folder):
            return None
        folder = os.path.dirname(folder)


def _said(folder: bytes, *arguments: str) -> bytes:
    done = git(folder, arguments, SECONDS)
    return done.stdout.strip() if done is not None and done.returncode == 0 else b""
