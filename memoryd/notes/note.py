"""The note: its fields, its id, and the normal forms in which notes are compared. Pure values; `file` reads and writes them."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from memoryd.notekinds import NoteKind
from memoryd.notes.claim import Claim

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ID_LENGTH = 100
"""Characters of an id, at most."""
SLUG = 60
"""Characters of the title that an id keeps, at most."""
DIGITS = 16
"""Hexadecimal digits of a digest in `verified`."""
BLANK_LINES = re.compile(r"(?:[ \t]*+\n)++")
"""Blank lines before a body."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim quotation and its place: `PATH:A-B` or `PATH:A` (lines, from 1), or `commit HEX`."""

    quote: str
    at: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The state in which the claims were last found true: the commit ("" outside git), and digests of files and symbols.

    `files` maps the paths that claims and evidence name to the first 16 hexadecimal digits of each file's digest in the index
    (`digest_of`); `symbols` maps the ids of the symbols that claims name to the same digits of the digest of each symbol's bytes.
    """

    commit: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    symbols: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """A note by a person or an agent. `body` is Markdown; `retracted` is the reason of a retraction, "" for a note not retracted.

    `author` is `person`, `agent` or `mined`, optionally with a name after a colon; `created` is a date such as 2026-11-20.
    """

    id: str
    title: str
    kind: NoteKind
    body: str = ""
    claims: tuple[Claim, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    author: str = "person"
    created: str = ""
    verified: Verified = field(default_factory=Verified)
    supersedes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    retracted: str = ""


FILLING = frozenset("a an the of to in on for and is are be our we it".split())
"""Words of a title that do not say what it is about."""
AUTHOR = re.compile(r"(?:person|agent|mined)(?::[^\n]{1,80})?")


def new_id(title: str, created: str, author: str, body: str) -> str:
    """Return the id of a new note: a slug of the title and six hexadecimal digits of a digest of title, date, author and body.

    The same note gets the same id, and different notes get different ones, also when they are made on different branches.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:SLUG].strip("-") or "note"
    digest = hashlib.blake2b("\0".join((title, created, author, body)).encode("utf-8", "replace"), digest_size=3).hexdigest()
    return f"{slug}-{digest}"


def digest_of(raw: bytes) -> str:
    """Return the first 16 hexadecimal digits of the BLAKE2b digest of bytes; for a file, the beginning of its digest in the index."""
    return hashlib.blake2b(raw, digest_size=16).hexdigest()[:DIGITS]


def canonical_body(text: str) -> str:
    """Return a body in its stored form: line feeds as line ends, no blank lines before or after it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    blank = BLANK_LINES.match(text)
    return text[blank.end() :] if blank else text


def text_of(note: Note) -> str:
    """Return the words of a note's title and body for comparison: case-folded, without punctuation and line breaks."""
    return " ".join(re.findall(r"\w+", f"{note.title} {note.body}".casefold()))


def subject_of(title: str) -> tuple[str, ...]:
    """Return the words of a title that say what it is about, case-folded and in order."""
    return tuple(word for word in re.findall(r"\w+", title.casefold()) if word not in FILLING)


def is_id(name: str) -> bool:
    """Tell whether a text is a valid id, and so a safe file name: lower case letters, digits and single hyphens."""
    return len(name) <= ID_LENGTH and ID.fullmatch(name) is not None
