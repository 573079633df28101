"""Judging: what has become of each note. Every claim is checked against the present; what was found is remembered as long as
what it rests on stays the same: the bytes of the files it names, and only where that is not all, the index, the commit, the recorded runs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from memoryd.notes.admission import objections
from memoryd.notes.checks import Disk, Ground, History, Verdict, check, citation_followed, citation_stands, fresh, path_cited, recorded
from memoryd.notes.claim import LINKS, ClaimKind, split_id
from memoryd.notes.file import Shelf
from memoryd.notes.note import Evidence, Note
from memoryd.versions import Stale, View


class Standing(StrEnum):
    """What has become of a note, as far as its claims tell."""

    HOLDS = "holds"
    UNCHECKED = "unchecked"
    FALSE = "needs re-verification"
    OBJECTIONABLE = "not shown"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"


SERVED = frozenset((Standing.HOLDS, Standing.UNCHECKED))
ALIVE = SERVED | {Standing.FALSE, Standing.OBJECTIONABLE}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A note with what was found of it. `because` says why it does not simply hold; it is "" for one that does."""

    note: Note
    standing: Standing
    because: str
    verdicts: tuple[Verdict, ...] = ()

    def paths(self) -> tuple[str, ...]:
        """Return the paths the note is about, as they are now."""
        claimed = (path for verdict in self.verdicts for path in verdict.now.paths())
        return tuple(dict.fromkeys((*claimed, *filter(None, map(path_cited, self.note.evidence)))))

    def symbols(self) -> tuple[str, ...]:
        """Return the ids of the symbols the note is about, as they are now."""
        return tuple(dict.fromkeys(id_ for verdict in self.verdicts for id_ in verdict.now.symbols()))

    def moves(self) -> tuple[str, ...]:
        """Return where things that the note names stand now."""
        return tuple(dict.fromkeys(verdict.moved_to for verdict in self.verdicts if verdict.moved_to))


class _Read(NamedTuple):
    """What follows from the file of a note alone."""

    digest: str
    paths: tuple[str, ...]
    against: tuple[str, ...]


class _Remembered(NamedTuple):
    """A judgement and what it depends on: the digest of the note's file, the states of the files it names, and `context`:

    the index, the commit and the recorded runs, where those decide too (else `None`).
    """

    digest: str
    states: tuple[tuple[str, str], ...]
    context: object
    judged: Judgement


class Judge:
    """Judges the notes of one project; safe to use from several threads, who then may do the same work twice."""

    def __init__(self, root: Path, data: Path) -> None:
        self.disk = Disk(root)
        self.history = History(root)
        self.data = data
        self.asked: set[tuple[str, str]] = set()
        self.sought: set[tuple[str, str]] = set()
        self._remembered: dict[str, _Remembered] = {}
        self._read: dict[str, _Read] = {}
        self.checked = 0

    def ground(self, view: View, paths: Iterable[str], changing: frozenset[str]) -> Ground:
        """Return what claims that name `paths` are checked against. Raises `Stale`."""
        fresh(view, self.disk, paths, changing, self.asked)
        return Ground(view, self.disk, self.history, recorded(self.data), changing)

    def judge(self, view: View, shelf: Shelf, ids: Iterable[str], changing: frozenset[str]) -> dict[str, Judgement]:
        """Return what has become of some notes of a shelf, by id. Raises `Stale` where the index differs from files they name."""
        wanted = [id_ for id_ in ids if id_ in shelf.notes]
        replaced = superseded(shelf)
        alive = {id_: self._known(id_, shelf) for id_ in wanted if id_ not in replaced and not shelf.notes[id_].retracted}
        moment = _Moment(self, view, changing)
        moment.look(path for id_, known in alive.items() for path in (*known.paths, *self._places(id_)))
        judged = {id_: self._judged(shelf.notes[id_], alive[id_], moment) for id_ in alive}
        moment.look(path for one in judged.values() for path in one.paths())
        moment.look_for(one for id_, one in judged.items() if not self._is_at_rest(id_, moment))
        for id_ in wanted:
            if shelf.notes[id_].retracted:
                judged[id_] = Judgement(shelf.notes[id_], Standing.RETRACTED, shelf.notes[id_].retracted)
            elif id_ in replaced:
                judged[id_] = Judgement(shelf.notes[id_], Standing.SUPERSEDED, f"superseded by {replaced[id_]}")
        for id_, known in alive.items():
            self._remember(id_, known, judged[id_], moment)
        return {id_: judged[id_] for id_ in wanted}

    def _known(self, id_: str, shelf: Shelf) -> _Read:
        known = self._read.get(id_)
        if known is None or known.digest != shelf.digests[id_]:
            note = shelf.notes[id_]
            known = self._read[id_] = _Read(shelf.digests[id_], paths_of(note), objections(note))
        return known

    def _places(self, id_: str) -> tuple[str, ...]:
        """Return the files that the verdicts of a note rest on besides those it names: where those stand now."""
        known = self._remembered.get(id_)
        return tuple(path for path, _ in known.states) if known is not None else ()

    def _is_at_rest(self, id_: str, moment: "_Moment") -> bool:
        """Tell whether the files that a note names are as they were when it was last judged: what is gone was looked for then."""
        known = self._remembered.get(id_)
        return known is not None and moment.are(known.states)

    def _judged(self, note: Note, read: _Read, moment: "_Moment") -> Judgement:
        known = self._remembered.get(note.id)
        if known is not None and known.digest == read.digest and moment.is_as(known):
            return known.judged
        self.checked += 1
        return Judgement(note, Standing.OBJECTIONABLE, read.against[0]) if read.against else judge_note(note, moment.ground)

    def _remember(self, id_: str, read: _Read, judged: Judgement, moment: "_Moment") -> None:
        # What changes while it is looked at is not remembered.
        if not moment.ground.changing.intersection(read.paths):
            paths = dict.fromkeys((*read.paths, *judged.paths()))
            states = tuple((path, moment.states[path]) for path in paths)
            self.sought.difference_update((name, moment.states.get(split_id(name)[0], "")) for name in (*judged.symbols(), *paths))
            self._remembered[id_] = _Remembered(read.digest, states, moment.context(judged) if _rests_on_more(judged) else None, judged)


class _Moment:
    """One look at the project: what claims are checked against, and the state of each file looked at."""

    def __init__(self, judge: Judge, view: View, changing: frozenset[str]) -> None:
        self._judge = judge
        self.ground = Ground(view, judge.disk, judge.history, recorded(judge.data), changing)
        self.states: dict[str, str] = {}
        self._index = (view.store.meta.table, view.version, tuple(sorted(self.ground.exits.items())))
        self._head: str | None = None

    def look(self, paths: Iterable[str]) -> None:
        """Compare files with the index. Raises `Stale` where they differ."""
        wanted = dict.fromkeys(path for path in paths if path not in self.states)
        digests = fresh(self.ground.view, self._judge.disk, wanted, self.ground.changing, self._judge.asked)
        self.states.update((path, digest or ("." if self._judge.disk.exists(path) else "")) for path, digest in digests.items())

    def look_for(self, judged: Iterable[Judgement]) -> None:
        """Raise `Stale` for what is gone and was never looked for in all of the tree: it may stand in a file not indexed yet."""
        missing = {
            (name, self.states.get(split_id(name)[0], ""))
            for one in judged for verdict in one.verdicts if verdict.holds is False
            for name in (*verdict.now.symbols(), *verdict.now.paths()) if self.ground.is_missing(name)
        } - self._judge.sought  # fmt: skip
        if missing:
            self._judge.sought.update(missing)
            raise Stale(tuple(sorted({f"{split_id(name)[0]}/" for name, _ in missing})))

    def are(self, states: Iterable[tuple[str, str]]) -> bool:
        """Tell whether files are in these states."""
        return all(self.states.get(path) == state for path, state in states)

    def is_as(self, known: _Remembered) -> bool:
        """Tell whether all that a verdict rests on is as it was."""
        return self.are(known.states) and known.context in (None, self.context(known.judged))

    def context(self, judged: Judgement) -> object:
        """Return what a verdict may rest on besides the bytes of files: the index, the recorded runs, and for what is gone, the commit."""
        if all(verdict.holds for verdict in judged.verdicts):
            return self._index
        if self._head is None:
            self._head = self.ground.history.head()
        return self._index, self._head


def judge_note(note: Note, ground: Ground) -> Judgement:
    """Check all claims of a note that is alive. One without claims rests on its evidence: words that are gone prove it no more."""
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
    """Return the paths whose bytes decide about a note: of its claims, and where it has none, of its evidence."""
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
    """Return which notes another one replaces, and by which; of two that replace each other neither does."""
    found: dict[str, str] = {}
    for note in shelf.notes.values():
        for old in note.supersedes:
            other = shelf.notes.get(old)
            if other is not None and old != note.id and not note.retracted and note.id not in other.supersedes:
                found.setdefault(old, note.id)
    return found
