"""Scores answers: pure functions of ranks or delivered pieces and of the targets."""

import math
import statistics
from collections.abc import Collection, Iterable, Sequence

from scripts.bench.data import Target
from scripts.bench.measures.delivered import Delivered

TOP = 10


def ndcg(paths: Sequence[str], targets: Sequence[Target]) -> float:
    """Return NDCG@10 with binary gain: a target counts at the rank of the first unit of its file."""
    found = [next((rank for rank, path in enumerate(paths[:TOP]) if path in target.paths), None) for target in targets]
    gain = sum(1 / math.log2(rank + 2) for rank in found if rank is not None)
    return gain / sum(1 / math.log2(rank + 2) for rank in range(min(TOP, len(targets))))


def accuracy(found: Sequence[str], wanted: Collection[Collection[str]], first: int) -> float:
    """Return 1 if each of `wanted` (under any of its names) is among the `first` distinct values of `found`, else 0."""
    seen = set(list(dict.fromkeys(found))[:first])
    return float(all(seen.intersection(names) for names in wanted))


def hit(found: Sequence[str], wanted: Collection[Collection[str]], first: int) -> float:
    """Return 1 if any of `wanted` (under any of its names) is among the `first` distinct values of `found`, else 0."""
    seen = set(list(dict.fromkeys(found))[:first])
    return float(any(seen.intersection(names) for names in wanted))


def file_recall(pieces: Iterable[Delivered], targets: Sequence[Target]) -> float:
    """Return the share of targets with at least one delivered line."""
    shown = {piece.path for piece in pieces}
    return statistics.fmean(bool(shown & target.paths) for target in targets)


def line_recall(pieces: Iterable[Delivered], lines: Collection[tuple[str, int]]) -> float:
    """Return the share of lines, given with their paths, that are delivered."""
    shown = {(piece.path, line) for piece in pieces for line in piece.lines}
    return sum(line in shown for line in lines) / len(lines)


def body_recall(pieces: Iterable[Delivered], bodies: Collection[tuple[str, int, int]]) -> float:
    """Return the share of bodies, as (path, first line, last line), that are delivered whole."""
    shown = {(piece.path, line) for piece in pieces for line in piece.lines}
    return statistics.fmean(all((path, line) in shown for line in range(first, last + 1)) for path, first, last in bodies)


def tokens_to_hit(pieces: Iterable[Delivered], targets: Sequence[Target]) -> int | None:
    """Return the tokens read up to the end of the first piece of any target; `None` if there is none."""
    spent = 0
    for piece in pieces:
        spent += piece.tokens
        if any(piece.path in target.paths for target in targets):
            return spent
    return None


def tokens_to_files(pieces: Iterable[Delivered], targets: Sequence[Target]) -> int | None:
    """Return the tokens read until a piece of every target was read; `None` if that never happens."""
    spent, missing = 0, list(targets)
    for piece in pieces:
        spent += piece.tokens
        missing = [target for target in missing if piece.path not in target.paths]
        if not missing:
            return spent
    return None


def tokens_to_lines(pieces: Iterable[Delivered], lines: Collection[tuple[str, int]]) -> int | None:
    """Return the tokens read until all of `lines`, given with their paths, were read; `None` if that never happens."""
    spent, missing = 0, set(lines)
    for piece in pieces:
        spent += piece.tokens
        missing -= {(piece.path, line) for line in piece.lines}
        if not missing:
            return spent
    return None


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values that are not `None`; `None` if there are none."""
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None
