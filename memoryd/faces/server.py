"""Runs the daemon's HTTP server: uvicorn in one process, by TCP and by a Unix socket; it shuts down in order, within seconds.

uvicorn waits for ever for a request's headers and for a client that does not read its answer; `Patient` does not.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, cast

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from memoryd.config import Settings
from memoryd.daemon import (
    SOCKET,
    Followed,
    Follower,
    HeldLock,
    Projects,
    bound_heap,
    forget_secret,
    hold_lock,
    is_exposed,
    log_file,
    logged,
)
from memoryd.errors import UsageError
from memoryd.faces.access import Access, hide
from memoryd.faces.connections import Budget
from memoryd.faces.http import ADMITTED, PROBLEM_JSON, Limits, application, problem, refuse
from memoryd.faces.mcp import mount_mcp
from memoryd.faces.ui import mount_ui
from memoryd.faces.unix_socket import bound, is_from_our_user, is_unix
from memoryd.text import escaped

HEADER_SECONDS = 5.0
"""How long the head of a request may take to arrive."""
READING_SECONDS = 10.0
"""How long a client may take to read an answer."""
IDLE_SECONDS = 30
SHUTDOWN_SECONDS = 5
MOST_HEADER_BYTES = 32_768
OPEN = "with --no-token every user and every program of this machine may read your projects and write notes into them"
log = logging.getLogger("memoryd.http")


def serve(settings: Settings, access: Access, followed: Followed | None = None) -> None:
    """Run the daemon of this data folder until a signal or a request stops it; register what is shared, and follow the list of a fleet.

    Requests in flight are answered, and nothing is left running. Raises `UsageError` where a token or a project is needed and there
    is none, and `DaemonRunning` if there is a daemon already.
    """
    access.check_start()
    hide(settings.home)
    if is_exposed(settings.home):
        forget_secret(settings.home)
    bound_heap()
    file = settings.home / SOCKET
    with hold_lock(settings) as held, logged(log_file(settings)), _listening(access.host, access.port) as listener, bound(file) as local:
        projects = Projects(settings)
        try:
            for root in sorted(access.shared):
                projects.register(Path(root))
            host, port = listener.getsockname()[:2]
            access = replace(access, port=port)
            found = _found(held, access, host, SOCKET if local else "")
            with following(followed, settings) as follower:
                Server(projects, access, found=found, follower=follower).run(sockets=[listener, *([local] if local else [])])
        finally:
            is_closed = _closed(projects)
    if not is_closed or _working():
        # Some thread is still at work that nobody waits for; the index stays whole wherever it is cut off.
        os._exit(0)


@contextlib.contextmanager
def following(followed: Followed | None, settings: Settings) -> Iterator[Follower | None]:
    """Keep the fleet at the heads of its list until the block ends, where there is a list."""
    if followed is None:
        yield None
        return
    follower = Follower(followed, settings)
    follower.start()
    try:
        yield follower
    finally:
        follower.close()


@contextlib.contextmanager
def _found(held: HeldLock, access: Access, host: str, local: str) -> Iterator[None]:
    """Have clients find the daemon while it answers, and say where it listens."""
    state = held.publish(host, access.port, access.demands, local)
    _say(f"listening on {state.address}")
    if not access.loopback:
        reached = [*sorted(map(escaped, access.shared)), *(["the repositories of the fleet that they name"] if access.fleet else ())]
        _say(f"tokens reach {', '.join(reached)}, and no other project")
    if access.is_open:
        _say(f"WARNING: {OPEN}")
    try:
        yield
    finally:
        held.withdraw()


def _say(text: str) -> None:
    print(f"memoryd: {text}", file=sys.stderr, flush=True)


class Server(uvicorn.Server):
    """uvicorn with our application and limits, and our own shutdown: ending by a signal is no failure.

    `found` is entered when requests are answered, and left as soon as no further ones are.
    """

    def __init__(
        self, projects: Projects, access: Access, limits: Limits | None = None, found: AbstractContextManager[None] | None = None,
        follower: Follower | None = None,
    ) -> None:  # fmt: skip
        self._found = found or contextlib.nullcontext()
        limits = limits or Limits()
        budget = Budget(limits.connections, limits.strangers, limits.peer_connections)
        self.app = application(projects, access, self.stop, limits, follower)
        mount_mcp(self.app, self.app.state.dispatcher)
        mount_ui(self.app, self.app.state.dispatcher, access, lambda: self.should_exit)
        # uvicorn calls it to make the protocol of a connection.
        protocol = cast(type[Patient], partial(Patient, budget))
        super().__init__(uvicorn.Config(
            self.app, http=protocol, ws="none", loop="asyncio", lifespan="on", log_config=None, access_log=False,
            server_header=False, proxy_headers=False, timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS, h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        ))  # fmt: skip

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGTERM and SIGINT; uvicorn would raise them again at the end."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer. Who cannot be found ends in order, with that error alone: a full disk takes no state file."""
        await super().startup(sockets)
        try:
            self._found.__enter__()
        except BaseException:
            await super().shutdown(sockets)
            self.app.state.dispatcher.close()
            raise

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer the requests in flight, then drop the work that has not begun."""
        self._found.__exit__(None, None, None)
        await super().shutdown(sockets)
        self.app.state.dispatcher.close()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second Ctrl-C stops at once."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.stop()

    def stop(self) -> None:
        """Begin to stop; may be called from any thread."""
        self.should_exit = True


class Patient(H11Protocol):
    """uvicorn's HTTP/1.1 with time limits and a budget of connections.

    A head that does not arrive, or an answer that is not read, ends the connection; so does another that needs its place.
    """

    def __init__(self, budget: Budget, config: uvicorn.Config, server_state: ServerState, app_state: dict[str, Any], **given: Any) -> None:
        super().__init__(config, server_state, {**app_state, ADMITTED: partial(budget.admitted, self)}, **given)
        self._budget = budget

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if not is_unix(connection):
            # asyncio does this only for sockets it opened itself. Without it each answer in two parts waits 40 ms for a delayed ACK.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        elif not is_from_our_user(connection):
            transport.abort()
        self._writing: asyncio.TimerHandle | None = None
        self._head: asyncio.TimerHandle | None = self.loop.call_later(HEADER_SECONDS, self._late)
        if not self._budget.opened(self, (self.client or ("",))[0]):
            self.make_room()

    def make_room(self) -> None:
        """Leave the place of this connection to another one."""
        self._say("overloaded", "other clients need this connection's place", Retry_After="1")

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._budget.answered(self)
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        """Read on; the time limit for a head runs from its first byte, however slowly the rest arrives."""
        if self._head is None and self.conn.their_state is h11.IDLE:
            self._head = self.loop.call_later(HEADER_SECONDS, self._late)
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._head_is_there()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._budget.closed(self)
        self.resume_writing()
        self._head_is_there()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait a limited time for the client to read what it was sent."""
        super().pause_writing()
        self._writing = self.loop.call_later(READING_SECONDS, self._unread)

    def resume_writing(self) -> None:
        """Go on writing."""
        super().resume_writing()
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def send_400_response(self, msg: str) -> None:
        """Refuse bytes that are not HTTP with a problem document."""
        self._say("malformed", "the request is no HTTP/1.1, or its head is too long")

    def _head_is_there(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _late(self) -> None:
        self._say("slow-body", f"the head of the request was not there after {HEADER_SECONDS:g} s")

    def _unread(self) -> None:
        self._tell("answer not read")
        self.transport.abort()

    def _tell(self, event: str, **fields: str) -> None:
        log.info(event, extra={"fields": {**fields, "client": (self.client or ("",))[0]}})

    def _say(self, kind: str, detail: str, **more: str) -> None:
        """Answer with a problem document without the application, and close the connection."""
        self._head_is_there()
        self._tell("refused", problem=kind)
        if self.conn.our_state is h11.IDLE or self.conn.our_state is h11.SEND_RESPONSE:
            refusal = refuse(kind, detail, **more)
            body = problem(refusal, "none")
            headers = {"Content-Type": PROBLEM_JSON, "Content-Length": str(len(body)), "Connection": "close", **refusal.headers}
            parts: tuple[Any, ...] = (
                h11.Response(status_code=refusal.kind.status, headers=list(headers.items())), h11.Data(data=body), h11.EndOfMessage(),
            )  # fmt: skip
            for part in parts:
                self.transport.write(self.conn.send(part) or b"")
        if self.cycle is not None:  # a request that waits for its turn: who sent it was told that it is not done
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Hold a socket bound to an address. Raises `UsageError` if the address is taken or not one of this machine."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.create_server(address, family=family)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}, port {port}: {error.strerror or error}; choose another with --host or --port"
        ) from error
    with listener:
        yield listener


def _closed(projects: Projects) -> bool:
    """Close the projects; tell whether that ended in time."""
    closing = threading.Thread(target=projects.close, name="memoryd-close", daemon=True)
    closing.start()
    closing.join(SHUTDOWN_SECONDS)
    return not closing.is_alive()


def _working() -> bool:
    return any(thread.name.startswith(("memoryd-ask", "memoryd-load")) and thread.is_alive() for thread in threading.enumerate())
