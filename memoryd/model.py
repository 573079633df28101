"""The values that pass between the parts of memoryd. All are immutable; lists are tuples; identity is an id."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How much of a unit a pack shows, richest first."""

    FULL = "FULL"
    OUTLINE = "OUTLINE"
    SIGNATURE = "SIGNATURE"


class Secrets(StrEnum):
    """What happens to secrets: by default they are masked, and files that are secret as a whole are left out."""

    MASK = "mask"
    SHOW = "show"


class Ranking(StrEnum):
    """How units are ranked: by the model learnt from history, or by the formula that came before it."""

    MODEL = "model"
    FORMULA = "formula"


class Stat(NamedTuple):
    """The result of `stat` for a file: equal values hint that its bytes did not change; different ones do not prove that they did."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The digest of a file's bytes and the revision of its language, which decide whether its rows are current."""

    digest: str
    language_revision: str


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """How the tree differs from the index. `renamed` are (old, new) pairs with the same bytes; paths are sorted."""

    added: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.modified or self.removed or self.renamed)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not indexed, and why: nothing is silently absent."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Touched:
    """The files whose rows changes replaced: those that were `written`, and those that are `gone`, of which nothing need be read."""

    written: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.written or self.gone)

    @property
    def paths(self) -> list[str]:
        """All of them, sorted."""
        return sorted(self.written | self.gone)

    def then(self, later: "Touched") -> "Touched":
        """Return what these changes and later ones replaced together."""
        return Touched(self.written - later.gone | later.written, self.gone - later.written | later.gone)


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """The result of one refresh. Counts are files, except `embedded` and `reused`, which are vectors made and kept.

    `pulled` are those whose rows came from a remote. `skipped` are all files that are not indexed, as in `Status`; what only a scan
    of the whole tree finds is not among them where some files were refreshed by name.
    """

    added: int
    modified: int
    removed: int
    renamed: int
    parsed: int
    embedded: int
    reused: int
    skipped: tuple[Skipped, ...]
    seconds: float
    store_version: int
    pulled: int = 0

    @property
    def has_changes(self) -> bool:
        """Whether the refresh made a new version."""
        return bool(self.added or self.modified or self.removed or self.renamed)


@dataclass(frozen=True, slots=True)
class BestLine:
    """The line of a unit that speaks of a query most, as it is on disk, without the blanks around it."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit that answers a query. Lines are 1-based inclusive; `reasons` name the signals that found it.

    `title` is what a person calls it: the name of a symbol, the heading of a section; lines between symbols have none. `best` is
    there where it was asked for, unless the file keeps changing.
    """

    id: str
    path: str
    start_line: int
    end_line: int
    kind: str
    score: float
    reasons: tuple[str, ...]
    title: str = ""
    best: BestLine | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Lines of a file, 1-based, inclusive. `text` is as on disk, but for visible escapes where `show` made it."""

    path: str
    start_line: int
    end_line: int
    text: str


@dataclass(frozen=True, slots=True)
class PackItem:
    """One piece of a pack's text. `tokens` counts its own text."""

    id: str
    path: str
    start_line: int
    end_line: int
    level: Level
    tokens: int
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Omitted:
    """A unit that a pack left out, and why; `id` is a handle that `show` accepts."""

    id: str
    path: str
    start_line: int
    end_line: int
    why: str


class Answering(StrEnum):
    """What to do with a pack: `answer` from it, `look` at more, or `grep`, since little or nothing in the project speaks of the task."""

    ANSWER = "answer"
    LOOK = "look"
    GREP = "grep"


@dataclass(frozen=True, slots=True)
class PackVerdict:
    """What a pack says of itself.

    `confidence` is the probability that it holds what its task needs, `next` the handles to open next, and `why` the reason for them.
    """

    kind: Answering = Answering.ANSWER
    confidence: float = 1.0
    next: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """The answer to a task: `tokens` counts exactly `text` and never exceeds `budget`."""

    text: str
    tokens: int
    budget: int
    items: tuple[PackItem, ...]
    omitted: tuple[Omitted, ...]
    store_version: int
    verdict: PackVerdict = PackVerdict()


@dataclass(frozen=True, slots=True)
class RemoteState:
    """How a remote does. `entries` are those it had when it was asked last; `failure` says why it is left alone, "" if it is not.

    `wrong` is how many of its objects are in quarantine.
    """

    name: str
    address: str
    signed: bool
    entries: int
    failure: str
    wrong: int


@dataclass(frozen=True, slots=True)
class Status:
    """The state of an index. `skipped` are the files that are not indexed, each with the reason.

    `failed` are those of them whose parser failed twice: an index can be `fresh` and lack files that it should hold.
    `errors` counts the files, by language, that their grammar did not understand everywhere: what it did understand is indexed.
    `without_grammar` are languages of the project whose grammar is not installed: their files are read in blocks.
    `branch` and `commit` are those that are checked out, "" where there is none; `worktree_of` is the work tree that the project is a
    linked one of (`git worktree add`). `remotes` are those that a refresh may ask.
    """

    root: str
    data: str
    store_version: int
    files: int
    units: int
    languages: dict[str, int]
    embedder: str
    fresh: bool
    changes: ChangeSet
    skipped: tuple[Skipped, ...] = field(default=())
    failed: tuple[Skipped, ...] = field(default=())
    errors: dict[str, int] = field(default_factory=dict)
    without_grammar: tuple[str, ...] = field(default=())
    branch: str = ""
    commit: str = ""
    worktree_of: str = ""
    remotes: tuple[RemoteState, ...] = field(default=())

    @property
    def state(self) -> str:
        """Whether the index is current and complete, in words."""
        changes = self.changes
        changed = len(changes.added) + len(changes.modified) + len(changes.removed) + len(changes.renamed)
        state = "fresh" if self.fresh else f"stale: {changed} file{'' if changed == 1 else 's'} changed"
        return f"{state}, but {len(self.failed)} file{'' if len(self.failed) == 1 else 's'} failed" if self.failed else state


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found when every file of an index was compared with its checksum: what is damaged was made again.

    `files` and `bytes` are how many are sound; without an index there are none.
    """

    files: int
    bytes: int
    damaged: tuple[str, ...] = ()
