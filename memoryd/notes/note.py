"""What a note is: its fields, its id, and the words by which it is told from others. Pure values; `file` reads and writes them."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from memoryd.notekinds import NoteKind
from memoryd.notes.claim import Claim

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ID_LENGTH = 100
SLUG = 60
DIGITS = 16
"""Hexadecimal digits of a digest in `verified`."""
EDGE = re.compile(r"\A(?:[ \t]*\n)+|\s+\Z")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words, verbatim, and where they stand: `PATH:A-B`, `PATH:A`, or `commit HEX`."""

    quote: str
    at: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The state in which the claims were last found true: a commit ("" outside git), and digests.

    `files` are the first 16 hexadecimal digits of the digest the index knows a file by (`digest_of`), of each path that a claim
    or evidence names; `symbols` those of the bytes of each symbol that a claim names, by its id.
    """

    commit: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    symbols: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """What a person or an agent wrote down. `body` is Markdown; `retracted` is the reason of a tombstone, else "".

    `author` is `person`, `agent` or `mined`, which a name may follow after a colon; `created` is a date such as 2026-11-20.
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
AUTHOR = re.compile(r"(?:person|agent|mined)(?::[^\n]{1,80})?")


def new_id(title: str, created: str, author: str, body: str) -> str:
    """Return the id of a new note: readable, stable, and another one for another note, also one made on another branch."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:SLUG].strip("-") or "note"
    digest = hashlib.blake2b("\0".join((title, created, author, body)).encode("utf-8", "replace"), digest_size=3).hexdigest()
    return f"{slug}-{digest}"


def digest_of(raw: bytes) -> str:
    """Return the digest by which `Verified` names bytes; of a file, the beginning of the one that the index holds."""
    return hashlib.blake2b(raw, digest_size=16).hexdigest()[:DIGITS]


def canonical_body(text: str) -> str:
    """Return a body as a note holds it: one kind of line end, no blank lines around it."""
    return EDGE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def text_of(note: Note) -> str:
    """Return what a note says, without what differs from writer to writer: capitals, punctuation, how lines are broken."""
    return " ".join(re.findall(r"\w+", f"{note.title} {note.body}".casefold()))


def subject_of(title: str) -> tuple[str, ...]:
    """Return the words of a title that say what it is about, in their order."""
    return tuple(word for word in re.findall(r"\w+", title.casefold()) if word not in FILLING)


def is_id(name: str) -> bool:
    """Tell whether a text can be the id of a note, which is a name of a file: no dots, no separators, no capitals."""
    return len(name) <= ID_LENGTH and ID.fullmatch(name) is not None
