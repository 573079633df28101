"""The searches of one version. A large part, mapped from disk, and small ones for what changed since; each file is live in one.

Scores are those of a matcher made anew of the same rows, to the last bit: what they rest on is counted over live rows only.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from memoryd.matching.part import Part, merged
from memoryd.matching.postings import Flags, Postings

Scores = npt.NDArray[np.float64]
SATURATION, LENGTH = 1.2, 0.75
"""k₁ and b of BM25."""
SMALL_PARTS = 8
"""How many small parts there may be before they are made one."""
EXACT_ROWS = 4_096
"""Up to so many rows every vector is compared; of more, only those whose signs agree most with the query's."""
COMPARED = 8
"""For each vector that is wanted, so many are compared."""


class Found(NamedTuple):
    """The ids each signal found with their scores, best first, equals by id: BM25 of names and of words, cosine of vectors."""

    names: list[tuple[str, float]]
    words: list[tuple[str, float]]
    nearest: list[tuple[str, float]]


@dataclass(frozen=True, eq=False)
class Matcher:
    """`dead` are for each part the files that have changed since it was made, `live` a flag for each of its other rows."""

    parts: tuple[Part, ...]
    dead: tuple[frozenset[str], ...]
    live: tuple[Flags, ...]

    @classmethod
    def of(cls, parts: Sequence[Part], dead: Sequence[Set[str]]) -> Self:
        """Return the matcher of parts without the files that are dead in each."""
        live = tuple(part.without(gone) for part, gone in zip(parts, dead, strict=True))
        return cls(tuple(parts), tuple(map(frozenset, dead)), live)

    def patched(self, changed: Iterable[str], part: Part) -> Self:
        """Return the matcher in which the files `changed` have the rows of `part`, which holds no others."""
        gone = frozenset(changed)
        parts = [*self.parts, part]
        dead = [*(old | (gone & one.files.keys()) for one, old in zip(self.parts, self.dead, strict=True)), frozenset[str]()]
        if len(parts) > SMALL_PARTS:
            parts, dead = [parts[0], merged(parts[1:], dead[1:])], [dead[0], frozenset()]
        return type(self).of(parts, dead)

    def compacted(self) -> Part:
        """Return the same rows as one part."""
        return merged(self.parts, self.dead)

    @property
    def scattered(self) -> int:
        """How many rows of the large part are dead, and how many stand in small ones."""
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
            self._best(self._bm25([part.names for part in self.parts], words), limit),
            self._best(self._bm25([part.words for part in self.parts], words), limit),
            self._best(self._cosines(vector, COMPARED * limit), limit) if vector.any() else [],
        )

    def _bm25(self, columns: Sequence[Postings], words: Sequence[str]) -> list[Scores]:
        """Return the score of every row of each part; 0 where no word is held, and for dead rows."""
        rows = self.rows
        lengths = [np.where(flags, column.lengths, 0) for column, flags in zip(columns, self.live, strict=True)]
        average = max(1, sum(int(found.sum()) for found in lengths)) / max(1, rows)
        held: list[list[npt.NDArray[np.int32]]] = [[] for _ in columns]
        gains: list[list[Scores]] = [[] for _ in columns]
        for word in words:
            found = [column.of(word) for column in columns]
            alive = [flags[at] for (at, _), flags in zip(found, self.live, strict=True)]
            holding = sum(int(flags.sum()) for flags in alive)
            rarity = np.log1p((rows - holding + 0.5) / (holding + 0.5))
            for place, ((at, counts), flags) in enumerate(zip(found, alive, strict=True)):
                at, count = at[flags], counts[flags].astype(np.float64)
                norm = SATURATION * (1 - LENGTH + LENGTH * columns[place].lengths[at] / average)
                held[place].append(at)
                gains[place].append(rarity * count * (SATURATION + 1) / (count + norm))
        if not words:
            return [np.zeros(0) for _ in columns]
        return [
            np.bincount(np.concatenate(at), np.concatenate(gain), len(column.lengths)).astype(np.float64)
            for at, gain, column in zip(held, gains, columns, strict=True)
        ]

    def _cosines(self, vector: npt.NDArray[np.float32], most: int) -> list[Scores]:
        """Return the cosine of every row of each part that may be among the nearest; 0 for the others, the dead, and negative ones."""
        query = vector / np.linalg.norm(vector)
        chosen = [np.flatnonzero(flags) for flags in self.live]
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

    def _best(self, scores: Sequence[Scores], limit: int) -> list[tuple[str, float]]:
        """Return the ids of the best rows with their scores; those that tie for the last places are told apart by id."""
        found = [np.flatnonzero(score > 0) for score in scores]
        values = np.concatenate([score[at] for score, at in zip(scores, found, strict=True)])
        worst = np.partition(values, -limit)[-limit] if len(values) > limit else 0.0
        ranked: list[tuple[str, float]] = []
        for part, score, at in zip(self.parts, scores, found, strict=True):
            good = at[score[at] >= worst]
            ranked += zip(part.ids.take(good).to_pylist(), score[good].tolist(), strict=True)
        return sorted(ranked, key=lambda one: (-one[1], one[0]))[:limit]
