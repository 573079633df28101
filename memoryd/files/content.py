"""One file's bytes as UTF-8 source, or the reason why the file is not indexed. Follows no link, waits for no pipe."""

import codecs
import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from indexers import language_of
from memoryd.filekinds import PROSE_LANGUAGES, is_generated, is_minified
from memoryd.files.names import folder_of, open_file, parts, stat_value, why
from memoryd.files.tree import refusal
from memoryd.model import Skipped, Stat

ATTEMPTS = 3


class Seen(NamedTuple):
    """That a file had these bytes at this stat. `moment` is the wall clock in nanoseconds just before it was opened."""

    stat: Stat
    digest: str
    moment: int


@dataclass(frozen=True, slots=True)
class Content:
    """What a file says: `source` is UTF-8 without a byte order mark, `digest` the blake2b-16 of the raw bytes in hexadecimal."""

    source: bytes
    digest: str
    stat: Stat
    moment: int

    @property
    def seen(self) -> Seen:
        return Seen(self.stat, self.digest, self.moment)


@dataclass(frozen=True, slots=True)
class Refused(Skipped):
    """A file that is not indexed for what its bytes say; as long as they keep this digest, it need not be read again."""

    seen: Seen


def read(root: Path, path: str) -> Content | Skipped:
    """Read one file of the project, or say why it is not indexed (`Refused` where that took its bytes).

    The bytes are those of one moment: a file that changes meanwhile is read again. Raises `OutsideRoot`.
    """
    name = parts(path)[-1]
    try:
        with folder_of(root, path) as (folder, _):
            for _ in range(ATTEMPTS):
                found = _read_once(folder, name)
                if isinstance(found, str):
                    return Skipped(path, found)
                if found is not None:
                    return _judged(path, *found)
    except OSError as error:
        return Skipped(path, why(error))
    return Skipped(path, "changes while it is read")


def read_unchanged(root: Path, path: str, digest: str) -> bytes | None:
    """Return the source of a file that was read before, `None` if its bytes no longer have that digest. Raises `OutsideRoot`."""
    try:
        with folder_of(root, path) as (folder, _):
            found = _read_once(folder, parts(path)[-1])
    except OSError:
        return None
    if found is None or isinstance(found, str) or _digest(found[0]) != digest:
        return None
    return as_utf8(found[0])


def _digest(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=16).hexdigest()


def _read_once(folder: int, name: bytes) -> tuple[bytes, Stat, int] | str | None:
    """Return the bytes, the stat and the moment; or why they are not wanted; or None when they changed meanwhile."""
    moment = time.time_ns()
    descriptor = open_file(name, folder)
    try:
        before = os.fstat(descriptor)
        if reason := refusal(name, before.st_mode, before.st_size):
            return reason
        wanted = before.st_size + 1  # one more than there should be: a shorter answer is the end of the file
        raw = os.read(descriptor, wanted)
        while 0 < len(raw) < before.st_size and (more := os.read(descriptor, wanted - len(raw))):
            raw += more
        unchanged = len(raw) == before.st_size and stat_value(os.fstat(descriptor)) == stat_value(before)
        return (raw, stat_value(before), moment) if unchanged else None
    finally:
        os.close(descriptor)


def _judged(path: str, raw: bytes, stat: Stat, moment: int) -> Content | Refused:
    digest = _digest(raw)
    source = as_utf8(raw)
    reason = "binary" if source is None else unwanted(path, source)
    if source is None or reason:
        return Refused(path, reason, Seen(stat, digest, moment))
    return Content(source, digest, stat, moment)


HEAD = 8192


def as_utf8(raw: bytes) -> bytes | None:
    """Return text as UTF-8 whatever it is encoded in, None for what is no text. Line breaks stay where they are.

    UTF-16 and UTF-32 are known by their byte order mark; what is neither these nor UTF-8 is taken for Windows-1252 or,
    where that leaves bytes undefined, Latin-1.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return _recoded(raw[len(mark) :], encoding)
    head = raw[:HEAD]
    if b"\0" in head or len(head.translate(None, TEXT)) > len(head) * CONTROL_SHARE:
        return None
    return raw if raw.isascii() else _recoded(raw, "utf-8") or _recoded(raw, "cp1252") or _recoded(raw, "latin-1")


def _recoded(raw: bytes, encoding: str) -> bytes | None:
    try:
        return raw.decode(encoding).encode()
    except UnicodeError:
        return None


BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

TEXT = bytes(range(32, 127)) + b"\t\n\r\f\b\x1b" + bytes(range(128, 256))
CONTROL_SHARE = 0.05
"""Random bytes have 10 % of other control bytes, text next to none."""


def unwanted(path: str, source: bytes) -> str:
    """Say why a text is not indexed: "minified" or "generated"; empty where it is to be indexed."""
    if language_of(path, source[:HEAD]) in PROSE_LANGUAGES:  # a paragraph may be one line, and a comment may quote a marker
        return ""
    return "minified" if is_minified(source) else "generated" if is_generated(source) else ""
