"""Memory files: the notes as files of `/memories`. A file is a note from the memory tool, or any other living note.

The body of a note from the tool is the file's text between two comments, the first with its path. The folders and names under
`/memories` exist nowhere else, so no path can leave them. Every other note is the read-only file `/memories/<id>.md`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from memoryd.errors import MemoryRefused, NoteRefused
from memoryd.limits import NOTE_BODY
from memoryd.notekinds import NoteKind
from memoryd.notes.admission import objections, visible
from memoryd.notes.file import AUTHOR, END, MARKED, Folder, Shelf, content_of
from memoryd.notes.judge import Judgement, Standing, superseded
from memoryd.notes.mining import title_of
from memoryd.notes.note import Note, new_id
from memoryd.notes.recall import full
from memoryd.text import escaped_text

TOP = "/memories"
LONGEST_PATH = 200
"""Characters of a path below `/memories`, at most."""
DECODINGS = 4
"""Rounds of percent-decoding by which a path is checked for hidden separators and `..`."""

Files = Mapping[str, Note]


@dataclass(frozen=True, slots=True)
class Place:
    """A path as given, and normalised below `/memories`: "" for `/memories` itself."""

    given: str
    path: str


def place_in(command: Mapping[str, Any], name: str) -> Place:
    """Return the place that a command names. Raises `MemoryRefused` for a path that may lead out of `/memories`."""
    given = command.get(name)
    if not isinstance(given, str):
        raise MemoryRefused(f"`{name}` must be a text")
    if given != TOP and not given.startswith(f"{TOP}/"):
        raise MemoryRefused(f"Path must start with {TOP}, got: {given}")
    plain = given
    for _ in range(DECODINGS):
        plain = unquote(plain)
    if ".." in re.split(r"[/\\]", plain) or "\\" in plain or plain.count("/") != given.count("/"):
        raise MemoryRefused(f"Path {given} would escape {TOP} directory")
    path = _plain(given.removeprefix(TOP))
    if path is None:
        raise MemoryRefused(f"Path {given[:LONGEST_PATH]!r} cannot be used; a path has visible characters, at most {LONGEST_PATH}")
    return Place(given, path)


def text_in(command: Mapping[str, Any], name: str) -> str:
    """Return a text argument of a command without invisible characters; tabs and blanks stay."""
    given = command.get(name)
    if not isinstance(given, str):
        raise MemoryRefused(f"`{name}` must be a text")
    return "\t".join(map(visible, given.split("\t")))


def files_of(shelf: Shelf) -> Files:
    """Return the memory files by path.

    If two have one path, as notes from two branches may, the second is named by its id.
    """
    replaced = superseded(shelf)
    found: dict[str, Note] = {}
    for note in shelf.notes.values():
        if not note.retracted and note.id not in replaced:
            path = path_of(note)
            found[path if path and path not in found else f"{note.id}.md"] = note
    return found


def path_of(note: Note) -> str:
    """Return the path of a note from the memory tool; "" for other notes, and for a path that the tool does not make."""
    match = MARKED.match(note.body) if note.author == AUTHOR else None
    return match["path"] if match and match["path"] == _plain(match["path"]) else ""


def shown(judged: Judgement) -> str:
    """Return the content of a memory file: the text of one from the tool, else the whole note with the verdicts on its claims."""
    if path_of(judged.note) and judged.standing != Standing.OBJECTIONABLE:
        return escaped_text(content_of(judged.note))
    return full(judged)


def is_folder(place: Place, files: Iterable[str]) -> bool:
    """Tell whether a place has files below it, or is `/memories`."""
    return not place.path or any(path.startswith(f"{place.path}/") for path in files)


def check_above(place: Place, files: Files) -> None:
    """Raise `MemoryRefused` if one of the folders above a place is a file."""
    parts = place.path.split("/")[:-1]
    for number in range(1, len(parts) + 1):
        if "/".join(parts[:number]) in files:
            raise MemoryRefused(f"The path {TOP}/{'/'.join(parts[:number])} is not a directory.")


def own_file(place: Place, folder: Folder) -> tuple[Note, str]:
    """Return the note and the text of a file to change. Raises `MemoryRefused` if there is none, or it is not the tool's own."""
    files = files_of(folder.read())
    if place.path not in files:
        if is_folder(place, files):
            raise MemoryRefused(f"The path {place.given} is not a file.")
        raise MemoryRefused(f"The path {place.given} does not exist. Please provide a valid path.")
    note = _owned(place, files[place.path])
    return note, content_of(note)


def to_move(place: Place, files: Files) -> Files:
    """Return the files at and below a place, to remove or rename. Raises `MemoryRefused` as `own_file` does."""
    found = {path: _owned(place, note) for path, note in files.items() if f"{path}/".startswith(f"{place.path}/")}
    if not found:
        raise MemoryRefused(f"The path {place.given} does not exist")
    return found


def _plain(path: str) -> str | None:
    """Return a path in normal form; `None` if a note cannot hold it."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    plain = "/".join(parts)
    return None if len(plain) > LONGEST_PATH or not plain.isprintable() or "-->" in plain or ".." in parts else plain


def _owned(place: Place, note: Note) -> Note:
    if not path_of(note):
        raise MemoryRefused(
            f"The file {place.given} is a note of another author, which can be read here and not changed;"
            f" write a file of your own, or have the user supersede {note.id}"
        )
    return note


def new_file(path: str, text: str) -> Note:
    """Return the note for a new file."""
    created = datetime.now(UTC).date().isoformat()
    note = rewritten(Note("", "", NoteKind.LESSON, author=AUTHOR, created=created, tags=("memory",)), path, text)
    return replace(note, id=new_id(note.title, created, AUTHOR, note.body))


def rewritten(note: Note, path: str, text: str) -> Note:
    """Return the note of a file with another path or text; its title is the first line that has words."""
    heading = next((line for line in text.split("\n") if re.search(r"\w", line)), "")
    title = title_of(visible(heading).strip("#*->`_ ")) or path
    return replace(note, title=title, body=f"<!-- {TOP}/{path} -->\n{text}{END}")


def let_in(note: Note) -> Note:
    """Return a note that may be written. Raises `NoteRefused` if it is too large, or has secrets or orders to the reader."""
    size = len(note.body)
    large = (f"it has {size} characters, the most is {NOTE_BODY}; put the rest into another file",) if size > NOTE_BODY else ()
    if against := (*large, *objections(note)):
        raise NoteRefused(against)
    return note
