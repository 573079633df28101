"""The history of a handle as text: the commits that changed it, what changes with its file, how old it is and who changed it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from memoryd.advice import OLDER, Face
from memoryd.errors import UnknownHandle
from memoryd.history.following import MOST_VERSIONS, Step, follow
from memoryd.history.log import Log
from memoryd.history.touched import Age, Together, Touches
from memoryd.packing import place_of
from memoryd.parsing import TextParser, Unparsed
from memoryd.text import escaped, number_of
from memoryd.versions import Unit, View

TOGETHER = 10
"""The most files that are told to change together with one."""
WHY = 200
"""The most characters of what a commit says below its first line that are told."""
AUTHORS = 5


@dataclass(frozen=True, slots=True)
class SymbolChange:
    """A commit that changed what was asked about: its first line and the words below it, and what it was called before, if otherwise."""

    commit: str
    date: str
    author: str
    subject: str
    why: str
    added: int
    removed: int
    was: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class HistoryOf:
    """The history of a symbol or file, newest first. `remarks` say what is missing: no git, a shallow clone, commits not read yet."""

    root: str
    target: str
    changes: tuple[SymbolChange, ...]
    together: tuple[Together, ...]
    authors: tuple[tuple[str, int], ...]
    commits: int
    first: str
    last: str
    remarks: tuple[str, ...]
    text: str


def history_of(view: View, handle: str, most: int, texts: TextParser, face: Face) -> HistoryOf:
    """Return at most so many commits that changed what a handle names. Raises `UnknownHandle`."""
    unit = _unit_of(view, handle)
    with Touches.of(view) as touches:
        return _history_of(view, unit, most, texts, touches, face)


def _history_of(view: View, unit: Unit, most: int, texts: TextParser, touches: Touches, face: Face) -> HistoryOf:
    log = Log(view.root, view.secrets)
    other = log.other(unit.path)
    head = "" if other else log.head()
    remarks = [f"it lies in {other}, a repository of its own; ask about that project"] if other else []
    if not other and not head:
        remarks.append("git tells nothing here: the project is in no repository, or has no commit yet")
    if head and log.is_shallow():
        remarks.append("this clone is shallow: older commits are not here; git fetch --unshallow brings them")
    if head and not touches.read():
        remarks.append(f"what changes together is known of the newest {number_of(touches.commits(), 'commit')}; the next call reads on")
    unknown: list[str] = []
    steps = [] if not head else list(islice(_known(_steps(log, texts, head, unit), unknown), most + 1))
    if len(steps) > most:
        remarks.append(f"older commits are left out; {OLDER.to(face)}")
    elif head and not (steps or unknown):
        remarks.append("it is in no commit yet")
    remarks += unknown
    changes = tuple(_told(log, one) for one in steps[:most])
    together, age = touches.together(unit.path, TOGETHER), touches.age(unit.path)
    return HistoryOf(
        str(view.root), unit.id, changes, tuple(together), age.authors[:AUTHORS] if age else (), age.commits if age else 0,
        _date(age.first) if age else "", _date(age.last) if age else "", tuple(remarks),
        _text(unit, changes, together, age, remarks),
    )  # fmt: skip


def _unit_of(view: View, handle: str) -> Unit:
    place = place_of(view, handle)
    units = view.catalog.files.get(place.path, ())
    if place.unit is not None and (place.unit.is_symbol or place.unit.id == place.unit.path):
        return place.unit
    around = [unit for unit in units if unit.is_symbol and unit.first_line <= place.first <= unit.last_line]
    if not around and not units:
        raise UnknownHandle(f"{handle} names nothing whose history is known; name a symbol or a file")
    return min(around, key=lambda unit: unit.end - unit.start, default=units[0])


def _known(steps: Iterable[Step], unknown: list[str]) -> Iterator[Step]:
    """Yield steps until one is not known, and then say why."""
    try:
        yield from steps
    except Unparsed as error:
        unknown.append(f"what was before is not known: {escaped(str(error))}")


def _steps(log: Log, texts: TextParser, head: str, unit: Unit) -> "islice[Step] | list[Step]":
    if unit.is_symbol:
        return islice(follow(log, texts, head, unit.path, unit.qualname), MOST_VERSIONS)
    found = log.of_file(head, unit.path, MOST_VERSIONS)
    return [
        Step(one, -1, -1, one.was[0][1] if one.was else "", place == len(found) - 1 and len(found) < MOST_VERSIONS)
        for place, one in enumerate(found)
    ]  # fmt: skip


def _told(log: Log, step: Step) -> SymbolChange:
    subject, _, rest = log.said(step.commit.message).partition("\n")
    why = " ".join(rest.split())
    why = why if len(why) <= WHY else f"{why[: WHY - 1]}…"
    commit = step.commit
    return SymbolChange(
        commit.id, _date(commit.time), commit.author, subject, why, max(step.added, 0), max(step.removed, 0), step.was, step.is_first
    )  # fmt: skip


def _date(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return "?"


def _text(unit: Unit, changes: "tuple[SymbolChange, ...]", together: list[Together], age: Age | None, remarks: list[str]) -> str:
    lines = [f"## history of {escaped(unit.id)}: {number_of(len(changes), 'commit')}"]
    for one in changes:
        counts = f" +{one.added} −{one.removed}" if one.added or one.removed else ""
        marks = f" (was {one.was})" if one.was else " (began)" if one.is_first else ""
        lines.append(escaped(f"{one.date} {one.commit[:10]} {one.author}: {one.subject}{counts}{marks}"))
        lines += [escaped(f"    {one.why}")] if one.why else []
    if age is not None:
        who = ", ".join(f"{author} {number:,}" for author, number in age.authors[:AUTHORS])
        lines.append(escaped(f"## {unit.path}: {number_of(age.commits, 'commit')} from {_date(age.first)} to {_date(age.last)}, by {who}"))
    if together:
        lines.append(f"## changes together with {escaped(unit.path)}")
        lines += [escaped(f"{number_of(one.support, 'commit')}, {one.confidence:.0%}: {one.path}") for one in together]
    return "".join(f"{line}\n" for line in [*lines, *remarks])
