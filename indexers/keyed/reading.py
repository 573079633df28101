"""Reads YAML as far as files written by hand need it: mappings and sequences by indentation, and those in brackets.

A reader of our own, because the grammars of YAML that are published overflow the stack on sequences nested some hundred deep. It takes
one pass over the lines, never raises, and leaves out what it does not know: aliases, keys with a question mark, keys over several lines.
"""

import re
from dataclasses import dataclass, field

from indexers.text import Lines

MOST_DEPTH = 60
"""The most keys and items around a value: what is deeper is not read."""
LONGEST = 4_800
"""The most bytes of a value that are read."""
ITEM = ""
"""Stands in a path for an item of a sequence."""
BOM = b"\xef\xbb\xbf"
DASH = re.compile(rb"-(?=[ \t\r\n]|\Z)[ \t]*")
KEY = re.compile(
    rb"""(?:"((?:[^"\\\n]|\\.){0,200}+)"|'([^'\n]{0,200}+)'"""
    rb"""|((?![-?][ \t\r\n])[^\s\[\]{},#&*!|>'"%@`:](?:[^\s:]|:(?=\S)|[ \t](?=[^\s:#])){0,199}))"""
    rb"[ \t]*:(?=[ \t\r\n]|\Z)[ \t]*"
)
PROPERTIES = re.compile(rb"(?:[&!][^\s\[\]{}]*+(?:[ \t]++|(?=[\r\n]|\Z)))*+")
"""An anchor and a tag, which stand before a value."""
TOKEN = re.compile(
    rb"""(?<=\s)#[^\n]*+|("(?:[^"\\]|\\.)*+"?|'[^']*+'?|[^\s\[\]{},:"'](?:[^\[\]{},:\n]|:(?=[^\s,\[\]{}]))*+)|([\[\]{},:])"""
)
"""A scalar or a mark of a value in brackets. A quote that is not closed takes what is left, so that none is looked for twice."""
COMMENT = re.compile(rb"(?:\A|[ \t])#.*", re.DOTALL)
OPENING, CLOSING = b"[{", b"]}"


@dataclass(slots=True)
class Entry:
    """A key or an item: its path from the root of its document, where it stands, and the bytes of its value, if that is text."""

    path: tuple[str, ...]
    start: int
    end: int
    value: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Document:
    """The entries of a file, outer before inner, in the order of the source; its comments by line, each alone on its line."""

    entries: list[Entry] = field(default_factory=list)
    comments: dict[int, str] = field(default_factory=dict)
    is_broken: bool = False


def read(source: bytes, lines: Lines) -> Document:
    """Return what a file holds."""
    return _Reading(source, lines).document


def text_of(source: bytes, entry: Entry) -> str:
    """Return the value of an entry, "" if it is none or a collection: without quotes, and of several lines each without indentation."""
    start, end = entry.value
    raw = source[start : min(end, start + LONGEST)]
    if raw[:1] in (b"|", b">"):
        raw = raw.partition(b"\n")[2]
    elif raw[:1] in (b'"', b"'"):
        raw = raw[1:].rpartition(raw[:1])[0] or raw[1:]
    else:
        raw = COMMENT.sub(b"", raw.partition(b"\n")[0]) + raw.partition(b"\n")[1] + raw.partition(b"\n")[2]
    return "\n".join(line.strip() for line in raw.decode("utf-8", "replace").splitlines()).strip()


class _Reading:
    """One pass over the lines of a file."""

    def __init__(self, source: bytes, lines: Lines) -> None:
        self.document = Document()
        self._source = source
        self._open: list[tuple[int, Entry]] = []
        """The keys and items around what is read, each with its column."""
        self._end = 0
        """Where the last line that is no comment ends."""
        self._below = -1
        """The column of a key that has its value: what is right of it goes on with that."""
        self._brackets = 0
        """How many brackets are open."""
        self._opened = 0
        for number, start in enumerate(lines.starts, 1):
            self._line(number, start, lines.start_of(number + 1))
        self._close(-1)
        self.document.is_broken |= self._brackets > 0

    def _line(self, number: int, start: int, stop: int) -> None:
        text = self._source[start:stop]
        if not start:
            text, start = text.removeprefix(BOM), start + len(BOM) * text.startswith(BOM)
        content = text.lstrip(b" ")
        column, bare = len(text) - len(content), content.strip()
        if not bare:
            return
        end = start + len(text.rstrip())
        if self._brackets and (column > self._below or bare[:1] in CLOSING):
            self._go_on(content, end)
        elif self._below >= 0 and column > self._below:
            self._end = self._prolonged(end)
        elif bare.startswith(b"#"):
            self.document.comments[number] = bare.lstrip(b"#").strip()[:LONGEST].decode("utf-8", "replace")
        elif column == 0 and content.startswith((b"---", b"...")):
            self._close(-1)
            self._below = -1
        else:
            self.document.is_broken |= self._brackets > 0
            self._brackets, self._below = 0, -1
            self._structure(content, column, start, end)

    def _structure(self, content: bytes, column: int, start: int, end: int) -> None:
        """Take the dashes and the key at the beginning of a line."""
        is_first = True
        while dash := DASH.match(content):
            self._close(column, items=True) if is_first else None
            if not self._push(ITEM, column, start + column):
                return
            self._end, is_first = end, False
            content, column = content[dash.end() :], column + dash.end()
        if key := KEY.match(content):
            if is_first:
                self._close(column)
            name = next(group for group in key.groups() if group is not None).decode("utf-8", "replace").strip()
            if not self._push(name, column, start + column):
                return
            content, column = content[key.end() :], column + key.end()
        elif is_first:
            return
        self._end = end
        self._value(content, start + column, end)

    def _push(self, name: str, column: int, start: int) -> bool:
        if len(self._open) == MOST_DEPTH:
            self.document.is_broken, self._below = True, column
            return False
        entry = Entry((*self._path, name), start, start + 1)
        self._open.append((column, entry))
        self.document.entries.append(entry)
        return True

    @property
    def _path(self) -> tuple[str, ...]:
        return self._open[-1][1].path if self._open else ()

    def _close(self, column: int, *, items: bool = False) -> None:
        """End what does not hold what stands at a column: a key there holds the items at its own column."""
        while self._open and (self._open[-1][0] > column or (self._open[-1][0] == column and not (items and self._open[-1][1].path[-1]))):
            entry = self._open.pop()[1]
            entry.end = max(entry.end, self._end)

    def _value(self, content: bytes, start: int, end: int) -> None:
        properties = PROPERTIES.match(content)
        start += properties.end() if properties else 0
        content = self._source[start:end]
        if not content or content.startswith(b"#"):
            return
        column, entry = self._open[-1]
        self._below = column
        if content[:1] in OPENING:
            self._opened = start
            self._go_on(content, end)
        elif content[:1] != b"*":
            entry.value = (start, end)

    def _prolonged(self, end: int) -> int:
        """Return where a value ends that goes on to `end`."""
        entry = self._open[-1][1] if self._open else None
        if entry and entry.value != (0, 0):
            entry.value = (entry.value[0], end)
        return end

    def _go_on(self, content: bytes, end: int) -> None:
        """Count the brackets of a line; where the last is closed, take what stands between them."""
        for mark in TOKEN.finditer(content):
            self._brackets += (mark[0] in (b"[", b"{")) - (mark[0] in (b"]", b"}"))
        self._end = end
        if self._brackets <= 0:
            self._brackets = 0
            self._bracketed(self._opened, end)

    def _bracketed(self, start: int, end: int) -> None:
        """Take the keys and items between brackets."""
        around: list[tuple[bool, Entry]] = []  # each bracket: whether it is of a mapping, and what it is the value of
        outer = self._open[-1][1]
        entry = outer  # what comes next is the value of, or the key in
        awaits_key = False
        for token in TOKEN.finditer(self._source, start, end):
            mark, stop = token[2], token.end()
            if mark in (b"[", b"{"):
                if around and not around[-1][0]:
                    entry = self._item(around[-1][1], token.start())
                if len(around) + len(self._open) >= MOST_DEPTH:
                    self.document.is_broken = True
                    return
                around.append((mark == b"{", entry))
                awaits_key = mark == b"{"
            elif mark in (b"]", b"}") and around:
                entry = around.pop()[1]
                entry.end = max(entry.end, stop)
                awaits_key = False
            elif mark == b",":
                awaits_key = bool(around) and around[-1][0]
            elif token[1] and around:
                is_mapping, parent = around[-1]
                if awaits_key:
                    name = _unquoted(token[1][:LONGEST])
                    entry = Entry((*parent.path, name), token.start(), stop)
                    self.document.entries.append(entry)
                    awaits_key = False
                else:
                    entry = entry if is_mapping else self._item(parent, token.start())
                    entry.value = (token.start(), token.start() + len(token[1].rstrip()))
                entry.end = stop

    def _item(self, parent: Entry, start: int) -> Entry:
        entry = Entry((*parent.path, ITEM), start, start + 1)
        self.document.entries.append(entry)
        return entry


def _unquoted(text: bytes) -> str:
    return text.strip().strip(b"\"'").decode("utf-8", "replace").strip()
