"""The searches of one version. A large part, mapped from disk, and a small one for what changed since; each file is live in one.

Scores are those of a matcher made anew of the same rows, to the last bit: what they rest on is counted over live rows only.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from memoryd.matching.part import Part, merged
from memoryd.matching.postings import Flags, Ints, Postings

Scores = npt.NDArray[np.float64]
Lengths = npt.NDArray[np.int32] | npt.NDArray[np.int64]
SATURATION, LENGTH = 1.2, 0.75
"""k₁ and b of BM25."""
EXACT_ROWS = 4_096
"""Up to so many rows every vector is compared; of more, only those whose signs agree most with the query's."""
COMPARED = 8
"""For each vector that is wanted, so many are compared."""


Ranking = list[tuple[str, float]]
"""Ids, or paths, with their scores: best first, equals in order."""


class Found(NamedTuple):
    """What each signal found: units by BM25 of their names and of their words, and by the cosine of their vectors."""

    names: Ranking
    words: Ranking
    nearest: Ranking


class FoundFiles(NamedTuple):
    """Files by BM25 of the names of all that is in them, and of their words."""

    names: Ranking
    words: Ranking


@dataclass(frozen=True, eq=False)
class Matcher:
    """A large part and at most a small one. `dead` are for each the files that have changed since it was made; `live` and
    `live_files` flag its other rows and files."""

    parts: tuple[Part, ...]
    dead: tuple[frozenset[str], ...]
    live: tuple[Flags, ...]
    live_files: tuple[Flags, ...]

    @classmethod
    def of(cls, parts: Sequence[Part], dead: Sequence[Set[str]]) -> Self:
        """Return the matcher of parts without the files that are dead in each."""
        files = tuple(part.others(gone) for part, gone in zip(parts, dead, strict=True))
        rows = tuple(np.asarray(flags[part.row_file], bool) for part, flags in zip(parts, files, strict=True))
        return cls(tuple(parts), tuple(map(frozenset, dead)), rows, files)

    def patched(self, changed: Iterable[str], part: Part) -> Self:
        """Return the matcher in which the files `changed` have the rows of `part`, which holds no others."""
        gone = frozenset(changed)
        large, *small = self.parts
        dead = [old | (gone & one.files.keys()) for one, old in zip(self.parts, self.dead, strict=True)]
        if small:
            part = merged([*small, part], [*dead[1:], frozenset()])
        return type(self).of([large, part], [dead[0], frozenset()])

    def compacted(self) -> Part:
        """Return the same rows as one part."""
        return merged(self.parts, self.dead)

    @property
    def scattered(self) -> int:
        """How many rows of the large part are dead, and how many stand in the small one."""
        return int((~self.live[0]).sum()) + sum(int(flags.sum()) for flags in self.live[1:])

    @cached_property
    def rows(self) -> int:
        """How many rows are live."""
        return sum(int(flags.sum()) for flags in self.live)

    def search(self, words: Sequence[str], vector: npt.NDArray[np.float32], limit: int) -> Found:
        """Return at most `limit` rows for each signal.

        `names` and `words` rank by BM25 (Robertson & Zaragoza 2009; the inverse document frequency is Lucene's, never negative)
        the rows that hold any of the words; `nearest` by the cosine to `vector`, of which zeros find nothing.
        """
        return Found(
            self._best(self._names.scores(words), limit),
            self._best(self._words.scores(words), limit),
            self._best(self._cosines(vector, COMPARED * limit), limit) if vector.any() else [],
        )

    def files(self, words: Sequence[str], limit: int) -> FoundFiles:
        """Return at most `limit` files for each signal, each file being one document of all its rows."""
        return FoundFiles(self._best_files(self._file_names.scores(words), limit), self._best_files(self._file_words.scores(words), limit))

    @cached_property
    def _alive(self) -> list[npt.NDArray[np.int64]]:
        return [np.flatnonzero(flags) for flags in self.live]

    @cached_property
    def _names(self) -> "_Documents":
        return _rows([part.names for part in self.parts], self.live)

    @cached_property
    def _words(self) -> "_Documents":
        return _rows([part.words for part in self.parts], self.live)

    @cached_property
    def _file_names(self) -> "_Documents":
        return _files([(part.names, part.file_lengths[0], part.row_file) for part in self.parts], self.live_files)

    @cached_property
    def _file_words(self) -> "_Documents":
        return _files([(part.words, part.file_lengths[1], part.row_file) for part in self.parts], self.live_files)

    def _cosines(self, vector: npt.NDArray[np.float32], most: int) -> list[Scores]:
        """Return the cosine of every row of each part that may be among the nearest; 0 for the others, the dead, and negative ones."""
        query = vector / np.linalg.norm(vector)
        chosen = self._alive
        if self.rows > max(EXACT_ROWS, most):
            distances = [part.vectors.distances(query)[at] for part, at in zip(self.parts, chosen, strict=True)]
            farthest = np.searchsorted(np.cumsum(np.bincount(np.concatenate(distances))), most)
            chosen = [at[away <= farthest] for at, away in zip(chosen, distances, strict=True)]
        scores = []
        for part, at in zip(self.parts, chosen, strict=True):
            score = np.zeros(len(part.row_file))
            # Rounded, so that the order does not depend on how the processor sums.
            score[at] = np.round(np.maximum(part.vectors.cosines(query, at), 0.0), 5)
            scores.append(score)
        return scores

    def _best(self, scores: Sequence[Scores], limit: int) -> Ranking:
        """Return the ids of the best rows with their scores; those that tie for the last places are told apart by id."""
        found: Ranking = []
        for part, score, good in zip(self.parts, scores, _good(scores, limit), strict=True):
            found += zip(part.ids.take(good).to_pylist(), score[good].tolist(), strict=True)
        return sorted(found, key=_by_score)[:limit]

    def _best_files(self, scores: Sequence[Scores], limit: int) -> Ranking:
        found: Ranking = []
        for part, score, good in zip(self.parts, scores, _good(scores, limit), strict=True):
            found += zip((part.paths[at] for at in good.tolist()), score[good].tolist(), strict=True)
        return sorted(found, key=_by_score)[:limit]


@dataclass(frozen=True, slots=True)
class _Documents:
    """What BM25 scores, part by part: the rows of a column of words, or the files that own them. `total` of all are live.

    `norms` are k₁ (1 - b + b × length ∕ average length) of each, made once a version.
    """

    columns: tuple[Postings, ...]
    owners: tuple[Ints | None, ...]
    live: tuple[Flags, ...]
    norms: tuple[Scores, ...]
    total: int

    @classmethod
    def of(
        cls, columns: Sequence[Postings], owners: Sequence[Ints | None], lengths: Sequence[Lengths], live: Sequence[Flags], total: int
    ) -> Self:
        lengths = [np.where(flags, found, 0) for flags, found in zip(live, lengths, strict=True)]
        average = max(1, sum(int(found.sum()) for found in lengths)) / max(1, total)
        norms = tuple((SATURATION * (1 - LENGTH + LENGTH * found / average)).astype(np.float64, copy=False) for found in lengths)
        return cls(tuple(columns), tuple(owners), tuple(live), norms, total)

    def scores(self, words: Sequence[str]) -> list[Scores]:
        """Return the score of every document of each part; 0 where no word is held, and for dead ones."""
        scores = [np.zeros(len(norms)) for norms in self.norms]
        for word in words:
            found = [self._holding(word, part) for part in range(len(scores))]
            holding = sum(len(at) for at, _ in found)
            rarity = np.log1p((self.total - holding + 0.5) / (holding + 0.5))
            for score, norms, (at, counts) in zip(scores, self.norms, found, strict=True):
                if len(at):
                    score[at] += rarity * (SATURATION + 1) * counts / (counts + norms[at])
        return scores

    def _holding(self, word: str, part: int) -> tuple[npt.NDArray[np.integer[Any]], npt.NDArray[Any]]:
        """Return the live documents of a part that hold a word, and how often each does."""
        at, counts = self.columns[part].of(word)
        if not len(at):
            return at, counts
        owner, live = self.owners[part], self.live[part]
        if owner is None:
            alive = live[at]
            return at[alive], counts[alive]
        often = np.bincount(owner[at], counts, len(live)) * live
        held = np.flatnonzero(often)
        return held, often[held].astype(np.float64)


def _rows(columns: Sequence[Postings], live: Sequence[Flags]) -> _Documents:
    total = sum(int(flags.sum()) for flags in live)
    return _Documents.of(columns, [None] * len(columns), [column.lengths for column in columns], live, total)


def _files(parts: Sequence[tuple[Postings, Lengths, Ints]], live: Sequence[Flags]) -> _Documents:
    """Take each file as one document; what has no word of the column is none."""
    columns, lengths, owners = zip(*parts, strict=True)
    total = sum(int((flags & (found > 0)).sum()) for flags, found in zip(live, lengths, strict=True))
    return _Documents.of(columns, owners, lengths, live, total)


def _good(scores: Sequence[Scores], limit: int) -> list[npt.NDArray[np.int64]]:
    """Return which of each part are among the best `limit` of all, or tie with the last of them."""
    found = [np.flatnonzero(score > 0) for score in scores]
    values = np.concatenate([score[at] for score, at in zip(scores, found, strict=True)])
    worst = np.partition(values, -limit)[-limit] if len(values) > limit else 0.0
    return [at[score[at] >= worst] for score, at in zip(scores, found, strict=True)]


def _by_score(one: tuple[str, float]) -> tuple[float, str]:
    return -one[1], one[0]
