"""The sessions of all projects of a daemon: takes events, tells what agents have, and finds the session of a call over MCP.

Safe to use from several threads. An event that comes twice, because hooks are installed twice, counts once.
"""

import os
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from memoryd.config import SESSIONS_FOLDER, Settings, project_folder
from memoryd.memory import ProjectMemory
from memoryd.model import Level, Pack
from memoryd.observations import Observations, kind_of
from memoryd.sessions.contexts import Told, after_edit, is_edit, of_project, of_session, start_text, task_of
from memoryd.sessions.edits import looks
from memoryd.sessions.events import Event, Kind, Part, Reply, Tool, Use
from memoryd.sessions.given import given
from memoryd.sessions.lessons import draft
from memoryd.sessions.outputs import kept, outlined, ran, reread, shown, task_for_outline
from memoryd.sessions.records import Records
from memoryd.sessions.room import fitting, share_used
from memoryd.sessions.session import Reading, Session
from memoryd.sessions.summaries import SessionSummary, summary_of
from memoryd.sessions.switch import MISSED, OFF, left_out, mark_missed
from memoryd.versions import Unit

MOST_OPEN = 64
"""Sessions of all projects that are held in memory."""
SECONDS_REPEATED = 5.0
"""Within how long the same event counts once."""
MOST_REPEATED = 512


@dataclass(frozen=True, slots=True)
class Reader:
    """The agent that a call over MCP comes from: what it has, and what it is given."""

    session: Session
    agent: str
    lock: threading.RLock

    def has(self, path: str, lines: Sequence[str], numbers: Collection[int]) -> bool:
        """Tell whether the agent has lines of a file just as they are now."""
        with self.lock:
            return self.session.ledger(self.agent).has(path, lines, numbers)

    def saw(self, path: str, first: int, lines: tuple[str, ...]) -> None:
        """Remember that the agent is shown lines of a file."""
        with self.lock:
            self.session.saw(self.agent, path, first, lines)

    def is_insisted(self, what: str) -> bool:
        """Tell whether the agent asks again for what it was not shown the last time, since it has it."""
        with self.lock:
            return self.session.is_insisted(what)

    def budget(self, usual: int) -> int:
        """Return the budget of an answer for which the agent names none: the fuller its context, the smaller."""
        return usual if self.agent else fitting(usual, share_used(self.session.transcript))

    def got(self, memory: ProjectMemory, pack: Pack) -> None:
        """Remember what a pack shows the agent: those units that it shows whole, if their lines stand in its text, one after the other."""
        for item in pack.items:
            if item.level != Level.FULL:
                continue  # the same lines may stand in the text as those of another file
            shown = memory.show_raw(f"{item.path}:{item.start_line}-{item.end_line}")
            if f"\n{shown.text}" in pack.text:
                self.saw(item.path, shown.start_line, tuple(shown.text.removesuffix("\n").split("\n")))


@dataclass(frozen=True, slots=True)
class Taken:
    """What follows from an event itself: the reply to it, and the task that begins with it, whose places may be told; "" for none.

    `outline` is the task whose words an outline of the file follows that was read; "" for none.
    """

    reply: Reply
    task: str = ""
    outline: str = ""
    has_lessons: bool = False
    """Whether the session has ended and may have taught something."""
    without: frozenset[str] = frozenset()
    """The parts that are left out."""


class Sessions:
    """The sessions that hooks tell about."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._now = now
        self._lock = threading.RLock()
        self._records: dict[Path, Records] = {}
        self._observations: dict[Path, Observations] = {}
        self._open: OrderedDict[tuple[Path, str], Session] = OrderedDict()
        self._starts: dict[Path, str] = {}
        self._recent: OrderedDict[int, float] = OrderedDict()
        self._heard: Counter[Path] = Counter()

    def take(self, root: Path, event: Event) -> Taken | None:
        """Take an event; return what follows from it, or `None` if it came before, or the project's sessions are left alone."""
        if OFF in (left := left_out(self._settings, root)):
            return None
        event = replace(event, without=event.without | left)
        with self._lock:
            if self._is_repeated(event):
                return None
            self._heard[root] += 1
            session = self._session(root, event.session)
            inside = _within(root, event)
            reading, use = session.take(inside, self._now(), self._missed()), inside.use
            if use is not None and reading == Reading.HAD and Part.REREADS not in event.without:
                return Taken(Reply(output=reread(session, use)))
            if use is None or not use.output or use.tool == Tool.READ or Part.OUTPUTS in event.without:
                context = of_session(session, event)
                if event.kind in (Kind.USING, Kind.PROMPTED, Kind.USED):
                    context = session.told_late(event.agent)
                has_lessons = event.kind == Kind.ENDED and bool(session.lessons) and Part.LESSONS not in event.without
                is_new = use is not None and reading == Reading.NEW and Part.OUTLINES not in event.without
                outline = task_for_outline(session, event.agent, use) if is_new and use is not None else ""
                return Taken(Reply(context), task_of(session, event), outline, has_lessons, event.without)
            observations, has_failed = self._kept(root), event.kind == Kind.FAILED
            use = replace(use, command=session.command_of(use))
        kind = kind_of(use.tool, use.command)
        handle = kept(observations, kind, use)  # takes long for a large output, which no other session waits for
        with self._lock:
            ran(session, has_failed, kind, use, handle)
        return Taken(Reply(output=shown(has_failed, kind, use, handle)))

    def context(self, root: Path, event: Event, memory: ProjectMemory, places: Sequence[Unit]) -> Told:
        """Return what to tell the agent of the project at this moment; `places` are those of the task that begins."""
        with self._lock:
            session = self._session(root, event.session)
            start = self._starts.get(root)
        inside = _within(root, event)
        if is_edit(inside) and inside.use is not None and Part.EDITS not in event.without:
            if inside.kind == Kind.USED:
                # This takes as long as the index takes to follow: where the agent does not wait for it, it is told with the next event.
                self._edited(memory, session, inside, inside.use)
                return Told()
            noted = inside.use.path, looks(memory, inside.use.path)
            with self._lock:
                session.looked = noted
        return of_project(memory, session, inside, lambda: self.prepare(root, memory) if start is None else start, places)

    def outline(self, root: Path, event: Event, memory: ProjectMemory, task: str) -> str | None:
        """Return what an agent sees of a long file that it read, which is kept whole; `None` for the file itself."""
        inside = _within(root, event)
        if inside.use is None or (found := outlined(memory, task, inside.use)) is None:
            return None
        with self._lock:
            observations = self._kept(root)
        handle = observations.keep(inside.use.path, inside.use.output)
        if not handle:
            return None
        with self._lock:
            self._session(root, event.session).outlined(event.agent, inside.use.path, found.runs())
        return found.text(handle)

    def _edited(self, memory: ProjectMemory, session: Session, event: Event, use: Use) -> None:
        with self._lock:
            (looked, noted), told = session.looked, frozenset(session.told)
        found = after_edit(memory, noted if looked == use.path else {}, told, use.path, use.hunks)
        with self._lock:
            session.late[event.agent] = "".join(one.text for one in found)
            for one in found[1:]:
                session.tell(one.once)

    def late(self, root: Path, event: Event) -> str:
        """Return what an agent was not told before, since it was not ready."""
        with self._lock:
            return self._session(root, event.session).told_late(event.agent)

    def suggest(self, root: Path, event: Event, memory: ProjectMemory) -> None:
        """Put what a session has taught among the candidates for notes, where a person finds it; it is told to nobody."""
        with self._lock:
            session = self._session(root, event.session)
            lessons, session.lessons = session.lessons, []
            session.save()
        if lessons:
            day = time.strftime("%Y-%m-%d", time.gmtime(self._now()))
            memory.notes.pending.suggest([draft(one, day) for one in lessons])

    def prepare(self, root: Path, memory: ProjectMemory) -> str:
        """Make what is told of a project when a session starts, as it is now, and return it: that takes too long for a hook."""
        text = self._starts[root] = start_text(memory)
        return text

    def told(self, root: Path, event: Event, told: Told) -> None:
        """Remember that the agent was told something, so that it is not told again."""
        with self._lock:
            self._session(root, event.session).tell(told.once)

    def gave(self, root: Path, event: Event, reply: Reply) -> None:
        """Remember what an agent was given, for people to look at."""
        with self._lock:
            self._session(root, event.session).gave(given(_within(root, event), reply, self._now()))
            self._heard[root] += 1

    def heard(self, root: Path) -> int:
        """Return a number that grows with what is known of the sessions of a project."""
        return self._heard[root]

    def miss(self) -> None:
        """Remember that an event was lost: from then on it is not known what any agent has."""
        mark_missed(self._settings)

    def reader(self, use: str) -> Reader | None:
        """Return the agent that a call comes from, by the client's id of the use; `None` if no hook told of it just before."""
        with self._lock:
            for session in reversed(self._open.values()):
                if (event := session.agent_of(use)) is not None and self._missed() < session.at:
                    return Reader(session, event.agent, self._lock)
        return None

    def listed(self, root: Path, first: int, most: int) -> tuple[int, tuple[SessionSummary, ...]]:
        """Return how many sessions of a project are remembered, and some of them, newest first; `first` counts from 0."""
        with self._lock:
            records = self._recorded(root)
            return records.count(), tuple(filter(None, (summary_of(records, id_) for id_ in records.listed(first, most))))

    def summary(self, root: Path, id_: str) -> SessionSummary | None:
        """Return what is remembered of a session."""
        with self._lock:
            return summary_of(self._recorded(root), id_)

    def close(self) -> None:
        """Close the records."""
        with self._lock:
            for records in self._records.values():
                records.close()
            for observations in self._observations.values():
                observations.close()
            self._records.clear()
            self._observations.clear()
            self._open.clear()

    def _session(self, root: Path, id_: str) -> Session:
        found = self._open.get((root, id_))
        if found is None:
            found = self._open[root, id_] = Session(id_, self._recorded(root), self._missed())
        self._open.move_to_end((root, id_))
        while len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)
        return found

    def _recorded(self, root: Path) -> Records:
        if root not in self._records:
            self._records[root] = Records(project_folder(self._settings, root) / SESSIONS_FOLDER)
        return self._records[root]

    def _kept(self, root: Path) -> Observations:
        if root not in self._observations:
            self._observations[root] = Observations(project_folder(self._settings, root) / SESSIONS_FOLDER)
        return self._observations[root]

    def _is_repeated(self, event: Event) -> bool:
        now, key = self._now(), hash(event)
        is_repeated = now - self._recent.pop(key, 0.0) < SECONDS_REPEATED
        self._recent[key] = now
        while len(self._recent) > MOST_REPEATED:
            self._recent.popitem(last=False)
        return is_repeated

    def _missed(self) -> float:
        """Return when an event was last missed."""
        try:
            return os.stat(self._settings.home / MISSED).st_mtime
        except OSError:
            return 0.0


def _within(root: Path, event: Event) -> Event:
    """Return an event whose paths are relative to the project; a file elsewhere has none."""
    if event.use is None or not event.use.path:
        return event
    return replace(event, use=replace(event.use, path=_relative(root, event.place, event.use.path)))


def _relative(root: Path, place: str, path: str) -> str:
    full = os.path.normpath(os.path.join(place or root, path))
    for base in (str(root), os.path.realpath(root)):
        if full.startswith(f"{base}/"):
            return full[len(base) + 1 :]
    return ""
