"""Recall: a task, symbols, or files → the notes to read, each checked a moment ago, and those withheld because they may be wrong.

A note is recalled because it is anchored to a symbol or a file in question, or because it speaks of the task. Superseded and
retracted notes are not recalled; what is false is named with the reason, never read; what cannot be told is read as unchecked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from memoryd.notes.admission import visible
from memoryd.notes.claim import split_id
from memoryd.notes.file import Shelf
from memoryd.notes.judge import ALIVE, SERVED, Judgement, cited_paths
from memoryd.notes.note import Note
from memoryd.notes.recall.search import Match
from memoryd.notes.recall.text import HEADING, Served, Withheld
from memoryd.versions import View


@dataclass(frozen=True, slots=True)
class Recalled:
    """The notes that may be read, most relevant first, and those that are withheld."""

    served: tuple[Served, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    @property
    def text(self) -> str:
        """All of it as an agent reads it; empty where there is nothing."""
        lines = [*(one.text for one in self.served), *(one.line for one in self.withheld)]
        return HEADING + "".join(lines) if lines else ""


class Names:
    """What the notes of a shelf name: the paths and the symbols of each. Worked out once for a note's file."""

    def __init__(self) -> None:
        self._named: dict[str, tuple[str, frozenset[str], frozenset[str]]] = {}

    def near(self, shelf: Shelf, view: View, symbols: Iterable[str], paths: Iterable[str]) -> tuple[str, ...]:
        """Return the notes that may be about some symbols or files: those that name the files, or something that stands elsewhere now."""
        wanted = {*paths, *(split_id(id_)[0] for id_ in symbols)}
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
            symbols = frozenset(symbol for claim in note.claims for symbol in claim.symbols())
            known = self._named[note.id] = digest, frozenset(cited_paths(note)), symbols
        return known


def anchored(judged: Mapping[str, Judgement], symbols: Sequence[str], paths: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the notes about some symbols or files with what anchors them: a symbol before what is around it before its file.

    A symbol in question anchors notes on itself, on what is nested in it, and on what it is nested in; a file all that name it.
    """
    wanted = frozenset(paths)
    places = {id_: place for place, id_ in reversed(list(enumerate(symbols)))}
    by_path: dict[str, list[tuple[int, str]]] = {}
    for symbol, place in places.items():
        path, qualname = split_id(symbol)
        by_path.setdefault(path, []).append((place, qualname))
    found: list[tuple[int, int, str, tuple[str, ...]]] = []
    for id_, one in judged.items():
        own = [(0, places[symbol], symbol) for symbol in one.symbols() if symbol in places]
        near = [] if own else [(1, place, symbol) for symbol in one.symbols() for place in _around(symbol, by_path)]
        files = [(2, 0, path) for path in one.paths() if path in wanted]
        if anchors := sorted(own + near + files):
            found.append((anchors[0][0], anchors[0][1], id_, tuple(dict.fromkeys(name for _, _, name in anchors))))
    return [(id_, anchors) for _, _, id_, anchors in sorted(found)]


def gathered(judged: Mapping[str, Judgement], chosen: Iterable[tuple[str, tuple[str, ...]]]) -> Recalled:
    """Divide notes, given with what anchors them, into those to read and those to withhold."""
    served, withheld = [], []
    for id_, anchors in chosen:
        one = judged.get(id_)
        if one is None or one.standing not in ALIVE:
            continue
        if one.standing in SERVED:
            served.append(Served(id_, one, anchors))
        else:
            withheld.append(Withheld(id_, visible(one.because), anchors))
    return Recalled(tuple(served), tuple(withheld))


def spoken(matches: Iterable[Match]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the notes that are about the task itself."""
    return [(match.id, ("task",)) for match in matches if match.is_strong]


def _around(symbol: str, by_path: Mapping[str, Sequence[tuple[int, str]]]) -> list[int]:
    """Return the places of the symbols that one is nested in, or that are nested in it."""
    path, one = split_id(symbol)
    return [place for place, other in by_path.get(path, ()) if one.startswith(other + ".") or other.startswith(one + ".")]
