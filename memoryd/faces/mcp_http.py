"""MCP over streamable HTTP at `/mcp`, with the official SDK: the tools, texts and errors of the stdio bridge.

No session is kept between requests, so a client goes on after the daemon was started again. Which project is meant is said by a
call's `root`, else by `/mcp?root=FOLDER` in the client's configuration, else it is the only project there is. Only registered
projects are answered for: what a model asks for must not widen what the user opened. Who may ask at all, Host, Origin and the
size of bodies are checked before, by the gate of the whole application.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import anyio
from anyio import to_thread
from fastapi import FastAPI
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListPromptsResult,
    ListResourcesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    TextContent,
    TextResourceContents,
    Tool,
)
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from memoryd import __version__
from memoryd.daemon import Projects
from memoryd.errors import MemorydError, UsageError
from memoryd.faces.tools import INSTRUCTIONS, RESOURCES, SERVER, TOOLS, Answers, Excerpt, Growing, call, read
from memoryd.ingest import Progress
from memoryd.memory import ProjectMemory, silent

PATH = "/mcp"
SHOWN_PROJECTS = 20
CALLS_AT_ONCE = 8
Context = ServerRequestContext[dict[str, Any], Any]


def mount(app: FastAPI, projects: Projects) -> None:
    """Serve MCP at `/mcp`, for as long as the application runs."""
    server = _server(projects)
    inner = app.router.lifespan_context
    running: list[StreamableHTTPSessionManager] = []

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[Any]:
        manager = StreamableHTTPSessionManager(server, stateless=True)
        async with inner(application) as state, manager.run():
            running.append(manager)
            try:
                yield state
            finally:
                running.remove(manager)

    class Endpoint:
        """An ASGI application, which Starlette tells from a function by its being an object."""

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await running[-1].handle_request(scope, receive, send)

    app.router.lifespan_context = lifespan
    # Without sessions there is nothing to listen to with GET, nor to end with DELETE; a stream would only hold up a shutdown.
    app.router.routes.append(Route(PATH, Endpoint(), methods=["POST"], include_in_schema=False))


def _server(projects: Projects) -> Server[dict[str, Any]]:
    # Threads of our own number, so that a long first index here leaves some to the rest of the application.
    in_thread = partial(to_thread.run_sync, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(CALLS_AT_ONCE))

    async def list_tools(_context: Context, _params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[Tool.model_validate(tool) for tool in TOOLS])

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        if params.name not in {tool["name"] for tool in TOOLS}:
            raise MCPError(INVALID_PARAMS, f"no tool is called {params.name[:100]!r}")
        async with _progress(context) as heard:
            find = _finder(projects, context, heard)
            try:
                text = await in_thread(call, params.name, params.arguments or {}, find)
            except MemorydError as error:
                return CallToolResult(content=[TextContent(text=str(error))], is_error=True)
        return CallToolResult(content=[TextContent(text=text)])

    async def list_resources(_context: Context, _params: PaginatedRequestParams | None) -> ListResourcesResult:
        return ListResourcesResult(resources=[Resource.model_validate(resource) for resource in RESOURCES])

    async def read_resource(context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        try:
            text = await in_thread(read, str(params.uri), _finder(projects, context, silent))
        except MemorydError as error:
            raise MCPError(INVALID_PARAMS if isinstance(error, UsageError) else INTERNAL_ERROR, str(error)) from error
        return ReadResourceResult(contents=[TextResourceContents(uri=params.uri, mime_type="text/plain", text=text)])

    async def list_prompts(_context: Context, _params: PaginatedRequestParams | None) -> ListPromptsResult:
        return ListPromptsResult(prompts=[])

    return Server(
        SERVER,
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
        on_list_prompts=list_prompts,
    )


def _finder(projects: Projects, context: Context, heard: Progress) -> Callable[[str | None], Answers]:
    """Return what finds the project that a call means. Raises `UsageError` if it is none that is registered."""
    request = context.request
    configured = request.query_params.get("root") if request is not None else None

    def find(root: str | None) -> Answers:
        named = root or configured
        if named is None:
            known = [one.root for one in projects.known()]
            if len(known) != 1:
                raise UsageError(f"say which project you mean with `root`; {_listed(known)}")
            named = known[0]
        folder = Path(named)
        if not folder.is_absolute() or not projects.is_registered(folder):
            raise UsageError(f"{named} is no registered project; {_listed([one.root for one in projects.known()])}")
        return _Project(projects, folder, heard)

    return find


def _listed(roots: list[str]) -> str:
    if not roots:
        return "none is registered yet: register one with POST /v1/projects, or use `memoryd mcp` in its folder"
    more = f" and {len(roots) - SHOWN_PROJECTS} more" if len(roots) > SHOWN_PROJECTS else ""
    return f"there are: {', '.join(roots[:SHOWN_PROJECTS])}{more}"


@asynccontextmanager
async def _progress(context: Context) -> AsyncIterator[Progress]:
    """Give a function that may be called from any thread, and tell the client how far it is: the newest of what is to be told."""
    loop, told, growing = asyncio.get_running_loop(), asyncio.Event(), Growing()
    newest: list[tuple[int, str]] = []

    def take(what: str, done: int, total: int) -> None:
        progress = growing.add(what, done)
        if progress is not None:
            newest[:] = [(progress, f"{what} {done} of {total}")]
            told.set()

    def heard(what: str, done: int, total: int) -> None:
        # The daemon may end while a project is still indexed.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(take, what, done, total)

    async def tell() -> None:
        while True:
            await told.wait()
            told.clear()
            progress, message = newest.pop()
            await context.session.report_progress(progress, None, message)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tell)
        yield heard
        tasks.cancel_scope.cancel()


class _Project:
    """What this process answers for one project; a `tools.Answers`."""

    def __init__(self, projects: Projects, root: Path, heard: Progress) -> None:
        self._projects = projects
        self._root = root
        self._heard = heard

    def pack(self, task: str, budget: int) -> str:
        with self._lent() as memory:
            return memory.pack(task, budget).text

    def show(self, handle: str) -> Excerpt:
        with self._lent() as memory:
            shown = memory.show(handle)
        return Excerpt(shown.path, shown.start_line, shown.end_line, shown.text)

    def map(self, budget: int) -> str:
        with self._lent() as memory:
            return memory.map(budget).text

    def status(self) -> Mapping[str, Any]:
        with self._lent() as memory:
            return asdict(memory.status())

    @contextmanager
    def _lent(self) -> Iterator[ProjectMemory]:
        with self._projects.progress(self._root, self._heard), self._projects.memory(self._root) as memory:
            yield memory
