"""A pack of a change: what changed with what it was, and what stands around it, within a token budget.

All that changed is named before anything is shown; then what changed is shown, the code first, and whole where the budget allows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from memoryd.advice import MORE, Face
from memoryd.filekinds import is_by_product, is_prose, is_test
from memoryd.model import Level, Omitted, Pack, PackItem
from memoryd.relations import TYPE_KINDS, Changes
from memoryd.review.differences import Effort, Piece, UnitLines, moved, pieces
from memoryd.review.surroundings import Section, surroundings
from memoryd.text import escaped, escaped_text, number_of, source_lines
from memoryd.tokens import TokenCount
from memoryd.versions import View

AROUND = 0.3
"""The share of a budget that the surroundings of a change may take, at most."""
RESERVED = 40
"""Tokens that are kept for what is said of what was left out."""
LAST = 1 << 40
"""Stands for the last line of a file."""


class Shape(NamedTuple):
    """A way to show a piece: its text, and the tokens of it."""

    level: Level
    text: str
    tokens: int


@dataclass(slots=True)
class Shown:
    """A piece of a change, behind its `heading`, the lines of each of its `ways` from the poorest on, and which is taken; -1 for none.

    The richer ways are laid out when they are asked for: of most pieces of a large change there is no room for more than the poorest.
    """

    piece: Piece
    rank: int
    heading: str
    count: TokenCount
    ways: Sequence[tuple[Level, Sequence[str]]]
    taken: int = -1
    _made: list[Shape] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether the richest way is taken."""
        return self.taken == len(self.ways) - 1

    @property
    def shape(self) -> Shape:
        """The way that is taken."""
        return self.shaped(self.taken)

    @property
    def tokens(self) -> int:
        """The tokens of the way that is taken."""
        return self.shape.tokens if self.taken >= 0 else 0

    def shaped(self, way: int) -> Shape:
        """Return the piece, shown in a way."""
        for level, lines in self.ways[len(self._made) : way + 1]:
            text = self.heading + source_lines([escaped_text(one) for one in lines])
            self._made.append(Shape(level, text, self.count(text)))
        return self._made[way]


def pack_change(view: View, changes: Changes, more: Sequence[Section], budget: int, count: TokenCount, face: Face) -> Pack:
    """Return what changed since a commit in at most `budget` tokens; `more` are sections about it that others know."""
    found = list(_found(view, changes, count))
    added, removed = sum(one.piece.added for one in found), sum(one.piece.removed for one in found)
    heading = f"# {changes.heading}; +{added:,} −{removed:,} lines\n"
    remarks = "".join(f"run all tests: {escaped(reason)}\n" for reason in changes.uncertain)
    left = budget - RESERVED - count(heading) - count(remarks)
    around = _fitting((*surroundings(view, changes), *(one for one in more if one.lines)), int(budget * AROUND), count)
    _choose(found, left - count(around))
    text = _text(heading, found, around, remarks, face)
    while count(text) > budget and (around or any(one.taken >= 0 for one in found)):
        # Tokens of parts add up to a little less than those of the whole.
        around = "" if around and not any(one.taken > 0 for one in found) else around
        _lower(found)
        text = _text(heading, found, around, remarks, face)
    if count(text) > budget:
        text, found = "", []
    items = tuple(_item(one) for one in found if one.taken >= 0)
    omitted = tuple(Omitted(one.piece.id, one.piece.path, one.piece.first, one.piece.last, "changed") for one in found if not one.is_whole)
    return Pack(text, count(text), budget, items, omitted, view.version)


def _found(view: View, changes: Changes, count: TokenCount) -> Iterator[Shown]:
    texts: dict[str, tuple[str, str]] = {}
    for path, old in changes.before.items():
        record = view.records.get(path)
        text = view.source(path) if record is not None and not record.skipped else b""
        texts[path] = _text_of(old.data), _text_of(text or b"")
    gone = {path: before for path, (before, now) in texts.items() if before and not now}
    come = {path: now for path, (before, now) in texts.items() if now and not before and not changes.before[path].unread}
    from_ = moved(gone, come)
    effort = Effort()
    for path in sorted(texts):
        before, now = texts[path]
        if path in from_.values():
            continue
        was = texts[from_[path]][0] if path in from_ else before
        units = _units(view, path) if now else [UnitLines(path, 1, LAST, False)]
        title = f" (was {from_[path]})" if path in from_ else " (gone)" if not now else " (new)" if not was else ""
        if unread := changes.before[path].unread:
            title, was, now = f" (not compared: {unread})", "", ""
        found = list(pieces(path, was, now, units, effort))
        if not found:  # it moved as it is, is no text, is not indexed, or was not read
            title = title if path in from_ or unread else " (not shown: no text, or not indexed)"
            found = [Piece(path, path, 1, 1, 0, 0, (), ())]
        for piece in found:
            yield Shown(piece, _rank(path, now), _heading(piece, title), count, _ways(piece))


def _text_of(raw: bytes) -> str:
    """Return the text of a file; nothing of one that is no text."""
    return "" if b"\0" in raw[:8192] else raw.decode("utf-8", "replace").replace("\r\n", "\n")


def _units(view: View, path: str) -> list[UnitLines]:
    symbols = [unit for unit in view.catalog.files.get(path, ()) if unit.is_symbol]
    whole = not is_prose(path)
    inner = [UnitLines(unit.id, unit.first_line, unit.last_line, whole and unit.kind not in TYPE_KINDS) for unit in symbols]
    return [UnitLines(path, 1, LAST, False), *inner]


def _rank(path: str, text: str) -> int:
    """Return how late a file comes: code, tests, prose and settings, by-products."""
    if is_by_product(path) or len(text) > 500_000:
        return 3
    return 1 if is_test(path) else 2 if is_prose(path) else 0


def _heading(piece: Piece, title: str) -> str:
    name = piece.id if piece.id != piece.path else ""
    said = (
        f"{piece.path}:{piece.first}-{piece.last}{f' {name[len(piece.path) + 1 :]}' if name else ''}{title} +{piece.added} −{piece.removed}"
    )
    return f"## {escaped(said)}\n"


def _ways(piece: Piece) -> list[tuple[Level, Sequence[str]]]:
    changed = [(Level.OUTLINE, piece.hunks)] if piece.hunks != piece.whole else []
    return [(Level.SIGNATURE, ()), *changed, *([(Level.FULL, piece.whole)] if piece.whole else [])]


def _choose(found: Sequence[Shown], room: int) -> None:
    """Take the richest shapes that fit: every piece by name, then what changed in each, then pieces whole; code and short ones first."""
    for way in range(3):
        open_ = [one for one in found if one.taken == way - 1 and not one.is_whole]
        for one in sorted(open_, key=lambda other: (other.rank, other.shaped(way).tokens)):
            cost = one.shaped(way).tokens - one.tokens
            if cost <= room:
                one.taken, room = way, room - cost


def _lower(found: Sequence[Shown]) -> None:
    """Take the poorer shape of the piece that comes last of those with the richest."""
    most = max((one.taken for one in found), default=-1)
    for one in sorted(found, key=lambda other: (-other.rank, -other.tokens)):
        if one.taken == most:
            one.taken -= 1
            return


def _fitting(sections: Sequence[Section], room: int, count: TokenCount) -> str:
    """Return the sections with as many lines as fit; each gets its share of what is left."""
    parts = []
    for number, section in enumerate(sections):
        share, lines = room // (len(sections) - number), []
        share -= count(f"## {section.title}: 1,000\n") + 12
        for line in section.lines:
            cost = count(line) + 1
            if cost > share:
                break
            share -= cost
            lines.append(f"{line}\n")
        hidden = len(section.lines) - len(lines) + section.more
        if lines:
            text = f"## {section.title}: {len(section.lines) + section.more:,}\n{''.join(lines)}"
            text += f"… {hidden:,} more\n" if hidden else ""
            parts.append(text)
            room -= count(text)
    return "".join(parts)


def _text(heading: str, found: Sequence[Shown], around: str, remarks: str, face: Face) -> str:
    ordered = sorted((one for one in found if one.taken >= 0), key=lambda one: (one.rank, one.piece.path, one.piece.first))
    unnamed = sum(one.taken < 0 for one in found)
    short = sum(one.taken >= 0 and not one.is_whole for one in found)
    said = [f"not named: {number_of(unnamed, 'more change')}"] if unnamed else []
    said += [f"{short:,} are shown in part"] if short else []
    left = f"left out: {'; '.join(said)}; {MORE.to(face)}\n" if said else ""
    return "".join([heading, *(one.shape.text for one in ordered), around, remarks, left])


def _item(one: Shown) -> PackItem:
    piece, shape = one.piece, one.shape
    return PackItem(piece.id, piece.path, piece.first, piece.last, shape.level, shape.tokens, 0.0, ("changed",))
