"""The commit that a repository is at, and its files in a folder, byte for byte. Git runs no filter and no hook of it.

Links are not made: nothing of a repository leads out of the folder. A file that is too large to be indexed takes no room.
"""

import hashlib
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from memoryd.errors import MemorydError
from memoryd.files import MAX_BYTES, git, git_remote, path_text, private_folder
from memoryd.fleet.listed import Listed
from memoryd.model import Skipped

QUICK_SECONDS, READING_SECONDS, FETCHING_SECONDS = 60.0, 600.0, 3_600.0
BATCH_BYTES = 32 << 20
"""The bytes of files that git hands over at once."""
COMMIT = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")
FILE_MODES, LINK = frozenset((b"100644", b"100755", b"100664")), b"120000"


class Unreachable(MemorydError):
    """A repository cannot be read: the reason stands in the report of its fleet."""


class _Blob(NamedTuple):
    oid: bytes
    size: int
    path: bytes


def head_commit(one: Listed) -> str:
    """Return the commit at the head of a repository. Raises `Unreachable`."""
    if one.is_remote:
        done = git_remote(b"/", ["ls-remote", "--quiet", "--", one.address, "HEAD"], QUICK_SECONDS)
    else:
        done = git(_folder(one), ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"], QUICK_SECONDS)
    if done is None:
        raise Unreachable("git does not answer; check the address and the network")
    found = COMMIT.match(done.stdout)
    if done.returncode or not found:
        raise Unreachable(_said(done.stderr) or "it has no commit yet")
    return found[0].decode()


def check_out(one: Listed, commit: str, mirrors: Path, to: Path) -> tuple[Skipped, ...]:
    """Write the files of a commit to an empty folder, as a work tree whose git lists them; return those that are left out, and why.

    Raises `Unreachable`.
    """
    source = _mirrored(one, commit, mirrors) if one.is_remote else _folder(one)
    listed = list(_listed(source, commit))
    blobs = [blob for blob in listed if isinstance(blob, _Blob)]
    for blob in blobs:
        _made_room(to, blob.path)
        if blob.size > MAX_BYTES:
            with open(os.path.join(os.fsencode(to), blob.path), "xb") as file:
                file.truncate(blob.size)  # a hole, of which the scan says how large it is
    small = [blob for blob in blobs if blob.size <= MAX_BYTES]
    for batch in _batches(small):
        _write(source, batch, to)
    _know([blob.path for blob in blobs], to)
    return tuple(one for one in listed if isinstance(one, Skipped))


def _folder(one: Listed) -> bytes:
    if not os.path.isdir(one.address):
        raise Unreachable("there is no such folder")
    return os.fsencode(one.address)


def _mirrored(one: Listed, commit: str, mirrors: Path) -> bytes:
    """Return the folder of our own copy of a remote repository, which holds a commit."""
    place = mirrors / hashlib.blake2b(one.address.encode(), digest_size=10).hexdigest()
    private_folder(place)
    folder = os.fsencode(place)
    if not (place / "HEAD").exists():
        _done(git(folder, ["init", "--quiet", "--bare", "--template="], QUICK_SECONDS))
    known = git(folder, ["cat-file", "-e", f"{commit}^{{tree}}"], QUICK_SECONDS)
    if known is None or known.returncode:
        fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--", one.address, "+HEAD:refs/heads/head"]
        _done(git_remote(folder, fetch, FETCHING_SECONDS))
    return folder


def _listed(source: bytes, commit: str) -> Iterator[_Blob | Skipped]:
    """Yield the files of a commit; links and submodules are none, and of a partial clone some are missing."""
    for line in filter(None, _done(git(source, ["ls-tree", "-r", "-l", "-z", "--full-tree", commit], QUICK_SECONDS)).split(b"\0")):
        about, _, path = line.partition(b"\t")
        mode, _, oid, size = about.split()
        if any(part in (b"", b".", b"..") or part.lower() == b".git" for part in path.split(b"/")):
            raise Unreachable("it has a path that leads elsewhere")
        if mode not in FILE_MODES:
            yield Skipped(path_text(path), "link" if mode == LINK else "submodule")
        elif size.isdigit():
            yield _Blob(oid, int(size), path)
        else:
            yield Skipped(path_text(path), "git does not have it: the clone is partial")


def _batches(blobs: Sequence[_Blob]) -> Iterator[list[_Blob]]:
    batch, size = [], 0
    for blob in blobs:
        batch.append(blob)
        size += blob.size
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _write(source: bytes, blobs: Sequence[_Blob], to: Path) -> None:
    data = _done(git(source, ["cat-file", "--batch"], READING_SECONDS, b"\n".join(blob.oid for blob in blobs) + b"\n"))
    at = 0
    for blob in blobs:
        end = data.index(b"\n", at) + 1
        if data[at:end].split() != [blob.oid, b"blob", str(blob.size).encode()]:
            raise Unreachable("git does not find a file of it; fetch it again")
        with open(os.path.join(os.fsencode(to), blob.path), "xb") as file:
            file.write(data[end : end + blob.size])
        at = end + blob.size + 1


def _know(paths: Sequence[bytes], to: Path) -> None:
    """Have git list exactly these paths in the folder, whatever the ignore rules among them say of them."""
    folder = os.fsencode(to)
    _done(git(folder, ["init", "--quiet", "--template="], QUICK_SECONDS))
    given = iter(paths)
    while some := list(islice(given, 50_000)):
        # Of no object: what is listed is on disk, and nobody asks git for more.
        entries = b"".join(b"100644 " + b"1" * 40 + b"\t" + path + b"\0" for path in some)
        _done(git(folder, ["update-index", "-z", "--index-info"], QUICK_SECONDS, entries))


def _made_room(to: Path, path: bytes) -> None:
    folder = os.path.dirname(path)
    if folder:
        os.makedirs(os.path.join(os.fsencode(to), folder), exist_ok=True)


def _done(done: "subprocess.CompletedProcess[bytes] | None") -> bytes:
    """Return what git printed. Raises `Unreachable` where it failed."""
    if done is None:
        raise Unreachable("git does not answer, or is not installed")
    if done.returncode:
        raise Unreachable(_said(done.stderr) or "git cannot read it")
    return bytes(done.stdout)


def _said(complaint: bytes) -> str:
    """Return the last line that git complains with."""
    lines = [line.strip() for line in complaint.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1].removeprefix("fatal: ")[:300] if lines else ""
