"""Doubles that record instead of pretending: an embedder that remembers what it was asked to embed."""

from collections.abc import Sequence

import numpy as np

from memoryd.embed import EMBEDDERS, Embedder, load


class CountingEmbedder:
    """The hash embedder, remembering its texts."""

    id = "counting"
    is_quick = False

    def __init__(self) -> None:
        self._inner = load("hash")
        self.dimensions = self._inner.dimensions
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.texts += texts
        return self._inner.embed(texts)


def counting_embedder() -> CountingEmbedder:
    """Register a new counting embedder under the name `counting` and return it."""
    made = CountingEmbedder()
    EMBEDDERS["counting"] = lambda _rest: made
    return made


__all__ = ["CountingEmbedder", "Embedder", "counting_embedder"]
