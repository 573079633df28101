"""Packs what a task needs into text within a token budget: of each unit as much as it is worth, then a list of what was left out.

The budget is a bound on the exact text. Shown lines are the bytes on disk, but for visible escapes of what nobody sees and terminals
obey, and for a backslash before a line that reads as one of memoryd's. No line is shown twice, and of units that say the same one.
The same ranking gives the same text, files in the order of their likeliest unit, units in that of the source. Where a pack stops before
its budget does not depend on the budget: if nothing is left out for want of room, a larger budget shows the same.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from memoryd.advice import SHOW, Advice, Face
from memoryd.filekinds import is_test
from memoryd.model import Level, Omitted, Pack, PackItem, PackVerdict
from memoryd.packing.choice import Candidate, Step, steps, worths
from memoryd.packing.left_out import listed
from memoryd.packing.likelihood import Likely, further_overloads, likely, word_weights
from memoryd.packing.pieces import Lines, Piece, Renderer, apart, shown_whole
from memoryd.packing.relations import relations
from memoryd.packing.rendering import heading
from memoryd.packing.seen import Known, nothing_known
from memoryd.packing.verdicts import Reading, reading_of, verdict, verdict_line
from memoryd.parsing import SECTION
from memoryd.ranking import Query, Ranked
from memoryd.text import split_id, symbol_id
from memoryd.tokens import TokenCount, added
from memoryd.versions import Unit, View

LEAST_SPOKEN, FEW = 0.1, 5
"""The probability that the project speaks of a task as which a smaller one counts, and the steps that are tried whatever it is."""
UNSPOKEN_TOKENS = 1_000
"""The most tokens of a pack where the project hardly speaks of the task, so that its verdict is `grep`."""
CONSIDERED = 120
"""The least number of units that are considered for a pack, the likeliest first."""
TOKENS_A_UNIT = 30
"""The tokens of a budget per unit considered: a large budget considers more units than `CONSIDERED`."""
TAIL_SHARE, TAIL_TOKENS, LISTED_TOKENS = 0.16, 200, 240
"""The largest share of a budget, and the most tokens, that are reserved for the end: the list of what was left out, which takes at most
the last of these, and the verdict."""
AROUND_SHARE, AROUND_TOKENS = 0.08, 100
"""The largest share of a budget, and the most tokens, that are reserved for what stands around units: types, callers and callees."""
FILES_FROM, FILES_SHARE, MOST_FILES = 4_000, 0.045, 30
"""What is reserved in the pack of a report to name further files: this share of its tokens beyond the first so many. How many of its
likeliest files such a pack names if there is room."""
RELATED = 0.15
"""The probability from which a function's callers and callees are told."""
OVER, LESS = "over the budget", "scores less"
"""Why a unit is left out: a larger budget would show it, or it is not worth its tokens."""
UNLIKELY = "too unlikely, so a larger budget shows no more"
"""What is said where all that is left out is not worth its tokens."""
LIST_STEP = 10
"""By how many tokens the list of what was left out is given less room if the pack with it is over the budget."""
WAY_OVER = 2.0
"""A step whose estimate exceeds the room so many times is not tried."""


def fill(
    view: View, ranked: Sequence[Ranked], sources: Lines, query: Query, budget: int, count: TokenCount,
    changing: Collection[str] = (), known: Known = nothing_known,
) -> "PackPlan":  # fmt: skip
    """Choose what to show of each unit within a budget, of no file that is `changing`; lines that are `known` to the reader are named."""
    found = [one for one in likely(ranked, view.catalog, query) if one.unit.path not in changing]
    number = max(CONSIDERED, budget // TOKENS_A_UNIT)
    files = _of_files(found) if query.is_report else ()
    candidates = found[:number] + [found[place] for place in files if place >= number]
    chances = {one.unit.id: one.probability for one in candidates}
    renderer = Renderer(view.catalog, sources, query.words, word_weights(view, query), chances, count, known)
    task = reading_of(view, query, candidates, renderer.weights)
    most = budget if task.is_spoken_of else min(budget, UNSPOKEN_TOKENS)
    around = min(int(most * AROUND_SHARE), AROUND_TOKENS)
    reserved = min(int(most * TAIL_SHARE), TAIL_TOKENS) + around
    for_files = int(max(most - FILES_FROM, 0) * FILES_SHARE) if query.is_report else 0
    choice = _Choice(candidates, renderer, count, most - for_files, reserved)
    spoken = max(task.spoken.probability, LEAST_SPOKEN)
    asked = (Candidate(one.unit, one.probability, one.ranked.of_file) for one in candidates)
    chosen = steps(asked, query.is_report, further_overloads(candidates, query))
    least = worths(query.is_report).least
    for place, step in enumerate(chosen):
        if choice.pieces and place >= FEW and step.worth * spoken < least:
            break
        choice.take(step)
    if task.is_spoken_of and query.is_report:
        choice.name_files(_of_files(candidates), for_files)
    taken = choice.all()
    whole = shown_whole(view.catalog, taken)
    pieces = _related(view, apart(renderer, taken, whole), whole, chances, around, count)
    left = [one for place, one in enumerate(candidates) if place not in choice.pieces and not choice.shows(one.unit)]
    wanting = {one.unit.id for one in candidates if one.unit.id in choice.refused and not choice.shows(one.unit)} if most == budget else ()
    reasons = (OVER if one.unit.id in wanting else LESS for one in left)
    units = [*(one.unit for one in left), *(piece.unit for piece in pieces)]
    names = {unit.id: view.catalog.short_name(unit) for unit in units}
    return PackPlan(tuple(pieces), tuple(zip(left, reasons, strict=True)), names, task, budget, most, bool(wanting), view.version)


class _Choice:
    """The pieces chosen so far, by the places of their units among the candidates, and the room that is left.

    Only the likeliest unit may take of what is `reserved` for the end of the pack.
    """

    def __init__(self, candidates: Sequence[Likely], renderer: Renderer, count: TokenCount, budget: int, reserved: int) -> None:
        self.pieces: dict[int, Piece] = {}
        self.refused: set[str] = set()
        self._candidates, self._renderer, self._count = candidates, renderer, count
        self._room, self._reserved = budget - reserved, reserved
        self._by_path: dict[str, set[int]] = {}
        self._whole: dict[str, dict[int, tuple[int, int]]] = {}
        self._contents: dict[str, Unit] = {}
        self._openings: dict[str, int] = {}

    def take(self, step: Step) -> None:
        """Take a step if its unit is not shown yet within another and if there is room; what it covers is shown no longer on its own."""
        one = self._candidates[step.candidate]
        unit = one.unit
        if self.shows(unit):
            return
        room = self._room + (self._reserved if step.candidate == 0 else 0)
        if step.tokens > WAY_OVER * room:
            self.refused.add(unit.id)
            return
        said = self._renderer.content(unit) if step.level == Level.FULL else ""
        same = self._contents.get(said)
        piece = self._renderer.copy(one, same) if same else self._renderer.piece(one, step.level)
        beside = self._by_path.get(unit.path, set())
        replaced = sorted(place for place in beside if place == step.candidate or piece.covers(self.pieces[place].unit))
        opening = 0 if beside else self._opening(unit.path)
        cost = piece.tokens + opening - sum(self.pieces[place].tokens for place in replaced)
        if cost > room:
            self.refused.add(unit.id)
            return
        covered = [self.pieces.pop(place) for place in replaced]
        self.pieces[step.candidate] = piece.as_likely_as(covered)
        self._by_path[unit.path] = beside.difference(replaced) | {step.candidate}
        whole = self._whole.setdefault(unit.path, {})
        for place in replaced:
            whole.pop(place, None)
        if piece.level == Level.FULL:
            whole[step.candidate] = unit.first_line, unit.last_line
            self._contents[said] = unit
            for held in self._renderer.catalog.inside(unit):
                self._contents.setdefault(self._renderer.content(held), held)
        self._room -= cost

    def name_files(self, places: Iterable[int], room: int) -> None:
        """Show the signatures of the candidates at `places`, but for those whose files are shown already, in `room` more tokens."""
        self._room += room
        for place in places:
            if not self._by_path.get(self._candidates[place].unit.path):
                self.take(Step(0.0, place, Level.SIGNATURE, 0.0))

    def shows(self, unit: Unit) -> bool:
        """Tell whether a piece shows all of a unit."""
        whole = self._whole.get(unit.path, {})
        return any(first <= unit.first_line and unit.last_line <= last for first, last in whole.values())

    def _opening(self, path: str) -> int:
        """Return the tokens of the line that opens a file."""
        tokens = self._openings.get(path)
        if tokens is None:
            tokens = self._openings[path] = self._count(f"\n{heading(path)}\n")
        return tokens

    def all(self) -> list[Piece]:
        """Return the pieces, those of the likeliest units first, with the signatures of the types around them."""
        known = {piece.unit.id for piece in self.pieces.values()}
        around: dict[str, Unit] = {}
        for piece in self.pieces.values():
            unit = piece.unit
            holder = self._renderer.catalog.by_id.get(symbol_id(unit.path, unit.qualname.rpartition(".")[0])) if unit.qualname else None
            if holder is not None and holder.id not in known and holder.start <= unit.start and unit.end <= holder.end:
                around[holder.id] = holder
        frames = [Likely(Ranked(unit, 0.0, ("around",), 0.0, 0.0), 0.0) for unit in around.values()]
        return [*(self.pieces[place] for place in sorted(self.pieces)), *(self._renderer.piece(one, Level.SIGNATURE) for one in frames)]


def _of_files(found: Sequence[Likely]) -> list[int]:
    """Return the place of the likeliest definition of each of the likeliest files that are code and no tests."""
    places: dict[str, int] = {}
    for place, one in enumerate(found):
        if one.unit.is_symbol and one.unit.kind != SECTION and not is_test(one.unit.path):
            places.setdefault(one.unit.path, place)
    return list(places.values())[:MOST_FILES]


def _related(
    view: View, pieces: Sequence[Piece], whole: Collection[str], chances: Mapping[str, float], room: int, count: TokenCount
) -> list[Piece]:
    """Return pieces with the callers and callees of the likeliest functions among the units shown `whole`, within `room` tokens."""
    shown = {*whole, *(piece.unit.id for piece in pieces if piece.level != Level.SIGNATURE)}
    found = []
    for piece in pieces:
        if piece.level == Level.FULL and piece.unit.is_symbol and piece.likely.probability >= RELATED and room > 0:
            text = relations(view, piece.unit, shown, chances)
            room -= (tokens := count(text))
            found.append(piece if room < 0 else piece.followed_by(text, tokens))
        else:
            found.append(piece)
    return found


@dataclass(frozen=True, slots=True)
class PackPlan:
    """The pieces chosen for a pack, the likeliest first, the units left out with the reason of each (`left`), what is known of the task.

    `names` are what units are called, by id: plans are kept, and a catalog is too large for that. `most` are the tokens of the `budget`
    that the pack may take; `is_cut` tells whether a larger budget would show more.
    """

    pieces: tuple[Piece, ...]
    left: tuple[tuple[Likely, str], ...]
    names: Mapping[str, str]
    task: Reading
    budget: int
    most: int
    is_cut: bool
    store_version: int

    def write(self, count: TokenCount, face: Face, about: str, advice: Advice = SHOW) -> Pack:
        """Write the pack for a face, with what there is to say `about` the project beside the verdict; `advice` says how to see more.

        While its exact text is over the budget, the least likely piece is left out, and with it those that name its lines as theirs. If the
        rest is too unlikely, that is said.
        """
        pieces, left, is_cut = list(self.pieces), list(self.left), self.is_cut
        ordered = _ordered(pieces)  # in this order they stay, whichever of them is left out
        openings: dict[tuple[str, str], int] = {}
        text, tokens = _text(ordered, count, openings)
        while pieces and tokens > self.most:
            lowest = min(reversed(pieces), key=lambda piece: piece.likely.probability)
            is_cut = self.most == self.budget
            left[:0] = [(piece.likely, OVER if is_cut else LESS) for piece in pieces if _goes_with(lowest, piece)]
            pieces, ordered = ([piece for piece in some if not _goes_with(lowest, piece)] for some in (pieces, ordered))
            text, tokens = _text(ordered, count, openings)
        unshown = [one for one, _ in left]
        found = verdict(pieces, unshown, self.task)
        last = ordered[-1].text if ordered else ""

        def with_end(end: str) -> int:
            return tokens + added(last, end, count)

        end = next((end for end in self._ends(found, about) if pieces and with_end(end) <= self.most), "")
        how = advice.to(face) if is_cut else f"{UNLIKELY}; {advice.to(face)}"
        room = min(self.most - with_end(end), LISTED_TOKENS)
        # The list is counted entry by entry, and may be a little longer as a whole.
        while (listing := listed(unshown, self.names, room, how, count)) and with_end(listing + end) > self.most:
            room -= LIST_STEP
        end = listing + end
        omitted = tuple(Omitted(one.unit.id, one.unit.path, one.unit.first_line, one.unit.last_line, why) for one, why in left)
        items = tuple(map(_item, ordered))
        return Pack(text + end, with_end(end), self.budget, items, omitted, self.store_version, found)

    def _ends(self, found: PackVerdict, about: str) -> Iterator[str]:
        """Yield the last line of the pack, the fullest first: with what is said `about` the project, fewer handles, no reason."""
        handles = [symbol_id(split_id(id_)[0], self.names[id_]) for id_ in found.next]
        spoken = [replace(found, next=tuple(handles[:number])) for number in range(len(handles), 0, -1)]
        yield f"\n{verdict_line((*spoken, found)[0], about)}"
        yield from (f"\n{verdict_line(one)}" for one in (*spoken, replace(found, next=()), replace(found, next=(), why="")))


def _goes_with(lost: Piece, piece: Piece) -> bool:
    """Tell whether a piece is left out with one that is: itself, and a copy whose lines the other was to show."""
    return piece is lost or (piece.copy_of is not None and lost.covers(piece.copy_of))


def _ordered(pieces: Sequence[Piece]) -> list[Piece]:
    best: dict[str, float] = {}
    for piece in pieces:
        path = piece.unit.path
        best[path] = max(best.get(path, 0.0), piece.likely.probability)

    def place(piece: Piece) -> tuple[float, str, int, int]:
        unit = piece.unit
        return -best[unit.path], unit.path, unit.start, -unit.end

    return sorted(pieces, key=place)


def _text(pieces: Sequence[Piece], count: TokenCount, openings: dict[tuple[str, str], int]) -> tuple[str, int]:
    """Return pieces, in the order of a pack, under the headings of their files, and the tokens of that text.

    `openings` remembers the tokens of headings, by the text before each: most stay where they are when a piece is left out.
    """
    parts: list[str] = []
    tokens, path = 0, None
    for piece in pieces:
        if piece.unit.path != path:
            path = piece.unit.path
            opening = f"{chr(10) if parts else ''}{heading(path)}\n"
            place = (parts[-1] if parts else "", opening)
            if place not in openings:
                openings[place] = added(*place, count)
            tokens += openings[place]
            parts.append(opening)
        tokens += piece.tokens
        parts.append(piece.text)
    return "".join(parts), tokens


def _item(piece: Piece) -> PackItem:
    unit, ranked = piece.unit, piece.likely.ranked
    return PackItem(unit.id, unit.path, unit.first_line, unit.last_line, piece.level, piece.tokens, ranked.score, ranked.reasons)
