"""Searches one version: a large segment, mapped from disk, and a small one of the files that changed since.

Each file is live in one segment. Scores equal those of a matcher built from the same rows, to the last bit: numbers of documents
and their lengths are counted over live rows only.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from memoryd.searchindex.postings import LAST, Flags, Gathered, Ints, Postings
from memoryd.searchindex.segment import Segment, merged, places, union
from memoryd.searchindex.word_scores import Scores, WordScores

Numbers = npt.NDArray[np.int64]
SATURATION, LENGTH = 1.2, 0.75
"""k₁ and b of BM25."""
EXACT_ROWS = 4_096
"""The most rows of which every vector is compared; of more rows, only the vectors whose sign bits agree most with the query's."""
WORTH_CLOSING = 4_000
"""The number of documents with a word above which the check pays off whether all of them must be scored."""
COMPARED = 8
"""The number of vectors that are compared for each one that is wanted."""


class Matches(NamedTuple):
    """Numbers of rows, or of files, with their scores: best first, equal scores in the order of ids, or of paths."""

    numbers: Numbers
    scores: Scores


NOTHING = Matches(np.zeros(0, np.int64), np.zeros(0))


class Found(NamedTuple):
    """Matching rows: by BM25 of their names, by BM25 of their words, by the cosine of their vectors."""

    names: Matches
    words: Matches
    nearest: Matches


class FoundFiles(NamedTuple):
    """Matching files, each one document of all its rows: by BM25 of names, by BM25 of words."""

    names: Matches
    words: Matches


@dataclass(frozen=True, eq=False)
class Matcher:
    """A large segment and at most one small segment.

    Each segment has the files that changed since it was made (`dead`), and flags of its other rows and files (`live`,
    `live_files`). Rows and files are numbered across segments: those of the large one, then those of the small one.
    """

    segments: tuple[Segment, ...]
    dead: tuple[frozenset[str], ...]
    live: tuple[Flags, ...]
    live_files: tuple[Flags, ...]

    @classmethod
    def of(cls, segments: Sequence[Segment], dead: Sequence[Set[str]]) -> Self:
        """Return the matcher of segments; `dead` are the paths of the dead files of each."""
        files = tuple(segment.others(gone) for segment, gone in zip(segments, dead, strict=True))
        rows = tuple(np.asarray(flags[segment.row_file], bool) for segment, flags in zip(segments, files, strict=True))
        return cls(tuple(segments), tuple(map(frozenset, dead)), rows, files)

    def patched(self, changed: Iterable[str], segment: Segment) -> Self:
        """Return the matcher in which the files `changed` have the rows of `segment`, which holds no other files."""
        gone = frozenset(changed)
        large, *small = self.segments
        dead = [old | (gone & one.files.keys()) for one, old in zip(self.segments, self.dead, strict=True)]
        if small:
            segment = merged([*small, segment], [*dead[1:], frozenset()])
        return type(self).of([large, segment], [dead[0], frozenset()])

    def compacted(self) -> Segment:
        """Return the live rows as one segment."""
        return merged(self.segments, self.dead)

    @property
    def scattered(self) -> int:
        """The number of rows that are dead in the large segment or live in the small one."""
        return int((~self.live[0]).sum()) + sum(int(flags.sum()) for flags in self.live[1:])

    @cached_property
    def rows(self) -> int:
        """The number of live rows."""
        return sum(int(flags.sum()) for flags in self.live)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The path of each file, by number."""
        return tuple(chain.from_iterable(segment.paths for segment in self.segments))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The distinct kinds of rows."""
        return union(segment.kinds for segment in self.segments)

    @cached_property
    def row_file(self) -> Ints:
        """The number of each row's file."""
        firsts = _starts(len(segment.paths) for segment in self.segments)
        return np.concatenate([segment.row_file + first for segment, first in zip(self.segments, firsts[:-1], strict=True)], dtype=np.int32)

    @cached_property
    def file_rows(self) -> Numbers:
        """The number of rows of each file, live or dead."""
        return np.bincount(self.row_file, minlength=len(self.paths))

    @cached_property
    def row_kind(self) -> Ints:
        """The kind of each row, as a position in `kinds`."""
        return np.concatenate([places(segment.kinds, self.kinds)[segment.row_kind] for segment in self.segments])

    @cached_property
    def row_lines(self) -> Ints:
        """The number of lines of each row."""
        return np.concatenate([segment.row_lines for segment in self.segments])

    def numbers(self, ids: Iterable[str]) -> Numbers:
        """Return the numbers of the live rows with these ids, in their order; other ids are skipped."""
        wanted = list(ids)
        numbers = np.full(len(wanted), -1, np.int64)
        for segment, live, first in zip(self.segments, self.live, self._firsts.tolist(), strict=False):
            left = np.flatnonzero(numbers < 0)
            rows = segment.rows_of(wanted if len(left) == len(wanted) else [wanted[place] for place in left.tolist()])
            is_here = rows >= 0
            is_here[is_here] = live[rows[is_here]]
            numbers[left[is_here]] = rows[is_here] + first
        return numbers[numbers >= 0]

    def ids(self, numbers: Numbers) -> list[str]:
        """Return the ids of some rows."""
        found = np.empty(len(numbers), object)
        homes = np.searchsorted(self._firsts, numbers, side="right") - 1
        for place, segment in enumerate(self.segments):
            here = np.flatnonzero(homes == place)
            found[here] = segment.ids_at(numbers[here] - self._firsts[place])
        return found.tolist()

    def search(self, words: Sequence[str], vector: npt.NDArray[np.float32], limit: int) -> Found:
        """Return at most `limit` rows for each signal.

        `names` and `words` rank by BM25 (Robertson & Zaragoza 2009; the inverse document frequency is Lucene's, never negative)
        the rows that hold any of the words; `nearest` ranks by the cosine to `vector`, and a vector of zeros finds nothing.
        """
        return Found(
            _best(self._names.scores(words, limit), limit, self._row_order),
            _best(self._words.scores(words, limit), limit, self._row_order),
            _best(self._cosines(vector, COMPARED * limit), limit, self._row_order) if vector.any() else NOTHING,
        )

    def name_scores(self, words: Sequence[str], rows: Numbers) -> WordScores:
        """Return what each of the words adds to the BM25 of some rows by their names."""
        return self._names.word_scores(words, rows)

    def text_scores(self, words: Sequence[str], rows: Numbers) -> WordScores:
        """Return what each of the words adds to the BM25 of some rows by their text."""
        return self._words.word_scores(words, rows)

    def file_scores(self, words: Sequence[str], files: Numbers) -> tuple[WordScores, WordScores]:
        """Return what each of the words adds to the BM25 of some files, by their names and by their words."""
        return self._file_names.word_scores(words, files), self._file_words.word_scores(words, files)

    def cosines(self, vectors: npt.NDArray[np.float32], rows: Numbers) -> Scores:
        """Return the cosines between vectors of shape (..., dimensions) and those of some rows, of shape (rows, ...)."""
        queries = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
        order = np.argsort(rows)
        parts = [segment.vectors.cosines(queries, own) for segment, own in zip(self.segments, self._apart(rows[order]), strict=True)]
        cosines = np.empty((len(rows), *vectors.shape[:-1]))
        cosines[order] = np.round(np.concatenate(parts), 5)
        return cosines

    def by_id(self, rows: Numbers) -> Numbers:
        """Return some rows in the order of their ids, which does not depend on how the segments came about."""
        return rows[np.argsort(self._row_order[rows])]

    def best(self, rows: Numbers, scores: Scores, limit: int) -> Numbers:
        """Return the places of the best `limit` scores of some rows, best first; equal ones in the order of ids."""
        good = np.arange(len(scores))
        if len(scores) > limit:
            good = np.flatnonzero(scores >= np.partition(scores, -limit)[-limit])
        return good[np.lexsort((self._row_order[rows[good]], -scores[good]))[:limit]]

    def by_path(self, files: Numbers) -> Numbers:
        """Return some files in the order of their paths."""
        return files[np.argsort(self._file_order[files])]

    def coverage(self, words: Sequence[str]) -> Scores:
        """Return for each row, by number, the share of the words that it holds, weighted by their inverse document frequencies."""
        return self._words.coverage(words)

    def holding(self, word: str) -> int:
        """Return the number of rows that hold a word in their text or in their names, whichever is more."""
        return max(column.holding(word) for column in (self._words, self._names))

    def files(self, words: Sequence[str], limit: int) -> FoundFiles:
        """Return at most `limit` files for each signal, each file being one document of all its rows."""
        return FoundFiles(
            _best(self._file_names.scores(words, limit), limit, self._file_order),
            _best(self._file_words.scores(words, limit), limit, self._file_order),
        )

    def prepare(self) -> None:
        """Compute all that searches of this version share, so that the first search need not."""
        for segment in self.segments:
            segment.prepare()
        _ = self.paths, self.kinds, self.row_file, self.file_rows, self.row_kind, self.row_lines, self._row_order, self._file_order
        _ = self._names, self._words, self._file_names, self._file_words

    @cached_property
    def _firsts(self) -> Numbers:
        """The number of each segment's first row, then the number of all rows."""
        return _starts(len(segment.ids) for segment in self.segments)

    @cached_property
    def _dead_rows(self) -> Numbers:
        return np.flatnonzero(~np.concatenate(self.live))

    @cached_property
    def _row_order(self) -> Numbers:
        large, *small = (segment.id_order for segment in self.segments)
        return large.keys_with(small)

    @cached_property
    def _file_order(self) -> Numbers:
        large, *small = (segment.path_order for segment in self.segments)
        return large.keys_with(small)

    @cached_property
    def _names(self) -> "_Documents":
        return _Documents([segment.names for segment in self.segments], self.live)

    @cached_property
    def _words(self) -> "_Documents":
        return _Documents([segment.words for segment in self.segments], self.live)

    @cached_property
    def _file_names(self) -> "_Documents":
        return _Documents([segment.file_names for segment in self.segments], self.live_files, empty=False)

    @cached_property
    def _file_words(self) -> "_Documents":
        return _Documents([segment.file_words for segment in self.segments], self.live_files, empty=False)

    def _cosines(self, vector: npt.NDArray[np.float32], most: int) -> Matches:
        """Return the positive cosines of live rows that may be among the nearest `most`, in no order."""
        query = vector / np.linalg.norm(vector)
        if self.rows > max(EXACT_ROWS, most):
            distances = np.concatenate([segment.vectors.distances(query) for segment in self.segments])
            distances[self._dead_rows] = distances.max() + 1
            numbers = np.flatnonzero(distances <= np.searchsorted(np.cumsum(np.bincount(distances)), most))
        else:
            numbers = np.flatnonzero(np.concatenate(self.live))
        cosines = np.concatenate(
            [segment.vectors.cosines(query, rows) for segment, rows in zip(self.segments, self._apart(numbers), strict=True)]
        )
        scores = np.round(cosines, 5)
        return Matches(numbers[scores > 0], scores[scores > 0])

    def _apart(self, numbers: Numbers) -> list[Numbers]:
        """Split ascending numbers of rows by segment, and return them as rows of each."""
        ends = np.searchsorted(numbers, self._firsts)
        return [numbers[start:end] - first for start, end, first in zip(ends[:-1], ends[1:], self._firsts[:-1], strict=True)]


class _Documents:
    """The documents that BM25 scores, by one column of words: rows or files, segment after segment."""

    def __init__(self, columns: Sequence[Postings | Gathered], all_live: Sequence[Flags], empty: bool = True) -> None:
        """Take the column of each segment. `empty` tells whether a row without words counts as a document."""
        live = np.concatenate(all_live)
        lengths = np.where(live, np.concatenate([column.lengths for column in columns]), 0)
        self._total = int((live if empty else lengths > 0).sum())
        average = max(1, int(lengths.sum())) / max(1, self._total)
        # k₁ (1 - b + b × length ∕ average length) of each document.
        self._norms = (SATURATION * (1 - LENGTH + LENGTH * lengths / average)).astype(np.float64, copy=False)
        self._columns = list(zip(columns, _starts(map(len, all_live)).tolist(), strict=False))
        self._live = None if live.all() else live
        self._last: dict[str, _Holding] = {}

    def scores(self, words: Sequence[str], limit: int) -> Matches:
        """Return documents that hold any of the words with their scores, in no order; the best `limit` are among them.

        Words are scored from the rarest. Once `limit` documents score more than the remaining words can give together, those words
        add to the scores of documents already found, and find no more (MaxScore: Turtle & Flood 1995).
        """
        scores = np.zeros(len(self._norms))
        found = sorted(map(self._holding, words), key=lambda one: -one.rarity)
        most = [one.rarity * (SATURATION + 1) for one in found]
        held = [np.zeros(0, np.int64)]
        is_closed = False
        for place, (rarity, postings) in enumerate(found):
            to_come = sum(most[place:])
            for at, counts in postings:
                if not is_closed and len(at) > WORTH_CLOSING:
                    known = np.concatenate(held)
                    is_closed = len(known) > limit and np.partition(scores[known], -limit)[-limit] > to_come
                at = at.astype(np.int64, copy=False)  # once: numpy would convert what it looks up each time
                before = scores.take(at)
                if is_closed:
                    known = before.nonzero()[0]
                    at, counts, before = at[known], counts[known], before[known]
                else:
                    held.append(at[before == 0])
                # In place: what is made for a common word would be memory that is new to the process each time.
                worths, parts = counts * (rarity * (SATURATION + 1)), self._norms.take(at)
                parts += counts
                worths /= parts
                worths += before
                scores[at] = worths
        numbers = np.concatenate(held)
        return Matches(numbers, scores[numbers])

    def coverage(self, words: Sequence[str]) -> Scores:
        """Return for each document the share of the words that it holds, weighted by their inverse document frequencies."""
        covered, whole = np.zeros(len(self._norms)), 0.0
        for rarity, postings in map(self._holding, words):
            whole += rarity
            for at, _ in postings:
                covered[at] += rarity
        return covered / whole if whole else covered

    def word_scores(self, words: Sequence[str], documents: Numbers) -> WordScores:
        """Return what each of the words adds to the BM25 of some documents, which are distinct."""
        parts, rarity = np.zeros((len(words), len(documents))), np.zeros(len(words))
        order = np.argsort(documents)
        norms, wanted = self._norms[documents[order]], np.append(documents[order], np.iinfo(np.int32).max)
        for place, word in enumerate(words):
            rarity[place], postings = self._holding(word)
            for at, counts in postings:
                # Of one type: to look up other numbers, numpy would convert all of `at`. The fewer are looked up among the more.
                ascending = wanted.astype(at.dtype)
                if len(at) < len(documents):
                    near = ascending.searchsorted(at)
                    held = (ascending[near] == at).nonzero()[0]
                    own = near[held]
                else:
                    near = np.minimum(at.searchsorted(ascending[:-1]), len(at) - 1)
                    own = (at[near] == ascending[:-1]).nonzero()[0]
                    held = near[own]
                often = counts[held]
                parts[place, order[own]] = rarity[place] * (SATURATION + 1) * often / (often + norms[own])
        return WordScores(rarity, parts)

    def holding(self, word: str) -> int:
        """Return the number of documents that hold a word."""
        return sum(len(at) for at, _ in self._holding(word).postings)

    def _holding(self, word: str) -> "_Holding":
        """Return the live documents that hold a word and its count in each, segment by segment. A question asks for a word often."""
        known = self._last.get(word)
        if known is not None:
            return known
        postings = []
        for column, first in self._columns:
            rows, counts = column.of(word)
            at = np.add(rows, first, dtype=np.int64) if first else rows
            if self._live is not None:
                alive = self._live[at]
                at, counts = at[alive], counts[alive]
            if len(at):
                postings.append((at, counts))
        holding = sum(len(at) for at, _ in postings)
        found = _Holding(float(np.log1p((self._total - holding + 0.5) / (holding + 0.5))), postings)
        if len(self._last) >= LAST:
            self._last.clear()
        self._last[word] = found
        return found


class _Holding(NamedTuple):
    """The inverse document frequency of a word, and for each segment the documents that hold it and its count in each."""

    rarity: float
    postings: list[tuple[npt.NDArray[Any], npt.NDArray[Any]]]


def _starts(lengths: Iterable[int]) -> Numbers:
    """Return the offset of each array in their concatenation, then the total length."""
    return np.cumsum([0, *lengths])


def _best(found: Matches, limit: int, order: Numbers) -> Matches:
    """Return the best `limit` matches, best first; equal scores by the sort key `order`."""
    numbers, scores = found
    if len(scores) > limit:
        good = scores >= np.partition(scores, -limit)[-limit]
        numbers, scores = numbers[good], scores[good]
    best = np.lexsort((order[numbers], -scores))[:limit]
    return Matches(numbers[best], scores[best])
