"""`/mcp` of the application. The official SDK takes half a second and 25 MB to import: it comes with the first message for it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from memoryd.faces.access import Access
from memoryd.faces.http import Dispatcher, replay
from memoryd.faces.mcp.jsonrpc import PARSE_ERROR, flaw, id_of

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH = "/mcp"


def mount_mcp(app: FastAPI, dispatcher: Dispatcher, access: Access) -> None:
    """Serve MCP at `/mcp`, for as long as the application runs; questions go through the dispatcher, with all its limits."""
    endpoint = _Endpoint(dispatcher, access)
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[Any]:
        async with inner(application) as state:
            try:
                yield state
            finally:
                await endpoint.end()

    app.router.lifespan_context = lifespan
    # Without sessions there is nothing to listen to with GET, nor to end with DELETE; a stream would only hold up a shutdown.
    app.router.routes.append(Route(PATH, endpoint, methods=["POST"], include_in_schema=False))


class _Endpoint:
    """An ASGI application that passes messages on to the SDK's manager, which lives in a task of its own from the first one on."""

    def __init__(self, dispatcher: Dispatcher, access: Access) -> None:
        self._dispatcher = dispatcher
        self._access = access
        self._manager: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._ending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The gate has taken in the body whole.
        body = (await receive()).get("body", b"")
        refusal = _refused(body)
        if refusal is not None:
            await refusal(scope, receive, send)
        else:
            await (await self._running()).handle_request(scope, replay(_without_halves(body), receive), send)

    async def end(self) -> None:
        """End the manager, and what it still does."""
        self._ending.set()
        if self._task is not None:
            await self._task

    async def _running(self) -> "StreamableHTTPSessionManager":
        if self._manager is None:
            self._manager = asyncio.get_running_loop().create_future()
            self._task = asyncio.create_task(self._run(self._manager))
        # It goes on for the others if this request is given up.
        return await asyncio.shield(self._manager)

    async def _run(self, manager: "asyncio.Future[StreamableHTTPSessionManager]") -> None:
        try:
            made = await asyncio.to_thread(_imported, self._dispatcher, self._access)
            async with made.run():
                manager.set_result(made)
                await self._ending.wait()
        except Exception as error:
            if manager.done():
                raise
            manager.set_exception(error)  # whoever waits is told


def _imported(dispatcher: Dispatcher, access: Access) -> "StreamableHTTPSessionManager":
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from memoryd.faces.mcp.sdk import server

    return StreamableHTTPSessionManager(server(dispatcher, access), stateless=True)


def _refused(body: bytes) -> Response | None:
    """Return the answer to what is no message of JSON-RPC, in our words: the SDK's quote it, and explain its own types."""
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
    """Return a message without halves of pairs of surrogates: they are no characters, but models cut texts there now and then."""
    return json.dumps(json.loads(body), ensure_ascii=False).encode(errors="replace") if b"\\ud" in body.lower() else body
