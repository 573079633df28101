"""The format of a note's file: Markdown with front matter. Pure: bytes to values, and back.

The front matter is a subset of YAML: lists, mappings, and scalars that are always texts. Aliases, tags and repeated keys are
refused, so no file can create objects, grow beyond its size, or contradict itself.
"""

import re
from collections.abc import Mapping

from memoryd.errors import ClaimMalformed, NoteMalformed
from memoryd.limits import NOTE_BYTES
from memoryd.notekinds import NoteKind
from memoryd.notes.claim import Claim
from memoryd.notes.file.front_matter import Items, Value, dump, load
from memoryd.notes.note import AUTHOR, Evidence, Note, Verified, canonical_body, is_id

FIELDS = ("id", "title", "kind", "claims", "evidence", "author", "created", "verified", "supersedes", "tags", "retracted")
CREATED = re.compile(r"(?:\d{4}-\d{2}-\d{2})?")

CONFLICT = ("<<<<<<< ", "=======", ">>>>>>> ")
"""How the lines begin by which git marks a conflict."""


def read_note(name: str, source: bytes) -> Note:
    """Parse the file of a note; `name` is the id in the file's name. Raises `NoteMalformed`."""
    try:
        return _read(name, source)
    except (ClaimMalformed, ValueError) as error:
        raise NoteMalformed(f"{name}: {error}") from error


def write_note(note: Note) -> bytes:
    """Return the bytes of a note's file, the same for the same note.

    Raises `NoteMalformed` if parsing them would not give the note back.
    """
    written = f"---\n{dump(_fields(note))}---\n{note.body}{chr(10) if note.body else ''}".encode("utf-8", "surrogatepass")
    if read_note(note.id, written) != note:
        raise NoteMalformed(f"{note.id}: a field holds what a note's file cannot hold; write plain text")
    return written


def item_lines(source: bytes, field: str) -> tuple[int, ...]:
    """Return the lines of a note's file in which the items of a list field begin; none if there is no such list."""
    try:
        found = _parts(source)[0].get(field)
    except ValueError:
        return ()
    return tuple(found.lines) if isinstance(found, Items) else ()


def _read(name: str, source: bytes) -> Note:
    if all(f"\n{mark}".encode() in b"\n" + source for mark in CONFLICT):
        raise ValueError(
            "holds both sides of a merge; keep one of them, and take out the lines that begin with <<<<<<<, ======= and >>>>>>>"
        )
    fields, body = _parts(source)
    unknown = sorted(set(fields) - set(FIELDS))
    if unknown:
        raise ValueError(f"has a field {unknown[0][:40]!r}; fields are {', '.join(FIELDS)}")
    return _note(name, fields, body)


def _parts(source: bytes) -> tuple[Mapping[str, Value], str]:
    """Return the fields and the body of a note's file. Raises `ValueError`."""
    if len(source) > NOTE_BYTES:
        raise ValueError(f"is larger than {NOTE_BYTES // 1024} KiB; a note says one thing")
    text = source.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    if "\0" in text:
        raise ValueError("is binary; a note is Markdown")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    match = re.match(r"---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", text, re.DOTALL)
    if match is None:
        raise ValueError("has no front matter; begin it with a line `---`, fields such as `title:`, and a line `---`")
    return load(match[1] or ""), canonical_body(text[match.end() :])


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


def _kind(text: str) -> NoteKind:
    if text not in list(NoteKind):
        raise ValueError(f"is of the kind {text[:40]!r}; kinds are {', '.join(NoteKind)}")
    return NoteKind(text)


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
