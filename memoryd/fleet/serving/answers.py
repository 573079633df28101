"""The answers of a fleet: what a project would answer, with the repository and the commit that it is true of."""

from dataclasses import dataclass

from memoryd.model import Hit, Omitted, PackItem, PackVerdict
from memoryd.text import escaped

SHORT_COMMIT = 12


@dataclass(frozen=True, slots=True)
class Located:
    """A repository, and the commit of it that a fleet holds."""

    repository: str
    commit: str


@dataclass(frozen=True, slots=True)
class FleetHit:
    """A hit of a search, in a repository at a commit. Its score is comparable with those of other repositories."""

    repository: str
    commit: str
    hit: Hit


@dataclass(frozen=True, slots=True)
class PackedRepository:
    """What a pack shows of one repository at a commit, and what it leaves out."""

    repository: str
    commit: str
    items: tuple[PackItem, ...]
    omitted: tuple[Omitted, ...]
    verdict: PackVerdict


@dataclass(frozen=True, slots=True)
class FleetPack:
    """The evidence for a task from several repositories: `tokens` counts exactly `text` and never exceeds `budget`."""

    text: str
    tokens: int
    budget: int
    repositories: tuple[PackedRepository, ...]


def heading(repository: str, commit: str) -> str:
    """Return the line that opens a repository in a pack: what follows is true of it at this commit."""
    return f"## repository: {escaped(repository)} at {commit[:SHORT_COMMIT]}\n"
