"""The events of an agent's session, the same for every client, and what memoryd may answer. All are immutable values. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What memoryd does in a session; each part can be left out (`MEMORYD_HOOKS`)."""

    START = "start"
    PLACES = "places"
    NOTES = "notes"
    WORKING_SET = "working-set"
    EDITS = "edits"
    LESSONS = "lessons"
    OUTPUTS = "outputs"
    REREADS = "rereads"
    OUTLINES = "outlines"


CHOSEN = frozenset((Part.OUTLINES,))
"""The parts that are left out unless a project chooses them: agents mostly read a whole file in order to edit it (docs/benchmarks.md)."""


class Kind(StrEnum):
    """What happened."""

    STARTED = "started"
    """A session began, was resumed, forked or cleared: whatever was in its context is not known any more."""
    PROMPTED = "prompted"
    USING = "using"
    """A tool is about to run."""
    USED = "used"
    FAILED = "failed"
    COMPACTING = "compacting"
    COMPACTED = "compacted"
    JOINED = "joined"
    """A subagent began."""
    LEFT = "left"
    ENDED = "ended"


class Tool(StrEnum):
    """What a tool does, whatever its client calls it."""

    READ = "read"
    EDIT = "edit"
    SHELL = "shell"
    SEARCH = "search"
    FETCH = "fetch"
    AGENT = "agent"
    """Starts a subagent; its task is the `command`."""
    OURS = "ours"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines of a file that others took the place of: `count` old lines from `first` on became `lines`."""

    first: int
    count: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a tool. `path` is as the client gives it, `lines` what a reading showed from line `first` on, `hunks` what an edit did.

    `output` is the text that the agent is about to see, and may be shown less of; of a reading, where no lines were asked for.
    """

    id: str
    tool: Tool
    path: str = ""
    command: str = ""
    first: int = 1
    lines: tuple[str, ...] = ()
    hunks: tuple[Hunk, ...] = ()
    is_whole: bool = False
    """Whether `lines` are all of the file."""
    output: str = ""
    background: str = ""
    """The client's name of a command in the background: one that begins, or, without a `command`, one whose output this is."""
    is_vain: bool = False
    """Whether it was a search, for `command`, that found nothing."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an agent of a session: `agent` is empty for the main one. `place` is its working folder.

    `text` is a prompt, the task of a subagent, or how a session began.
    """

    kind: Kind
    session: str
    agent: str = ""
    place: str = ""
    text: str = ""
    use: Use | None = None
    without: frozenset[str] = frozenset()
    """The parts that the user has left out."""
    transcript: str = ""
    """The file in which the client keeps the session, if it says so."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an agent gets: `context` beside what it sees, `output` in place of a tool's; `None` leaves that as it is."""

    context: str = ""
    output: str | None = None


SILENT = Reply()
