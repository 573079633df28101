"""Packs ranked units into text within a token budget: each unit at a level by its score, then a list of what was left out.

The budget is a bound on the exact text. Shown lines are the bytes on disk, but for visible escapes of what nobody sees and terminals
obey, and for a backslash before a line that reads as one of memoryd's. A shortened unit is cut at whole lines and says so. The same
ranking gives the same text, files in the order of their best unit, units in that of the source.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from memoryd.advice import SHOW, Face
from memoryd.delimiting import source_line
from memoryd.escaping import escaped
from memoryd.model import Level, Omitted, Pack, PackItem
from memoryd.packing.rendering import heading, outline, outlined, render
from memoryd.parsing import FILE
from memoryd.ranking import Query, Ranked
from memoryd.versions import Catalog, Unit

TokenCount = Callable[[str], int]


class Lines(Protocol):
    """The lines of files by path, without line ends, as they are on disk."""

    def __getitem__(self, path: str) -> Sequence[str]: ...


CONSIDERED = 60
"""The least number of units that are considered for a pack, the best first."""
TOKENS_A_UNIT = 50
"""The tokens of a budget per unit considered: a large budget considers more units than `CONSIDERED`."""
OMITTED_LINES = 12
"""The most units that the list of what was left out names."""
OMITTED_SHARE = 0.12
"""The largest share of a budget that is reserved for the list of what was left out."""
WORTH_SHOWING = 0.12
"""A unit that scores less than this share of the best is named, not shown."""
ENOUGH_FULL = 0.35
"""The share of the best score from which a unit is shown in full."""


class Depth(NamedTuple):
    """How deep a pack goes into a file: `repeat` as in `rank`, and the largest share of the budget for one unit in full."""

    repeat: float
    share: float


QUESTION, REPORT = Depth(0.4, 0.3), Depth(0.75, 0.45)
"""A question is answered by parts of several files; a report leads to edits of a few files, whose bodies are needed in full."""


def depth(query: Query) -> Depth:
    """Return how deep a pack for a task goes into files."""
    return REPORT if query.is_report else QUESTION


@dataclass(frozen=True, slots=True)
class _Piece:
    """A unit at a level. `listed` are the members that its outline names, whether or not they are shown beside it."""

    ranked: Ranked
    level: Level
    text: str
    tokens: int
    listed: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class _Renderer:
    """Makes pieces; `scores` are those of all ranked units, by id."""

    catalog: Catalog
    sources: Lines
    words: Sequence[str]
    scores: Mapping[str, float]
    count: TokenCount

    def piece(self, found: Ranked, level: Level, room: int, pieces: Iterable[_Piece]) -> _Piece:
        """Return a unit at a level, without the members in its outline that other pieces show."""
        listed = tuple(outlined(found.unit, self.catalog, self.words, self.scores)) if level == Level.OUTLINE else ()
        return self._made(found, level, listed, room, {other.ranked.unit.id for other in pieces})

    def beside(self, pieces: Iterable[_Piece], added: _Piece, room: int) -> list[_Piece]:
        """Return pieces without those that an added one covers; outlines no longer list what it shows. None gets longer."""
        shown = {piece.ranked.unit.id for piece in (*pieces, added)}
        return [
            self._made(other.ranked, other.level, other.listed, room + other.tokens, shown) if added.ranked.unit in other.listed else other
            for other in pieces
            if not _covers(added, other)
        ]

    def _made(self, found: Ranked, level: Level, listed: tuple[Unit, ...], room: int, shown: Collection[str]) -> _Piece:
        unit = found.unit
        members = outline(unit, self.catalog, listed, shown) if listed else []
        told = level if members or not listed else Level.SIGNATURE  # every member is shown beside it
        text = render(unit, told, self.sources[unit.path], self.words, members)
        # Source has at most about nine characters per token, so a text that is surely too long is not counted exactly.
        return _Piece(found, level, text, len(text) if len(text) > 9 * room else self.count(text), listed)


def fill(ranked: Sequence[Ranked], catalog: Catalog, sources: Lines, query: Query, budget: int, count: TokenCount) -> "PackPlan":
    """Choose the units to show, each at the richest level that its score and the budget allow."""
    room = budget - min(int(budget * OMITTED_SHARE), 20 * OMITTED_LINES)
    most = int(budget * depth(query).share)
    renderer = _Renderer(catalog, sources, query.words, {found.unit.id: found.score for found in ranked}, count)
    best = ranked[0].score if ranked else 0.0
    pieces: list[_Piece] = []
    left: list[tuple[Ranked, str]] = []
    opened: set[str] = set()
    for found in ranked[: max(CONSIDERED, budget // TOKENS_A_UNIT)]:
        unit = found.unit
        if _is_shown(unit, pieces):
            continue
        if found.score < WORTH_SHOWING * best:
            left.append((found, "scores less"))
            continue
        overhead = 0 if unit.path in opened else count(f"\n{heading(unit.path)}\n")
        tried = (renderer.piece(found, level, room, pieces) for level in _levels(found, best, pieces))
        piece = next(
            (piece for piece in tried if piece.tokens + overhead <= (room if piece.level != Level.FULL else min(room, most))), None
        )
        if piece is None:
            left.append((found, "over the budget"))
            continue
        opened.add(unit.path)
        pieces, room = _added(renderer, pieces, piece, room - overhead)
    return PackPlan(tuple(_widened(renderer, pieces, room, most)), tuple(left))


def _added(renderer: _Renderer, pieces: list[_Piece], piece: _Piece, room: int) -> tuple[list[_Piece], int]:
    """Return the pieces with one more, and the room that is left then. The room of what it covers is not given back."""
    others = renderer.beside(pieces, piece, room)
    longer = {other.ranked.unit.id: other.tokens for other in pieces}
    saved = sum(longer[other.ranked.unit.id] - other.tokens for other in others)
    return [*others, piece], room - piece.tokens + saved


def _widened(renderer: _Renderer, pieces: list[_Piece], room: int, most: int) -> list[_Piece]:
    """Spend the rest of the budget on showing shortened units in full, the best first."""
    for piece in pieces:
        if piece.level != Level.FULL and piece.ranked.unit.kind != FILE and not _is_shown(piece.ranked.unit, pieces):
            whole = renderer.piece(piece.ranked, Level.FULL, room, pieces)
            if whole.tokens - piece.tokens <= room and whole.tokens <= most:
                room -= whole.tokens - piece.tokens
                pieces = [whole if other is piece else other for other in pieces if other is piece or not _covers(whole, other)]
    return pieces


@dataclass(frozen=True, slots=True)
class PackPlan:
    """The pieces chosen for a pack, and the units left out with the reason of each (`left`)."""

    pieces: tuple[_Piece, ...]
    left: tuple[tuple[Ranked, str], ...]

    def write(self, budget: int, count: TokenCount, store_version: int, face: Face) -> Pack:
        """Write the pack for a face. While its exact text is over the budget, the piece with the lowest score is left out."""
        pieces, left = list(self.pieces), list(self.left)
        while True:
            omitted = tuple(
                Omitted(found.unit.id, found.unit.path, found.unit.first_line, found.unit.last_line, why) for found, why in left
            )
            for named in range(min(len(omitted), OMITTED_LINES), -1, -1):
                text = _text(pieces, omitted[:named], len(omitted), face)
                tokens = count(text)
                if tokens <= budget:
                    return Pack(text, tokens, budget, tuple(_item(piece) for piece in _ordered(pieces)), omitted, store_version)
            if not pieces:
                return Pack("", 0, budget, (), omitted, store_version)
            lowest = min(pieces, key=lambda piece: (piece.ranked.score, piece.ranked.unit.id))
            pieces.remove(lowest)
            left.insert(0, (lowest.ranked, "over the budget"))


def _levels(found: Ranked, best: float, pieces: Sequence[_Piece]) -> tuple[Level, ...]:
    """Return the levels to try, richest first. A block or a file has no signature, so that level would show nothing."""
    full = found.unit.kind != FILE and (found.score >= ENOUGH_FULL * best or len(pieces) < 3)
    levels = (Level.FULL, Level.OUTLINE, Level.SIGNATURE) if full else (Level.OUTLINE, Level.SIGNATURE)
    return levels if found.unit.is_symbol else levels[:-1]


def _is_shown(unit: Unit, pieces: Iterable[_Piece]) -> bool:
    path, first_line, last_line = unit.path, unit.first_line, unit.last_line
    for piece in pieces:
        shown = piece.ranked.unit
        if shown.path == path and piece.level == Level.FULL and shown.first_line <= first_line and last_line <= shown.last_line:
            return True
    return False


def _covers(piece: _Piece, other: _Piece) -> bool:
    return piece.level == Level.FULL and _is_shown(other.ranked.unit, [piece])


def _ordered(pieces: Sequence[_Piece]) -> list[_Piece]:
    best: dict[str, float] = {}
    for piece in pieces:
        best[piece.ranked.unit.path] = max(best.get(piece.ranked.unit.path, 0.0), piece.ranked.score)
    return sorted(
        pieces, key=lambda piece: (-best[piece.ranked.unit.path], piece.ranked.unit.path, piece.ranked.unit.start, -piece.ranked.unit.end)
    )


def _text(pieces: Sequence[_Piece], omitted: Sequence[Omitted], all_omitted: int, face: Face) -> str:
    parts: list[str] = []
    path = None
    for piece in _ordered(pieces):
        if piece.ranked.unit.path != path:
            path = piece.ranked.unit.path
            parts.append(f"{chr(10) if parts else ''}{heading(path)}\n")
        parts.append(piece.text)
    if omitted:
        number = f"{len(omitted)} of {all_omitted}" if len(omitted) < all_omitted else str(all_omitted)
        parts.append(f"\n## left out ({number}); {SHOW.to(face)}\n")
        parts += [f"{source_line(escaped(found.id))}\n" for found in omitted]
    return "".join(parts)


def _item(piece: _Piece) -> PackItem:
    unit = piece.ranked.unit
    return PackItem(
        unit.id, unit.path, unit.first_line, unit.last_line, piece.level, piece.tokens, piece.ranked.score, piece.ranked.reasons
    )
