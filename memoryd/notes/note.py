"""A note and the file it is: Markdown with front matter. Pure: bytes in, values out, and back.

The front matter is a small part of YAML: scalars, which are texts whatever they look like, lists and mappings. Aliases, tags
and repeated keys are refused, so nothing a file says makes an object, grows beyond the file, or says two things at once.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from memoryd.errors import ClaimMalformed, NoteMalformed
from memoryd.notes.claims import Claim
from memoryd.notes.front import Value, dump, load

MAX_BYTES = 64 * 1024
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ID_LENGTH = 100
SLUG = 60
DIGITS = 16
"""Hexadecimal digits of a digest in `verified`."""
EDGE = re.compile(r"\A(?:[ \t]*\n)+|\s+\Z")


class Kind(StrEnum):
    """What a note is."""

    DECISION = "decision"
    CONSTRAINT = "constraint"
    LESSON = "lesson"
    DEAD_END = "dead-end"
    CONVENTION = "convention"
    GLOSSARY = "glossary"


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
    kind: Kind
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
FIELDS = ("id", "title", "kind", "claims", "evidence", "author", "created", "verified", "supersedes", "tags", "retracted")
AUTHOR = re.compile(r"(?:person|agent|mined)(?::[^\n]{1,80})?")
CREATED = re.compile(r"(?:\d{4}-\d{2}-\d{2})?")


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


def read_note(name: str, source: bytes) -> Note:
    """Read the file of a note; `name` is its id as the file's name has it. Raises `NoteMalformed`."""
    try:
        return _read(name, source)
    except (ClaimMalformed, ValueError) as error:
        raise NoteMalformed(f"{name}: {error}") from error


def write_note(note: Note) -> bytes:
    """Return the file of a note: the same bytes for the same note. Raises `NoteMalformed` where reading would not give it back."""
    written = f"---\n{dump(_fields(note))}---\n{note.body}{chr(10) if note.body else ''}".encode("utf-8", "surrogatepass")
    if read_note(note.id, written) != note:
        raise NoteMalformed(f"{note.id}: a field holds what a note's file cannot hold; write plain text")
    return written


def _read(name: str, source: bytes) -> Note:
    if len(source) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES // 1024} KiB; a note says one thing")
    text = source.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    if "\0" in text:
        raise ValueError("is binary; a note is Markdown")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    match = re.match(r"---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", text, re.DOTALL)
    if match is None:
        raise ValueError("has no front matter; begin it with a line `---`, fields such as `title:`, and a line `---`")
    fields = load(match[1] or "")
    unknown = sorted(set(fields) - set(FIELDS))
    if unknown:
        raise ValueError(f"has a field {unknown[0][:40]!r}; fields are {', '.join(FIELDS)}")
    return _note(name, fields, EDGE.sub("", text[match.end() :]))


def _note(name: str, fields: Mapping[str, Value], body: str) -> Note:
    id_ = _text(fields, "id") or name
    if id_ != name or not is_id(name):
        raise ValueError(f"calls itself {id_[:80]!r}; the id is the file's name, lower case letters, digits and single hyphens")
    title, author, created = _text(fields, "title"), _text(fields, "author") or "person", _text(fields, "created")
    if not title.strip() or "\n" in title:
        raise ValueError("has no title of one line")
    if not AUTHOR.fullmatch(author):
        raise ValueError(f"has the author {author[:40]!r}; that is person, agent or mined, and a name after a colon")
    if not CREATED.fullmatch(created):
        raise ValueError(f"was created {created[:40]!r}; that is a date such as 2026-11-20")
    return Note(
        id_, title, _kind(_text(fields, "kind")), body,
        tuple(Claim.parse(line) for line in _texts(fields, "claims")),
        tuple(_evidence(entry) for entry in _list(fields, "evidence")),
        author, created, _verified(fields.get("verified", "")), _texts(fields, "supersedes"), _texts(fields, "tags"),
        _text(fields, "retracted"),
    )  # fmt: skip


def is_id(name: str) -> bool:
    """Tell whether a text can be the id of a note, which is a name of a file: no dots, no separators, no capitals."""
    return len(name) <= ID_LENGTH and ID.fullmatch(name) is not None


def _kind(text: str) -> Kind:
    if text not in list(Kind):
        raise ValueError(f"is of the kind {text[:40]!r}; kinds are {', '.join(Kind)}")
    return Kind(text)


def _text(fields: Mapping[str, Value], key: str) -> str:
    value = fields.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"has no text as {key!r}")
    return value


def _list(fields: Mapping[str, Value], key: str) -> list[Value]:
    value = fields.get(key, [])
    if value == "":
        return []  # `tags:` with nothing after it
    if not isinstance(value, list):
        raise ValueError(f"has no list as {key!r}")
    return value


def _texts(fields: Mapping[str, Value], key: str) -> tuple[str, ...]:
    found = _list(fields, key)
    if any(not isinstance(one, str) for one in found):
        raise ValueError(f"lists other things than texts as {key!r}; quote what holds a colon")
    return tuple(str(one) for one in found)


def _evidence(entry: Value) -> Evidence:
    if not isinstance(entry, dict) or set(entry) != {"quote", "at"}:
        raise ValueError("has evidence without `quote` or without `at`")
    return Evidence(_text(entry, "quote"), _text(entry, "at"))


def _verified(value: Value) -> Verified:
    if value == "":
        return Verified()
    if not isinstance(value, dict) or set(value) - {"commit", "files", "symbols"}:
        raise ValueError("has another thing as `verified` than commit, files and symbols")
    return Verified(_text(value, "commit"), _digests(value, "files"), _digests(value, "symbols"))


def _digests(value: Mapping[str, Value], key: str) -> Mapping[str, str]:
    found = value.get(key, {})
    if not isinstance(found, dict):
        raise ValueError(f"has no mapping as {key!r} of `verified`")
    return {path: _text(found, path) for path in sorted(found)}


def _fields(note: Note) -> dict[str, Value]:
    verified: dict[str, Value] = {"commit": note.verified.commit, "files": dict(sorted(note.verified.files.items()))}
    if note.verified.symbols:
        verified["symbols"] = dict(sorted(note.verified.symbols.items()))
    return {
        "id": note.id, "title": note.title, "kind": str(note.kind),
        "claims": [str(claim) for claim in note.claims],
        "evidence": [{"quote": one.quote, "at": one.at} for one in note.evidence],
        "author": note.author, "created": note.created, "verified": verified,
        "supersedes": list(note.supersedes), "tags": list(note.tags), "retracted": note.retracted,
    }  # fmt: skip
