"""Problems over HTTP (RFC 9457): their kinds, the advice of each, and the kind of problem for each error of memoryd.

This is the only place that turns an error into a status code. A problem never repeats the request.
"""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from memoryd import errors
from memoryd.advice import Advice, Face
from memoryd.faces.http.answers import to_json
from memoryd.text import escaped

log = logging.getLogger("memoryd.http")
PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of problem: its name, status, title, and what to do next; `agent` is for agents, where `next` speaks of HTTP."""

    name: str
    status: int
    title: str
    next: str
    agent: str = ""

    def advice(self, face: Face) -> str:
        """Return what to do next in the words of a face."""
        return self.agent if self.agent and face == Face.MCP else self.next


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one field of a request."""

    field: str
    problem: str


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """A problem document (RFC 9457). `type` names the kind of problem and leads to its description; `next` says what to do now.

    `request_id` is the X-Request-Id of this answer, which the log has too. With 422 `errors` are the fields that are wrong; with a
    note that is refused `reasons` are the things that speak against it. `example` is a body that the address takes.
    """

    type: str
    title: str
    status: int
    detail: str
    next: str
    request_id: str
    errors: tuple[Mistake, ...] = ()
    reasons: tuple[str, ...] = ()
    example: dict[str, Any] | None = None


@dataclass(eq=False, slots=True)
class Refusal(Exception):
    """Raised to refuse a request. `detail` is about this very request and must not be logged."""

    kind: Problem
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[Mistake, ...] = ()
    reasons: tuple[str, ...] = ()
    advice: Advice | None = None
    example: dict[str, Any] | None = None

    def told(self, face: Face) -> str:
        """Return what is wrong in the words of a face."""
        return f"{self.detail}; {self.advice.to(face)}" if self.advice else self.detail


PROBLEMS = {
    kind.name: kind
    for kind in (
        Problem("malformed", 400, "The request cannot be read", "Send one JSON object, as the examples in /docs show."),
        Problem(
            "foreign-host",
            403,
            "A Host this daemon does not answer to",
            "Call it by the address it was started with, by a loopback name, or by one that `memoryd serve --name` gave it.",
        ),
        Problem(
            "foreign-origin",
            403,
            "A web page may not call this daemon",
            "Call it from a program; no page but the daemon's own may.",
        ),
        Problem(
            "no-token",
            401,
            "A secret or a token is needed",
            "Send `Authorization: Bearer SECRET`. `memoryd token local` prints your secret, if the daemon is yours;"
            " its user makes tokens for others: `memoryd token create NAME`.",
            "Have the user give this client the MEMORYD_HOME of the daemon, or its entry a valid token.",
        ),
        Problem(
            "outside-root", 403, "Outside of what may be read", "Name files as packs and hits do, and a root that GET /v1/projects lists."
        ),
        Problem(
            "not-yours",
            403,
            "Only the user who runs the daemon may do this",
            "Do it as that user: `memoryd token local` prints the secret to send; GET /v1/projects lists the projects that can be asked.",
        ),
        Problem(
            "read-only",
            403,
            "The project takes no notes here",
            "Read what there is; to write notes, do what `detail` says on the daemon's machine.",
        ),
        Problem(
            "no-project",
            404,
            "No such project",
            "Give the absolute path of a folder that exists; GET /v1/projects lists what is registered.",
        ),
        Problem("unknown-handle", 404, "No such handle", "Take a handle from a pack, or find one with POST /v1/search."),
        Problem("unknown-note", 404, "No such note", "Take an id from POST /v1/notes/list, or a candidate's from POST /v1/notes/pending."),
        Problem("no-route", 404, "No such address", "See /docs for what there is."),
        Problem("method", 405, "Not with this method", "Use a method that the header Allow names."),
        Problem("slow-body", 408, "The request took too long to arrive", "Send the whole request at once."),
        Problem("busy-project", 409, "The project is being refreshed", 'Ask again, or wait for the other refresh with "wait": true.'),
        Problem("stale", 409, "The index differs from the working tree", "POST /v1/reindex."),
        Problem("note-refused", 409, "The note is refused", "Correct what `reasons` names, and send the note again; or leave it."),
        Problem("too-large", 413, "The body is too large", "Send at most 1 MiB; shorten the task, or ask for fewer handles at once."),
        Problem("media-type", 415, "Not JSON", "Send JSON, with Content-Type: application/json."),
        Problem("invalid", 422, "The request makes no sense", "Correct the fields that `errors` names; /docs shows what they accept."),
        Problem("internal", 500, "memoryd failed", "Ask again; if it stays so, look up the request id in the daemon's log and report it."),
        Problem(
            "unavailable",
            503,
            "memoryd cannot do this now",
            "Do what `detail` says, on the daemon's machine, and ask again.",
            "Ask again when that is done.",
        ),
        Problem("overloaded", 503, "Too many requests are waiting", "Ask again after the seconds that Retry-After names."),
        Problem(
            "timeout",
            504,
            "The answer takes too long",
            "A first index goes on meanwhile: ask again, or follow POST /v1/reindex as text/event-stream.",
            "A first index goes on meanwhile: ask again.",
        ),
    )
}

# From particular to general: the first class that fits decides.
OF_ERROR: tuple[tuple[type[Exception], str], ...] = (
    (errors.NotAProject, "no-project"),
    (errors.UnknownHandle, "unknown-handle"),
    (errors.OutsideRoot, "outside-root"),
    (errors.UnknownNote, "unknown-note"),
    (errors.NoteRefused, "note-refused"),
    (errors.NoteMalformed, "note-refused"),
    (errors.ProjectReadOnly, "read-only"),
    (errors.UsageError, "invalid"),
    (errors.IndexStale, "stale"),
    (errors.RefreshBusy, "busy-project"),
    (errors.MemorydError, "unavailable"),
)
AGAIN = frozenset(("stale", "busy-project", "unavailable"))
"""The kinds of problems that may pass by themselves, so that asking again can help."""


def refusal_of(error: errors.MemorydError) -> Refusal:
    """Return the refusal for an error of memoryd. What is only for who operates the daemon goes to the log."""
    if isinstance(error, errors.MachineError):
        log.error("the machine stands in the way", extra={"fields": {"error": type(error).__name__, "detail": str(error)}})
    kind = PROBLEMS[next(name for family, name in OF_ERROR if isinstance(error, family))]
    reasons = error.reasons if isinstance(error, errors.NoteRefused) else ()
    headers = {"Retry-After": "1"} if kind.name in AGAIN else {}
    return Refusal(kind, error.message, headers, reasons=reasons, advice=error.advice)


def refuse(name: str, detail: str, **headers: str) -> Refusal:
    """Return a refusal, of the kind `name`, to raise; header names have `_` for `-`."""
    return Refusal(PROBLEMS[name], detail, {header.replace("_", "-"): value for header, value in headers.items()})


def problem(refusal: Refusal, request_id: str, face: Face = Face.HTTP) -> bytes:
    """Return the problem document of a refusal as JSON, in the words of a face, without what is empty."""
    kind = refusal.kind
    document = ProblemDocument(
        f"/docs#{kind.name}",
        kind.title,
        kind.status,
        escaped(refusal.told(face)),
        kind.advice(face),
        request_id,
        refusal.errors,
        tuple(map(escaped, refusal.reasons)),
        refusal.example,
    )
    return to_json({name: value for name, value in asdict(document).items() if value not in ((), None)})
