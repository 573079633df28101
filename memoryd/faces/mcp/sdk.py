"""The MCP server, built with the official SDK: tools, resources, errors.

No session is kept between requests, so clients survive a restart of the daemon. Clients send their messages to `/mcp` themselves or
through the stdio bridge. Tokens, Host, Origin and the size of bodies are checked before, by the middleware of the application.
"""

import logging
from typing import Any

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
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    TextContent,
    TextResourceContents,
    Tool,
)
from starlette.requests import Request

from memoryd import __version__
from memoryd.advice import Face
from memoryd.errors import MemorydError, UsageError
from memoryd.faces.http import Dispatcher, Refusal, refusal_of, tell_failure
from memoryd.faces.mcp.answers import CALLABLE, MOST_CHARACTERS, NAMES, ParsedCall, call, read
from memoryd.faces.mcp.choice import Choice
from memoryd.faces.mcp.fleet import of_fleet, tools
from memoryd.faces.mcp.jsonrpc import RESOURCE_NOT_FOUND
from memoryd.faces.mcp.progress import told
from memoryd.faces.mcp.revisions import HANDSHAKE
from memoryd.faces.mcp.tools import INSTRUCTIONS, RESOURCES, SERVER, TOOLS
from memoryd.indexing import Progress, silent
from memoryd.text import escaped, escaped_text
from memoryd.versions import Effort

USE = "claudecode/toolUseId"
"""The key in the metadata of a call."""
log = logging.getLogger("memoryd.http")
Context = ServerRequestContext[dict[str, Any], Request]


def server(dispatcher: Dispatcher) -> Server[dict[str, Any]]:
    """Return the SDK's server with our tools and resources."""

    async def answer(context: Context, asked: ParsedCall, heard: Progress, use: str = "") -> str:
        choice = Choice(dispatcher, _request(context))
        root = choice.root(asked.root)
        if choice.refreshes:
            folder = await dispatcher.do(lambda: choice.folder(root))
            await dispatcher.refresh(str(folder), dispatcher.projects.refresh, choice.folder, heard)
        reader = dispatcher.sessions.reader(use) if use else None
        return escaped_text(await dispatcher.ask(root, lambda memory: asked.answer(memory, reader), choice.folder, heard, asked.effort))

    async def list_tools(_context: Context, _params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[Tool.model_validate(tool) for tool in tools(dispatcher)])

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        if params.name not in CALLABLE:
            raise MCPError(INVALID_PARAMS, f"no tool is called {params.name[:100]!r}; call one of: {NAMES}")
        async with told(context) as heard:
            try:
                given = params.arguments or {}
                if (about_fleet := of_fleet(dispatcher, params.name, given, _request(context))) is not None:
                    text, failed = escaped_text((await dispatcher.do(about_fleet, Effort.LONG))[:MOST_CHARACTERS]), False
                else:
                    text, failed = await answer(context, call(params.name, given), heard, _use(params)), False
            except Exception as error:  # noqa: BLE001 - a face answers for every error; the log says which it was
                text, failed = _said(error, context), True
        return CallToolResult(content=[TextContent(text=text)], is_error=failed)

    async def list_resources(_context: Context, _params: PaginatedRequestParams | None) -> ListResourcesResult:
        return ListResourcesResult(resources=[Resource.model_validate(resource) for resource in RESOURCES])

    async def list_templates(_context: Context, _params: PaginatedRequestParams | None) -> ListResourceTemplatesResult:
        return ListResourceTemplatesResult(resource_templates=[])

    async def read_resource(context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        try:
            asked = read(str(params.uri))
        except UsageError as error:
            code = RESOURCE_NOT_FOUND if context.protocol_version in HANDSHAKE else INVALID_PARAMS
            raise MCPError(code, escaped(error.told(Face.MCP))) from None
        try:
            text = await answer(context, asked, silent)
        except Exception as error:  # noqa: BLE001 - as above
            raise MCPError(INVALID_PARAMS if isinstance(error, UsageError) else INTERNAL_ERROR, _said(error, context)) from None
        return ReadResourceResult(contents=[TextResourceContents(uri=params.uri, mime_type="text/plain", text=text)])

    async def list_prompts(_context: Context, _params: PaginatedRequestParams | None) -> ListPromptsResult:
        return ListPromptsResult(prompts=[])

    return Server(
        SERVER,
        version=__version__,
        instructions=INSTRUCTIONS,
        get_tool_input_schema={tool["name"]: tool["inputSchema"] for tool in TOOLS}.get,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
        on_list_prompts=list_prompts,
    )


def _use(params: CallToolRequestParams) -> str:
    """Return the id of the use that a call is, as Claude Code gives it to its hooks and to us; "" from others."""
    found = (params.meta or {}).get(USE)
    return found if isinstance(found, str) else ""


def _request(context: Context) -> Request:
    assert context.request is not None  # every message over HTTP has one
    return context.request


def _said(error: Exception, context: Context) -> str:
    """Return an error as text for the agent: what went wrong and what to do."""
    request_id = _request(context).state.request_id
    if not isinstance(error, Refusal | MemorydError):
        tell_failure(error, request_id)
        return "memoryd failed; the daemon's log says where"
    # The HTTP status is 200, so the log line of the request does not show the error.
    refusal = error if isinstance(error, Refusal) else refusal_of(error)
    log.info("call refused", extra={"fields": {"request_id": request_id, "problem": refusal.kind.name}})
    if isinstance(error, Refusal):
        return escaped(f"{error.told(Face.MCP)}. {error.kind.advice(Face.MCP)}")
    return escaped(error.told(Face.MCP))
