"""Finds transcripts and reads what is new in them. What cannot be read is named; it never ends a report."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson

from memoryd.usage.kept import Kept, Position
from memoryd.usage.readers import Client, Reading, client_of, read_lines, read_whole

TAIL = 256
"""Bytes before the offset that tell whether a file only grew."""
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A transcript on disk."""

    path: str
    client: Client
    stat: os.stat_result

    @property
    def mark(self) -> str:
        """What changes when the file does."""
        return f"{self.stat.st_ino}:{self.stat.st_size}:{self.stat.st_mtime_ns}"


@dataclass(frozen=True, slots=True)
class Collected:
    """The readings of all transcripts, by path in its order, and the files that could not be read."""

    readings: tuple[tuple[str, Reading], ...]
    unreadable: tuple[str, ...] = ()

    def only(self, some: Iterable[Reading]) -> "Collected":
        """Return some of the readings alone."""
        wanted = set(map(id, some))
        return Collected(tuple(one for one in self.readings if id(one[1]) in wanted), self.unreadable)


def find(folders: Sequence[Path]) -> list[Found]:
    """Return the transcripts below some folders, each file once, in the order of their paths."""
    found: dict[tuple[int, int], Found] = {}
    for folder in folders:
        for path in _files(str(folder)):
            client = client_of(path)
            if client is not None:
                try:
                    stat = os.stat(path)
                except OSError:
                    continue
                found.setdefault((stat.st_dev, stat.st_ino), Found(path, client, stat))
    return sorted(found.values(), key=lambda one: one.path)


def collect(found: Sequence[Found], kept: Kept, report: Report) -> Collected:
    """Read what is new in some transcripts; what was read before comes from `kept`."""
    known = kept.files()
    new = [one for one in found if known.get(os.fsencode(one.path), ("",))[0] != one.mark]
    total, done, fresh, unreadable = sum(one.stat.st_size for one in new), 0, dict[str, Reading](), list[str]()
    for one in new:
        try:
            fresh[one.path] = _read(one, kept)
        except OSError:
            unreadable.append(one.path)
        done += one.stat.st_size
        report("reading", done >> 20, total >> 20)
    readings = []
    for one in found:
        if one.path in fresh:
            readings.append((one.path, fresh[one.path]))
        elif one.path not in unreadable:
            readings.append((one.path, Reading.stored(orjson.loads(known[os.fsencode(one.path)][1]), {})))
    kept.forget(path for path in known if not os.path.exists(path))
    return Collected(tuple(readings), tuple(unreadable))


def _files(folder: str) -> Iterator[str]:
    """Yield the regular files below a folder; links to folders are not followed, or one to a folder above would never end."""
    if os.path.isfile(folder):
        yield folder
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            elif entry.is_file():
                yield entry.path
        except OSError:
            continue


def _read(one: Found, kept: Kept) -> Reading:
    path = os.fsencode(one.path)
    with open(one.path, "rb") as file:
        if not one.client.is_by_lines:
            reading, offset = read_whole(one.client, file), one.stat.st_size
        else:
            begun = kept.begun(path)
            if begun is None or begun[0].offset > one.stat.st_size or begun[0].tail != _tail(file, begun[0].offset):
                begun = None
            reading, offset = (begun[1], begun[0].offset) if begun else (Reading(), 0)
            offset = read_lines(one.client, file, offset, reading)
        kept.keep(path, Position(one.mark, offset, _tail(file, offset)), reading)
    return reading


def _tail(file: BinaryIO, offset: int) -> bytes:
    file.seek(max(0, offset - TAIL))
    return hashlib.blake2b(file.read(min(offset, TAIL)), digest_size=16).digest()
