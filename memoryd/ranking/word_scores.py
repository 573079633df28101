"""What the words of a query find in some units: in their text, in their names, and there by related words."""

from dataclasses import dataclass
from typing import NamedTuple, Self, TypeVar

import numpy as np
import numpy.typing as npt

from indexers import query_words
from memoryd.ranking.query import Query
from memoryd.ranking.related import related
from memoryd.ranking.signals import QUERY_WORDS
from memoryd.searchindex import Matcher, Numbers, Scores, WordScores

Flags = npt.NDArray[np.bool_]
Real = TypeVar("Real", np.float32, np.float64)
SOFT_WORDS = 12
"""The words of the headline for which related ones are looked up, too."""


@dataclass(frozen=True, eq=False)
class QueryWords:
    """The words of a query, with flags of those of the headline and of those of identifiers; and what is related to the former.

    `lookups` are the words and after them the related ones. `related` are pairs of places among `lookups`, of shape (2, pairs): of a
    word, and of one that means nearly the same; `nearness` says how nearly.
    """

    words: tuple[str, ...]
    heads: Flags
    identifiers: Flags
    lookups: tuple[str, ...]
    related: npt.NDArray[np.int64]
    nearness: Scores

    @classmethod
    def by(cls, query: Query) -> Self:
        """Read them from a query."""
        words = query.words[:QUERY_WORDS]
        heads = np.isin(words, query.headline_words)
        near = [(place, one) for place in np.flatnonzero(heads)[:SOFT_WORDS].tolist() for one in related(words[place])]
        lookups = tuple(dict.fromkeys((*words, *(one.stem for _, one in near))))
        places = {word: place for place, word in enumerate(lookups)}
        pairs = np.array([(place, places[one.stem]) for place, one in near], np.int64).reshape(-1, 2).T
        nearness = np.array([one.nearness for _, one in near])
        return cls(words, heads, np.isin(words, query_words(" ".join(query.names))), lookups, pairs, nearness)


class SoftWordScores(NamedTuple):
    """What documents hold of each word or of one related to it, both of shape (words, documents).

    `parts` are what it adds to the BM25 for each unit of its rarity, `held` is the nearness of the nearest such word; a related word
    counts less the less it means the same, the word itself 1.
    """

    parts: Scores
    held: Scores

    @classmethod
    def of(cls, asked: QueryWords, scores: WordScores) -> Self:
        """Take the scores of the lookups of what was asked."""
        shares = saturated(*scores)
        size = len(asked.words)
        parts, held = shares[:size].copy(), (shares[:size] > 0).astype(np.float64)
        (word, other), nearness = asked.related, asked.nearness[:, np.newaxis]
        if len(word):  # the pairs of a word stand together
            starts, own = np.flatnonzero(np.diff(word, prepend=-1)), shares[other]
            words = word[starts]
            parts[words] = np.maximum(parts[words], np.maximum.reduceat(own * nearness, starts))
            held[words] = np.maximum(held[words], np.maximum.reduceat((own > 0) * nearness, starts))
        return cls(parts, held)


class UnitWordScores(NamedTuple):
    """What each word of a query finds in some units: in their text, in their names, and there by related words."""

    text: WordScores
    names: WordScores
    soft: SoftWordScores

    @classmethod
    def of(cls, matcher: Matcher, asked: QueryWords, numbers: Numbers) -> Self:
        """Look the words up."""
        number = len(asked.words)
        text, names = matcher.text_scores(asked.words, numbers), matcher.name_scores(asked.lookups, numbers)
        return cls(text, WordScores(names.rarity[:number], names.parts[:number]), SoftWordScores.of(asked, names))


def saturated(rarity: npt.NDArray[Real], parts: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """Return what each word adds to BM25 without its rarity, of shape (words, documents): how often and in how short a text it stands."""
    shares: npt.NDArray[Real] = np.divide(parts, np.maximum(rarity, 1e-9)[:, np.newaxis])
    return shares
