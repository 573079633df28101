"""The answers of the daemon over HTTP: the core's own values, and here the pages and lists of them, all written as they are."""

from dataclasses import dataclass
from typing import Any, Literal

import orjson
from fastapi import Response
from typing_extensions import TypedDict

from memoryd.daemon import KnownProject
from memoryd.fleet import FleetHit, Located
from memoryd.model import Hit, Shown
from memoryd.notes import Broken, Candidate, Finding, NoteHeadline, NoteInFull
from memoryd.relations import FoundUnit
from memoryd.text import escaped_json


def to_json(value: Any) -> bytes:
    """Write values of the core as JSON: the command line's JSON with other white space."""
    return escaped_json(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))


def respond(value: Any, status: int = 200) -> Response:
    """Return a JSON response with a value."""
    return Response(to_json(value), status, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Hits:
    """The units that answer a query, best first."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class FleetHits:
    """The units of a fleet that answer a query, best first."""

    hits: tuple[FleetHit, ...]


@dataclass(frozen=True, slots=True)
class FleetRepositories:
    """The repositories of a fleet that the asker may see, sorted."""

    repositories: tuple[Located, ...]


@dataclass(frozen=True, slots=True)
class Excerpts:
    """What the handles name, in their order."""

    shown: tuple[Shown, ...]


ToldEdge = TypedDict(
    "ToldEdge", {"from": str, "to": str, "kind": str, "path": str, "line": int, "tier": str, "probability": float}
)  # fmt: skip
"""An edge between two definitions or files: where its first use stands, how it is known, and how likely it is right."""


@dataclass(frozen=True, slots=True)
class Relations:
    """What the graph knows: as text of at most `budget` tokens, and the edges and units that it shows.

    `omitted` counts what is not shown, `unresolved` the references that may belong here and that nothing resolved; `uncertain` are the
    reasons for which all tests should run, `commands` the command lines that run those that are named.
    """

    root: str
    relation: str
    target: tuple[str, ...]
    text: str
    tokens: int
    budget: int
    edges: tuple[ToldEdge, ...]
    found: tuple[FoundUnit, ...]
    unresolved: int
    omitted: int
    uncertain: tuple[str, ...]
    commands: tuple[str, ...]
    store_version: int


@dataclass(frozen=True, slots=True)
class ProjectsPage:
    """Registered projects by root, a page at a time; `next` is the `cursor` of the next page, null on the last."""

    projects: tuple[KnownProject, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Health:
    """Says that the daemon answers, and which daemon it is."""

    status: Literal["ok"]
    version: str
    pid: int


@dataclass(frozen=True, slots=True)
class Stopping:
    """Says that the daemon ends after the requests in flight."""

    status: Literal["stopping"]


@dataclass(frozen=True, slots=True)
class NotesPage:
    """Notes by id, a page at a time, and files that are no notes; `next` is the `cursor` of the next page, null on the last."""

    notes: tuple[NoteHeadline, ...]
    next: str | None
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class VerifiedNotes:
    """Notes in full."""

    notes: tuple[NoteInFull, ...]


@dataclass(frozen=True, slots=True)
class CandidatesPage:
    """Candidates by id, a page at a time; `next` is the `cursor` of the next page, null on the last."""

    pending: tuple[Candidate, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Audited:
    """The paths and symbols that documents name and that no longer exist."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class MemoryToolResult:
    """The content of the `tool_result` block."""

    content: str
    is_error: bool
