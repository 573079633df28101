"""What ids say of units: the words of their names, and the definitions around them. Each id is read once in the life of its segment."""

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from indexers import base_name, query_words
from memoryd.searchindex import Matcher, Numbers, Scores, Segment
from memoryd.text import split_id

Column = npt.NDArray[Any]
UNREAD = -2
"""Stands for the holder of a row whose id was not read yet."""


class UnitNames(NamedTuple):
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


def names_of(matcher: Matcher, rows: Numbers) -> UnitNames:
    """Return what the ids of some rows say. Remembered as long as their segment is in use, in 17 bytes for each of all its rows."""
    first = 0
    parts, order = [], np.argsort(rows)
    with _lock:
        table = None
        for segment in matcher.segments:
            after = first + len(segment.ids)
            own = rows[order[np.searchsorted(rows, first, sorter=order) : np.searchsorted(rows, after, sorter=order)]] - first
            known = _known.get(segment)
            if known is None or known.table is not (table or known.table):
                known = _known[segment] = _Read.none(len(segment.ids), table or _Table([], {}))
            table = known.table
            names, arounds, sizes, depths, is_private, holders = known.columns(segment, own)
            parts.append((names, arounds, sizes, depths, is_private, np.where(holders < 0, -1, holders + first)))
            first = after
    back = np.empty(len(rows), np.int64)
    back[order] = np.arange(len(rows))
    names, arounds, sizes, depths, is_private, holders = (np.concatenate(column)[back] for column in zip(*parts, strict=True))
    sizes, depths, is_private = (column.astype(np.float64) for column in (sizes, depths, is_private))
    return UnitNames(table.words if table else [], names, arounds, sizes, depths, is_private, holders)


class _Table(NamedTuple):
    """The words of names, and the place of each among them: its code."""

    words: list[tuple[str, ...]]
    codes: dict[tuple[str, ...], int]

    def code(self, words: tuple[str, ...]) -> int:
        code = self.codes.get(words)
        if code is None:
            code = self.codes[words] = len(self.words)
            self.words.append(words)
        return code


@dataclass(frozen=True, eq=False)
class _Read:
    """What was read of the ids of a segment, by row. An edit of files makes a new small segment; the large one stays, and so does this."""

    table: _Table
    holders: Column
    names: Column
    arounds: Column
    sizes: Column
    depths: Column
    is_private: Column

    @classmethod
    def none(cls, size: int, table: _Table) -> "_Read":
        """Return that none of so many ids was read; their words are to have codes of `table`."""
        holders, names, arounds = np.full((3, size), UNREAD, np.int32)
        sizes, depths = np.zeros((2, size), np.int16)
        return cls(table, holders, names, arounds, sizes, depths, np.zeros(size, np.bool_))

    def columns(self, segment: Segment, rows: Numbers) -> tuple[Column, ...]:
        """Return what the ids of some rows say, as the fields of `UnitNames` from `names` on."""
        unread = rows[self.holders[rows] == UNREAD]
        if len(unread):
            self._read(segment, unread)
        return tuple(column[rows] for column in (self.names, self.arounds, self.sizes, self.depths, self.is_private, self.holders))

    def _read(self, segment: Segment, rows: Numbers) -> None:
        ids, code = segment.ids_at(rows), self.table.code
        names, arounds, depths, is_private = zip(*map(_read_id, ids), strict=True)
        self.names[rows], self.sizes[rows], self.arounds[rows] = list(map(code, names)), list(map(len, names)), list(map(code, arounds))
        self.depths[rows], self.is_private[rows] = depths, is_private
        # Whatever holds a definition stands in its file, and thus in its segment.
        outers = [outer if dot and "#" in outer else "" for outer, dot, _ in (id_.rpartition(".") for id_ in ids)]
        self.holders[rows] = segment.rows_of(outers)


_lock = Lock()
_known: WeakKeyDictionary[Segment, _Read] = WeakKeyDictionary()


def _read_id(id_: str) -> tuple[tuple[str, ...], tuple[str, ...], int, bool]:
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
