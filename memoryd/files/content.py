"""Reads a file as UTF-8 source, or says why it is not indexed. Follows no link, waits for no pipe."""

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
from memoryd.model import Secrets, Skipped, Stat
from memoryd.secrets import masked, why_secret

ATTEMPTS = 3
MOST_REMEMBERED = 20_000
"""Files without secrets that are remembered."""


class Seen(NamedTuple):
    """The stat and digest of a file when it was read. `moment` is the wall clock in nanoseconds just before it was opened."""

    stat: Stat
    digest: str
    moment: int


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a file: `source` is UTF-8 without a byte order mark, secrets masked.

    `digest` is the hexadecimal blake2b-16 of the raw bytes.
    """

    source: bytes
    digest: str
    stat: Stat
    moment: int

    @property
    def seen(self) -> Seen:
        return Seen(self.stat, self.digest, self.moment)


@dataclass(frozen=True, slots=True)
class Refused(Skipped):
    """A file that is not indexed because of its content; while its digest stays the same, it need not be read again."""

    seen: Seen


class Raw(NamedTuple):
    """The bytes of a file as they are, and what was seen of it."""

    data: bytes
    seen: Seen


def read(root: Path, path: str, secrets: Secrets = Secrets.MASK) -> Content | Skipped:
    """Read one file of the project, or say why it is not indexed (`Refused` where only its content tells). Secrets are masked.

    The bytes are those of one moment: a file that changes while it is read is read again. Raises `OutsideRoot`.
    """
    found = read_raw(root, path)
    return found if isinstance(found, Skipped) else judged(path, found, secrets)


def read_raw(root: Path, path: str) -> Raw | Skipped:
    """Read one file as `read` does, and do not look at its content."""
    name = parts(path)[-1]
    try:
        with folder_of(root, path) as (folder, _):
            for _ in range(ATTEMPTS):
                found = _read_once(folder, name)
                if isinstance(found, str):
                    return Skipped(path, found)
                if found is not None:
                    raw, stat, moment = found
                    return Raw(raw, Seen(stat, _digest(raw), moment))
    except OSError as error:
        return Skipped(path, why(error))
    return Skipped(path, "changes while it is read")


def is_unchanged(root: Path, path: str, digest: str) -> bool:
    """Tell whether a file's bytes have a digest. Raises `OutsideRoot`."""
    return _unchanged(root, path, digest) is not None


def read_unchanged(root: Path, path: str, digest: str, secrets: Secrets = Secrets.MASK) -> bytes | None:
    """Return a file's source as UTF-8 with secrets masked, or `None` if its bytes do not have `digest`, or it is secret as a whole.

    Raises `OutsideRoot`.
    """
    raw = _unchanged(root, path, digest)
    source = None if raw is None else as_utf8(raw)
    if source is None or secrets == Secrets.SHOW or (path, digest) in _without_secrets:
        return source
    if why_secret(path, source):
        return None
    shown = masked(source, path)
    if shown is source:
        if len(_without_secrets) >= MOST_REMEMBERED:
            _without_secrets.clear()
        _without_secrets.add((path, digest))
    return shown


_without_secrets: set[tuple[str, str]] = set()
"""Files, by path and digest, in which no secret was found: looking takes longer than reading, and packs read the same files."""


def _unchanged(root: Path, path: str, digest: str) -> bytes | None:
    try:
        with folder_of(root, path) as (folder, _):
            found = _read_once(folder, parts(path)[-1])
    except OSError:
        return None
    return found[0] if isinstance(found, tuple) and _digest(found[0]) == digest else None


def _digest(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=16).hexdigest()


def _read_once(folder: int, name: bytes) -> tuple[bytes, Stat, int] | str | None:
    """Return bytes, stat and moment of a file; a reason if its name or stat rules it out; `None` if it changed while it was read."""
    moment = time.time_ns()
    descriptor = open_file(name, folder)
    try:
        before = os.fstat(descriptor)
        if reason := refusal(name, before.st_mode, before.st_size):
            return reason
        wanted = before.st_size + 1  # one byte more than the stat says, to notice a file that has grown
        raw = os.read(descriptor, wanted)
        while 0 < len(raw) < before.st_size and (more := os.read(descriptor, wanted - len(raw))):
            raw += more
        unchanged = len(raw) == before.st_size and stat_value(os.fstat(descriptor)) == stat_value(before)
        return (raw, stat_value(before), moment) if unchanged else None
    finally:
        os.close(descriptor)


def judged(path: str, found: Raw, secrets: Secrets) -> Content | Refused:
    """Return the content of a file that was read, with secrets masked, or say why it is not indexed."""
    source = as_utf8(found.data)
    reason = why_secret(path, source) if secrets == Secrets.MASK else ""
    reason = reason or ("binary" if source is None else unwanted(path, source))
    if source is None or reason:
        return Refused(path, reason, found.seen)
    stat, digest, moment = found.seen
    return Content(masked(source, path) if secrets == Secrets.MASK else source, digest, stat, moment)


HEAD = 8192


def as_utf8(raw: bytes) -> bytes | None:
    """Recode text as UTF-8, keeping its line breaks; return `None` for bytes that are no text.

    UTF-16 and UTF-32 are recognised by their byte order mark. Anything else that is not UTF-8 is read as Windows-1252 or, where
    that leaves bytes undefined, as Latin-1.
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
"""The largest share of control bytes (those not in `TEXT`) in the head of a text. Random bytes have 10 %, text almost none."""


def unwanted(path: str, source: bytes) -> str:
    """Return why a text is not indexed, "minified" or "generated"; an empty string if it is indexed."""
    if language_of(path, source[:HEAD]) in PROSE_LANGUAGES:  # a paragraph may be one line, and a comment may quote a marker
        return ""
    return "minified" if is_minified(source) else "generated" if is_generated(source) else ""
