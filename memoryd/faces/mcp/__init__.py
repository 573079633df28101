"""MCP: the tools that agents see, answered in the daemon at `/mcp`; over standard input and output a bridge sends calls there.

tools, revisions, jsonrpc    what both sides share: the texts agents see, the revisions of the protocol, its messages
bridge, calls                standard input and output: lists at once, calls sent on to the daemon
mount, sdk                   `/mcp`, with the official SDK
choice, arguments, answers   which project a call means, what it asks for, and the text it gets
progress                     how far it is

The door is light: the bridge must be there at once. `mount_mcp`, which needs the HTTP application, is imported when it is named.
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
