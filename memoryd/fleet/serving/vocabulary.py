"""The vocabulary of repositories: how many units of each hold a word, kept for the words that questions used before.

A word costs as much as repositories hold it. Rare words are cheap, common ones soon known, so that a question hardly ever reads much.
Parts never change: of a fleet that changed, only the words of new parts are read.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from memoryd.fleet.tables import WORDS
from memoryd.store import Tables, one_of

Numbers = npt.NDArray[np.int32]
COLUMNS = ("part", "word", "units", "named")
MOST_ENTRIES = 4_000_000
"""The counts that are kept, of 12 bytes each."""
MOST_NEW = 64
"""The new parts whose words are read at once; after more, all words are read again as they are used."""


class Counts(NamedTuple):
    """For each word and candidate, both by their places, how many units hold it in their text, and in their names."""

    held: npt.NDArray[np.float64]
    named: npt.NDArray[np.float64]


class Vocabulary:
    """Reads the table of words. Safe to use from several threads."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._numbers: dict[str, int] = {}
        """The parts that were seen, numbered."""
        self._kept: OrderedDict[str, Numbers] = OrderedDict()
        """By word three rows: the numbers of the parts that hold it, and the two counts."""
        self._entries = 0
        self._lock = threading.Lock()

    def of(self, words: Sequence[str], places: Mapping[str, int]) -> Counts:
        """Return the counts of words in the parts that have a place; the others count for nothing."""
        with self._lock:
            found = self._found(words)
            numbered = np.fromiter((places.get(part, -1) for part in self._numbers), np.int64, len(self._numbers))
        counts = np.zeros((2, len(words), len(places)))
        for row, word in enumerate(words):
            at = numbered[found[word][0]]
            counts[:, row, at[at >= 0]] = found[word][1:, at >= 0]
        return Counts(counts[0], counts[1])

    def follow(self, parts: Collection[str]) -> None:
        """Take in the words of parts that are new."""
        with self._lock:
            new = [part for part in parts if part not in self._numbers]
            if not self._kept or not new:
                return
            if len(new) > MOST_NEW or len(self._numbers) > 2 * len(parts):
                self._kept.clear()
                self._numbers.clear()
                self._entries = 0
                return
            rows = self._tables.rows(WORDS, COLUMNS, one_of("part", new))
            for word, more in self._by_word(rows).items():
                if word in self._kept:
                    self._keep(word, np.hstack([self._kept[word], more]))

    def _found(self, words: Sequence[str]) -> Mapping[str, Numbers]:
        missing = [word for word in words if word not in self._kept]
        if missing:
            read = self._by_word(self._tables.rows(WORDS, COLUMNS, one_of("word", missing)))
            for word in missing:
                self._keep(word, read.get(word, np.zeros((3, 0), np.int32)))
        found = {word: self._kept[word] for word in words}
        for word in found:
            self._kept.move_to_end(word)
        while self._entries > MOST_ENTRIES and len(self._kept) > len(found):
            self._entries -= self._kept.popitem(last=False)[1].shape[1]
        return found

    def _keep(self, word: str, rows: Numbers) -> None:
        before = self._kept.get(word)
        self._entries += rows.shape[1] - (0 if before is None else before.shape[1])
        self._kept[word] = rows

    def _by_word(self, rows: pa.Table | None) -> dict[str, Numbers]:
        """Return rows of the table by word."""
        if rows is None or not len(rows):
            return {}
        words, parts = (rows[name].combine_chunks().dictionary_encode() for name in ("word", "part"))
        numbers = np.array([self._numbers.setdefault(part, len(self._numbers)) for part in parts.dictionary.to_pylist()], np.int32)
        counts = np.vstack([numbers[parts.indices.to_numpy()], *(rows[name].to_numpy() for name in ("units", "named"))]).astype(np.int32)
        order = np.argsort(words.indices.to_numpy(), kind="stable")
        ends = np.cumsum(np.bincount(words.indices.to_numpy(), minlength=len(words.dictionary)))
        groups = np.split(counts[:, order], ends[:-1], axis=1)
        return dict(zip(words.dictionary.to_pylist(), groups, strict=True))
