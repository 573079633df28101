"""Reads files as git has them at commits: those that are as large as indexed files at most, and some together."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from memoryd.files.git_calls import git
from memoryd.files.names import path_bytes
from memoryd.files.tree import MAX_BYTES, TOO_LARGE
from memoryd.model import Secrets
from memoryd.secrets import without_secrets

MOST_BYTES = 80_000_000
"""Bytes of all files that are read at once: of more than fifty as large as may be."""
TOO_MUCH = f"with the files before it larger than {MOST_BYTES / 1e6:g} MB"


class Blob(NamedTuple):
    """The bytes of a file as it was, none if it was not there; or else why it was not read."""

    data: bytes
    unread: str = ""


PARTIAL = "git does not have it: the clone is partial"
NO_ANSWER = Blob(b"", "git gives no answer")


def blobs(folder: bytes, wanted: Sequence[tuple[str, str]], seconds: float, secrets: Secrets) -> list[Blob]:
    """Return files, by commit and path in a folder, as they were, secrets masked; nothing of those that were secret as a whole.

    Git may take `seconds` to find them, and again to read them.
    """
    names = [f"{commit}:./".encode() + path_bytes(path) for commit, path in wanted]
    found = {name: Blob(b"", "git cannot be asked for its name") for name in names if b"\n" in name}
    asked = [name for name in names if name not in found]
    small: dict[bytes, bytes] = {}
    room = MOST_BYTES
    try:
        told = _told(folder, "--batch-check", asked, seconds).splitlines()
        for name, line in zip(asked, told, strict=False):
            id_, kind, size = _header(line)
            if kind == b"blob" and size <= min(room, MAX_BYTES):
                small[name] = id_
                room -= size
            elif kind == b"blob":
                found[name] = Blob(b"", TOO_LARGE if size > MAX_BYTES else TOO_MUCH)
        # Git ends at the first file that was there, and that a partial clone does not have.
        found.update(dict.fromkeys(_listed(folder, asked[len(told) :], seconds), Blob(b"", PARTIAL)))
        found.update(zip(small, _read(_told(folder, "--batch", list(small.values()), seconds)), strict=False))
    except TimeoutError:
        return [NO_ANSWER] * len(wanted)
    every = [(path, found.get(name, Blob(b""))) for name, (_, path) in zip(names, wanted, strict=True)]
    return [blob._replace(data=without_secrets(path, blob.data)) if secrets == Secrets.MASK else blob for path, blob in every]


def _listed(folder: bytes, names: Sequence[bytes], seconds: float) -> Iterator[bytes]:
    """Yield those of some names that git lists in their commits, or whose commits a partial clone does not have whole.

    Raises `TimeoutError` if git tells nothing in time.
    """
    paths: dict[bytes, list[bytes]] = {}
    for name in names:
        commit, _, path = name.partition(b":./")
        paths.setdefault(commit, []).append(path)
    for commit, inside in paths.items():
        done = git(folder, ["--literal-pathspecs", "ls-tree", "--name-only", "-z", commit, "--", *inside], seconds)
        if done is None:
            raise TimeoutError
        listed = inside if b"promisor" in done.stderr else done.stdout.split(b"\0")[:-1]
        yield from (commit + b":./" + path for path in listed)


def _told(folder: bytes, how: str, names: Sequence[bytes], seconds: float) -> bytes:
    """Return what git tells of objects. Raises `TimeoutError` if it tells nothing in time."""
    done = git(folder, ("cat-file", how), seconds, b"".join(name + b"\n" for name in names)) if names else None
    if names and done is None:
        raise TimeoutError
    return b"" if done is None else done.stdout


def _header(line: bytes) -> tuple[bytes, bytes, int]:
    """Return the id, kind and size that git tells of an object, no kind where there is none."""
    words = line.rsplit(b" ", 2)
    return (words[0], words[1], int(words[2])) if len(words) == 3 and words[2].isdigit() else (b"", b"", 0)


def _read(raw: bytes) -> Iterator[Blob]:
    at = 0
    while at < len(raw):
        begin = (raw.find(b"\n", at) + 1) or len(raw)
        _, kind, size = _header(raw[at : begin - 1])
        yield Blob(raw[begin : begin + size])
        at = begin + size + 1 if kind else begin
