"""Looks for the daemon of a data folder, and says how things stand with it. Everything that needs one begins here, so all agree.

The lock tells whether there is a daemon, `daemon.json` where it answers: it is there from the first answer on until the daemon
begins to end. What it says is believed once `/healthz` answers with the same process and version. Standard library only, for thin
faces.
"""

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from memoryd.advice import NO_DAEMON, OWN_HOME, STOP_DAEMON
from memoryd.config import Settings
from memoryd.daemon.state import PAUSE, SECONDS_TO_ANSWER, Holder, State, holder, log_file, read_state, state_file
from memoryd.errors import DaemonUnavailable
from memoryd.runtime import late

if TYPE_CHECKING:
    from memoryd.daemon import connection
else:
    connection = late("memoryd.daemon.connection")  # HTTP takes a tenth of a small command to import, and mostly no daemon runs

SECONDS_TO_SETTLE = 0.5
"""How long the system may take to release the lock of a killed process after it has closed its socket."""


class Presence(StrEnum):
    """How things stand with a data folder's daemon."""

    NONE = "none"
    ANSWERS = "answers"
    CHANGES = "changes"
    """It starts or ends."""
    SILENT = "silent"
    """It runs and does not answer: it hangs, or its port cannot be reached from here."""
    ELSEWHERE = "elsewhere"
    """It runs in another container, or on another machine, that shares the data folder: where paths may mean other files."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at a data folder found: the process of its daemon as that names itself, 0 if there is none, and where it answers."""

    presence: Presence
    pid: int = 0
    state: State | None = None

    def complaint(self, settings: Settings) -> DaemonUnavailable:
        """Return the error that says why no daemon answers, and what to do."""
        if self.presence == Presence.NONE:
            return DaemonUnavailable("no daemon runs", advice=NO_DAEMON)
        if self.presence == Presence.ELSEWHERE:
            return DaemonUnavailable(
                f"the daemon of this data folder is process {self.pid} of another container or machine, which cannot be asked from here",
                settings.home,
                OWN_HOME,
            )
        if self.presence == Presence.CHANGES:
            return DaemonUnavailable(f"a daemon (process {self.pid}) is starting or ending; try again")
        return DaemonUnavailable(f"the daemon (process {self.pid}) does not answer", f"see {log_file(settings)}", STOP_DAEMON)


def look(settings: Settings, patience: float = SECONDS_TO_ANSWER) -> Found:
    """Look for the daemon; one that should answer is given `patience` seconds to do so."""
    settled = time.monotonic() + SECONDS_TO_SETTLE
    while True:
        held = holder(settings)
        if held is None:
            return Found(Presence.NONE)
        if not held.is_near:
            return Found(Presence.ELSEWHERE, held.pid)
        state = _published(settings, held)
        if state is None:
            return Found(Presence.CHANGES, held.pid)
        if _answers(state, patience):
            return Found(Presence.ANSWERS, held.pid, state)
        if time.monotonic() > settled:
            return Found(Presence.SILENT, held.pid)
        time.sleep(PAUSE)


def running(settings: Settings) -> State | None:
    """Return the running daemon, which answers at the address in its file as that process and version; `None` if there is none."""
    return look(settings).state


def _published(settings: Settings, held: Holder) -> State | None:
    state = read_state(state_file(settings))
    return state if state is not None and state.pid == held.pid else None


def _answers(state: State, timeout: float) -> bool:
    status, health = connection.ask(state, "GET", connection.HEALTH, timeout)
    return status == 200 and isinstance(health, dict) and (health.get("pid"), health.get("version")) == (state.pid, state.version)
