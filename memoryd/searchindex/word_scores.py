"""What words add to the BM25 of documents, word by word, and sums of that."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memoryd.searchindex.postings import Flags

Scores = npt.NDArray[np.float64]
ALL = slice(None)


class WordScores(NamedTuple):
    """What words add to the BM25 of some documents: `parts` of shape (words, documents), and the inverse document frequencies.

    `flags` choose some of the words.
    """

    rarity: Scores
    parts: Scores

    def total(self, flags: Flags | slice = ALL) -> float:
        """Return the rarity of some words together; never 0, so that it can divide."""
        return max(float(self.rarity[flags].sum()), 1e-9)

    def sums(self, flags: Flags | slice = ALL) -> Scores:
        """Return the BM25 of the documents by some words."""
        return np.asarray(self.parts[flags].sum(0))

    def share(self, flags: Flags | slice = ALL) -> Scores:
        """Return the BM25 of the documents by some words for each unit of their rarity."""
        return self.sums(flags) / self.total(flags)

    def weighted(self, parts: Scores | Flags, flags: Flags | slice = ALL) -> Scores:
        """Return the mean of what documents have of some words, weighted by the rarity of each."""
        return np.asarray(self.rarity[flags] @ parts[flags] / self.total(flags))

    def covers(self, parts: Scores, flags: Flags | slice = ALL) -> Scores:
        """Return the share of the rarity of some words that documents cover, which hold a word where its part is above 0."""
        return self.weighted(parts > 0, flags)
