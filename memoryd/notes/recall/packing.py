"""Notes in packs and in the map: at the end, so that the text before them keeps its bytes, and within one common budget."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from memoryd.model import Level, Pack
from memoryd.notekinds import NoteKind
from memoryd.notes.claim import as_id, split_name
from memoryd.notes.judge import Judgement, Standing
from memoryd.notes.recall.recall import Recalled
from memoryd.notes.recall.text import HEADING, Served, Withheld, headline, section
from memoryd.text import file_id
from memoryd.tokens import TokenCount

SHARE = 0.15
"""The share of a budget that notes may take, at most."""
LEAST = 80
"""Tokens of one note's line with the heading: reserved even if they exceed `SHARE`, up to `MOST_OF`."""
MOST_OF = 0.3
"""The share of a small budget that a single line may take, at most."""
HANDFUL = 6
"""Notes in the map, at most."""
FIRST = (NoteKind.DECISION, NoteKind.CONSTRAINT, NoteKind.CONVENTION, NoteKind.DEAD_END, NoteKind.LESSON, NoteKind.GLOSSARY)
"""The kinds in order of importance to a reader who is new to the project."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The notes that a pack may carry: about the code that it may show, and about its task."""

    about_code: Recalled
    about_task: Recalled

    def room(self, budget: int, count: TokenCount) -> int:
        """Return the tokens of a budget to reserve for the notes."""
        everything = HEADING + "".join(one.text for one in self._served()) + "".join(one.line for one in self._withheld())
        if everything == HEADING:
            return 0
        return min(count(everything), max(int(budget * SHARE), min(LEAST, int(budget * MOST_OF))))

    def onto(self, pack: Pack, room: int, budget: int, count: TokenCount) -> Pack:
        """Return a pack with the notes about what it shows, or about its task; the exact text stays within the budget."""
        shown = _Shown.by(pack)
        of_task = {one.id for one in self.about_task.served} | {held.id for held in self.about_task.withheld}
        served = [one for one in self._served() if one.id in of_task or shown.has_subject_of(one)]
        of_code = {one.id for one in self.about_code.withheld if any(split_name(anchor)[0] in shown.paths for anchor in one.anchors)}
        withheld = [one for one in self._withheld() if one.id in of_task or one.id in of_code]
        return noted(pack, lambda most: section(served, withheld, most, count), room, budget, count)

    def _served(self) -> list[Served]:
        """Return the notes to read by nearness: about a symbol, about the task, about a file."""
        own = [one for one in self.about_code.served if split_name(one.anchors[0])[1]]
        first: dict[str, Served] = {}
        for one in (*own, *self.about_task.served, *self.about_code.served):
            first.setdefault(one.id, one)
        return list(first.values())

    def _withheld(self) -> list[Withheld]:
        first: dict[str, Withheld] = {}
        for one in (*self.about_code.withheld, *self.about_task.withheld):
            first.setdefault(one.id, one)
        return list(first.values())


def noted(pack: Pack, section_of: Callable[[int], str], room: int, budget: int, count: TokenCount) -> Pack:
    """Return a pack with a section of at most `room` tokens at its end, shortened until the exact text is within the budget."""
    while room > 0 and (text := section_of(room)):
        whole = f"{pack.text}\n{text}" if pack.text else text
        tokens = count(whole)
        if tokens <= budget:
            return replace(pack, text=whole, tokens=tokens, budget=budget)
        room = min(room, count(text)) - (tokens - budget)
    return replace(pack, budget=budget)


def digest(judged: Iterable[Judgement], central: Mapping[str, float], room: int, count: TokenCount) -> str:
    """Return the section for the map: the few notes that hold and matter most, a line each, in at most `room` tokens."""
    holding = [one for one in judged if one.standing == Standing.HOLDS]
    ranked = sorted(holding, key=lambda one: (FIRST.index(one.note.kind), -_centrality(one, central), one.note.id))
    lines = [headline(one) for one in ranked[:HANDFUL]]
    while lines and count(HEADING + "".join(lines)) > room:
        lines.pop()
    return HEADING + "".join(lines) if lines else ""


def _centrality(one: Judgement, central: Mapping[str, float]) -> float:
    return max((central.get(name, 0.0) for name in (*map(as_id, one.symbols()), *map(file_id, one.paths()))), default=0.0)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a pack shows: files, by id the units of each, and those that it shows in full."""

    paths: frozenset[str]
    units: frozenset[str]
    full: frozenset[str]

    @classmethod
    def by(cls, pack: Pack) -> "_Shown":
        full = frozenset(item.id for item in pack.items if item.level == Level.FULL)
        return cls(frozenset(item.path for item in pack.items), frozenset(item.id for item in pack.items), full)

    def has_subject_of(self, one: Served) -> bool:
        """Tell whether what a note is about is shown: a symbol, in full or nested in it; of a note that names none, a file."""
        symbols = [as_id(symbol) for symbol in one.judged.symbols()]
        if not symbols:
            return any(split_name(anchor)[0] in self.paths for anchor in one.anchors)
        return any(
            symbol in self.units
            or any(symbol.startswith(f"{unit}.") for unit in self.full)
            or any(unit.startswith(f"{symbol}.") for unit in self.units)
            for symbol in symbols
        )
