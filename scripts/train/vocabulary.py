"""Chooses the wordpieces of the embedder, and the vectors that learning starts from.

Pieces of words and single letters come from the model that learning starts from, so that any word can be cut into pieces. The whole
words are the most frequent ones of the training packages that several packages use.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memoryd.embed import Wordpieces
from scripts.train.corpus import SPLITS, Corpus, Ragged

PACKAGES = 3
"""The fewest packages that use a whole word; a rarer word is a name of those packages."""

TIMES = 8
FREQUENT = 1e-3
"""The constant a in the initial weight `a / (a + p)` of a token, p its share of all tokens (Arora et al. 2017)."""


class Start(NamedTuple):
    """The model that learning starts from: tokens, and vectors of shape (tokens, dimensions)."""

    tokens: list[str]
    vectors: npt.NDArray[np.float32]


def read_start(folder: Path) -> Start:
    """Read a folder that `scripts.train.distill` wrote."""
    with np.load(folder / "model.npz") as file:
        return Start(file["tokens"].tobytes().decode().split("\n"), file["vectors"] * file["scales"][:, None])


def choose(corpus: Corpus, start: Sequence[str], most: int) -> list[str]:
    """Return at most `most` tokens: the pieces and letters of `start`, then the most frequent words."""
    used, packages = usage(corpus)
    tokens = dict.fromkeys(token for token in start if token.startswith("##") or len(token) == 1)
    for number in np.argsort(-used, kind="stable"):
        if len(tokens) >= most or used[number] < TIMES:
            break
        if packages[number] >= PACKAGES:
            tokens[corpus.words[number]] = None
    return list(tokens)


def usage(corpus: Corpus) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the number of occurrences of each word in the units of the training packages, and of packages that use it."""
    learned = corpus.split == SPLITS.index("train")
    used = np.zeros(len(corpus.words), np.int64)
    pairs = np.zeros(0, np.int64)
    for part in corpus.parts.values():
        kept = part.values[np.repeat(learned, part.lengths)]
        owners = np.repeat(corpus.package[learned], part.lengths[learned])
        used += np.bincount(kept, minlength=len(used))
        pairs = np.union1d(pairs, owners.astype(np.int64) * len(used) + kept)
    return used, np.bincount(pairs % len(used), minlength=len(used))


def spell(corpus: Corpus, tokens: Sequence[str]) -> Ragged:
    """Return the tokens of each word."""
    pieces = list(map(Wordpieces(tokens), corpus.words))
    starts = np.zeros(len(pieces) + 1, np.int64)
    np.cumsum([len(found) for found in pieces], out=starts[1:])
    return Ragged(np.fromiter((token for found in pieces for token in found), np.int32, starts[-1]), starts)


def first_vectors(
    tokens: Sequence[str], start: Start, shares: npt.NDArray[np.float64], rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return a vector for each token: that of `start`, else the sum of its pieces' there, else noise; frequent tokens get short ones."""
    directions = _unit(start.vectors)
    pieces = Wordpieces(start.tokens)
    place = {token: number for number, token in enumerate(start.tokens)}
    vectors = rng.normal(size=(len(tokens), directions.shape[1])).astype(np.float32)
    for number, token in enumerate(tokens):
        found = [place[token]] if token in place else list(pieces(token))
        if found:
            vectors[number] = directions[found].sum(axis=0)
    weights = FREQUENT / (FREQUENT + shares)
    return (_unit(vectors) * weights[:, None]).astype(np.float32)


def _unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    lengths: npt.NDArray[np.float32] = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return vectors / lengths
