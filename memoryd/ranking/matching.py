"""The learnt match of words: what each word of a query meets in a candidate, judged together with what kind of word it is.

A word counts for more or less by how rare it is in the project, where it stands in the query, and how often, in documented code, a word
of a documentation is in the name and in the body of what it documents: "otherwise" hardly ever is, "timeout" nearly always. That a
small network judges the matches of each word, gated by what the word is, is after DRMM (Guo et al. 2016). The network and the table of
words are data (`memoryd/data/word-matching.npz`), which `scripts/train/history` learns.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from indexers import identifier_parts, query_words
from memoryd.graph import Neighbours
from memoryd.ranking.arrays import ranks
from memoryd.ranking.word_scores import QueryWords, UnitWordScores, saturated
from memoryd.searchindex import Numbers, Scores, WordScores
from memoryd.versions import View

Floats = npt.NDArray[np.float32]
MATCHED = ("matched", "matched_of_best", "matched_rank")
"""What the match is as features: the score, the distance to the best one, the rank."""
WIDTH = 20.0
"""The distance to the best score from which a candidate counts as the worst: features are not below 0."""
PRIORS = 3
"""The numbers that are known of a word beforehand."""


class Interactions(NamedTuple):
    """What is known of each word (words, features), and what it meets in each candidate (channels, words, candidates)."""

    words: Floats
    met: Floats

    @classmethod
    def of(
        cls, asked: QueryWords, is_report: bool, found: UnitWordScores, cosines: Scores, file_text: WordScores, file_names: WordScores,
        files: Numbers, holders: Numbers, neighbours: Neighbours,
    ) -> Self:  # fmt: skip
        """Gather them from what words find in the candidates and in their files.

        `cosines` are those of words with candidates, `files` has the row of each candidate's file, `holders` the place of the definition
        around it, -1 where there is none. A word meets the candidate's text, its name, words related to it in the name, and its vector;
        the text and the names of its file; the text and the names of a neighbour in the graph; and those of the definition around it.
        """
        number = len(asked.words)
        text, names, soft = found
        own_text, own_names, *whole = (
            saturated(one.rarity.astype(np.float32), one.parts.astype(np.float32)) for one in (text, names, file_text, file_names)
        )
        of_files = (one[:, files] for one in whole)
        around = (np.pad(one, ((0, 0), (0, 1)))[:, holders] for one in (own_text, own_names))
        near = (neighbours.best(one) for one in (own_text, own_names))
        met: Floats = np.stack([own_text, own_names, soft.parts, cosines, *of_files, *near, *around], dtype=np.float32, casting="same_kind")
        met /= 2
        known = np.column_stack([
            text.rarity / 8, names.rarity / 8, asked.heads, asked.identifiers, np.arange(number) / 40,
            np.full(number, np.log1p(number) / 4), np.full(number, float(is_report)),
        ])  # fmt: skip
        return cls(known.astype(np.float32), met)


@dataclass(frozen=True, eq=False)
class WordMatch:
    """The network: two layers of rectified sums for each word and candidate, of which those of all words are summed, and a last one.

    `priors` are what is known of words beforehand, by their stems. The first layer weighs these and the other features of a word
    (`of_words`), and what it meets (`of_met`).
    """

    priors: dict[str, tuple[float, ...]]
    of_words: Floats
    of_met: Floats
    bias: Floats
    second: Floats
    second_bias: Floats
    last: Floats

    def scores(self, words: tuple[str, ...], found: Interactions) -> Scores:
        """Return the score of each candidate: the higher, the better the words of the query match it."""
        number = found.met.shape[2]
        if not words or not number:
            return np.zeros(number)
        priors = np.array([self.priors.get(word, (0.0,) * PRIORS) for word in words], np.float32)
        base = np.column_stack([found.words, priors]) @ self.of_words + self.bias
        total = np.zeros((len(self.last), number), np.float32)
        for place in range(len(words)):  # word by word: what it needs stays in the processor's cache
            first = np.maximum(self.of_met.T @ found.met[:, place] + base[place][:, np.newaxis], 0)
            total += np.maximum(self.second.T @ first + self.second_bias[:, np.newaxis], 0)
        return np.round(self.last @ total, 3).astype(np.float64)


@cache
def shipped_match() -> WordMatch:
    """Return the network that memoryd ships."""
    with files("memoryd.data").joinpath("word-matching.npz").open("rb") as file, np.load(file) as data:
        stems = data["stems"].tobytes().decode().split("\n")
        priors = dict(zip(stems, map(tuple, (data["priors"].astype(np.float32) / 100).tolist()), strict=True))
        return WordMatch(priors, *(data[name] for name in ("of_words", "of_met", "bias", "second", "second_bias", "last")))


def word_cosines(view: View, words: tuple[str, ...], text: str, numbers: Numbers) -> Scores:
    """Return the cosine of the vector of each word of a text with that of each unit, of shape (words, units); 0 where embedding is slow."""
    if not view.embedder.is_quick:  # for each word a neural network would take longer than all else together
        return np.zeros((len(words), len(numbers)))
    return view.matcher.cosines(view.embedder.embed(spellings(words, text)), numbers).T


def spellings(words: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return for each word, which is a stem, the first part of an identifier of the text that it is the stem of, else itself."""
    parts = dict.fromkeys(identifier_parts(text))
    spelled = {stem: part for part in reversed(parts) for stem in query_words(part)}
    return tuple(spelled.get(word, word) for word in words)


def matched(scores: Scores) -> dict[str, Scores]:
    """Return scores of a query's candidates as features, columns `MATCHED`."""
    distance = np.maximum(1 + (scores - scores.max(initial=-np.inf)) / WIDTH, 0.0)
    return dict(zip(MATCHED, (scores / WIDTH, distance, np.log1p(ranks(scores))), strict=True))
