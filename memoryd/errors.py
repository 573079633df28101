"""Every error memoryd raises on purpose. Each message says what to do next; `told` says it in the words of the face that passes it on.

MemorydError
├── UsageError            the request makes no sense: exit code 2
│   ├── NotAProject       the root is no folder
│   ├── UnknownHandle     an id or path that names nothing here
│   ├── OutsideRoot       a path that leaves the project
│   ├── ClaimMalformed    a claim that is not in the grammar
│   ├── NoteRefused       a note that is not admitted, with each reason
│   ├── UnknownNote       an id that names no note
│   └── MemoryRefused     a command of the memory tool that cannot be done
├── NoteMalformed         a note's file cannot be read as a note
├── ProjectReadOnly       a project that we may read and not write: it takes no notes
├── ArchiveRefused        an exported index is damaged, foreign or hostile
├── ScipRefused           a SCIP index is damaged, or of another project
├── InstallRefused        a client's configuration cannot be edited safely
├── TrialFailed           a server that was started to try it does not answer as one
├── IndexStale            `reindex --check` found changes: exit code 3
├── RefreshBusy           another process refreshes and we were told not to wait
├── MachineError          something on this machine stands in the way
│   ├── StoreUnusable         the data folder cannot be read or written
│   │   └── ResourcesExhausted    … since memory or threads ran out
│   ├── ParserUnavailable     no parser process starts
│   ├── WatchUnavailable      the system offers no file events
│   ├── EmbedderUnavailable   the configured embedder cannot be loaded
│   │   └── EmbedderUnknown       … since the setting names none
│   ├── IndexerFailed         a compiler's indexer cannot be run, or makes no index
│   ├── RemoteUnusable        a remote, or the list of them, cannot be read or written
│   ├── DaemonUnavailable     no daemon runs, and none can be started
│   ├── FleetUnusable         a fleet's tables cannot be read or written
│   ├── EngineUnavailable     what runs a fleet's tasks is not installed
│   └── SystemUnsupported     the system lacks what memoryd needs of POSIX
├── DaemonRunning         one daemon per data folder, and there is one
└── Stopping              a request ended because the daemon stops
"""

import re

from memoryd.advice import Advice, Face

EXHAUSTED = "memory or threads ran out; free some, or allow more of them: `ulimit -v`, `ulimit -u`, or the limits of the container"
"""What is said where memory or threads ran out, whoever noticed it."""
OUT_OF_MEMORY = re.compile(
    r"cannot allocate memory|failed to map segment|can't start new thread|(?:spawn|launch) (?:a new )?worker thread", re.IGNORECASE
)
"""The texts with which the loader of libraries, Python, Arrow and LanceDB say that memory or threads ran out."""


class MemorydError(Exception):
    """The base of all errors. Raised when a request makes sense and carrying it out fails: exit code 1.

    `message` says what is wrong, and what to do if that is the same for everybody; `advice` what to do if that depends on the face.
    `str` is for who operates memoryd, at a command line, and may say more than a client reads.
    """

    def __init__(self, message: str, advice: Advice | None = None) -> None:
        self.message = message
        self.advice = advice
        super().__init__(self.told(Face.SHELL))

    def told(self, face: Face) -> str:
        """Return what a client may read, in the words of a face."""
        return f"{self.message}; {self.advice.to(face)}" if self.advice else self.message


class UsageError(MemorydError):
    """The request makes no sense: exit code 2."""


class NotAProject(UsageError):
    """The root is not a folder that can be read."""


class UnknownHandle(UsageError):
    """An id or a path names nothing in the index."""


class OutsideRoot(UsageError):
    """A path leaves the project's folder."""


class ClaimMalformed(UsageError):
    """A claim is not in the grammar."""


class NoteRefused(UsageError):
    """A note is not admitted; `reasons` has each objection to it, and what would be right instead."""

    def __init__(self, reasons: tuple[str, ...], advice: Advice | None = None) -> None:
        super().__init__("the note is refused: " + "; ".join(reasons), advice)
        self.reasons = reasons


class UnknownNote(UsageError):
    """An id names no note of the project."""


class MemoryRefused(UsageError):
    """A command of the memory tool cannot be done; the text is what the model gets as its result."""


class NoteMalformed(MemorydError):
    """A note's file cannot be read as a note, or a note cannot be written as one."""


class ProjectReadOnly(MemorydError):
    """A project may be read and not written, so that it takes no notes."""


class IndexStale(MemorydError):
    """The index differs from the working tree."""


class RefreshBusy(MemorydError):
    """Another process refreshes the same project."""


class MachineError(MemorydError):
    """Something on this machine stands in the way. The message says what; `detail` has the paths and what lower layers said.

    `detail` is for who operates memoryd: the command line and the log have it, an answer over HTTP or MCP never does.
    """

    def __init__(self, message: str, detail: object = "", advice: Advice | None = None) -> None:
        super().__init__(message, advice)
        self._detail = str(detail)

    def __str__(self) -> str:
        said = self.told(Face.SHELL)
        return f"{said} ({self._detail})" if self._detail else said


class StoreUnusable(MachineError):
    """The data folder cannot be read or written."""


class ResourcesExhausted(StoreUnusable):
    """Memory or threads ran out while the index was used."""

    def __init__(self, detail: object) -> None:
        super().__init__(EXHAUSTED, detail)


class ArchiveRefused(MemorydError):
    """An exported index is damaged, foreign or hostile; none of its rows were imported."""


class ScipRefused(MemorydError):
    """A SCIP index is damaged, or of another project; nothing was changed."""


class IndexerFailed(MachineError):
    """A compiler's indexer cannot be run, or makes no index; nothing was changed."""


class InstallRefused(MemorydError):
    """A client's configuration cannot be edited without harm; it was left as it is."""


class TrialFailed(MemorydError):
    """A server that was started to try it does not start, or does not answer as one."""


class ParserUnavailable(MachineError):
    """No parser process starts."""


class WatchUnavailable(MachineError):
    """The system offers no file events."""


class EmbedderUnavailable(MachineError):
    """The configured embedder cannot be loaded."""


class EmbedderUnknown(EmbedderUnavailable):
    """The setting names no embedder."""


class RemoteUnusable(MachineError):
    """A remote, or the list of them, cannot be read or written."""


class DaemonUnavailable(MachineError):
    """No daemon runs, and none can be started."""


class FleetUnusable(MachineError):
    """The tables of a fleet cannot be read or written."""


class EngineUnavailable(MachineError):
    """What runs the tasks of a fleet is not installed, or does not start."""


class SystemUnsupported(MachineError):
    """The system lacks what memoryd needs of POSIX."""


class DaemonRunning(MemorydError):
    """Another daemon serves the same data folder."""


class Stopping(MemorydError):
    """A request ended because its daemon stops; nothing is lost, ask again."""


def is_exhaustion(error: BaseException | None) -> bool:
    """Tell whether an error means that memory or threads ran out."""
    return isinstance(error, MemoryError) or OUT_OF_MEMORY.search(str(error)) is not None


def reason(error: OSError) -> str:
    """Return why the system refused something, without the path that it names."""
    return error.strerror or type(error).__name__
