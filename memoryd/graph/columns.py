"""Columns of integers, the texts that they encode, and the operations on columns that the graph is built with."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from indexers import plain

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
CHAIN = re.compile(r"[^\W\d][\w$]*(?:\(\))?(?:\.[^\W\d][\w$]*(?:\(\))?)*")
WRITTEN = re.compile(r"\(\)|\$|->|::|\?")
NUMBERED = "~"
CALLER = "__call__"
"""The member that is called where an instance is."""
SEPARATORS = re.compile(r"\.|::|->|\\|:|\?\.")


class Interner:
    """A table of texts and their integer codes. Append-only, so that patched graphs can share it; code 0 is the empty text."""

    def __init__(self) -> None:
        self.texts: list[str] = [""]
        self._codes: dict[str, int] = {"": 0}
        self._parts: dict[int, tuple[int, ...]] = {0: ()}
        self._chains: dict[int, tuple[tuple[int, bool], ...]] = {0: ()}
        self._saying: dict[int, list[int]] = {}
        self._looked = 0
        self._repeated: list[int] = []
        self._searched = 0
        self._holding: dict[int, list[int]] = {}
        self._split = np.zeros(0, dtype=np.bool_)

    def code(self, text: str) -> int:
        """Return the code of a text; a new text gets the next code."""
        found = self._codes.get(text)
        if found is None:
            found = self._codes[text] = len(self.texts)
            self.texts.append(text)
        return found

    def text(self, code: int) -> str:
        """Return the text of a code."""
        return self.texts[code]

    def texts_of(self, codes: Sequence[int]) -> list[str]:
        """Return the texts of many codes."""
        return [self.texts[code] for code in codes]

    def find(self, text: str) -> int:
        """Return the code of a text, -1 if it has none."""
        return self._codes.get(text, -1)

    def parts(self, code: int) -> tuple[int, ...]:
        """Return the codes of the components of a dotted text."""
        found = self._parts.get(code)
        if found is None:
            found = self._parts[code] = tuple(self.code(part) for part in self.texts[code].split("."))
        return found

    def holding(self, codes: Ints, names: Iterable[int]) -> list[int]:
        """Return those of some codes, and maybe others, of which one of some names is a component."""
        if len(codes) and codes[-1] >= len(self._split):
            self._split = np.append(self._split, np.zeros(len(self.texts) - len(self._split), dtype=np.bool_))
        for code in codes[~self._split[codes]].tolist():
            for part in set(self.parts(code)):
                self._holding.setdefault(part, []).append(code)
        self._split[codes] = True
        return [code for name in names for code in self._holding.get(name, ())]

    def chain(self, code: int) -> tuple[tuple[int, bool], ...]:
        """Return the names of a chain such as `shop.make().cart`, by their codes, each with whether it is called; none for other texts."""
        found = self._chains.get(code)
        if found is None:
            text = plain(self.text(code).lstrip("?"))
            parts = text.split(".") if CHAIN.fullmatch(text) else ()
            found = self._chains[code] = tuple((self.code(part.removesuffix("()")), part.endswith("()")) for part in parts)
        return found

    def saying(self, names: Iterable[int]) -> list[int]:
        """Return the codes of the chains with more than names and points in them in which one of some names stands.

        `CALLER` stands in those in which anything is called.
        """
        for code in self.new_chains():
            steps = self.chain(code)
            called = [self.code(CALLER)] if any(is_called for _, is_called in steps) else []
            for name in {*called, *(name for name, _ in steps)}:
                self._saying.setdefault(name, []).append(code)
        self._looked = len(self.texts)
        return [code for name in names for code in self._saying.get(name, ())]

    def new_chains(self) -> list[int]:
        """Return the codes of the texts with more than names and points in them that were not looked at."""
        return [code for code in range(self._looked, len(self.texts)) if WRITTEN.search(self.texts[code])]

    def repeated(self) -> list[int]:
        """Return the codes of the texts in which a name is numbered, as that of a second definition (`Cart~2.add`)."""
        self._repeated += [code for code in range(self._searched, len(self.texts)) if NUMBERED in self.texts[code]]
        self._searched = len(self.texts)
        return self._repeated

    def codes(self, texts: Iterable[str]) -> Ints:
        """Return the codes of many texts."""
        return np.fromiter(map(self.code, texts), dtype=np.int64)


class SymbolColumns(NamedTuple):
    """Columns with an entry per symbol. `outer` is the qualname of the enclosing symbol; `plain` is 0 for a repeated name (`~2`)."""

    file: Ints
    qualname: Ints
    kind: Ints
    line: Ints
    name: Ints
    outer: Ints
    plain: Ints


class ReferenceColumns(NamedTuple):
    """Columns with an entry per reference. `head` is the first component of the qualifier, `rest` the others, joined by dots."""

    file: Ints
    name: Ints
    kind: Ints
    scope: Ints
    line: Ints
    qualifier: Ints
    alias: Ints
    head: Ints
    rest: Ints


Columns = TypeVar("Columns", bound=tuple[Any, ...])
Column = TypeVar("Column", bound=npt.NDArray[Any])


class Coded(NamedTuple):
    """A column of texts as positions in a list of distinct texts: what a dictionary-encoded Arrow array holds."""

    positions: npt.NDArray[np.integer[Any]]
    texts: Sequence[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Coded":
        """Encode plain texts."""
        words: dict[str, int] = {}
        positions = np.fromiter((words.setdefault(text, len(words)) for text in texts), dtype=np.int64)
        return cls(positions, list(words))


def components(qualifier: str) -> list[str]:
    """Split a receiver or a qualified name into its components, without a final `()`: `shop::Cart()` → shop, Cart."""
    return [part for part in SEPARATORS.split(qualifier.removesuffix("()")) if part]


def taken(columns: Columns, rows: Any) -> Columns:
    """Return the rows `rows` (numbers or flags) of all columns."""
    make: Any = type(columns)
    result: Columns = make(*(column[rows] for column in columns))
    return result


def by_number(column: Ints, size: int) -> Ints:
    """Return the order of a column of numbers below `size`; equal ones stay as given."""
    # Numbers of 16 bits are sorted by counting, in a fraction of the time.
    order = np.argsort((column & 0xFFFF).astype(np.uint16), kind="stable")
    return order if size <= 1 << 16 else order[np.argsort((column >> 16).astype(np.uint16)[order], kind="stable")]


def joined(first: Columns, second: Columns) -> Columns:
    """Return the rows of `first`, then those of `second`."""
    make: Any = type(first)
    result: Columns = make(*(np.concatenate(pair) for pair in zip(first, second, strict=True)))
    return result


def flagged(members: Ints, size: int) -> Flags:
    """Return flags of numbers below `size`: which of them are among some."""
    flags = np.zeros(size, dtype=np.bool_)
    flags[members] = True
    return flags


def inserted(columns: Columns, at: Ints, others: Columns) -> Columns:
    """Return the rows of both: row `i` of `others` is inserted before row `at[i]` of `columns`."""
    order = np.argsort(at, kind="stable")
    places = at[order] + np.arange(len(at))
    kept = np.ones(len(columns[0]) + len(at), dtype=np.bool_)
    kept[places] = False
    merged = []
    for old, new in zip(columns, others, strict=True):
        column = np.empty(len(kept), dtype=old.dtype)
        column[kept], column[places] = old, new[order]
        merged.append(column)
    make: Any = type(columns)
    result: Columns = make(*merged)
    return result


def exchanged(columns: Columns, gone: Ints, others: Columns, come: Ints) -> Columns:
    """Return the rows of `columns` with spans of them replaced by as many spans of `others`: each is (first, last exclusive), ascending.

    A column that stays as it is is not copied.
    """
    make: Any = type(columns)
    result: Columns = make(*(exchanged_in(old, gone, new, come) for old, new in zip(columns, others, strict=True)))
    return result


def exchanged_in(old: Column, gone: Ints, new: Column, come: Ints) -> Column:
    """Do what `exchanged` does with one column."""
    left, right = ([slice(*span) for span in spans.tolist()] for spans in (gone, come))
    if all(np.array_equal(old[was], new[now]) for was, now in zip(left, right, strict=True)):
        return old
    # A few long parts: that is faster than to take and to insert rows by their numbers.
    kept = np.append(0, np.append(gone, len(old))).reshape(-1, 2).tolist()
    parts = [old[slice(*kept[0])]]
    for now, stay in zip(right, kept[1:], strict=True):
        parts += [new[now], old[slice(*stay)]]
    found: Any = np.concatenate(parts)
    result: Column = found
    return result


def spread(spans: Ints) -> Ints:
    """Return all rows of some spans, each (first, last exclusive), one span after the other."""
    first, count = spans[:, 0], spans[:, 1] - spans[:, 0]
    found: Ints = np.repeat(first + count - count.cumsum(), count) + np.arange(count.sum())
    return found
