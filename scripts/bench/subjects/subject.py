"""One repository under measurement: our index of its files and the baselines' indexes of the same files; all follow the tree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.tokens import counter
from scripts.bench.baselines import FileBm25, Hits, keywords, search, windows
from scripts.bench.measures import Delivered, of_pack, of_range, reading

CAP = 32_000
"""The tokens after which a baseline stops reading, and the cost of a miss."""


@lru_cache(maxsize=100_000)
def count(text: str) -> int:
    """Return the o200k tokens of a text; cached, because the same files are counted many times."""
    return counter()(text)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline's answer to a task: its order of files, and the pieces that an agent reads in that order within `CAP` tokens."""

    name: str
    files: tuple[str, ...]
    read: tuple[Delivered, ...]


class Subject:
    """A tree and every index of it. The baselines see exactly the files that memoryd indexes."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self.memory = ProjectMemory(root, Settings(home, workers=1))
        self.texts: dict[str, str] = {}
        self._digests: dict[str, str] = {}
        self._bm25 = FileBm25()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.memory.close()

    def follow(self) -> None:
        """Bring every index to the state of the tree."""
        self.memory.refresh()
        now = {path: record.fingerprint.digest for path, record in self.memory.view().records.items() if not record.skipped}
        changed = [path for path, digest in now.items() if self._digests.get(path) != digest]
        gone = [path for path in self._digests if path not in now]
        texts = {path: (self.root / path).read_bytes().decode("utf-8", "replace") for path in changed}
        self.texts = {path: text for path, text in self.texts.items() if path in now} | texts
        self._bm25.change(gone, texts)
        self._digests = now

    def lines(self, path: str) -> Sequence[str]:
        """Return the lines of a file, without their line ends."""
        text = self.texts[path]
        return text.removesuffix("\n").split("\n")

    def baselines(self, text: str) -> Iterator[Baseline]:
        """Yield each baseline's answer to a task."""
        ranked = tuple(self._bm25.ranked(text))
        yield Baseline("BM25, whole files", ranked, tuple(reading(ranked, self.lines, count, CAP)))
        hits = search(self.root, self.texts, keywords(text))
        yield Baseline("ripgrep, whole files", tuple(hits), tuple(reading(hits, self.lines, count, CAP)))
        yield Baseline("ripgrep, windows of 200 lines", tuple(hits), tuple(self._windows(hits)))

    def packed(self, text: str, budget: int) -> tuple[list[Delivered], int]:
        """Return the pieces of a pack, and the tokens of its exact text."""
        pack = self.memory.pack(text, budget)
        return of_pack(pack, self.lines, count), pack.tokens

    def _windows(self, hits: Mapping[str, Hits]) -> Iterator[Delivered]:
        spent = 0
        for path, found in hits.items():
            lines = self.lines(path)
            for first, last in windows(found, len(lines)):
                piece = of_range(path, lines, first, last, count)
                spent += piece.tokens
                yield piece
                if spent >= CAP:
                    return
