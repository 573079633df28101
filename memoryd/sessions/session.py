"""One session: what its agents have in their contexts, and what they did. Not safe to use from several threads."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from enum import Enum
from typing import Any

from memoryd.sessions.edits import Looks
from memoryd.sessions.events import Event, Kind, Tool, Use
from memoryd.sessions.given import MOST as MOST_GIVEN
from memoryd.sessions.given import Given
from memoryd.sessions.ledger import Ledger
from memoryd.sessions.lessons import MOST as MOST_LESSONS
from memoryd.sessions.lessons import SEARCHED, Lesson, fixed, said, vain
from memoryd.sessions.privacy import keepable
from memoryd.sessions.records import Records

MOST_USES = 64
"""Uses of tools under way that are remembered."""
MOST_AGENTS = 32
MOST_LISTED = 40
"""Files, commands and names of what was told that are remembered of a session, each."""
GAP_SECONDS = 240.0
"""After how long without an event clients may have cleared old results to save their cache: then nothing is known any more."""
MOST_FIXES = 8
"""Files of an edit after which a command passed again that are remembered: with more, it is no fix of one thing."""
EMPTIED = frozenset(("clear", "compact"))
"""Why sessions start whose context is another one; that of a resumed one is as it was."""
COMMAND, TASK = 300, 2_000
"""Characters of a command, and of a prompt, that are remembered."""


class Reading(Enum):
    """What an agent had of a whole file that it read: all of it as it is now, or nothing. `OTHER` is every other event."""

    HAD, NEW, OTHER = "had", "new", "other"


class Session:
    """The state of a session, kept in the records as it changes."""

    def __init__(self, id_: str, records: Records, missed: float) -> None:
        self.id = id_
        self._records = records
        self._ledgers: dict[str, Ledger] = {}
        self._uses: dict[str, Event] = {}
        self._unshown: set[str] = set()
        self.at = 0.0
        self.told: list[str] = []
        """What was put into the session once, by name."""
        self.edited: list[str] = []
        self.failing: dict[str, str] = {}
        """The commands that failed when they last ran, each with the handle of its output, or "" ."""
        self.task = self.agent_task = self.transcript = ""
        self.looked: tuple[str, Mapping[str, Looks]] = ("", {})
        """The file that is about to be edited, and what its definitions look like."""
        self.late: dict[str, str] = {}
        """What was not ready when an agent could be told of it, by agent: it is told with the next event."""
        self.lessons: list[Lesson] = []
        self.given: list[list[Any]] = []
        """What was done in the session, the fields of each `Given`."""
        self._edited_since: dict[str, dict[str, None]] = {}
        self._vain: Counter[str] = Counter()
        self._background: dict[str, str] = {}
        stored = records.session(id_)
        if stored is not None:
            self.at, facts = stored
            self._take(facts)
            if self.at > missed:
                for agent, path, runs in records.seen(id_):
                    self._ledgers.setdefault(agent, Ledger()).put(path, runs)

    def ledger(self, agent: str) -> Ledger:
        """Return what an agent has."""
        if agent not in self._ledgers and len(self._ledgers) >= MOST_AGENTS:
            self._drop(next(name for name in self._ledgers if name))
        return self._ledgers.setdefault(agent, Ledger())

    def take(self, event: Event, now: float, missed: float) -> Reading:
        """Take what an event tells about contexts, whose paths are relative to the project by now; tell whether it is a reading."""
        reading = Reading.OTHER
        if now - self.at > GAP_SECONDS or missed >= self.at:
            self._drop_all()
        self.at = now
        self.transcript = event.transcript or self.transcript
        if event.kind in (Kind.STARTED, Kind.ENDED):
            self._drop_all()
            self._uses.clear()
            if event.text in EMPTIED:
                self._forget_notes("")
        elif event.kind in (Kind.COMPACTING, Kind.COMPACTED, Kind.LEFT):
            self._drop(event.agent)
            self._forget_notes(event.agent)
        elif event.kind == Kind.PROMPTED:
            self.task = keepable(event.text, TASK)
            self._learn(*said(event.text))
        elif event.use is not None:
            reading = self._used(event, event.use)
        self.save()
        return reading

    def agent_of(self, use: str) -> Event | None:
        """Return the event of a use of a tool that is under way."""
        return self._uses.get(use)

    def saw(self, agent: str, path: str, first: int, lines: tuple[str, ...]) -> None:
        """Remember that an agent was shown lines of a file."""
        ledger = self.ledger(agent)
        ledger.saw(path, first, lines)
        self._store(agent, path)

    def told_late(self, agent: str) -> str:
        """Return what was not ready when an agent could be told of it, once."""
        return self.late.pop(agent, "")

    def dead_ends(self) -> list[str]:
        """Return what was searched for several times and is nowhere."""
        return [one.what for one in self.lessons if one.why == "vain"]

    def tell(self, name: str) -> None:
        """Remember what was put into the session, by name."""
        self.told = [*(one for one in self.told if one != name), name][-4 * MOST_LISTED :]
        self.save()

    def gave(self, given: Iterable[Given]) -> None:
        """Remember what was done in the session."""
        self.given = [*self.given, *(list(astuple(one)) for one in given)][-MOST_GIVEN:]
        self.save()

    def save(self) -> None:
        """Store all but the ledgers, which are stored as they change."""
        lessons = [[one.what, one.why, *one.paths] for one in self.lessons]
        facts = {
            "told": self.told,
            "edited": self.edited,
            "failing": self.failing,
            "task": self.task,
            "lessons": lessons,
            "given": self.given,
        }
        self._records.save(self.id, self.at, facts)

    def ran(self, command: str, has_failed: bool, handle: str) -> None:
        """Remember how a command ended."""
        name = keepable(command, COMMAND)
        had_failed, edited = self.failing.pop(name, None) is not None, self._edited_since.pop(name, {})
        if had_failed and edited and not has_failed:
            self._learn(fixed(name, tuple(edited)[-MOST_FIXES:]))
        if has_failed:
            self._edited_since[name] = edited
            self.failing[name] = handle
            self.failing = dict(list(self.failing.items())[-MOST_LISTED:])
            self._edited_since = {one: files for one, files in self._edited_since.items() if one in self.failing}

    def is_insisted(self, path: str) -> bool:
        """Tell whether a file is read again that was not shown again the last time."""
        self._unshown ^= {path}
        return path not in self._unshown

    def outlined(self, agent: str, path: str, runs: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Remember that of a file that an agent read it is shown an outline alone: lines from one of them on."""
        ledger = self.ledger(agent)
        ledger.put(path, ())
        for first, lines in runs:
            ledger.saw(path, first, lines)
        self._store(agent, path)
        self.tell(outline_of(agent, path))

    def _used(self, event: Event, use: Use) -> Reading:
        if event.kind == Kind.USING:
            self._uses[use.id] = event
            if use.tool == Tool.AGENT:
                self.agent_task = keepable(use.command, TASK)
            if len(self._uses) > MOST_USES:
                del self._uses[next(iter(self._uses))]
            return Reading.OTHER
        self._uses.pop(use.id, None)
        if use.background and use.command:
            self._background[use.background] = use.command
            if len(self._background) > MOST_USES:
                del self._background[next(iter(self._background))]
        if use.is_vain:
            self._searched_in_vain(use.command)
        if event.kind != Kind.USED or not use.path:
            return Reading.OTHER
        if use.tool == Tool.READ and use.lines:
            ledger = self.ledger(event.agent)
            has_all = use.is_whole and ledger.has(use.path, use.lines, range(1, len(use.lines) + 1))
            is_new = use.is_whole and not ledger.holds(use.path)
            self.saw(event.agent, use.path, use.first, use.lines)
            return Reading.HAD if has_all else Reading.NEW if is_new else Reading.OTHER
        if use.tool == Tool.EDIT:
            self.edited = [*(path for path in self.edited if path != use.path), use.path][-MOST_LISTED:]
            for since in self._edited_since.values():
                since[use.path] = None
            ledger = self.ledger(event.agent)
            if use.is_whole:
                ledger.put(use.path, ())
                ledger.saw(use.path, 1, use.lines)
            else:
                ledger.edited(use.path, use.hunks)
            self._store(event.agent, use.path)
        return Reading.OTHER

    def command_of(self, use: Use) -> str:
        """Return the command whose output a tool shows; "" for one in the background that is not known."""
        return use.command or self._background.get(use.background, "")

    def _searched_in_vain(self, pattern: str) -> None:
        pattern = keepable(pattern, COMMAND)
        self._vain[pattern] += 1
        if self._vain[pattern] == SEARCHED:
            self._learn(vain(pattern))
        if len(self._vain) > MOST_USES:
            self._vain.clear()

    def _learn(self, *lessons: Lesson) -> None:
        self.lessons = [*self.lessons, *(one for one in lessons if one not in self.lessons)][-MOST_LESSONS:]

    def _store(self, agent: str, path: str) -> None:
        runs = next((runs for name, runs in self.ledger(agent) if name == path), ())
        self._records.save_seen(self.id, agent, path, runs)

    def _drop(self, agent: str) -> None:
        if agent in self._ledgers:
            del self._ledgers[agent]
        self._records.forget_seen(self.id, agent)

    def _forget_notes(self, agent: str) -> None:
        """Forget that an agent was told the notes on files: they are not in its context any more."""
        self.told = [one for one in self.told if not one.startswith(notes_on(agent, ""))]

    def _drop_all(self) -> None:
        self._ledgers.clear()
        self._records.forget_seen(self.id, None)

    def _take(self, facts: Mapping[str, Any]) -> None:
        def texts(name: str) -> list[str]:
            found = facts.get(name)
            return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

        self.told, self.edited = texts("told"), texts("edited")
        failing = facts.get("failing")
        if isinstance(failing, dict):
            self.failing = {name: one for name, one in failing.items() if isinstance(one, str)}
        lessons = facts.get("lessons")
        for one in lessons if isinstance(lessons, list) else ():
            if isinstance(one, list) and len(one) > 1 and all(isinstance(text, str) for text in one):
                self._learn(Lesson(one[0], one[1], tuple(one[2:])))
        given = facts.get("given")
        self.given = given if isinstance(given, list) else []
        task = facts.get("task")
        self.task = task if isinstance(task, str) else ""


def notes_on(agent: str, path: str) -> str:
    """Return the name under which it is remembered that an agent was told the notes on a file."""
    return f"notes {agent} {path}"


def outline_of(agent: str, path: str) -> str:
    """Return the name under which it is remembered that an agent was shown an outline of a file."""
    return f"outline {agent} {path}"
