"""The calls of tools that are about a fleet: those whose `root` is `fleet`, or `fleet:NAME` for some of its repositories."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from starlette.requests import Request

from memoryd.advice import Face
from memoryd.errors import UsageError
from memoryd.faces.http import Dispatcher
from memoryd.faces.mcp.arguments import budget_of, handles_of, root_of, task_of
from memoryd.faces.mcp.tools import ALIASES, SEARCH_CODE, SHOW_CODE, TOOLS
from memoryd.fleet import Scope
from memoryd.text import under_heading

FLEET = "fleet"
ROOT = f"Another project's folder, for any tool; `{FLEET}` for all repositories, `{FLEET}:NAME` or `{FLEET}:ACME/*` for some."


def tools(dispatcher: Dispatcher) -> list[dict[str, Any]]:
    """Return the tools, which say how to ask the fleet where one is served."""
    if dispatcher.fleet is None:
        return list(TOOLS)
    told = deepcopy(list(TOOLS))
    for tool in told:
        if "root" in tool["inputSchema"]["properties"]:
            tool["inputSchema"]["properties"]["root"]["description"] = ROOT
    return told


def of_fleet(dispatcher: Dispatcher, name: str, arguments: Mapping[str, Any], request: Request) -> Callable[[], str] | None:
    """Return what answers a call about the fleet; `None` if it is about a project. Raises `UsageError`."""
    root, node = root_of(arguments.get("root")) or "", dispatcher.fleet
    if node is None or root.partition(":")[0] != FLEET:
        return None
    who, tool = dispatcher.asker(request), ALIASES.get(name, name)
    only = root.partition(":")[2]
    if tool == SEARCH_CODE:
        task, budget = task_of(arguments.get("task")), budget_of(arguments.get("budget"))
        scope = Scope((only,) if only else ())
        return lambda: node.pack(task, scope, who, budget, Face.MCP).text or "Nothing found that fits. Say it with other words."
    if tool == SHOW_CODE:
        wanted = [_place(handle, only) for handle in handles_of(arguments.get("handles"))]
        return lambda: "\n".join(under_heading(node.show(repository, handle, who)) for repository, handle in wanted)
    raise UsageError(f"{name} asks one project; of a fleet ask `{SEARCH_CODE}` or `{SHOW_CODE}`")


def _place(handle: str, only: str) -> tuple[str, str]:
    """Return the repository and the handle in it: `acme/shop:cart.py#Cart`, or `cart.py#Cart` where `root` names the repository."""
    if only and not only.endswith("/*"):
        return only, handle.removeprefix(f"{only}:")
    repository, colon, inner = handle.partition(":")
    if not colon:
        raise UsageError(f"{handle} names no repository; write REPOSITORY:PATH#NAME")
    return repository, inner
