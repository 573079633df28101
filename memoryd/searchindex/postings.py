"""Inverts a column of words: for each word, the rows that hold it and its count in each. Immutable arrays, maybe mapped from disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from memoryd.arrays import Order
from memoryd.runtime import late

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = late("pyarrow.compute")  # which no question needs while nothing changes

Ints = npt.NDArray[np.int32]
Counts = npt.NDArray[np.uint16]
Offsets = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
MOST = np.iinfo(np.uint16).max
COMMON = 0.1
"""The share of rows above which a word is common. Few words are, and every other query has one."""
LAST = 192
"""The most other words whose files are remembered: a query asks for each of its words at least twice, and a report has a hundred."""


@dataclass(frozen=True, eq=False)
class Postings:
    """An inverted column: word `w` of `vocabulary` is in `rows[starts[w]:starts[w + 1]]`, ascending, with a count for each in `counts`.

    `lengths` has the number of words of each row.
    """

    vocabulary: pa.StringArray
    starts: Offsets
    rows: Ints
    counts: Counts
    lengths: Ints

    @cached_property
    def order(self) -> Order:
        """The order of `vocabulary`."""
        return Order.of(self.vocabulary)

    def of(self, word: str) -> tuple[Ints, Counts]:
        """Return the rows that hold a word, and its count in each."""
        place = self.order.number(word)
        if place < 0:
            return self.rows[:0], self.counts[:0]
        span = slice(self.starts[place], self.starts[place + 1])
        return self.rows[span], self.counts[span]


class Gathered:
    """A column of words in which each file is one document of all its rows. Remembers the files of common words, and of the last ones."""

    def __init__(self, column: Postings, row_file: Ints, files: int) -> None:
        self._column = column
        self._row_file = row_file
        self._files = files
        self._common: dict[str, tuple[Ints, Ints]] = {}
        self._last: dict[str, tuple[Ints, Ints]] = {}
        self.lengths = np.bincount(row_file, column.lengths, files).astype(np.int64)

    def of(self, word: str) -> tuple[Ints, Ints]:
        """Return the files that hold a word, and its count in each."""
        known = self._common.get(word) or self._last.get(word)
        if known is not None:
            return known
        rows, counts = self._column.of(word)
        often = np.bincount(self._row_file[rows], counts, self._files)
        files = np.flatnonzero(often)
        found = files.astype(np.int32), often[files].astype(np.int32)
        if len(self._last) == LAST:
            self._last.clear()
        (self._common if len(rows) > COMMON * len(self._row_file) else self._last)[word] = found
        return found


def invert(column: pa.StringArray) -> Postings:
    """Invert a column of texts, whose words are separated by single spaces."""
    split = pc.split_pattern(column, " ")
    # An empty text splits into one empty word.
    lengths = np.where(np.asarray(pc.binary_length(column)) == 0, 0, np.asarray(pc.list_value_length(split))).astype(np.int32)
    words = split.flatten().dictionary_encode()
    rows = np.repeat(np.arange(len(column), dtype=np.int32), np.diff(np.asarray(split.offsets)))
    held = lengths[rows] > 0
    codes, rows = np.asarray(words.indices)[held], rows[held]
    order = _by_word(codes, len(words.dictionary))
    codes, rows = codes[order], rows[order]
    first = np.ones(len(codes), bool)
    first[1:] = (codes[1:] != codes[:-1]) | (rows[1:] != rows[:-1])
    at = np.flatnonzero(first)
    counts = np.minimum(np.diff(at, append=len(codes)), MOST).astype(np.uint16)
    return _of_words_held(words.dictionary, codes[at], rows[at], counts, lengths)


def join(all_postings: Sequence[Postings], kept: Sequence[Flags]) -> Postings:
    """Return the postings of the kept rows of all columns, renumbered in their order.

    Each entry is put where it belongs, by the number of entries before it: nothing is sorted, and little is held beside the result.
    """
    vocabulary = pa.concat_arrays([postings.vocabulary for postings in all_postings]).dictionary_encode()
    codes_of = np.split(np.asarray(vocabulary.indices), np.cumsum([len(one.vocabulary) for one in all_postings])[:-1])
    held = [_held(postings, flags) for postings, flags in zip(all_postings, kept, strict=True)]
    holding = np.zeros(len(vocabulary.dictionary), np.int64)
    for code, (_, counted) in zip(codes_of, held, strict=True):
        holding[code] += counted
    after = np.cumsum(holding)
    place = after - holding
    rows, counts = np.empty(int(holding.sum()), np.int32), np.empty(int(holding.sum()), np.uint16)
    first = 0
    for postings, flags, code, (entries, counted) in zip(all_postings, kept, codes_of, held, strict=True):
        number = (np.cumsum(flags) - 1 + first).astype(np.int32)
        at = np.repeat(place[code] - (np.cumsum(counted) - counted), counted) + np.arange(int(counted.sum()))
        rows[at] = number[postings.rows[entries]]
        counts[at] = postings.counts[entries]
        place[code] += counted
        first += int(flags.sum())
    lengths = np.concatenate([postings.lengths[flags] for postings, flags in zip(all_postings, kept, strict=True)])
    is_held = holding > 0
    return Postings(vocabulary.dictionary.filter(pa.array(is_held)), np.append(0, after[is_held]), rows, counts, lengths)


def _held(postings: Postings, flags: Flags) -> tuple[Flags | slice, Offsets]:
    """Return which entries of postings are of flagged rows, and how many each word has of them."""
    if flags.all():
        return slice(None), np.diff(postings.starts)
    entries = flags[postings.rows]
    before = np.append(0, np.cumsum(entries))
    return entries, before[postings.starts[1:]] - before[postings.starts[:-1]]


def _by_word(codes: Ints, words: int) -> npt.NDArray[np.intp]:
    """Return the order of entries by the codes of their words, below `words`; those of one word stay as given."""
    # Numbers of 16 bits are sorted by counting, in a sixth of the time.
    order = np.argsort(codes.astype(np.uint16), kind="stable")
    return order if words <= 1 << 16 else order[np.argsort((codes >> 16).astype(np.uint16)[order], kind="stable")]


def _of_words_held(vocabulary: pa.StringArray, codes: Ints, rows: Ints, counts: Counts, lengths: Ints) -> Postings:
    """Return entries of word, row and count, in the order of words and rows, as postings. Words that no row holds are dropped.

    Else a file that is edited all day would leave behind every word it ever held.
    """
    holding = np.bincount(codes, minlength=len(vocabulary))
    held = holding > 0
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(holding[held])])
    return Postings(vocabulary.filter(pa.array(held)), starts, rows, counts, lengths)
