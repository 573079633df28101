"""Makes the pieces of a pack: each a unit at a level, with its text, its tokens, and the lines that it shows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from memoryd.model import Level
from memoryd.packing.choice import FUNCTIONS, WINDOW_LINES
from memoryd.packing.likelihood import Likely
from memoryd.packing.rendering import headline, listing, outline, outlined, quoted, signed
from memoryd.packing.seen import LEAST_LINES, Known, is_known, named, nothing_known, repeated
from memoryd.packing.windows import declaring, documentation, windows
from memoryd.parsing import FILE, SECTION
from memoryd.tokens import TokenCount
from memoryd.versions import Catalog, Unit


class Lines(Protocol):
    """The lines of files by path, without line ends, as they are on disk."""

    def __getitem__(self, path: str) -> Sequence[str]: ...


FOLDED = 0.03
"""The probability below which long documentation is folded: what is likely needed may be edited, so all of it is shown."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit at a level. `lines` are those of its file that it shows; `listed` the members that its outline may name."""

    likely: Likely
    level: Level
    text: str
    tokens: int
    lines: frozenset[int] = frozenset()
    listed: tuple[Unit, ...] = ()
    unsaid: str = ""
    """The text of its lines where the reader has them, so that `text` only names them."""
    copy_of: Unit | None = None
    """The unit that says the same, if its lines are shown instead."""

    @property
    def unit(self) -> Unit:
        """The unit."""
        return self.likely.unit

    @property
    def is_whole(self) -> bool:
        """Whether all of the unit is shown, here or as another that says the same."""
        return self.level == Level.FULL or self.copy_of is not None

    def covers(self, other: Unit) -> bool:
        """Tell whether this shows all of a unit."""
        unit = self.likely.unit
        is_within = unit.path == other.path and unit.first_line <= other.first_line and other.last_line <= unit.last_line
        return self.level == Level.FULL and is_within

    def as_likely_as(self, covered: Iterable["Piece"]) -> "Piece":
        """Return the piece with the probability of the likeliest of those that it covers, if that is higher."""
        best = max([self.likely.probability, *(piece.likely.probability for piece in covered)])
        return self if best == self.likely.probability else replace(self, likely=self.likely._replace(probability=best))

    def followed_by(self, text: str, tokens: int) -> "Piece":
        """Return the piece with lines of memoryd's below it."""
        return replace(self, text=self.text + text, tokens=self.tokens + tokens)


@dataclass(frozen=True, slots=True)
class Renderer:
    """Makes pieces; `weights` are those of the words of the task, `chances` the probabilities of units by id."""

    catalog: Catalog
    sources: Lines
    words: Sequence[str]
    weights: Mapping[str, float]
    chances: Mapping[str, float]
    count: TokenCount
    known: Known = nothing_known

    def piece(self, found: Likely, level: Level, shown: Collection[str] = (), beside: Collection[int] = ()) -> Piece:
        """Return a unit at a level, without the members that are `shown` and the lines that stand `beside` it in other pieces."""
        unit = found.unit
        if level == Level.SIGNATURE:
            return self._listing(found, level, ())
        if level == Level.OUTLINE and (members := self._members(unit)):
            return self._listing(found, level, members, shown)
        lines = self.sources[unit.path]
        body = lines[unit.first_line - 1 : unit.last_line]
        folded = {line for start, end in self._folds(found, body) for line in range(unit.first_line + start, unit.first_line + end)}
        opening = headline(unit, self.catalog.short_name(unit))
        if level == Level.FULL:
            wanted = set(range(unit.first_line, unit.last_line + 1)) - folded
        else:
            declared = declaring(body, unit.signature) if unit.kind in FUNCTIONS else range(0)
            found_windows = windows(body, declared, self.weights, WINDOW_LINES)
            wanted = {line for start, end in found_windows for line in range(unit.first_line + start, unit.first_line + end)}
            if not wanted.issuperset(unit.first_line + line for line in declared):
                opening = signed(unit, self.catalog.short_name(unit))
        own = frozenset(wanted.difference(beside))
        text = quoted(unit, opening, lines, own, folded, beside)
        if is_known(self.known, unit.path, lines, own):
            short = f"{opening}\n{named(own)}"
            return Piece(found, level, short, self.count(short), own, unsaid=text)
        return Piece(found, level, text, self.count(text), own)

    def copy(self, found: Likely, of: Unit) -> Piece:
        """Return a unit by its signature, and where its lines are shown: as those `of` another, which say the same."""
        text = f"{signed(found.unit, self.catalog.short_name(found.unit))}\n{repeated(of)}"
        return Piece(found, Level.SIGNATURE, text, self.count(text), copy_of=of)

    def content(self, unit: Unit) -> str:
        """Return what a unit says, however it is indented; what is too short to be named instead of shown says only where it is."""
        lines = self.sources[unit.path][unit.first_line - 1 : unit.last_line]
        said = list(filter(None, map(str.strip, lines)))
        return "\n".join(said) if len(said) >= LEAST_LINES else unit.id

    def _members(self, unit: Unit) -> tuple[Unit, ...]:
        return () if unit.kind in FUNCTIONS else tuple(outlined(unit, self.catalog, self.words, self.chances))

    def _folds(self, found: Likely, body: Sequence[str]) -> Sequence[tuple[int, int]]:
        folds = found.probability < FOLDED and found.unit.is_symbol and found.unit.kind != SECTION
        return documentation(body) if folds else ()

    def _listing(self, found: Likely, level: Level, members: tuple[Unit, ...], shown: Collection[str] = ()) -> Piece:
        lines = outline(found.unit, self.catalog, members, shown) if members else []
        text = listing(found.unit, self.catalog.short_name(found.unit), lines)
        return Piece(found, level if lines else Level.SIGNATURE, text, self.count(text), listed=members)


def apart(renderer: Renderer, pieces: Sequence[Piece], whole: Collection[str]) -> list[Piece]:
    """Return pieces in which no line is shown twice, and nothing is listed in an outline that stands beside it.

    `whole` are the ids of the units that they show whole. A file of which nothing is left to list is not shown: its heading names it.
    """
    shown = {*whole, *(piece.unit.id for piece in pieces)}
    taken: dict[str, set[int]] = {}
    made: dict[int, Piece] = {}
    for place in sorted(range(len(pieces)), key=lambda place: _precedence(pieces[place])):
        piece = pieces[place]
        beside = taken.setdefault(piece.unit.path, set())
        if piece.listed or not beside.isdisjoint(piece.lines):
            piece = renderer.piece(piece.likely, piece.level, shown, beside)
            shown.update(member.id for member in piece.listed)
        beside |= piece.lines
        made[place] = piece
    return [made[place] for place in range(len(pieces)) if made[place].unit.kind != FILE or made[place].level != Level.SIGNATURE]


def _precedence(piece: Piece) -> tuple[bool, int]:
    """Return what decides which piece shows a line or lists a member: whole units come first, then outlines, those within others first."""
    return piece.level != Level.FULL, piece.unit.end - piece.unit.start if piece.listed else 0


def shown_whole(catalog: Catalog, pieces: Iterable[Piece]) -> set[str]:
    """Return the ids of the units of which pieces show all, on their own or within others."""
    whole = [piece.unit for piece in pieces if piece.level == Level.FULL]
    return {unit.id for one in whole for unit in (one, *catalog.inside(one))}
