"""HTTP bodies: the application in this process, over a small project. The first line is method and path; `/ROOT` is the project."""

import asyncio
import json
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from memoryd.config import Settings
from memoryd.daemon import Projects
from memoryd.faces.access import Access
from memoryd.faces.http import application
from memoryd.faces.mcp import mount_mcp
from scripts.fuzz.targets.scratch import scratch

SECONDS = 30.0
ROOT = "/ROOT"
FILES = {
    "shop/cart.py": 'class Cart:\n    """What a customer buys."""\n\n    def total(self):\n        return 1\n',
    "README.md": "# Shop\n\nSells things.\n",
}
SEEDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("POST /v1/pack", {"task": "why is Cart.total rounded\n\nshop/cart.py:4", "budget": 500}),
    ("POST /v1/search", {"query": "Cart.total", "limit": 3}),
    ("POST /v1/show", {"handles": ["shop/cart.py#Cart.total", "README.md:1-2", "shop/cart.py"]}),
    ("POST /v1/map", {"budget": 100}),
    ("POST /v1/reindex", {"wait": False, "retry": True}),
    ("POST /v1/notes", {"title": "Totals are integers", "kind": "lesson", "body": "Because.", "claims": ["symbol shop/cart.py#Cart.total"],
                        "evidence": [{"quote": "What a customer buys.", "at": "shop/cart.py:2"}], "tags": ["a"], "author": "agent:x"}),
    ("POST /v1/notes/list", {"everything": True, "limit": 2, "cursor": ""}),
    ("POST /v1/notes/show", {"id": "totals"}),
    ("POST /v1/notes/verify", {"ids": ["totals"]}),
    ("POST /v1/notes/retract", {"id": "totals", "reason": "No."}),
    ("POST /v1/notes/recall", {"task": "totals", "about": ["shop/cart.py#Cart.total"], "limit": 2}),
    ("POST /v1/notes/check", {"base": "HEAD~1"}),
    ("POST /v1/notes/pending", {"limit": 2}),
    ("POST /v1/memory", {"input": {"command": "create", "path": "/memories/a.md", "file_text": "one\ntwo\n"}}),
    ("POST /v1/memory", {"input": {"command": "insert", "path": "/memories/a.md", "insert_line": 1, "insert_text": "x"}}),
    ("POST /v1/projects", {}),
    ("POST /mcp?root=/ROOT", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "map", "arguments": {"budget": 9}}}),
    ("POST /mcp?root=/ROOT", {"jsonrpc": "2.0", "id": "a", "method": "initialize", "params": {"capabilities": {}}}),
    ("GET /v1/status?root=/ROOT", {}),
    ("GET /v1/projects?limit=1&cursor=", {}),
)  # fmt: skip


def check(data: bytes) -> None:
    """Every request is answered within its time, never by an error of our own, and a refusal is a problem document."""
    head, _, body = data.replace(ROOT.encode(), os.fsencode(_root())).partition(b"\n")
    method, _, target = head.decode("latin-1").partition(" ")
    is_sound = method.isalpha() and method.isascii() and target.startswith("/") and target.isascii() and target.isprintable()
    if not is_sound or _names_a_folder(target, body):
        return
    try:
        status, kind, said = _server().answer(method.upper(), target, body)
    finally:
        shutil.rmtree(_root() / ".memoryd", ignore_errors=True)
    assert status < 500 or status == 503, (status, said[:500])
    if status >= 400 and not target.startswith("/mcp"):
        problem = json.loads(said)
        assert kind == "application/problem+json"
        assert problem["status"] == status
        assert problem["title"]
        assert problem["next"]
    elif kind.startswith("application/json") and said:
        json.loads(said)


def _names_a_folder(target: str, body: bytes) -> bool:
    """Tell whether a request names another folder of this machine, which might be a large one to index."""
    try:
        told = json.dumps(json.loads(body))
    except (ValueError, RecursionError):
        told = ""
    ours = str(_root())
    words = (target.replace("=", '"') + '"' + told).replace(ours + '"', '"').split('"')
    return any(word.startswith("/") and os.path.isdir(word.encode("utf-8", "surrogateescape").split(b"\0")[0]) for word in words[1:])


class _Server:
    """The application, with its lifespan, in an event loop that runs while a request is answered."""

    def __init__(self, home: Path) -> None:
        projects, access = Projects(Settings(home, embedder="hash", workers=1)), Access(home, "127.0.0.1", is_open=True)
        self._app = application(projects, access)
        mount_mcp(self._app, self._app.state.dispatcher)
        self._loop = asyncio.new_event_loop()
        is_up = asyncio.Event()
        self._life = self._loop.create_task(self._live(is_up))
        self._loop.run_until_complete(is_up.wait())

    async def _live(self, is_up: asyncio.Event) -> None:
        async with self._app.router.lifespan_context(self._app):
            is_up.set()
            await asyncio.Event().wait()

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, str, bytes]:
        """Return status, type and body of an answer. Raises `TimeoutError` where there is none in time."""
        return self._loop.run_until_complete(asyncio.wait_for(self._answer(method, target, body), SECONDS))

    async def _answer(self, method: str, target: str, body: bytes) -> tuple[int, str, bytes]:
        path, _, query = target.partition("?")
        head = [("host", "127.0.0.1"), ("content-type", "application/json"), ("accept", "application/json, text/event-stream")]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "path": path,
            "raw_path": path.encode("latin-1"), "query_string": query.encode("latin-1"), "root_path": "", "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 1), "headers": [(name.encode(), value.encode()) for name, value in head],
        }  # fmt: skip
        coming: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[Any] = []
        ended = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if coming:
                return coming.pop()
            await ended.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                ended.set()

        await self._app(scope, receive, send)
        headers = {name.lower(): value for name, value in sent[0]["headers"]}
        said = b"".join(message.get("body", b"") for message in sent[1:])
        return int(sent[0]["status"]), headers.get(b"content-type", b"").decode("latin-1"), said


@cache
def _root() -> Path:
    """Return the folder of the project, whose name is like no other."""
    root = scratch("requests") / "project"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@cache
def _server() -> _Server:
    return _Server(_root().parent / "home")


def seeds() -> Iterator[bytes]:
    """Yield a request for each route."""
    for head, asked in SEEDS:
        about = {} if head.startswith(("GET", "POST /mcp")) else {"root": ROOT}
        yield head.encode() + b"\n" + (json.dumps(about | asked).encode() if head.startswith("POST") else b"")
