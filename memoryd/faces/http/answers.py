"""The answers of the daemon over HTTP: the core's own values, and here the pages and lists of them, all written as they are."""

from dataclasses import dataclass, fields
from typing import Any, Literal

import orjson
from fastapi import Response

from memoryd.daemon import KnownProject
from memoryd.fleet import FleetHit, Located
from memoryd.model import Hit, Shown
from memoryd.notes import Broken, Candidate, Finding, NoteHeadline, NoteInFull
from memoryd.text import escaped_json


def to_json(value: Any) -> bytes:
    """Write values of the core as JSON: the command line's JSON with other white space."""
    return escaped_json(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))


def respond(value: Any, status: int = 200) -> Response:
    """Return a JSON response with a value."""
    return Response(to_json(value), status, media_type="application/json")


def respond_at(value: Any, commit: str) -> Response:
    """Return a JSON response with the fields of a dataclass, and as `at` the commit that they are of."""
    return respond({"at": commit, **{one.name: getattr(value, one.name) for one in fields(value)}})


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
class FleetPush:
    """The repositories of the fleet's list that a push is about, which are looked at soon; none for a push to another branch."""

    repositories: tuple[str, ...]


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
