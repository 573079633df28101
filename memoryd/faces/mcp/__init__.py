"""MCP: the tools that agents see, over standard input and output (`bridge`) and over HTTP (`sdk`).

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
