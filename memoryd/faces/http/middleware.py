"""The middleware that every HTTP request passes: it gets an id, is checked for access, bounded in size and time, and logged.

Outermost is `Observed`, which answers for every error inside and logs one line per request, never a query, a header or a body.
Next `Admitted` asks `Access`. Then `Bounded` reads the whole body within a size and a time, so that the routes never wait for one.
"""

import asyncio
import logging
import re
import time
import traceback
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memoryd.advice import Face
from memoryd.errors import MemorydError, StoreUnusable
from memoryd.faces.access import Access, Caller, Knock, Objection
from memoryd.faces.http.metrics import Metrics
from memoryd.faces.http.problems import PROBLEM_JSON, Refusal, problem, refusal_of, refuse

log = logging.getLogger("memoryd.http")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ADMITTED = "memoryd.admitted"
"""The key in the state of a request of what to call when it is admitted."""
DRAIN_SECONDS = 2.0
"""How long we go on reading, and discard, what a client still sends after a refusal, so that it gets to read the answer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits on requests and connections."""

    body_bytes: int = 1 << 20
    """Bytes of a request's body."""
    body_seconds: float = 10.0
    """Seconds until the whole body is there."""
    query_seconds: float = 30.0
    """Seconds until a question is answered."""
    index_seconds: float = 600.0
    """Seconds until a request for a refresh is answered; the refresh goes on."""
    busy_seconds: float = 5.0
    """Seconds for which a question about files that a running refresh has not reached yet is asked again."""
    hook_seconds: float = 0.15
    """Seconds after which a client's hook is answered with what is there by then, if anything."""
    threads: int = 32
    """Threads that answer questions. Most of them wait for a turn, or for a refresh."""
    brief_threads: int = 16
    """Threads that answer brief questions: what is shown, and what is there."""
    loaders: int = 4
    """Threads that load and refresh projects."""
    queue: int = 128
    """Requests that wait for one of these threads, of either kind."""
    connections: int = 512
    """Open connections. Where a place is needed, the oldest stranger leaves, then who was idle longest."""
    strangers: int = 128
    """Connections on which no request was admitted yet."""
    peer_connections: int = 256
    """Connections from one address beyond loopback."""


class Observed:
    """Gives each request its id, answers for every error inside, counts and logs."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Exchange(scope, receive, send)
        began = time.perf_counter()
        self._metrics.enter()
        try:
            await self._answer(scope, answer)
        finally:
            seconds = time.perf_counter() - began
            self._metrics.leave(_method(scope), _route(scope), answer.status, seconds)
            _tell_request(scope, answer, seconds)

    async def _answer(self, scope: Scope, answer: "_Exchange") -> None:
        try:
            await self._app(scope, answer.receive, answer.send)
        except Refusal as refusal:
            await answer.refuse(refusal)
        except MemorydError as error:
            await answer.refuse(refusal_of(error))
        except asyncio.CancelledError:
            # Only a server that ends cancels a request, after waiting for it.
            await answer.refuse(refuse("unavailable", "memoryd stops; ask again, which starts it anew", Retry_After="1"))
        except Exception as error:  # noqa: BLE001 - a face answers for every error; the log says which it was
            tell_failure(error, answer.request_id)
            await answer.refuse(refuse("internal", "an unexpected error; what happened is in the daemon's log"))


class _Exchange:
    """The traffic of one request: adds the headers that every answer has, and records status, size and problem for the log."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        self._face = Face.MCP if scope["path"] == "/mcp" else Face.HTTP
        self.request_id = scope.setdefault("state", {})["request_id"] = _request_id(headers.get("x-request-id", ""))
        self.status = 0
        self.size = 0
        self.problem = ""
        self._receive = receive
        self._send = send
        self._unread = _has_body(headers)
        # A client that sent `Expect` sends no body after a refusal, so there is nothing to discard; a slow body is not awaited again.
        self._asks_first = "expect" in headers

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._unread = False
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            headers["X-Request-Id"] = self.request_id
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Cache-Control", "no-store")
        elif message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
        await self._send(message)

    async def refuse(self, refusal: Refusal) -> None:
        """Answer with a problem document; an answer that has begun is broken off, which the client notices."""
        self.problem = refusal.kind.name
        if self.status:
            return
        body = problem(refusal, self.request_id, self._face)
        headers = {"Content-Type": PROBLEM_JSON, "Content-Length": str(len(body)), **refusal.headers}
        if self._unread:
            headers["Connection"] = "close"
        await self.send({"type": "http.response.start", "status": refusal.kind.status, "headers": _raw(headers)})
        # The client has the whole answer, and `more_body` lets the server go on reading.
        await self.send({"type": "http.response.body", "body": body, "more_body": self._unread})
        if self._unread:
            if not self._asks_first and refusal.kind.name != "slow-body":
                await self._drain()
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _drain(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._unread:
                    await self.receive()


class Admitted:
    """Passes on the requests that `Access` allows, with who they come from, and refuses the others."""

    def __init__(self, app: ASGIApp, access: Access, metrics: Metrics) -> None:
        self._app = app
        self._access = access
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            found = self._judged(scope)
            if isinstance(found, Objection):
                self._metrics.count("memoryd_refused_total")
                raise refuse(found.kind, found.detail, **({"WWW_Authenticate": "Bearer"} if found.kind == "no-token" else {}))
            scope.setdefault("state", {})["caller"] = found
            if found != Caller.READER and (admitted := scope["state"].get(ADMITTED)):
                admitted()
        await self._app(scope, receive, send)

    def _judged(self, scope: Scope) -> Caller | Objection:
        server, client = scope.get("server"), scope.get("client")
        # A Unix socket has a path where others have an address, and no port.
        by_socket = server is not None and server[1] is None
        knock = Knock(scope["path"], Headers(scope=scope), by_socket, client[0] if client else "")
        try:
            return self._access.judge(knock)
        except StoreUnusable as error:
            # A client that is not admitted yet learns nothing about our files.
            log.error("secret or tokens cannot be read", extra={"fields": {"error": str(error)}})
            return Objection("unavailable", "the tokens cannot be read; the daemon's log says why")


class Bounded:
    """Reads the whole body, within a size and a time, before it passes the request on."""

    def __init__(self, app: ASGIApp, limits: Limits, metrics: Metrics) -> None:
        self._app = app
        self._limits = limits
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(headers := Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        try:
            if int(headers.get("content-length", "0")) > self._limits.body_bytes:
                raise self._too_large()
            if scope["path"].startswith(("/v1/", "/mcp")) and not _is_json(headers.get("content-type", "")):
                raise refuse("media-type", "the body is not declared as application/json")
            body = await self._read(receive)
        except Refusal:
            self._metrics.count("memoryd_refused_total")
            raise
        if body is not None:
            await self._app(scope, replay(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        """Return the body; `None` if the client went away."""
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    body += message.get("body", b"")
                    if len(body) > self._limits.body_bytes:
                        raise self._too_large()
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError:
            raise refuse("slow-body", f"the body was not there after {self._limits.body_seconds:g} s") from None

    def _too_large(self) -> Refusal:
        return refuse("too-large", f"the body has more than {self._limits.body_bytes} bytes")


def tell_failure(error: Exception, request_id: str) -> None:
    """Log an unexpected error with its place, but without its message, which may quote a query or a file."""
    frames = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-12:]]
    log.error("request failed", extra={"fields": {"request_id": request_id, "error": type(error).__name__, "frames": frames}})


def _tell_request(scope: Scope, answer: _Exchange, seconds: float) -> None:
    fields: dict[str, Any] = {
        "request_id": answer.request_id, "method": _method(scope), "route": _route(scope), "status": answer.status,
        "bytes": answer.size, "ms": round(1_000 * seconds, 1),
    }  # fmt: skip
    if answer.problem:
        fields |= {"problem": answer.problem, "client": (scope.get("client") or ("",))[0]}
    log.info("request", extra={"fields": fields})


def _request_id(given: str) -> str:
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex[:16]


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else "OTHER"


def _route(scope: Scope) -> str:
    """Return the pattern of the route, never the path that was requested."""
    path = getattr(scope.get("route"), "path", "")
    return path or ("/mcp" if scope["path"] == "/mcp" else "other")


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body once, and then what follows it: that the client disconnects."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
