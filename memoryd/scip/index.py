"""Reads a SCIP index: its documents, and in them the occurrences of symbols."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from memoryd.errors import ScipRefused
from memoryd.scip import wire

DEFINITION, IMPORT = 1, 2
SAME_LINE = 3
"""The numbers of a range that begins and ends on one line; one of several lines has one more."""


class Encoding(IntEnum):
    """What the columns of a document count; unspecified ones count bytes for indexers of old."""

    UNSPECIFIED = 0
    UTF8 = 1
    UTF16 = 2
    UTF32 = 3


class Occurrence(NamedTuple):
    """A use or the definition of a symbol. Lines and columns count from 0; the end is exclusive."""

    first_line: int
    start: int
    last_line: int
    end: int
    symbol: str
    roles: int

    @property
    def is_definition(self) -> bool:
        """Whether the symbol is defined here."""
        return bool(self.roles & DEFINITION)

    @property
    def is_import(self) -> bool:
        """Whether the symbol is imported here."""
        return bool(self.roles & IMPORT)


class Document(NamedTuple):
    """One file of an index, by its path in the project; occurrences of the whole file are left out."""

    path: str
    language: str
    encoding: int
    occurrences: tuple[Occurrence, ...]
    implements: tuple[tuple[str, str], ...]
    """Pairs of symbols, of which the first implements the second."""


@dataclass(frozen=True, slots=True)
class Index:
    """A SCIP index: the folder that was indexed, as the indexer names it, what made it, and its documents, read one by one."""

    root: str
    tool: str
    documents: Callable[[], Iterator[Document]]


def read_index(data: bytes) -> Index:
    """Return the index in some bytes. Raises `ScipRefused` if they are none; documents are read, and refused, when asked for."""
    root = tool = ""
    places = []
    seen = False
    for number, start, end in wire.fields(data, 0, len(data)):
        if end < 0:
            raise ScipRefused("it is no SCIP index")
        if number == 1:
            root, tool = _metadata(data, start, end)
            seen = True
        elif number == 2:
            places.append((start, end))
    if not seen:
        raise ScipRefused("it is no SCIP index: nothing says what made it")
    return Index(root, tool, lambda: (_document(data, start, end) for start, end in places))


def _metadata(data: bytes, start: int, end: int) -> tuple[str, str]:
    root = tool = ""
    for number, first, last in wire.fields(data, start, end):
        if number == 3:
            root = _root(wire.text(data, first, last))
        elif number == 2:
            named = {inner: wire.text(data, a, b) for inner, a, b in wire.fields(data, first, last) if inner in (1, 2) and b >= 0}
            tool = " ".join(named[inner] for inner in sorted(named))
    return root, tool


def _root(given: str) -> str:
    """Return the folder that an index was made of, as a path: some tools write an address, others a path."""
    if not given.startswith("file:"):
        return given
    try:
        return unquote(urlsplit(given).path)
    except ValueError as error:
        raise ScipRefused("it is damaged: the folder that it was made of is no address") from error


def _document(data: bytes, start: int, end: int) -> Document:
    path = language = ""
    encoding = 0
    occurrences: list[Occurrence] = []
    implements: list[tuple[str, str]] = []
    names: dict[bytes, str] = {}
    for number, first, last in wire.fields(data, start, end):
        if number == 2:
            found = _occurrence(data, first, last, names)
            if found is not None:
                occurrences.append(found)
        elif number == 1:
            path = wire.text(data, first, last)
        elif number == 4:
            language = wire.text(data, first, last)
        elif number == 6 and last < 0:
            encoding = first
        elif number == 3:
            implements += _implemented(data, first, last)
    return Document(path, language, encoding, tuple(occurrences), tuple(implements))


def _occurrence(data: bytes, start: int, end: int, names: dict[bytes, str]) -> Occurrence | None:
    """Return an occurrence, `None` for one that stands nowhere or names nothing."""
    place: list[int] = []
    symbol, roles = "", 0
    for number, first, last in wire.fields(data, start, end):
        if number == 1:
            place += wire.numbers(data, first, last) if last >= 0 else [first]
        elif number == 2 and last >= 0:
            raw = data[first:last]
            symbol = names.get(raw) or names.setdefault(raw, raw.decode("utf-8", "replace"))
        elif number == 3 and last < 0:
            roles = first
    if len(place) == SAME_LINE:
        place = [place[0], place[1], place[0], place[2]]
    if len(place) != SAME_LINE + 1 or not symbol or place[:2] == place[2:]:
        return None
    return Occurrence(place[0], place[1], place[2], place[3], symbol, roles)


def _implemented(data: bytes, start: int, end: int) -> Iterator[tuple[str, str]]:
    """Yield what a symbol implements."""
    symbol = ""
    others = []
    for number, first, last in wire.fields(data, start, end):
        if number == 1:
            symbol = wire.text(data, first, last)
        elif number == 4 and last >= 0:
            relation = {inner: (a, b) for inner, a, b in wire.fields(data, first, last)}
            if relation.get(3, (0, 0))[0] and 1 in relation:
                others.append(wire.text(data, *relation[1]))
    yield from ((symbol, other) for other in others)
