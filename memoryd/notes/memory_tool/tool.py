"""The memory tool of Anthropic's API (`memory_20250818`) on top of notes.

Results are worded like those of the SDK's own implementation on files (PyPI `anthropic` 2.11, `BetaLocalFilesystemMemoryTool`); its
errors are `MemoryRefused` here. A file that an agent creates becomes a note of the kind lesson, author `agent:memory`. Secrets and
orders to the reader are refused with `NoteRefused`; talk of the moment is admitted, since that is what the tool is for. Deleting a
file deletes its note.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from memoryd.errors import MemoryRefused
from memoryd.notes.book import Book
from memoryd.notes.file import content_of
from memoryd.notes.judge import ALIVE
from memoryd.notes.memory_tool.files import (
    TOP,
    Place,
    check_above,
    files_of,
    is_folder,
    let_in,
    new_file,
    own_file,
    place_in,
    rewritten,
    shown,
    text_in,
    to_move,
)

WIDTH = 6
"""Columns of a line number."""
AROUND = 2
"""Lines that an edit shows before and after the changed one."""
DEPTH = 2
"""Levels of folders that a view lists, at most."""


class MemoryTool:
    """Executes commands on the notes of one project. Commands that write run one at a time, across processes."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def execute(self, command: Mapping[str, Any]) -> str:
        """Execute the input of a `tool_use` block, and return its result.

        Raises `MemoryRefused` and `NoteRefused`, whose text is the result with `is_error`.
        """
        commands: dict[str, Callable[[Mapping[str, Any]], str]] = {
            "view": self._view, "create": self._create, "str_replace": self._str_replace,
            "insert": self._insert, "delete": self._delete, "rename": self._rename,
        }  # fmt: skip
        name = command.get("command")
        if name not in commands:
            raise MemoryRefused(f"Unknown command: {str(name)[:80]}")
        return commands[name](command)

    def _view(self, command: Mapping[str, Any]) -> str:
        place = place_in(command, "path")
        files = files_of(self._book.folder.read())
        if place.path in files:
            return _numbered(place, shown(self._book.show(files[place.path].id)), command.get("view_range"))
        if not is_folder(place, files):
            raise MemoryRefused(f"The path {place.given} does not exist. Please provide a valid path.")
        return self._listing(place)

    def _listing(self, place: Place) -> str:
        judged = {one.note.id: one for one in self._book.list() if one.standing in ALIVE}
        files = files_of(self._book.folder.read())
        sizes = {path: len(shown(judged[note.id]).encode()) for path, note in files.items() if note.id in judged}
        prefix = f"{place.path}/" if place.path else ""
        below = {path.removeprefix(prefix): size for path, size in sizes.items() if path.startswith(prefix)}
        lines = [f"{_size(size)}\t{place.given}/{name}" for name, size in _entries(below)]
        heading = f"Here're the files and directories up to {DEPTH} levels deep in {place.given}, excluding hidden items:"
        return "\n".join([heading, f"{_size(sum(below.values()))}\t{place.given}", *lines])

    def _create(self, command: Mapping[str, Any]) -> str:
        place, text = place_in(command, "path"), text_in(command, "file_text")
        with self._book.writing() as folder:
            shelf = folder.read()
            files = files_of(shelf)
            if place.path in files or is_folder(place, files):
                raise MemoryRefused(f"File {place.given} already exists")
            check_above(place, files)
            note = let_in(new_file(place.path, text))
            # A superseded or retracted note of today with the same text has the same id.
            (folder.replace if note.id in shelf.notes else folder.create)(note)
        return f"File created successfully at: {place.given}"

    def _str_replace(self, command: Mapping[str, Any]) -> str:
        place, old, new = place_in(command, "path"), text_in(command, "old_str"), text_in(command, "new_str")
        with self._book.writing() as folder:
            note, text = own_file(place, folder)
            if (count := text.count(old)) == 0:
                raise MemoryRefused(f"No replacement was performed, old_str `{old}` did not appear verbatim in {place.given}.")
            if count > 1:
                starts = (start for start in range(len(text) + 1) if text.startswith(old, start))
                lines = ", ".join(str(text.count("\n", 0, start) + 1) for start in starts)
                raise MemoryRefused(
                    f"No replacement was performed. Multiple occurrences of old_str `{old}` in lines: {lines}. Please ensure it is unique"
                )
            changed = text.count("\n", 0, text.index(old))
            text = text.replace(old, new)
            folder.replace(let_in(rewritten(note, place.path, text)))
        lines_now = text.split("\n")
        first = max(0, changed - AROUND)
        snippet = _lines(lines_now[first : changed + AROUND + 1], first + 1)
        return f"The memory file has been edited. Here is the snippet showing the change (with line numbers):\n{snippet}"

    def _insert(self, command: Mapping[str, Any]) -> str:
        place, inserted, line = place_in(command, "path"), text_in(command, "insert_text"), command.get("insert_line")
        with self._book.writing() as folder:
            note, text = own_file(place, folder)
            lines = text.removesuffix("\n").split("\n") if text else []
            if not isinstance(line, int) or not 0 <= line <= len(lines):
                raise MemoryRefused(f"Invalid `insert_line` parameter: {line}. It should be within the range [0, {len(lines)}].")
            lines.insert(line, inserted.rstrip("\n"))
            text = "\n".join(lines)
            folder.replace(let_in(rewritten(note, place.path, text if text.endswith("\n") else text + "\n")))
        return f"The file {place.given} has been edited."

    def _delete(self, command: Mapping[str, Any]) -> str:
        place = place_in(command, "path")
        if not place.path:
            raise MemoryRefused(f"Cannot delete the {TOP} directory itself")
        with self._book.writing() as folder:
            for note in to_move(place, files_of(folder.read())).values():
                folder.remove(note.id)
        return f"Successfully deleted {place.given}"

    def _rename(self, command: Mapping[str, Any]) -> str:
        old, new = place_in(command, "old_path"), place_in(command, "new_path")
        if not old.path:
            raise MemoryRefused(f"Cannot rename the {TOP} directory itself")
        with self._book.writing() as folder:
            files = files_of(folder.read())
            if new.path in files or is_folder(new, files):
                raise MemoryRefused(f"The destination {new.given} already exists")
            check_above(new, files)
            moved = to_move(old, files)
            if f"{new.path}/".startswith(f"{old.path}/"):
                raise MemoryRefused(f"Cannot rename {old.given} into itself")
            paths = {path: new.path + path.removeprefix(old.path) for path in moved}
            for note in [let_in(rewritten(note, paths[path], content_of(note))) for path, note in moved.items()]:
                folder.replace(note)
        return f"Successfully renamed {old.given} to {new.given}"


def _numbered(place: Place, text: str, view_range: Any) -> str:
    lines, first = text.split("\n"), 1
    if isinstance(view_range, list) and len(view_range) == 2 and all(isinstance(one, int) for one in view_range):
        first = max(1, view_range[0])
        lines = lines[first - 1 :] if view_range[1] == -1 else lines[first - 1 : view_range[1]]
    return f"Here's the content of {place.given} with line numbers:\n{_lines(lines, first)}"


def _lines(lines: Iterable[str], first: int) -> str:
    return "\n".join(f"{number:>{WIDTH}}\t{line}" for number, line in enumerate(lines, first))


def _entries(below: Mapping[str, int], level: int = 1) -> list[tuple[str, int]]:
    """Return the names and sizes in a folder by name, each folder followed by its own entries; hidden ones are left out."""
    found: list[tuple[str, int]] = []
    for name in sorted({path.partition("/")[0] for path in below}):
        if name.startswith("."):
            continue
        if name in below:
            found.append((name, below[name]))
            continue
        inner = {path.removeprefix(f"{name}/"): size for path, size in below.items() if path.startswith(f"{name}/")}
        found.append((f"{name}/", sum(inner.values())))
        if level < DEPTH:
            found += [(f"{name}/{path}", size) for path, size in _entries(inner, level + 1)]
    return found


def _size(number: int) -> str:
    """Return a number of bytes as `1.5K`; whole ones without a fraction."""
    power = min(max(number.bit_length() - 1, 0) // 10, 3)
    value = number / 1024**power
    return f"{value:.0f}{'BKMG'[power]}" if value.is_integer() else f"{value:.1f}{'BKMG'[power]}"
