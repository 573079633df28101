"""Steps in which the daemon is asked in ways that it must refuse: over HTTP and MCP, and over standard input."""

import contextlib
import http.client
import json
import os
import random
import subprocess
import sys

from scripts.bench.torture.arena import Arena, Difference
from scripts.bench.torture.client import Daemon
from scripts.bench.torture.processes import SECONDS
from scripts.mutation import mutated

ROUTES = (
    "/v1/pack", "/v1/search", "/v1/show", "/v1/map", "/v1/reindex", "/v1/projects", "/v1/notes", "/v1/notes/verify", "/v1/notes/retract",
    "/v1/memory", "/v1/notes/list", "/v1/notes/show", "/v1/notes/recall", "/v1/notes/check", "/v1/notes/pending", "/mcp", "/v1/nothing",
    "/healthz", "/metrics", "/v1/status?root=/", "/docs", "/v1/relations", "/v1/history", "/v1/audit", "/v1/notes/accept",
    "/v1/hooks/claude-code", "/v1/fleet/search", "/v1/fleet/pack",
)  # fmt: skip
"""All that answers, but `/v1/stop`, which makes sense with any body."""
FIELDS = (
    "root", "task", "query", "budget", "limit", "handles", "title", "body", "claims", "evidence", "ids", "id", "reason", "input", "about",
    "cursor", "kind", "tags", "supersedes", "jsonrpc", "method", "params", "wait", "retry", "base", "author",
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, -1, 0, 1e308, 2**63, 2**200, "", "x", "\0", "\ud800", "../../etc/passwd", "/etc/passwd", "x" * 5_000, [], {}, [[]], [None],
    ["x"] * 200, {"a": {"a": {}}}, "shop/cart.py:9999999999999-1", "#", "a#b#c", "\u202e", "2.0", "tools/call", "initialize", "NaN",
)  # fmt: skip
MESSAGES = (
    "tools/list",
    "tools/call",
    "resources/read",
    "prompts/get",
    "initialize",
    "notifications/initialized",
    "completion/complete",
    "ping",
    "x",
)
POST = b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\n"
RAW = (
    b"GET / HTTP/1.1\r\n\r\n", b"GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n", b"\r\n\r\n\r\n", b"\x00" * 200,
    POST + b"Content-Length: -5\r\n\r\n", POST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
    POST + b"Content-Length: 10\r\nContent-Length: 20\r\n\r\n{}", b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 5_000 + b"\r\n",
    b"GET /v1/status?root=%00%ff%c0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
)  # fmt: skip


def malformed_http(arena: Arena, chance: random.Random) -> None:
    """Send requests that make no sense: each is refused in words, none is an error of the daemon's own."""
    daemon = arena.asked()
    for _ in range(chance.randint(5, 25)):
        route, body = chance.choice(ROUTES), _body(arena, chance)
        method = chance.choice(("POST", "POST", "POST", "PUT", "DELETE", "GET"))
        headers = chance.choice(
            (
                {},
                {"Content-Type": "text/plain"},
                {"Host": "evil.example"},
                {"Origin": "https://evil.example"},
                {"Accept": "text/event-stream"},
            )
        )
        _refused_at_most(daemon, method, route, body, **headers)
        arena.bad_inputs["requests"] += 1
    _answers_still(daemon)


def malformed_bytes(arena: Arena, chance: random.Random) -> None:
    """Send bytes that are no HTTP."""
    daemon = arena.asked()
    good = b'POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"query": "x"}'
    for _ in range(chance.randint(3, 12)):
        data = chance.choice(RAW) if chance.random() < 0.5 else mutated(chance, good)
        with contextlib.suppress(OSError), contextlib.closing(daemon.connect(data, 0.2)) as connection:
            answer = connection.recv(4_096)
            if answer.startswith(b"HTTP/1.1 5"):
                raise Difference(f"{data[:200]!r} is answered {answer[:200]!r}")
        arena.bad_inputs["bytes"] += 1
    _answers_still(daemon)


def malformed_mcp(arena: Arena, chance: random.Random) -> None:
    """Call MCP's methods and tools with arguments that make no sense."""
    daemon = arena.asked()
    for _ in range(chance.randint(3, 12)):
        body = json.dumps(_message(chance)).encode()
        if chance.random() < 0.3:
            body = mutated(chance, body)
        _refused_at_most(daemon, "POST", f"/mcp?root={arena.root}", body, Accept="application/json, text/event-stream")
        arena.bad_inputs["messages"] += 1
    _answers_still(daemon)


def malformed_stdio(arena: Arena, chance: random.Random) -> None:
    """Send lines that are no messages to `memoryd mcp`, which ends when its input does."""
    arena.asked()
    lines = [mutated(chance, json.dumps(_message(chance)).encode()).replace(b"\n", b"") for _ in range(chance.randint(1, 10))]
    bridge = [sys.executable, "-m", "memoryd", "mcp", "--root", str(arena.root)]
    try:
        done = subprocess.run(
            bridge,
            input=b"\n".join([*lines, b""]),
            env={**os.environ, **arena.place.environment},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Difference(f"memoryd mcp hangs after {lines}") from error
    if done.returncode or b"Traceback" in done.stderr:
        raise Difference(f"memoryd mcp ends with {done.returncode} after {lines}: {done.stderr[-400:]!r}")
    arena.bad_inputs["messages"] += len(lines)


def _refused_at_most(daemon: Daemon, method: str, path: str, body: bytes, **headers: str) -> None:
    """Send a request that makes no sense. Raises `Difference` if it gets no answer, or one that says that the daemon failed."""
    try:
        status, answer = daemon.answered(method, path, body, **headers)
    except (OSError, http.client.HTTPException) as error:
        raise Difference(f"{method} {path} with {body[:200]!r} gets no answer: {error!r}") from error
    if status >= 500:
        raise Difference(f"{method} {path} with {body[:200]!r} answers {status}: {answer[:300]!r}")


def _answers_still(daemon: Daemon) -> None:
    status, _ = daemon.send("GET", "/healthz", b"", 10.0)
    if status != 200:
        raise Difference(f"the daemon's health is {status} after bad requests")


def _body(arena: Arena, chance: random.Random) -> bytes:
    asked = {"root": str(arena.root)} | {chance.choice(FIELDS): chance.choice(VALUES) for _ in range(chance.randrange(4))}
    body = json.dumps(asked).encode()
    kind = chance.randrange(5)
    if kind == 0:
        # Without the root: a shorter one might be the root of this machine.
        return mutated(chance, json.dumps({key: value for key, value in asked.items() if key != "root"}).encode())
    if kind == 1:
        return chance.choice(
            (b"", b"[" * 50_000, b'{"a":' * 20_000, b"null", b"\xff\xfe", b'{"root": NaN}', b"{" + b'"a":1,' * 10_000, b'""', b"1e999")
        )
    return body


def _message(chance: random.Random) -> object:
    tools = ("search_code", "pack", "show_code", "expand", "write_note", "remember", "search_notes", "nothing")
    arguments = {chance.choice(FIELDS): chance.choice(VALUES) for _ in range(chance.randrange(4))}
    params: object = chance.choice([{"name": chance.choice(tools), "arguments": arguments}, arguments, [], None, "x"])
    return {
        "jsonrpc": chance.choice(("2.0", "1.0", 2)),
        "id": chance.choice((1, "a", None, [], 2**70)),
        "method": chance.choice(MESSAGES),
        "params": params,
    }
