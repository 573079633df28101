"""Doubles that do what they stand for: an embedder that remembers what it was asked to embed, and parsers without processes."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from memoryd.embed import EMBEDDERS, Embedder, load
from memoryd.model import Secrets
from memoryd.parsing import TIME_LIMIT, Parsed, ParserPool, TimeLimit
from memoryd.parsing.parser import parse


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


class ParsersHere(ParserPool):
    """Parses in this process what a parser process would parse, in the same way; with another limit than usual, in processes.

    To start a process and to compile the queries of its languages takes ten times as long as the rest of a small project's first index.
    """

    _turn = threading.Lock()

    def __init__(self, root: Path, size: int, limit: TimeLimit = TIME_LIMIT, secrets: Secrets = Secrets.MASK) -> None:
        super().__init__(root, size, limit, secrets)
        self._is_here = limit == TIME_LIMIT

    def parse(self, paths: Sequence[str]) -> Iterator[Parsed]:  # type: ignore[override]
        """Yield the result of each path, in the order given."""
        if not self._is_here:
            yield from super().parse(paths)
            return
        for path in paths:
            with self._turn:
                parsed = parse(self._root, path, self._secrets)
            yield parsed


__all__ = ["CountingEmbedder", "Embedder", "ParsersHere", "counting_embedder"]
