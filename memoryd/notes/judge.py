"""Judging: the standing of each note, from the check of its claims against the present.

A judgement is remembered until something that it rests on changes: the bytes of the files that the note names, and only where those
are not all, the index, the commit or the recorded runs of commands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from memoryd.model import Secrets
from memoryd.notes.admission import objections
from memoryd.notes.checks import Disk, Ground, History, Verdict, check, citation_followed, citation_stands, fresh, path_cited, recorded
from memoryd.notes.claim import LINKS, ClaimKind, split_name
from memoryd.notes.file import Shelf
from memoryd.notes.note import Evidence, Note
from memoryd.parsing import TextParser
from memoryd.versions import Stale, View


class Standing(StrEnum):
    """The state of a note, as far as its claims tell."""

    HOLDS = "holds"
    UNCHECKED = "unchecked"
    FALSE = "needs re-verification"
    OBJECTIONABLE = "not shown"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"


SERVED = frozenset((Standing.HOLDS, Standing.UNCHECKED))
"""Standings of the notes that agents read."""
ALIVE = SERVED | {Standing.FALSE, Standing.OBJECTIONABLE}
"""Standings of the notes that are neither superseded nor retracted."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A note with its standing and the verdicts on its claims. `because` says why it does not simply hold, "" if it does."""

    note: Note
    standing: Standing
    because: str
    verdicts: tuple[Verdict, ...] = ()

    def paths(self) -> tuple[str, ...]:
        """Return the present paths that the note is about."""
        claimed = (path for verdict in self.verdicts for path in verdict.now.paths())
        return tuple(dict.fromkeys((*claimed, *filter(None, map(path_cited, self.note.evidence)))))

    def symbols(self) -> tuple[str, ...]:
        """Return the present ids of the symbols that the note is about."""
        return tuple(dict.fromkeys(id_ for verdict in self.verdicts for id_ in verdict.now.symbols()))

    def moves(self) -> tuple[str, ...]:
        """Return the new places of the things that the note names and that moved."""
        return tuple(dict.fromkeys(verdict.moved_to for verdict in self.verdicts if verdict.moved_to))


class _NoteFile(NamedTuple):
    """The digest of a note's file, and what follows from its bytes alone: the paths it rests on, and objections to showing it."""

    digest: str
    paths: tuple[str, ...]
    against: tuple[str, ...]


class _Remembered(NamedTuple):
    """A judgement and what it depends on.

    That is the digest of the note's file, the states of the files that it names, and `context`: the index, the commit and the
    recorded runs if those decide too, else `None`.
    """

    digest: str
    states: tuple[tuple[str, str], ...]
    context: object
    judged: Judgement


class Judge:
    """Judges the notes of one project. Safe to use from several threads, which may then do the same work twice."""

    def __init__(self, root: Path, data: Path, secrets: Secrets, texts: TextParser) -> None:
        self.texts = texts
        self.disk = Disk(root, secrets)
        self.history = History(root, secrets)
        self.data = data
        # Files outside the index that were reported as stale, with their digests.
        self.asked: set[tuple[str, str]] = set()
        # Missing names that were searched for in the whole tree, with the states of their paths.
        self.sought: set[tuple[str, str]] = set()
        self._remembered: dict[str, _Remembered] = {}
        self._files: dict[str, _NoteFile] = {}
        self.checked = 0

    def ground(self, view: View, paths: Iterable[str], changing: frozenset[str]) -> Ground:
        """Return the ground for checking claims that name `paths`. Raises `Stale`."""
        fresh(view, self.disk, paths, changing, self.asked)
        return Ground(view, self.disk, self.history, recorded(self.data), self.texts, changing)

    def judge(self, view: View, shelf: Shelf, ids: Iterable[str], changing: frozenset[str]) -> dict[str, Judgement]:
        """Return the judgements of some notes of a shelf, by id. Raises `Stale` if the index differs from a file that they name."""
        wanted = [id_ for id_ in ids if id_ in shelf.notes]
        replaced = superseded(shelf)
        alive = {id_: self._known(id_, shelf) for id_ in wanted if id_ not in replaced and not shelf.notes[id_].retracted}
        moment = _Moment(self, view, changing)
        moment.look(path for id_, known in alive.items() for path in (*known.paths, *self._places(id_)))
        judged = {id_: self._judged(shelf.notes[id_], alive[id_], moment) for id_ in alive}
        moment.look(path for one in judged.values() for path in one.paths())
        moment.look_for(one for id_, one in judged.items() if not self._is_unchanged(id_, moment))
        for id_ in wanted:
            if shelf.notes[id_].retracted:
                judged[id_] = Judgement(shelf.notes[id_], Standing.RETRACTED, shelf.notes[id_].retracted)
            elif id_ in replaced:
                judged[id_] = Judgement(shelf.notes[id_], Standing.SUPERSEDED, f"superseded by {replaced[id_]}")
        for id_, known in alive.items():
            self._remember(id_, known, judged[id_], moment)
        return {id_: judged[id_] for id_ in wanted}

    def _known(self, id_: str, shelf: Shelf) -> _NoteFile:
        known = self._files.get(id_)
        if known is None or known.digest != shelf.digests[id_]:
            note = shelf.notes[id_]
            known = self._files[id_] = _NoteFile(shelf.digests[id_], paths_of(note), objections(note))
        return known

    def _places(self, id_: str) -> tuple[str, ...]:
        """Return the files that a note's remembered judgement rests on, the new places of moved files among them."""
        known = self._remembered.get(id_)
        return tuple(path for path, _ in known.states) if known is not None else ()

    def _is_unchanged(self, id_: str, moment: "_Moment") -> bool:
        """Tell whether the files of a note are as at its last judgement, which already searched for missing names."""
        known = self._remembered.get(id_)
        return known is not None and moment.are(known.states)

    def _judged(self, note: Note, file: _NoteFile, moment: "_Moment") -> Judgement:
        known = self._remembered.get(note.id)
        if known is not None and known.digest == file.digest and moment.is_as(known):
            return known.judged
        self.checked += 1
        return Judgement(note, Standing.OBJECTIONABLE, file.against[0]) if file.against else judge_note(note, moment.ground)

    def _remember(self, id_: str, file: _NoteFile, judged: Judgement, moment: "_Moment") -> None:
        known = self._remembered.get(id_)
        if known is not None and known.judged is judged and moment.are(known.states):
            return  # what it misses is not to be searched for again: another note may just have had that done
        # A judgement on files that are still changing is not remembered.
        if not moment.ground.changing.intersection(file.paths):
            paths = dict.fromkeys((*file.paths, *judged.paths()))
            states = tuple((path, moment.states[path]) for path in paths)
            self.sought.difference_update((name, moment.states.get(split_name(name)[0], "")) for name in (*judged.symbols(), *paths))
            self._remembered[id_] = _Remembered(file.digest, states, moment.context(judged) if _rests_on_more(judged) else None, judged)


class _Moment:
    """One look at the project: the ground for claims, and the state of each file: its digest, "." without one, "" if missing."""

    def __init__(self, judge: Judge, view: View, changing: frozenset[str]) -> None:
        self._judge = judge
        self.ground = Ground(view, judge.disk, judge.history, recorded(judge.data), judge.texts, changing)
        self.states: dict[str, str] = {}
        self._index = (view.store.meta.table, view.version, tuple(sorted(self.ground.exits.items())))

    def look(self, paths: Iterable[str]) -> None:
        """Compare files with the index, and keep their states. Raises `Stale` if they differ."""
        wanted = dict.fromkeys(path for path in paths if path not in self.states)
        digests = fresh(self.ground.view, self._judge.disk, wanted, self.ground.changing, self._judge.asked)
        self.states.update((path, digest or ("." if self.ground.exists(path) else "")) for path, digest in digests.items())

    def look_for(self, judged: Iterable[Judgement]) -> None:
        """Raise `Stale` for missing names not yet searched for in the whole tree: a file not indexed yet may have them."""
        missing = {
            (name, self.states.get(split_name(name)[0], ""))
            for one in judged for verdict in one.verdicts if verdict.holds is False
            for name in (*verdict.now.symbols(), *verdict.now.paths()) if self.ground.is_missing(name)
        } - self._judge.sought  # fmt: skip
        if missing:
            self._judge.sought.update(missing)
            raise Stale(tuple(sorted({f"{split_name(name)[0]}/" for name, _ in missing})))

    def are(self, states: Iterable[tuple[str, str]]) -> bool:
        """Tell whether files are in these states."""
        return all(self.states.get(path) == state for path, state in states)

    def is_as(self, known: _Remembered) -> bool:
        """Tell whether everything that a remembered judgement rests on is unchanged."""
        return self.are(known.states) and known.context in (None, self.context(known.judged))

    def context(self, judged: Judgement) -> object:
        """Return what a judgement may rest on besides file bytes: index and recorded runs, and if a claim fails, the commit."""
        if all(verdict.holds for verdict in judged.verdicts):
            return self._index
        return self._index, self.ground.head


def judge_note(note: Note, ground: Ground) -> Judgement:
    """Check all claims of a living note. A note without claims rests on its evidence, and is false once quoted words are gone."""
    verdicts = tuple(check(claim, ground, note.verified) for claim in note.claims)
    false = [f"{verdict.claim}: {verdict.because}" for verdict in verdicts if verdict.holds is False]
    if not verdicts:
        false = [_gone(one) for one in note.evidence if citation_stands(citation_followed(one, ground, note.verified), ground) is False]
    if false:
        return Judgement(note, Standing.FALSE, "; ".join(false), verdicts)
    open_ = [f"{verdict.claim}: {verdict.because}" for verdict in verdicts if verdict.holds is None]
    if not verdicts:
        open_ = [] if note.evidence else ["it has no claim and no evidence"]
    return Judgement(note, Standing.UNCHECKED if open_ else Standing.HOLDS, "; ".join(open_), verdicts)


def _gone(one: Evidence) -> str:
    return f"the words it quotes from {one.at} are gone"


def paths_of(note: Note) -> tuple[str, ...]:
    """Return the paths whose bytes decide about a note: those of its claims, or if it has none, those of its evidence."""
    claimed = [path for claim in note.claims for path in claim.paths()]
    return tuple(dict.fromkeys(claimed or filter(None, map(path_cited, note.evidence))))


def cited_paths(note: Note) -> tuple[str, ...]:
    """Return all paths that a note names, in claims and in evidence."""
    claimed = (path for claim in note.claims for path in claim.paths())
    return tuple(dict.fromkeys((*claimed, *filter(None, map(path_cited, note.evidence)))))


def _rests_on_more(judged: Judgement) -> bool:
    return judged.standing == Standing.FALSE or any(
        verdict.holds is not True or verdict.moved_to or verdict.claim.kind in LINKS or verdict.claim.kind == ClaimKind.COMMAND
        for verdict in judged.verdicts
    )


def superseded(shelf: Shelf) -> Mapping[str, str]:
    """Map the ids of superseded notes to the ids of the notes that supersede them.

    Retracted notes supersede nothing, and of two notes that supersede each other neither is superseded.
    """
    found: dict[str, str] = {}
    for note in shelf.notes.values():
        for old in note.supersedes:
            other = shelf.notes.get(old)
            if other is not None and old != note.id and not note.retracted and note.id not in other.supersedes:
                found.setdefault(old, note.id)
    return found
