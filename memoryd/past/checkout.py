"""The files of a commit in a folder, byte for byte. Git runs no filter and no hook of the repository, and nothing of it changes.

Links are not made: nothing of a repository leads out of the folder. A file that is too large to be indexed takes no room.
"""

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from memoryd.errors import MemorydError
from memoryd.files import MAX_BYTES, git, path_text
from memoryd.model import Skipped

QUICK_SECONDS, READING_SECONDS = 60.0, 600.0
BATCH_BYTES = 32 << 20
"""The bytes of files that git hands over at once."""
MISSING = "git does not have it: the clone is partial"
FILE_MODES, LINK = frozenset((b"100644", b"100755", b"100664")), b"120000"


class Unreachable(MemorydError):
    """A repository cannot be read: git says why."""


class _Blob(NamedTuple):
    oid: bytes
    size: int
    path: bytes


def as_it_is(_path: str, data: bytes) -> bytes:
    """Return the bytes of a file."""
    return data


def check_out(source: bytes, tree: str, to: Path, written: Callable[[str, bytes], bytes] = as_it_is) -> tuple[Skipped, ...]:
    """Write the files of a commit, or of a folder of it, to an empty folder, as a work tree whose git lists them.

    `source` is a folder of the repository, `tree` names a tree in it; `written` makes of a path and its bytes what is written. Returns
    what is left out, and why. Raises `Unreachable`.
    """
    listed = list(_listed(source, tree))
    blobs = [blob for blob in listed if isinstance(blob, _Blob)]
    for blob in blobs:
        _made_room(to, blob.path)
        if blob.size > MAX_BYTES:
            with open(os.path.join(os.fsencode(to), blob.path), "xb") as file:
                file.truncate(blob.size)  # a hole, of which the scan says how large it is
    small = [blob for blob in blobs if blob.size <= MAX_BYTES]
    for batch in _batches(small):
        _write(source, batch, to, written)
    _know([blob.path for blob in blobs], to)
    return tuple(one for one in listed if isinstance(one, Skipped))


def _listed(source: bytes, tree: str) -> Iterator[_Blob | Skipped]:
    """Yield the files of a tree; links and submodules are none, and of a partial clone some are missing."""
    for mode, oid, size, path in _entries(source, tree):
        if any(part in (b"", b".", b"..") or part.lower() == b".git" for part in path.split(b"/")):
            raise Unreachable("it has a path that leads elsewhere")
        if mode not in FILE_MODES:
            yield Skipped(path_text(path), "link" if mode == LINK else "submodule")
        elif size.isdigit():
            yield _Blob(oid, int(size), path)
        else:
            yield Skipped(path_text(path), MISSING)


def _entries(source: bytes, tree: str) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """Yield mode, digest, size and path of what a tree lists; the size is no number where git does not have the file."""
    listing = ["ls-tree", "-r", "-z", "--full-tree"]
    sizes: dict[bytes, bytes] = {}
    try:
        lines = done(git(source, [*listing, "-l", tree], QUICK_SECONDS))
    except Unreachable:
        # Git does not tell sizes of a partial clone at all: it would fetch what is missing, which it is not let do.
        lines = done(git(source, [*listing, tree], QUICK_SECONDS))
        objects = done(git(source, ["rev-list", "--objects", "--missing=print", tree], QUICK_SECONDS)).split(b"\n")
        if not any(one.startswith(b"?") for one in objects):
            raise
        known = b"".join(one.partition(b" ")[0] + b"\n" for one in objects if one and not one.startswith(b"?"))
        told = done(git(source, ["cat-file", "--batch-check=%(objectname) %(objectsize)"], QUICK_SECONDS, known))
        sizes = dict(one.split() for one in told.splitlines())
    for line in filter(None, lines.split(b"\0")):
        about, _, path = line.partition(b"\t")
        mode, _, oid, *size = about.split()
        yield mode, oid, size[0] if size else sizes.get(oid, b"-"), path


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


def _write(source: bytes, blobs: Sequence[_Blob], to: Path, written: Callable[[str, bytes], bytes]) -> None:
    data = done(git(source, ["cat-file", "--batch"], READING_SECONDS, b"\n".join(blob.oid for blob in blobs) + b"\n"))
    at = 0
    for blob in blobs:
        end = data.index(b"\n", at) + 1
        if data[at:end].split() != [blob.oid, b"blob", str(blob.size).encode()]:
            raise Unreachable("git does not find a file of it; fetch it again")
        with open(os.path.join(os.fsencode(to), blob.path), "xb") as file:
            file.write(written(path_text(blob.path), data[end : end + blob.size]))
        at = end + blob.size + 1


def _know(paths: Sequence[bytes], to: Path) -> None:
    """Have git list exactly these paths in the folder, whatever the ignore rules among them say of them."""
    folder = os.fsencode(to)
    done(git(folder, ["init", "--quiet", "--template="], QUICK_SECONDS))
    given = iter(paths)
    while some := list(islice(given, 50_000)):
        # Of no object: what is listed is on disk, and nobody asks git for more.
        entries = b"".join(b"100644 " + b"1" * 40 + b"\t" + path + b"\0" for path in some)
        done(git(folder, ["update-index", "-z", "--index-info"], QUICK_SECONDS, entries))


def _made_room(to: Path, path: bytes) -> None:
    folder = os.path.dirname(path)
    if folder:
        os.makedirs(os.path.join(os.fsencode(to), folder), exist_ok=True)


def done(ended: "subprocess.CompletedProcess[bytes] | None") -> bytes:
    """Return what git printed. Raises `Unreachable` where it failed."""
    if ended is None:
        raise Unreachable("git does not answer, or is not installed")
    if ended.returncode:
        raise Unreachable(said(ended.stderr) or "git cannot read it")
    return bytes(ended.stdout)


def said(complaint: bytes) -> str:
    """Return the last line that git complains with."""
    lines = [line.strip() for line in complaint.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1].removeprefix("fatal: ")[:300] if lines else ""
