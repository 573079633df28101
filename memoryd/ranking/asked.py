"""The words of a query that are looked up, and what they say of some documents."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from indexers import query_words
from memoryd.ranking.query import Query
from memoryd.ranking.signals import QUERY_WORDS
from memoryd.searchindex import Evidence, Scores

Flags = npt.NDArray[np.bool_]
ALL = slice(None)


@dataclass(frozen=True, eq=False)
class Asked:
    """The words that are looked up, with flags of those of the headline and of those of identifiers."""

    words: tuple[str, ...]
    heads: Flags
    identifiers: Flags

    @classmethod
    def by(cls, query: Query) -> Self:
        """Read them from a query."""
        words = query.words[:QUERY_WORDS]
        return cls(words, np.isin(words, query.headline_words), np.isin(words, query_words(" ".join(query.names))))


@dataclass(frozen=True, eq=False)
class Told:
    """What each word adds to the BM25 of some documents (`parts`, of shape (words, documents)), and how rare each is."""

    rarity: Scores
    parts: Scores

    @classmethod
    def of(cls, asked: Asked, evidence: Evidence) -> Self:
        """Take the evidence for the words that were asked."""
        return cls(evidence.rarity.reshape(len(asked.words)), evidence.parts)

    @property
    def whole(self) -> float:
        """The rarity of all words."""
        return self.most()

    def most(self, flags: Flags | slice = ALL) -> float:
        """Return the rarity of some words; never 0, so that it can divide."""
        return max(float(self.rarity[flags].sum()), 1e-9)

    def sums(self, flags: Flags | slice = ALL) -> Scores:
        """Return the BM25 of the documents by some words."""
        return np.asarray(self.parts[flags].sum(0))

    def share(self, flags: Flags | slice = ALL) -> Scores:
        """Return the BM25 of the documents by some words for each unit of their rarity."""
        return self.sums(flags) / self.most(flags)

    def covers(self, parts: Scores, flags: Flags | slice = ALL) -> Scores:
        """Return the share of the rarity of some words that documents cover, which hold a word where its part is above 0."""
        return np.asarray(self.rarity[flags] @ (parts[flags] > 0) / self.most(flags))
