"""Inverts a column of words: for each word, the rows that hold it and its count in each. Immutable arrays, maybe mapped from disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int32]
Counts = npt.NDArray[np.uint16]
Offsets = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
MOST = np.iinfo(np.uint16).max
COMMON = 0.1
"""The share of rows above which a word is common. Few words are, and every other query has one."""


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
    def _places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.vocabulary.to_pylist())}

    def of(self, word: str) -> tuple[Ints, Counts]:
        """Return the rows that hold a word, and its count in each."""
        place = self._places.get(word)
        if place is None:
            return self.rows[:0], self.counts[:0]
        span = slice(self.starts[place], self.starts[place + 1])
        return self.rows[span], self.counts[span]


class Gathered:
    """A column of words in which each file is one document of all its rows. Remembers the files of common words (`COMMON`)."""

    def __init__(self, column: Postings, row_file: Ints, files: int) -> None:
        self._column = column
        self._row_file = row_file
        self._files = files
        self._common: dict[str, tuple[Ints, Ints]] = {}
        self.lengths = np.bincount(row_file, column.lengths, files).astype(np.int64)

    def of(self, word: str) -> tuple[Ints, Ints]:
        """Return the files that hold a word, and its count in each."""
        known = self._common.get(word)
        if known is not None:
            return known
        rows, counts = self._column.of(word)
        often = np.bincount(self._row_file[rows], counts, self._files)
        files = np.flatnonzero(often)
        found = files.astype(np.int32), often[files].astype(np.int32)
        if len(rows) > COMMON * len(self._row_file):
            self._common[word] = found
        return found


def invert(column: pa.StringArray) -> Postings:
    """Invert a column of texts, whose words are separated by single spaces."""
    split = pc.split_pattern(column, " ")
    # An empty text splits into one empty word.
    lengths = np.where(np.asarray(pc.binary_length(column)) == 0, 0, np.asarray(pc.list_value_length(split))).astype(np.int32)
    owners = np.repeat(np.arange(len(column), dtype=np.int64), np.diff(np.asarray(split.offsets)))
    words = split.flatten().dictionary_encode()
    codes = np.asarray(words.indices, dtype=np.int64)
    held = lengths[owners] > 0
    return _grouped(words.dictionary, codes[held], owners[held], np.ones(int(held.sum()), np.int64), lengths)


def join(all_postings: Sequence[Postings], kept: Sequence[Flags]) -> Postings:
    """Return the postings of the kept rows of all columns, renumbered in their order."""
    vocabulary = pa.concat_arrays([postings.vocabulary for postings in all_postings]).dictionary_encode()
    codes_of = np.split(np.asarray(vocabulary.indices, dtype=np.int64), np.cumsum([len(one.vocabulary) for one in all_postings])[:-1])
    codes, rows, counts = [], [], []
    first = 0
    for postings, flags, code in zip(all_postings, kept, codes_of, strict=True):
        number = np.cumsum(flags) - 1 + first
        held = flags[postings.rows]
        codes.append(np.repeat(code, np.diff(postings.starts))[held])
        rows.append(number[postings.rows[held]])
        counts.append(postings.counts[held].astype(np.int64))
        first += int(flags.sum())
    lengths = np.concatenate([postings.lengths[flags] for postings, flags in zip(all_postings, kept, strict=True)])
    return _grouped(vocabulary.dictionary, np.concatenate(codes), np.concatenate(rows), np.concatenate(counts), lengths)


def _grouped(vocabulary: pa.StringArray, codes: Offsets, rows: Offsets, counts: Offsets, lengths: Ints) -> Postings:
    """Group entries of word, row and count by word, rows ascending as given; counts of the same word and row are added up.

    Words that no row holds are dropped, else a file that is edited all day would leave behind every word it ever held.
    """
    order = np.argsort(codes, kind="stable")
    codes, rows, counts = codes[order], rows[order], counts[order]
    first = np.ones(len(codes), bool)
    first[1:] = (codes[1:] != codes[:-1]) | (rows[1:] != rows[:-1])
    at = np.flatnonzero(first)
    totals = np.minimum(np.add.reduceat(counts, at), MOST) if len(at) else counts
    holding = np.bincount(codes[at], minlength=len(vocabulary))
    held = holding > 0
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(holding[held])])
    return Postings(vocabulary.filter(pa.array(held)), starts, rows[at].astype(np.int32), totals.astype(np.uint16), lengths)
