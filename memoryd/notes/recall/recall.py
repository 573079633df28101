"""Recall: from a task, symbols or files to the notes to read, each just checked, and those withheld because they may be wrong.

A note is recalled because it is anchored to a symbol or a file in question, or because it is about the task. Superseded and
retracted notes are not recalled; a false note is named with the reason and not read; an undecided one is read as unchecked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from memoryd.notes.claim import as_id, split_name
from memoryd.notes.file import Shelf
from memoryd.notes.judge import ALIVE, SERVED, Judgement, cited_paths
from memoryd.notes.note import Note
from memoryd.notes.recall.search import Match
from memoryd.notes.recall.text import HEADING, Served, Withheld
from memoryd.packing import place_of
from memoryd.text import escaped, plain_path
from memoryd.versions import View


@dataclass(frozen=True, slots=True)
class Recalled:
    """The notes to read, most relevant first, and those that are withheld."""

    served: tuple[Served, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    @property
    def text(self) -> str:
        """The text for an agent; empty without notes."""
        lines = [*(one.text for one in self.served), *(one.line for one in self.withheld)]
        return HEADING + "".join(lines) if lines else ""


class Subjects(NamedTuple):
    """What a handle names: ids of symbols, and paths."""

    symbols: tuple[str, ...]
    paths: tuple[str, ...]


class Names:
    """The paths and symbols that each note of a shelf names, computed once for each state of its file."""

    def __init__(self) -> None:
        self._named: dict[str, tuple[str, frozenset[str], frozenset[str]]] = {}

    def near(self, shelf: Shelf, view: View, symbols: Iterable[str], paths: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of notes that may be about symbols or files: they name one of the files, or something no longer there."""
        wanted = {*paths, *(split_name(id_)[0] for id_ in symbols)}
        known_paths, known_ids = view.records.keys(), view.catalog.by_id.keys()
        found = []
        for id_, note in shelf.notes.items():
            _, own_paths, own_symbols = self._of(note, shelf.digests[id_])
            if not wanted.isdisjoint(own_paths) or not own_paths <= known_paths or not own_symbols <= known_ids:
                found.append(id_)
        return tuple(found)

    def _of(self, note: Note, digest: str) -> tuple[str, frozenset[str], frozenset[str]]:
        known = self._named.get(note.id)
        if known is None or known[0] != digest:
            symbols = frozenset(as_id(symbol) for claim in note.claims for symbol in claim.symbols())
            known = self._named[note.id] = digest, frozenset(cited_paths(note)), symbols
        return known


def about_code(judged: Mapping[str, Judgement], symbols: Sequence[str], paths: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the ids of notes about symbols or files, with their anchors: a symbol, then those around it, then its file.

    A symbol anchors notes about itself, about definitions nested in it, and about those that it is nested in; a file anchors every
    note that names it.
    """
    wanted = frozenset(paths)
    places = {as_id(id_): place for place, id_ in reversed(list(enumerate(symbols)))}
    by_path: dict[str, list[tuple[int, str]]] = {}
    for symbol, place in places.items():
        path, qualname = split_name(symbol)
        by_path.setdefault(path, []).append((place, qualname))
    found: list[tuple[int, int, str, tuple[str, ...]]] = []
    for id_, one in judged.items():
        named = [(symbol, as_id(symbol)) for symbol in one.symbols()]
        own = [(0, places[symbol], name) for name, symbol in named if symbol in places]
        near = [] if own else [(1, place, name) for name, symbol in named for place in _around(symbol, by_path)]
        files = [(2, 0, path) for path in one.paths() if path in wanted]
        if anchors := sorted(own + near + files):
            found.append((anchors[0][0], anchors[0][1], id_, tuple(dict.fromkeys(name for _, _, name in anchors))))
    return [(id_, anchors) for _, _, id_, anchors in sorted(found)]


def subjects_of(view: View, handle: str) -> Subjects:
    """Return what a handle names; a folder names all files in it. Raises `UnknownHandle` or `OutsideRoot`."""
    path = plain_path(handle.rstrip("/"))
    if inside := [held for held in view.records if held.startswith(f"{path}/") or path in ("", ".")]:
        return Subjects((), (path, *inside))
    if path in view.records:
        return Subjects((), (path,))
    place = place_of(view, handle)
    own = (place.unit,) if place.unit else view.catalog.files[place.path]
    around = (unit.id for unit in own if unit.is_symbol and unit.first_line <= place.last and place.first <= unit.last_line)
    return Subjects(tuple(around), (place.path,))


def divide(judged: Mapping[str, Judgement], chosen: Iterable[tuple[str, tuple[str, ...]]]) -> Recalled:
    """Divide living notes, given as ids with anchors, into those to read and those to withhold."""
    served, withheld = [], []
    for id_, anchors in chosen:
        one = judged.get(id_)
        if one is None or one.standing not in ALIVE:
            continue
        if one.standing in SERVED:
            served.append(Served(id_, one, anchors))
        else:
            withheld.append(Withheld(id_, escaped(one.because), anchors))
    return Recalled(tuple(served), tuple(withheld))


def about_task(matches: Iterable[Match]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the ids of the notes that are about the task itself, with the anchor `task`."""
    return [(match.id, ("task",)) for match in matches if match.is_strong]


def _around(symbol: str, by_path: Mapping[str, Sequence[tuple[int, str]]]) -> list[int]:
    """Return the positions of the symbols that a symbol is nested in, or that are nested in it."""
    path, one = split_name(symbol)
    return [place for place, other in by_path.get(path, ()) if one.startswith(other + ".") or other.startswith(one + ".")]
