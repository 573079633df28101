"""A daemon that answers on loopback, in a thread of the test: real sockets, real store, nothing in between."""

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from memoryd.config import Settings
from memoryd.daemon import Followed, Projects
from memoryd.faces.access import Access, hide
from memoryd.faces.http.middleware import Limits
from memoryd.faces.server import Server, following
from memoryd.versions import Effort
from tests.project import DEADLINE, FILES, many, write

KEY = "the-secret-of-the-user-who-runs-these-tests"
KEYED = {"Authorization": f"Bearer {KEY}"}
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Served:
    """A daemon, a project it may be asked about, a client that knows the user's secret, and one that does not."""

    server: Server
    projects: Projects
    home: Path
    root: Path
    port: int
    client: httpx.Client
    stranger: httpx.Client

    def post(self, path: str, **asked: Any) -> httpx.Response:
        """Ask about the project."""
        return self.client.post(path, json={"root": str(self.root), **asked})

    def raw(self, *parts: bytes) -> "socket.socket":
        """Connect and send bytes as they are."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE)
        for part in parts:
            connection.sendall(part)
        return connection


class Gate:
    """A route of a test that works in one of the dispatcher's threads of long questions until it is let go."""

    def __init__(self, one: Served) -> None:
        self.begun, self.go = threading.Semaphore(0), threading.Event()
        one.server.app.add_api_route("/work", self._route)
        self._desk = one.server.app.state.dispatcher

    async def _route(self) -> str:
        return await self._desk.do(self._work, Effort.LONG)  # type: ignore[no-any-return]

    def _work(self) -> str:
        self.begun.release()
        assert self.go.wait(DEADLINE)
        return "done"


@contextlib.contextmanager
def serving(
    base: Path, host: str = "127.0.0.1", limits: Limits | None = None, is_open: bool = False, fleet: str = "",
    followed: Followed | None = None,
) -> Iterator[Served]:  # fmt: skip
    """Serve until the block ends, as if bound to `host`, though nobody but this machine can connect; share the project."""
    home, root = base / "home", base / "project"
    if not root.exists():
        write(root, FILES)
    settings = Settings(home, embedder="hash", workers=1)
    with (
        Projects(settings) as projects, socket.create_server(("127.0.0.1", 0)) as listener, following(followed, settings) as follower,
    ):  # fmt: skip
        hide(home)
        (home / "secret").write_text(KEY)
        (home / "secret").chmod(0o600)
        shared, hears = frozenset({str(root.resolve())}), follower is not None
        access = Access(home, host, is_open=is_open, shared=shared, fleet=fleet, hears_pushes=hears)
        server = Server(projects, access, limits, follower=follower)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        port = listener.getsockname()[1]
        thread.start()
        try:
            url = f"http://127.0.0.1:{port}"
            with (
                httpx.Client(base_url=url, timeout=DEADLINE, trust_env=False, headers=KEYED) as client,
                httpx.Client(base_url=url, timeout=DEADLINE, trust_env=False) as stranger,
            ):
                yield Served(server, projects, home, root, port, client, stranger)
        finally:
            server.stop()
            thread.join(DEADLINE)
            assert not thread.is_alive()


def head(method: str, path: str, *lines: str) -> bytes:
    """Return the head of a request of the user, as bytes to send."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {KEY}", *lines, "", ""]).encode()


def answer(connection: "socket.socket") -> tuple[int, dict[str, str], bytes]:
    """Read one answer to its end; the connection is closed then."""
    import http.client

    response = http.client.HTTPResponse(connection)
    try:
        response.begin()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        response.close()
        connection.close()


@contextlib.contextmanager
def warm(base: Path, files: Mapping[str, str]) -> Iterator[Served]:
    """Serve a project in memory which is too large to be read, with some more files; the daemon takes its time on a busy machine."""
    base = base.resolve()
    write(base / "project", {**many(120), **files})
    with serving(base, limits=Limits(hook_seconds=DEADLINE)) as one:
        one.post("/v1/reindex").raise_for_status()
        one.post("/v1/pack", task="warm").raise_for_status()
        yield one
