"""The MCP server: tools for agents, answered by the daemon at `/mcp`; a bridge forwards calls from standard input to it.

tools, revisions, jsonrpc    shared by both sides: the texts agents see, the revisions of the protocol, its messages
bridge, calls                standard input and output: lists are answered at once, calls are forwarded to the daemon
mount, sdk                   `/mcp`, with the official SDK
choice, arguments, answers   the project of a call, its arguments, and the text of its answer
progress                     the progress of a call

Importing this package is cheap, because the bridge must start at once. `mount_mcp`, which needs the HTTP application, is
imported on first use.
"""

from typing import TYPE_CHECKING, Any

from memoryd.faces.mcp.bridge import run

if TYPE_CHECKING:
    from memoryd.faces.mcp.mount import mount_mcp

__all__ = ["mount_mcp", "run"]


def __getattr__(name: str) -> Any:
    if name != "mount_mcp":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from memoryd.faces.mcp.mount import mount_mcp

    return mount_mcp
