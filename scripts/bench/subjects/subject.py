"""One repository under measurement: our index of its files and the baselines' indexes of the same files; all follow the tree."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.model import PackVerdict
from memoryd.tokens import counter
from memoryd.versions import Catalog, Unit
from scripts.bench.baselines import Bm25, Hits, keywords, search, windows
from scripts.bench.measures import Delivered, of_pack, of_range, reading
from scripts.bench.subjects.answered import Answered

OURS = "memoryd"
CAP = 32_000
"""The tokens after which a baseline stops reading, and the cost of a miss."""
UNITS = 300
"""The units that BM25 over units hands on."""


@lru_cache(maxsize=100_000)
def count(text: str) -> int:
    """Return the o200k tokens of a text; cached, because the same files are counted many times."""
    return counter()(text)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline's answer to a task: its order of files and symbols, and the pieces that an agent reads in that order within `CAP` tokens.

    A file may come more than once; a method that knows no symbols has `None`.
    """

    name: str
    files: tuple[str, ...]
    symbols: tuple[str, ...] | None
    read: tuple[Delivered, ...]


class Packed(NamedTuple):
    """The pieces of a pack, the tokens of its exact text, and its verdict."""

    pieces: list[Delivered]
    tokens: int
    verdict: PackVerdict | None


class Subject:
    """A tree and every index of it. The baselines see exactly the files that memoryd indexes."""

    def __init__(self, root: Path, answered: Answered) -> None:
        self.root = root
        self.answered = answered
        self.texts: dict[str, str] = {}
        self._home: Path | None = None
        self._memory: ProjectMemory | None = None
        self._digests: dict[str, str] = {}
        self._ranked = _Ranked()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    @property
    def memory(self) -> ProjectMemory:
        """The memory that `follow` opened."""
        if self._memory is None:
            raise RuntimeError("call `follow` before asking")
        return self._memory

    def follow(self, home: Path) -> None:
        """Bring the index in the folder `home`, and the texts, to the state of the tree; a new index begins as a copy of the last one."""
        self._open(home)
        self.memory.refresh()
        now = {path: record.fingerprint.digest for path, record in self.memory.view().records.items() if not record.skipped}
        changed = {path: (self.root / path).read_bytes().decode("utf-8", "replace") for path in now if self._digests.get(path) != now[path]}
        self.texts = {path: text for path, text in self.texts.items() if path in now} | changed
        self._digests = now

    def _open(self, home: Path) -> None:
        if home == self._home:
            return
        self._close()
        if self._home is not None and not home.exists():
            aside = home.with_name(f"{home.name}.new")
            shutil.rmtree(aside, ignore_errors=True)
            shutil.copytree(self._home, aside)
            aside.rename(home)
        self._home, self._memory = home, ProjectMemory(self.root, Settings(home, workers=1))

    def _close(self) -> None:
        if self._memory is not None:
            self._memory.close()

    def lines(self, path: str) -> Sequence[str]:
        """Return the lines of a file, without their line ends."""
        text = self.texts[path]
        return text.removesuffix("\n").split("\n")

    def baselines(self, text: str) -> Iterator[Baseline]:
        """Yield each baseline's answer to a task."""
        catalog = self.memory.view().catalog
        self._ranked.follow(self._digests, self.texts, catalog)
        ranked = tuple(self._ranked.files.ranked(text))
        yield Baseline("BM25, whole files", ranked, None, tuple(reading(ranked, self.lines, count, CAP)))
        units = [catalog.by_id[id_] for id_ in self._ranked.units.ranked(text)[:UNITS]]
        symbols = tuple(unit.id for unit in units if unit.is_symbol)
        yield Baseline("BM25, units", tuple(unit.path for unit in units), symbols, tuple(self._units(units)))
        hits = search(self.root, self.texts, keywords(text))
        yield Baseline("ripgrep, whole files", tuple(hits), None, tuple(reading(hits, self.lines, count, CAP)))
        yield Baseline("ripgrep, windows of 200 lines", tuple(hits), None, tuple(self._windows(hits)))

    def packed(self, text: str, budget: int) -> Packed:
        """Return what a pack delivers, and what it says of itself."""
        pack = self.memory.pack(text, budget)
        return Packed(of_pack(pack, self.lines, count), pack.tokens, pack.verdict)

    def _units(self, units: Iterable[Unit]) -> Iterator[Delivered]:
        """Yield the units in their order, those inside one that was read before left out."""
        spent, read = 0, set[tuple[str, int]]()
        for unit in units:
            lines = {(unit.path, line) for line in range(unit.first_line, unit.last_line + 1)}
            if lines <= read:
                continue
            read |= lines
            piece = of_range(unit.path, self.lines(unit.path), unit.first_line, unit.last_line, count)
            spent += piece.tokens
            yield piece
            if spent >= CAP:
                return

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


class _Ranked:
    """The indexes of BM25 over files and over units. They follow only when asked: most runs know what the baselines answered."""

    def __init__(self) -> None:
        self.files, self.units = Bm25(), Bm25()
        self._digests: Mapping[str, str] = {}
        self._ids: dict[str, tuple[str, ...]] = {}

    def follow(self, digests: Mapping[str, str], texts: Mapping[str, str], catalog: Catalog) -> None:
        """Bring both indexes to the state of the tree."""
        changed = {path: texts[path] for path in digests if self._digests.get(path) != digests[path]}
        gone = [path for path in self._digests if path not in digests]
        self.files.change(gone, changed)
        lost = [id_ for path in (*gone, *changed) for id_ in self._ids.pop(path, ())]
        for path, text in changed.items():
            lines = text.split("\n")
            units = {unit.id: "\n".join(lines[unit.first_line - 1 : unit.last_line]) for unit in catalog.files[path][1:]}
            self._ids[path] = tuple(units)
            self.units.change(lost, units)
            lost = []
        self.units.change(lost, {})
        self._digests = digests
