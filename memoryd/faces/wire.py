"""What goes over HTTP: requests, answers, problems. The one place that turns an error of memoryd into a status code.

Requests are strict: an unknown field or a number given as text is refused and named. Answers have the fields that the command
line prints with `--json`; they are written from the core's own values, and the models here are what the API promises of them.
A problem (RFC 9457) always says what to do next, and never repeats what was asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from memoryd import errors
from memoryd.config import DEFAULT_BUDGET, DEFAULT_LIMIT
from memoryd.faces.examples import EXAMPLE_ROOT, HIT, PACK, PROBLEM, PROJECT, REPORT, SHOWN, STATUS

PROBLEM_JSON = "application/problem+json"
MOST_TEXT = 200_000
"""Characters of a question: a long log; what is longer hits the limit on bodies soon."""
MOST_HANDLES = 100

Root = Annotated[
    str,
    Field(min_length=1, max_length=4096, pattern="^/", description="The project's folder, as an absolute path."),
]
Text = Annotated[str, Field(min_length=1, max_length=MOST_TEXT, pattern=r"[^ \t\r\n]")]
Handle = Annotated[str, Field(min_length=1, max_length=4096)]


def whole(given: Any) -> Any:
    """Read 5.0 as 5: JSON knows no difference, and some programs write it so."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


Budget = Annotated[int, Field(ge=1, le=1_000_000, description="Most tokens of the text."), BeforeValidator(whole)]
Limit = Annotated[int, Field(ge=1, le=1_000, description="Most hits."), BeforeValidator(whole)]


class Request(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answer(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PackRequest(Request):
    """Ask for the evidence for a task."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "task": "why is the total rounded twice", "budget": 2_000}]}
    )

    root: Root
    task: Text = Field(description="A question, a bug report, a stack trace, a symbol or a path.")
    budget: Budget = DEFAULT_BUDGET


class SearchRequest(Request):
    """Ask for the units that answer a query."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "query": "parse money", "limit": 5}]})

    root: Root
    query: Text = Field(description="Words or names.")
    limit: Limit = DEFAULT_LIMIT


class ShowRequest(Request):
    """Ask for symbols, files or lines."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "handles": ["shop/money.py#parse_money", "shop/cart.py:1-4"]}]}
    )

    root: Root
    handles: list[Handle] = Field(
        min_length=1, max_length=MOST_HANDLES, description="What packs and hits name: a symbol, a path, or lines of it."
    )


class MapRequest(Request):
    """Ask for an overview."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "budget": 500}]})

    root: Root
    budget: Budget = 2_000


class ReindexRequest(Request):
    """Bring the index of a project up to date."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "wait": True}]})

    root: Root
    wait: bool = Field(True, description="Wait for another refresh of the project to end, instead of failing with 409.")


class ProjectRequest(Request):
    """Register a project."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT}]})

    root: Root


class HitModel(Answer):
    """A unit that answers a query; lines are 1-based, inclusive."""

    id: str
    path: str
    start_line: int
    end_line: int
    kind: str
    score: float
    reasons: list[str] = Field(description="Which signals found it.")


class Hits(Answer):
    """The units that answer a query, best first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"hits": [HIT]}]})

    hits: list[HitModel]


class PackItemModel(Answer):
    """One piece of a pack's text."""

    id: str
    path: str
    start_line: int
    end_line: int
    level: Literal["FULL", "OUTLINE", "SIGNATURE", "NAME"]
    tokens: int
    score: float
    reasons: list[str]


class OmittedModel(Answer):
    """What a pack left out; `id` is a handle for `/v1/show`."""

    id: str
    path: str
    start_line: int
    end_line: int
    why: str


class PackAnswer(Answer):
    """Text within a budget of tokens, what it consists of, and what was left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [PACK]})

    text: str
    tokens: int = Field(description="Counts exactly `text`; never more than `budget`.")
    budget: int
    items: list[PackItemModel]
    omitted: list[OmittedModel]
    store_version: int


class ShownModel(Answer):
    """Lines of a file, exactly as on disk."""

    path: str
    start_line: int
    end_line: int
    text: str


class ShownAnswer(Answer):
    """What the handles name, in their order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"shown": [SHOWN]}]})

    shown: list[ShownModel]


class SkippedModel(Answer):
    """A file that is not indexed, and why."""

    path: str
    reason: str


class ChangesModel(Answer):
    """How the working tree differs from the index."""

    added: list[str]
    modified: list[str]
    removed: list[str]
    renamed: list[tuple[str, str]]


class StatusAnswer(Answer):
    """What is indexed, what is not and why, and whether it is fresh."""

    model_config = ConfigDict(json_schema_extra={"examples": [STATUS]})

    root: str
    data: str
    store_version: int
    files: int
    units: int
    languages: dict[str, int]
    embedder: str
    fresh: bool
    changes: ChangesModel
    skipped: list[SkippedModel]


class ReportAnswer(Answer):
    """What a refresh did. Counts are files, except `embedded` and `reused`, which are vectors made and kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [REPORT]})

    added: int
    modified: int
    removed: int
    renamed: int
    parsed: int
    embedded: int
    reused: int
    skipped: list[SkippedModel]
    seconds: float
    store_version: int


class ProjectModel(Answer):
    """A registered project; the numbers are those of when it was last loaded."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROJECT]})

    root: str
    loaded: bool
    store_version: int
    files: int
    last_used: float = Field(description="Seconds since 1970; 0 where it was not used yet.")


class ProjectsPage(Answer):
    """Registered projects by root, a page at a time."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"projects": [PROJECT], "next": None}]})

    projects: list[ProjectModel]
    next: str | None = Field(description="The `cursor` of the next page; null on the last.")


class HealthAnswer(Answer):
    """That the daemon answers, and which it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok", "version": "0.1.0", "pid": 4711}]})

    status: Literal["ok"]
    version: str
    pid: int


class StopAnswer(Answer):
    """That the daemon ends after the requests in flight."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "stopping"}]})
    status: Literal["stopping"]


class Mistake(Answer):
    """What is wrong with one field of a request."""

    field: str
    problem: str


class ProblemAnswer(Answer):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROBLEM]})

    type: str = Field(description="Names the kind of problem; leads to its description.")
    title: str
    status: int
    detail: str
    next: str = Field(description="What to do now.")
    request_id: str = Field(description="The X-Request-Id of this answer; the log has it too.")
    errors: list[Mistake] | None = Field(None, description="With 422: the fields that are wrong.")
    reasons: list[str] | None = Field(None, description="With a note that is refused: each thing that speaks against it.")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name, its status, its title, and what to do."""

    name: str
    status: int
    title: str
    next: str


@dataclass(eq=False, slots=True)
class Refusal(Exception):
    """A request that is not answered. `detail` says what about this one, in words that may be logged by nobody."""

    kind: Kind
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()
    reasons: tuple[str, ...] = ()


KINDS = {
    kind.name: kind
    for kind in (
        Kind("malformed", 400, "The request cannot be read", "Send one JSON object, as the examples in /docs show."),
        Kind(
            "foreign-host",
            403,
            "A Host this daemon does not answer to",
            "Call it by the address it was started with, or by a loopback name.",
        ),
        Kind(
            "foreign-origin",
            403,
            "A web page may not call this daemon",
            "Call it from a program; a page must come from a loopback address.",
        ),
        Kind("no-token", 401, "A token is needed", "Make one with `memoryd token create NAME`; send it as `Authorization: Bearer TOKEN`."),
        Kind("key-needed", 401, "The key of this daemon is needed", "Run `memoryd daemon stop` as the user who started the daemon."),
        Kind(
            "outside-root", 403, "Outside of what may be read", "Name files as packs and hits do, and a root that GET /v1/projects lists."
        ),
        Kind("not-here", 403, "Only on the daemon's own machine", "Do this there; GET /v1/projects lists the projects that can be asked."),
        Kind(
            "no-project",
            404,
            "No such project",
            "Give the absolute path of a folder that exists; GET /v1/projects lists what is registered.",
        ),
        Kind("unknown-handle", 404, "No such handle", "Take a handle from a pack, or find one with POST /v1/search."),
        Kind("unknown-note", 404, "No such note", "Take an id from POST /v1/notes/list, or a candidate's from POST /v1/notes/pending."),
        Kind("no-route", 404, "No such address", "See /docs for what there is."),
        Kind("method", 405, "Not with this method", "Use a method that the header Allow names."),
        Kind("slow-body", 408, "The request took too long to arrive", "Send the whole request at once."),
        Kind("busy-project", 409, "The project is being refreshed", 'Ask again, or wait for the other refresh with "wait": true.'),
        Kind("stale", 409, "The index differs from the working tree", "POST /v1/reindex."),
        Kind("note-refused", 409, "The note is refused", "Correct what `reasons` names, and send the note again; or leave it."),
        Kind("too-large", 413, "The body is too large", "Send at most 1 MiB; shorten the task, or ask for fewer handles at once."),
        Kind("media-type", 415, "Not JSON", "Send JSON, with Content-Type: application/json."),
        Kind("invalid", 422, "The request makes no sense", "Correct the fields that `errors` names; /docs shows what they accept."),
        Kind("internal", 500, "memoryd failed", "Ask again; if it stays so, look up the request id in the daemon's log and report it."),
        Kind("unavailable", 503, "memoryd cannot do this now", "Do what `detail` says, on the daemon's machine, and ask again."),
        Kind("overloaded", 503, "Too many requests are waiting", "Ask again after the seconds that Retry-After names."),
        Kind(
            "timeout",
            504,
            "The answer takes too long",
            "A first index goes on meanwhile: ask again, or follow POST /v1/reindex as text/event-stream.",
        ),
    )
}

# From the particular to the general: the first that fits decides.
OF_ERROR: tuple[tuple[type[Exception], str], ...] = (
    (errors.NotAProject, "no-project"),
    (errors.UnknownHandle, "unknown-handle"),
    (errors.OutsideRoot, "outside-root"),
    (errors.UnknownNote, "unknown-note"),
    (errors.NoteRefused, "note-refused"),
    (errors.NoteMalformed, "note-refused"),
    (errors.UsageError, "invalid"),
    (errors.IndexStale, "stale"),
    (errors.RefreshBusy, "busy-project"),
    (errors.MemorydError, "unavailable"),
)
AGAIN = frozenset(("stale", "busy-project", "unavailable"))
"""Kinds of problems that may pass by themselves."""


def refusal_of(error: errors.MemorydError) -> Refusal:
    """Return how an error of memoryd is told over HTTP."""
    kind = KINDS[next(name for family, name in OF_ERROR if isinstance(error, family))]
    reasons = error.reasons if isinstance(error, errors.NoteRefused) else ()
    return Refusal(kind, str(error), {"Retry-After": "1"} if kind.name in AGAIN else {}, reasons=reasons)


def refuse(name: str, detail: str, **headers: str) -> Refusal:
    """Return a refusal of a named kind, to be raised; header names are written with `_` for `-`."""
    return Refusal(KINDS[name], detail, {header.replace("_", "-"): value for header, value in headers.items()})


def problem(refusal: Refusal, request_id: str) -> bytes:
    """Return the problem document that tells a refusal."""
    kind = refusal.kind
    said: dict[str, Any] = {
        "type": f"/docs#{kind.name}", "title": kind.title, "status": kind.status,
        "detail": refusal.detail, "next": kind.next, "request_id": request_id,
    }  # fmt: skip
    if refusal.mistakes:
        said["errors"] = [mistake.model_dump() for mistake in refusal.mistakes]
    if refusal.reasons:
        said["reasons"] = refusal.reasons
    return to_json(said)


def to_json(value: Any) -> bytes:
    """Write values of the core as JSON, as the command line does but for the white space."""
    return orjson.dumps(value)
