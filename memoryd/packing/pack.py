"""Packs ranked units into text within a token budget: each unit at a level by its score, then a list of what was left out.

The budget is a bound on the exact text. Shown lines are the bytes on disk, but for visible escapes of what nobody sees and terminals
obey, and for a backslash before a line that reads as one of memoryd's. A shortened unit is cut at whole lines and says so. The same
ranking gives the same text, files in the order of their best unit, units in that of the source.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from indexers import query_words
from memoryd.advice import SHOW, Face
from memoryd.delimiting import source_line
from memoryd.escaping import escaped, escaped_text
from memoryd.model import Level, Omitted, Pack, PackItem
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
MEMBERS = 10
"""The most members that an outline lists."""
SIGNATURE = 120
"""The most characters of a signature."""
WINDOW_LINES = 6
"""The lines at the start of an excerpt, and half of those of its window."""
WORTH_SHOWING = 0.12
"""A unit that scores less than this share of the best is named, not shown."""
ENOUGH_FULL = 0.35
"""The share of the best score from which a unit is shown in full."""
LONGEST_LINE = 400
"""The most characters of a line that are shown."""
FUNCTIONS = frozenset({"function", "method", "constructor"})
"""Kinds whose outline is an excerpt of their lines, not a list of their members."""


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
    ranked: Ranked
    level: Level
    text: str
    tokens: int


def fill(ranked: Sequence[Ranked], catalog: Catalog, sources: Lines, query: Query, budget: int, count: TokenCount) -> "PackPlan":
    """Choose the units to show, each at the richest level that its score and the budget allow."""
    reserve = min(int(budget * OMITTED_SHARE), 20 * OMITTED_LINES)
    room = budget - reserve
    most = int(budget * depth(query).share)
    words = query.words
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
        tried = (_piece(found, level, catalog, sources, words, room, count) for level in _levels(found, best, pieces))
        piece = next(
            (piece for piece in tried if piece.tokens + overhead <= (room if piece.level != Level.FULL else min(room, most))), None
        )
        if piece is None:
            left.append((found, "over the budget"))
            continue
        room -= piece.tokens + overhead
        opened.add(unit.path)
        pieces = [other for other in pieces if not _covers(piece, other)] + [piece]
    for piece in pieces:
        # Spend the rest of the budget on showing shortened units in full, the best first.
        if piece.level != Level.FULL and piece.ranked.unit.kind != FILE and not _is_shown(piece.ranked.unit, pieces):
            whole = _piece(piece.ranked, Level.FULL, catalog, sources, words, room, count)
            if whole.tokens - piece.tokens <= room and whole.tokens <= most:
                room -= whole.tokens - piece.tokens
                pieces = [whole if other is piece else other for other in pieces if other is piece or not _covers(whole, other)]
    return PackPlan(tuple(pieces), tuple(left))


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


def _piece(found: Ranked, level: Level, catalog: Catalog, sources: Lines, words: Sequence[str], room: int, count: TokenCount) -> _Piece:
    text = render(found.unit, level, catalog, sources[found.unit.path], words)
    # Source has at most about nine characters per token, so a text that is surely too long is not counted exactly.
    return _Piece(found, level, text, len(text) if len(text) > 9 * room else count(text))


def render(unit: Unit, level: Level, catalog: Catalog, lines: Sequence[str], words: Sequence[str]) -> str:
    """Return the text of a unit at a level: its headline, then its lines, each with a line end; nothing in it is invisible."""
    headline = _headline(unit)
    signed = f"{headline}{': ' + escaped(unit.signature[:SIGNATURE]) if unit.signature else ''}"
    if level == Level.FULL:
        return f"{headline}\n{_shown(lines[unit.first_line - 1 : unit.last_line])}"
    members = _members(unit, catalog, words) if level == Level.OUTLINE else []
    if level == Level.OUTLINE and not members:
        return f"{headline}\n" + _excerpt(unit, lines, words)
    return "".join(f"{line}\n" for line in [signed, *members])


def heading(path: str) -> str:
    """Return the line that opens a file."""
    return source_line(f"## {escaped(path)}")


def _headline(unit: Unit) -> str:
    place = f"[{unit.first_line}-{unit.last_line}]"
    return f"{place} {unit.kind} {escaped(unit.qualname)}" if unit.is_symbol else place


def _members(unit: Unit, catalog: Catalog, words: Sequence[str]) -> list[str]:
    """Return a line for each definition in a type or file, at most `MEMBERS`: those that share most words with the query."""
    inner = [] if unit.kind in FUNCTIONS else [other for other in catalog.inside(unit) if other.is_symbol]
    shared = {other.id: len(set(query_words(other.signature or other.qualname)).intersection(words)) for other in inner}
    chosen = sorted(inner, key=lambda other: (-shared[other.id], other.qualname.count("."), other.start, other.id))[:MEMBERS]
    shown = [
        f"  [{other.first_line}-{other.last_line}] {escaped(other.signature[:SIGNATURE] or other.qualname)}"
        for other in sorted(chosen, key=lambda other: other.start)
    ]
    return shown + ([f"  … {len(inner) - MEMBERS} more"] if len(inner) > MEMBERS else [])


def _excerpt(unit: Unit, lines: Sequence[str], words: Sequence[str]) -> str:
    """Return the first lines of a unit and the window with most words of the query; marks say which lines are left out."""
    body = lines[unit.first_line - 1 : unit.last_line]
    if len(body) <= 3 * WINDOW_LINES:
        return _shown(body)
    pattern = re.compile("|".join(map(re.escape, words[:20])) or r"(?!)", re.IGNORECASE)
    marks = [len({match.lower() for match in pattern.findall(line)}) for line in body]
    start = max(range(WINDOW_LINES, len(body) - WINDOW_LINES), key=lambda first: (sum(marks[first : first + 2 * WINDOW_LINES]), -first))
    stop = min(len(body), start + 2 * WINDOW_LINES)
    text = _shown(body[:WINDOW_LINES])
    if start > WINDOW_LINES:
        text += f"  … lines {unit.first_line + WINDOW_LINES}-{unit.first_line + start - 1} left out\n"
    text += _shown(body[start:stop])
    if stop < len(body):
        text += f"  … lines {unit.first_line + stop}-{unit.last_line} left out\n"
    return text


def _shown(lines: Sequence[str]) -> str:
    """Return lines of a file, each with a line end, none too long, none that reads as a line of memoryd, nothing invisible."""
    # Hardly any line is too long, and a pack is chosen from thousands of them.
    shown = lines if max(map(len, lines), default=0) <= LONGEST_LINE else [_clipped(line) for line in lines]
    return escaped_text("".join([f"{source_line(line)}\n" for line in shown]))


def _clipped(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} … {len(line) - LONGEST_LINE} characters left out"


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
