"""What the daemon answers with over HTTP: the core's own values, and here what holds several of them. All written as they are."""

from dataclasses import dataclass
from typing import Any, Literal

import orjson
from fastapi import Response

from memoryd.daemon import KnownProject
from memoryd.model import Hit
from memoryd.notes import Broken, Candidate, Finding, NoteHeadline, NoteInFull
from memoryd.packing import Shown


def to_json(value: Any) -> bytes:
    """Write values of the core as JSON, as the command line does but for the white space."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


def respond(value: Any, status: int = 200) -> Response:
    """Return the response that holds a value."""
    return Response(to_json(value), status, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Hits:
    """The units that answer a query, best first."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Excerpts:
    """What the handles name, in their order."""

    shown: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class ProjectsPage:
    """Registered projects by root, a page at a time; `next` is the `cursor` of the next page, null on the last."""

    projects: tuple[KnownProject, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Health:
    """That the daemon answers, and which it is."""

    status: Literal["ok"]
    version: str
    pid: int


@dataclass(frozen=True, slots=True)
class Stopping:
    """That the daemon ends after the requests in flight."""

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
    """What documents name that is not there any more."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class MemoryToolResult:
    """What belongs into the `tool_result` block."""

    content: str
    is_error: bool
