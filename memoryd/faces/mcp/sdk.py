"""MCP over streamable HTTP with the official SDK: the tools, texts and errors of the stdio bridge.

No session is kept between requests, so a client goes on after the daemon was started again. Which project is meant is said by a
call's `root`, else by `/mcp?root=FOLDER` in the client's configuration, else it is the only project there is. Only registered
projects are answered for: what a model asks for must not widen what the user opened. Who may ask at all, Host, Origin and the
size of bodies are checked before, by the gate of the whole application.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import anyio
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
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

from memoryd import __version__
from memoryd.daemon import Projects
from memoryd.errors import MemorydError, UsageError
from memoryd.escaping import escaped
from memoryd.faces.http import Dispatcher, Refusal, refusal_of, tell_failure
from memoryd.faces.mcp.tools import INSTRUCTIONS, RESOURCES, SERVER, TOOLS, Asked, Excerpt, Growing, Remembered, call, read
from memoryd.indexing import Progress, silent
from memoryd.limits import DEFAULT_NOTES
from memoryd.memory import ProjectMemory
from memoryd.notes import draft, headline, recall_about, write_down

SHOWN_PROJECTS = 20
log = logging.getLogger("memoryd.http")
Context = ServerRequestContext[dict[str, Any], Any]


def server(dispatcher: Dispatcher) -> Server[dict[str, Any]]:
    """Return the server of the SDK with our tools and resources."""

    async def list_tools(_context: Context, _params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[Tool.model_validate(tool) for tool in TOOLS])

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        if params.name not in {tool["name"] for tool in TOOLS}:
            raise MCPError(INVALID_PARAMS, f"no tool is called {params.name[:100]!r}")
        async with _progress(context) as heard:
            try:
                text, failed = await _answer(dispatcher, context, call(params.name, params.arguments or {}), heard), False
            except Exception as error:  # noqa: BLE001 - a face answers for everything; the log says what it was
                text, failed = _said(error, context), True
        return CallToolResult(content=[TextContent(text=text)], is_error=failed)

    async def list_resources(_context: Context, _params: PaginatedRequestParams | None) -> ListResourcesResult:
        return ListResourcesResult(resources=[Resource.model_validate(resource) for resource in RESOURCES])

    async def read_resource(context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        try:
            text = await _answer(dispatcher, context, read(str(params.uri)), silent)
        except Exception as error:  # noqa: BLE001 - as above
            raise MCPError(INVALID_PARAMS if isinstance(error, UsageError) else INTERNAL_ERROR, _said(error, context)) from None
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


async def _answer(dispatcher: Dispatcher, context: Context, asked: Asked, heard: Progress) -> str:
    """Return the answer of the project that a call means. Raises `UsageError` if it is none that is registered."""
    request = context.request
    root = asked.root or (request.query_params.get("root") if request is not None else None)
    if not root:
        root = await dispatcher.do(partial(_only, dispatcher.projects))
    return await dispatcher.ask(root, lambda memory: asked.answer(_Project(memory)), partial(_registered, dispatcher.projects), heard)


def _said(error: Exception, context: Context) -> str:
    """Return what went wrong and what to do, for the agent."""
    request_id = context.request.state.request_id if context.request is not None else "none"
    if not isinstance(error, Refusal | MemorydError):
        tell_failure(error, request_id)
        return "memoryd failed; the daemon's log says where"
    # Over HTTP all went well, so the line about the request does not tell.
    refusal = error if isinstance(error, Refusal) else refusal_of(error)
    log.info("call refused", extra={"fields": {"request_id": request_id, "problem": refusal.kind.name}})
    return f"{error.detail}. {error.kind.next}" if isinstance(error, Refusal) else str(error)


def _only(projects: Projects) -> str:
    known = [one.root for one in projects.known()]
    if len(known) != 1:
        raise UsageError(f"say which project you mean with `root`; {_listed(known)}")
    return known[0]


def _registered(projects: Projects, root: str) -> Path:
    folder = Path(root)
    with suppress(ValueError):  # no file has such a name
        if folder.is_absolute() and projects.is_registered(folder):
            return folder
    raise UsageError(f"{escaped(root)} is no registered project; {_listed([one.root for one in projects.known()])}")


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

    def __init__(self, memory: ProjectMemory) -> None:
        self._memory = memory

    def pack(self, task: str, budget: int) -> str:
        return self._memory.pack(task, budget).text

    def show(self, handle: str) -> Excerpt:
        shown = self._memory.show(handle)
        return Excerpt(shown.path, shown.start_line, shown.end_line, shown.text)

    def recall(self, task: str, about: Sequence[str]) -> str:
        return recall_about(self._memory.notes, self._memory.root, (task, about), DEFAULT_NOTES).text

    def remember(self, note: Mapping[str, Any]) -> Remembered:
        made = headline(write_down(self._memory.notes, draft(note)))
        return Remembered(made.id, made.path, made.standing, made.because)

    def map(self, budget: int) -> str:
        return self._memory.map(budget).text

    def status(self) -> Mapping[str, Any]:
        return asdict(self._memory.status())
