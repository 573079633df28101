"""Joins an index to our facts by position: which of our definitions each use in a file means.

An index tells no digest of the bytes that it is of. So a document counts for a file only if the names of its definitions stand where
it says; what says nothing of a use (an import that was not resolved) is left to our own graph.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from indexers import FileFacts, Symbol, index_source
from memoryd.scip.index import Document, Encoding, Index, Occurrence
from memoryd.text import symbol_id

LOCAL = "local "
META = ":"
"""How symbols end whose name is the indexer's own: of the properties of an object, `headers0:`, `headers1:`."""
MATCHING = 0.98
"""The share of the definitions in a document whose names stand in the file where it says, below which it is of other bytes."""
DELIMITERS = " /#.:!()[]`"
"""What may stand before the last name of a symbol."""
WORD = re.compile(r"[\w$]+")
VALUE = "value"
"""The kind of a use that calls nothing and names no type: a definition that is passed on or read."""


class ExactUse(NamedTuple):
    """A use of a name, where it stands, and the id of the definition of ours that it means; "" if it means none of ours."""

    line: int
    name: str
    scope: str
    kind: str
    target: str


class Joined(NamedTuple):
    """The uses in each file, by path; the paths of documents that are of other bytes; the number of documents in no file of ours."""

    uses: Mapping[str, tuple[ExactUse, ...]]
    changed: tuple[str, ...]
    foreign: int


class Source(NamedTuple):
    """The text of a file, and its language."""

    text: bytes
    language: str


def join(index: Index, source_of: Callable[[str], tuple[str, Source] | None]) -> Joined:
    """Return what an index says of our files. `source_of` leads from the path of a document to ours, and the file there if any."""
    files: dict[str, _File] = {}
    changed, foreign = [], 0
    for document in index.documents():
        found = source_of(document.path)
        if found is None:
            foreign += 1
            continue
        file = _File(found[0], document, found[1])
        if file.is_of_these_bytes():
            files[found[0]] = file
        else:
            changed.append(found[0])
    defined: dict[str, str] = {}
    for file in files.values():
        for symbol, id_ in file.definitions():
            defined.setdefault(symbol, id_)
    return Joined({path: tuple(file.uses(defined)) for path, file in files.items()}, tuple(sorted(changed)), foreign)


class _File:
    """A document of an index, and the file it is of."""

    def __init__(self, path: str, document: Document, source: Source) -> None:
        self._path = path
        # Each once: what is said of a definition is compared with all definitions of its name.
        self._occurrences = sorted(set(document.occurrences))
        self._room = len(source.text)
        self._lines = source.text.decode("utf-8", "replace").split("\n")
        self._encoding = document.encoding
        self._facts: FileFacts = index_source(source.language, source.text)

    def is_of_these_bytes(self) -> bool:
        """Tell whether the names of its definitions stand where the document says, which says no more than there is room for."""
        if len(self._occurrences) > self._room:
            return False
        asked = right = 0
        for one in self._occurrences:
            is_named = one.is_definition and not one.is_import and not one.symbol.startswith(LOCAL) and not one.symbol.endswith(META)
            name = _last_name(one.symbol) if is_named else ""
            if WORD.fullmatch(name):
                asked += 1
                right += name == self._text(one)
        return right >= asked * MATCHING and all(one.last_line < len(self._lines) for one in self._occurrences)

    def definitions(self) -> Iterator[tuple[str, str]]:
        """Yield the symbols that are defined here, each with the id of our definition."""
        held: dict[str, list[Symbol]] = defaultdict(list)
        for symbol in self._facts.symbols:
            held[symbol.name].append(symbol)
        taken: set[str] = set()
        for one in self._occurrences:
            if not one.is_definition or one.is_import:
                continue
            line = one.first_line + 1
            # The first definition of the name in a symbol is the symbol's own: others in it are of its variables.
            around = [
                symbol for symbol in held.get(self._text(one), ())
                if symbol.span.first_line <= line <= symbol.span.last_line and symbol.qualname not in taken
            ]  # fmt: skip
            if around:
                symbol = max(around, key=lambda other: other.span.start)
                taken.add(symbol.qualname)
                yield self._key(one.symbol), symbol_id(self._path, symbol.qualname)

    def uses(self, defined: Mapping[str, str]) -> Iterator[ExactUse]:
        """Yield the uses in this file of which the document says what they mean, each once."""
        ours: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)
        for reference in self._facts.references:
            ours[reference.line, reference.name][reference.kind] = reference.scope
        unresolved = {one.symbol for one in self._occurrences if one.is_import and one.symbol.startswith(LOCAL)}
        scopes = _Scopes(self._facts.symbols)
        seen = set()
        for one in self._occurrences:
            if one.is_definition or one.first_line != one.last_line or one.symbol in unresolved:
                continue
            name, line = self._text(one), one.first_line + 1
            if not WORD.fullmatch(name):
                continue
            known = ours.get((line, name), {})
            kind = self._kind(one, known)
            use = ExactUse(line, name, known.get(kind, scopes.at(line)), kind, defined.get(self._key(one.symbol), ""))
            if use not in seen:
                seen.add(use)
                yield use

    def _kind(self, one: Occurrence, known: Mapping[str, str]) -> str:
        """Return how a name is used: as we say of this name on this line, or else as it is written."""
        is_called = self._lines[one.first_line][self._column(one.first_line, one.end) :].startswith("(")
        kind = "import" if one.is_import else "call" if is_called else VALUE
        others = [kind for kind in ("inherit", "type", "import", "call") if kind in known]
        return kind if kind in known or not others else others[0]

    def _text(self, one: Occurrence) -> str:
        if one.first_line != one.last_line or one.first_line >= len(self._lines):
            return ""
        return self._lines[one.first_line][self._column(one.first_line, one.start) : self._column(one.first_line, one.end)]

    def _column(self, line: int, column: int) -> int:
        """Return the characters before a column, which counts what the document's encoding says."""
        whole = self._lines[line]
        if whole.isascii() or self._encoding == Encoding.UTF32:
            return column
        if self._encoding == Encoding.UTF16:
            return len(whole.encode("utf-16-le", "surrogatepass")[: 2 * column].decode("utf-16-le", "replace"))
        return len(whole.encode()[:column].decode("utf-8", "replace"))

    def _key(self, symbol: str) -> str:
        """Return a symbol by which others may know it: local ones are of their file."""
        return f"{self._path} {symbol}" if symbol.startswith(LOCAL) else symbol


def _last_name(symbol: str) -> str:
    """Return the name of what a symbol means: of `… shop/Cart#total().` it is `total`."""
    named = symbol[: symbol.rfind("(")] if symbol.endswith(").") else symbol[:-1]
    if named.endswith("`"):
        return named[:-1].rpartition("`")[2]
    return named[max(map(named.rfind, DELIMITERS)) + 1 :]


class _Scopes:
    """The innermost symbol around each line: symbols are nested, so it is the last one to begin that has not ended."""

    def __init__(self, symbols: Sequence[Symbol]) -> None:
        ordered = sorted(symbols, key=lambda one: (one.span.first_line, -one.span.last_line))
        self._starts, self._names = [0], [""]
        open_: list[Symbol] = []
        for symbol in [*ordered, None]:
            while open_ and (symbol is None or open_[-1].span.last_line < symbol.span.first_line):
                ended = open_.pop()
                self._begin(ended.span.last_line + 1, open_[-1].qualname if open_ else "")
            if symbol is not None:
                self._begin(symbol.span.first_line, symbol.qualname)
                open_.append(symbol)

    def _begin(self, line: int, name: str) -> None:
        self._starts.append(line)
        self._names.append(name)

    def at(self, line: int) -> str:
        """Return the qualified name of the innermost symbol around a line, "" for none."""
        return self._names[bisect_right(self._starts, line) - 1]
