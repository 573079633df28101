"""The sessions of all projects of a daemon: takes events, tells what agents have, and finds the session of a call over MCP.

Safe to use from several threads. An event that comes twice, because hooks are installed twice, counts once.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from memoryd.config import SESSIONS_FOLDER, Settings, project_folder
from memoryd.memory import ProjectMemory
from memoryd.model import Pack
from memoryd.observations import Observations, kind_of
from memoryd.sessions.contexts import Told, context, start_text
from memoryd.sessions.events import SILENT, Event, Kind, Part, Reply
from memoryd.sessions.outputs import kept, ran, reread, shown
from memoryd.sessions.records import Records
from memoryd.sessions.session import Session
from memoryd.sessions.summaries import SessionSummary, summary_of

MISSED = "daemon.missed"
"""The mark in the data folder that a hook leaves whose event nobody took."""
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

    def got(self, memory: ProjectMemory, pack: Pack) -> None:
        """Remember what a pack shows the agent: those units whose lines stand in its text, one after the other."""
        for item in pack.items:
            shown = memory.show_raw(f"{item.path}:{item.start_line}-{item.end_line}")
            if f"\n{shown.text}" in pack.text:
                with self.lock:
                    self.session.saw(self.agent, item.path, shown.start_line, tuple(shown.text.removesuffix("\n").split("\n")))


class Sessions:
    """The sessions that hooks tell about."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._now = now
        self._lock = threading.RLock()
        self._records: dict[Path, Records] = {}
        self._observations: dict[Path, Observations] = {}
        self._open: OrderedDict[tuple[Path, str], Session] = OrderedDict()
        self._starts: dict[Path, tuple[int, str]] = {}
        self._recent: OrderedDict[int, float] = OrderedDict()

    def take(self, root: Path, event: Event) -> Reply | None:
        """Take an event; return what the agent sees in place of a tool's output, or `None` if the event came before."""
        with self._lock:
            if self._is_repeated(event):
                return None
            session = self._session(root, event.session)
            inside = _within(root, event)
            is_known, use = session.take(inside, self._now(), self._missed()), inside.use
            if use is not None and is_known and Part.REREADS not in event.without:
                return Reply(output=reread(session, use))
            if use is None or not use.output or Part.OUTPUTS in event.without:
                return SILENT
            observations, has_failed = self._kept(root), event.kind == Kind.FAILED
        kind = kind_of(use.tool, use.command)
        handle = kept(observations, kind, use)  # takes long for a large output, which no other session waits for
        with self._lock:
            ran(session, has_failed, kind, use, handle)
        return Reply(output=shown(has_failed, kind, use, handle))

    def context(self, root: Path, event: Event, memory: ProjectMemory) -> Told:
        """Return what to tell the agent at this moment."""
        with self._lock:
            session = self._session(root, event.session)
        return context(memory, session, _within(root, event), self.start(root, memory))

    def start(self, root: Path, memory: ProjectMemory) -> str:
        """Return what to tell of a project when a session starts; made once for each version of its index, since that takes a while."""
        version = memory.version()
        found = self._starts.get(root)
        if found is None or found[0] != version:
            found = self._starts[root] = version, start_text(memory)
        return found[1]

    def told(self, root: Path, event: Event, told: Told) -> None:
        """Remember that the agent was told something, so that it is not told again."""
        with self._lock:
            self._session(root, event.session).tell(told.once)

    def miss(self) -> None:
        """Remember that an event was lost: from then on it is not known what any agent has."""
        with suppress(OSError):
            (self._settings.home / MISSED).touch(0o600)

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
