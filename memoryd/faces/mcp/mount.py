"""Serves `/mcp` in the HTTP application. The official SDK (half a second, 25 MB) is imported with the first message for it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from memoryd.faces.http import Dispatcher, replay
from memoryd.faces.mcp.jsonrpc import PARSE_ERROR, flaw, id_of
from memoryd.faces.mcp.tools import SERVER
from memoryd.runtime import gc_paused
from memoryd.tokens import counter

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH = "/mcp"


def mount_mcp(app: FastAPI, dispatcher: Dispatcher) -> None:
    """Serve MCP at `/mcp` while the application runs; questions go through the dispatcher, with all its limits."""
    endpoint = _Endpoint(dispatcher)
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[Any]:
        async with inner(application) as state:
            try:
                yield state
            finally:
                await endpoint.end()

    app.router.lifespan_context = lifespan
    # Without sessions, GET has no stream to open and DELETE no session to end; a stream would only delay a shutdown.
    app.router.routes.append(Route(PATH, endpoint, methods=["POST"], include_in_schema=False))


class _Endpoint:
    """An ASGI application that passes messages on to the SDK's manager, which starts in its own task with the first message."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._manager: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._ending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The middleware has read the whole body.
        body = (await receive()).get("body", b"")
        refusal = _refused(body)
        if refusal is not None:
            await refusal(scope, receive, send)
        else:
            await (await self._running()).handle_request(scope, replay(_without_halves(body), receive), send)

    async def end(self) -> None:
        """End the manager and its running calls."""
        self._ending.set()
        if self._task is not None:
            await self._task

    async def _running(self) -> "StreamableHTTPSessionManager":
        if self._manager is None:
            self._manager = asyncio.get_running_loop().create_future()
            self._task = asyncio.create_task(self._run(self._manager))
        # If this request is given up, the manager goes on for the others.
        return await asyncio.shield(self._manager)

    async def _run(self, manager: "asyncio.Future[StreamableHTTPSessionManager]") -> None:
        try:
            made = await asyncio.to_thread(_imported, self._dispatcher)
            async with made.run():
                manager.set_result(made)
                # Loaded while a first index waits for its parsers, or its client for its model, and not with the first pack.
                counting = asyncio.create_task(asyncio.to_thread(counter(), SERVER))
                await self._ending.wait()
                counting.cancel()
        except Exception as error:
            if manager.done():
                raise
            manager.set_exception(error)  # raised in every request that waits


def _imported(dispatcher: Dispatcher) -> "StreamableHTTPSessionManager":
    with gc_paused():
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from memoryd.faces.mcp.sdk import server

    return StreamableHTTPSessionManager(server(dispatcher), stateless=True)


def _refused(body: bytes) -> Response | None:
    """Return our answer to a body that is no JSON-RPC message, else `None`: the SDK's would quote the body and its own types."""
    try:
        message = json.loads(body)
        wrong = flaw(message)
    except (ValueError, RecursionError):
        message, wrong = None, (PARSE_ERROR, "the body is no JSON; send one JSON-RPC message, in UTF-8")
    if wrong is None:
        return None
    code, text = wrong
    return JSONResponse({"jsonrpc": "2.0", "id": id_of(message), "error": {"code": code, "message": text}}, 400)


def _without_halves(body: bytes) -> bytes:
    """Return a message with lone surrogates replaced. They are no characters, but models now and then cut a text inside a pair."""
    return json.dumps(json.loads(body), ensure_ascii=False).encode(errors="replace") if b"\\ud" in body.lower() else body
