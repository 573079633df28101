"""What ids say of units: the words of their names, and the definitions around them. Each id is read once in the life of a version."""

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from indexers import base_name, query_words
from memoryd.searchindex import Matcher, Numbers, Scores
from memoryd.text import split_id

Column = npt.NDArray[Any]
UNREAD = -2
"""Stands for the holder of a row whose id was not read yet."""


class Said(NamedTuple):
    """What the ids of some units say, an entry for each.

    `names` and `arounds` are the codes of the words of its name, and of that of the definition around it, as places in `words`; `sizes`
    the numbers of words of names, `depths` how deep units stand, `is_private` whether names begin with an underscore; `holders` are the
    rows of the definitions around them, -1 where there is none.
    """

    words: list[tuple[str, ...]]
    names: Column
    arounds: Column
    sizes: Scores
    depths: Scores
    is_private: Scores
    holders: Column


def said_by(matcher: Matcher, rows: Numbers) -> Said:
    """Return what the ids of some rows say. Remembered by row as long as the matcher is in use, in 17 bytes for each of all its rows."""
    with _lock:
        known = _known.get(matcher)
        if known is None:
            known = _known[matcher] = _Read.none(len(matcher.row_file))
        return known.said_by(matcher, rows)


_lock = Lock()
_known: "WeakKeyDictionary[Matcher, _Read]" = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class _Read:
    """What was read of ids, by row; the codes of words are places in `words`."""

    words: list[tuple[str, ...]]
    codes: dict[tuple[str, ...], int]
    holders: Column
    names: Column
    arounds: Column
    sizes: Column
    depths: Column
    is_private: Column

    @classmethod
    def none(cls, size: int) -> "_Read":
        """Return that none of so many ids was read."""
        holders, names, arounds = np.full((3, size), UNREAD, np.int32)
        sizes, depths = np.zeros((2, size), np.int16)
        return cls([], {}, holders, names, arounds, sizes, depths, np.zeros(size, np.bool_))

    def said_by(self, matcher: Matcher, rows: Numbers) -> Said:
        unread = rows[self.holders[rows] == UNREAD]
        if len(unread):
            self._read(matcher, unread)
        sizes, depths, is_private = (column[rows].astype(np.float64) for column in (self.sizes, self.depths, self.is_private))
        return Said(self.words, self.names[rows], self.arounds[rows], sizes, depths, is_private, self.holders[rows])

    def _read(self, matcher: Matcher, rows: Numbers) -> None:
        ids = matcher.ids(rows)
        names, arounds, depths, is_private = zip(*map(_said, ids), strict=True)
        self.names[rows], self.sizes[rows] = [self._code(own) for own in names], [len(own) for own in names]
        self.arounds[rows] = [self._code(own) for own in arounds]
        self.depths[rows], self.is_private[rows] = depths, is_private
        holders = np.full(len(rows), -1, np.int32)
        for place, id_ in enumerate(ids):
            outer, dot, _ = id_.rpartition(".")
            if dot and "#" in outer and len(found := matcher.numbers([outer])):
                holders[place] = found[0]
        self.holders[rows] = holders

    def _code(self, words: tuple[str, ...]) -> int:
        code = self.codes.get(words)
        if code is None:
            code = self.codes[words] = len(self.words)
            self.words.append(words)
        return code


def _said(id_: str) -> tuple[tuple[str, ...], tuple[str, ...], int, bool]:
    """Return the words of the name of a unit, and of that of the definition around it, how deep it stands, if it is private."""
    name = id_.partition("#")[2]
    depth, is_private = name.count("."), name.rpartition(".")[2].startswith("_")
    kind, name = (rest := split_id(id_)[1])[:1], rest[1:]
    if kind != "#":
        return (), (), depth, is_private
    return _words_of(base_name(name)), _words_of(name.rpartition(".")[0].rpartition(".")[2]), depth, is_private


@lru_cache(maxsize=50_000)
def _words_of(name: str) -> tuple[str, ...]:
    # Names repeat more than ids: of many projects, most ids are seen for the first time.
    return tuple(query_words(name))
