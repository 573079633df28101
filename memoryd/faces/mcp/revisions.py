"""The revisions of MCP that are spoken, and how requests and results differ between them. Standard library only.

Up to 2025-11-25 a handshake (`initialize`) fixes the revision of all later messages. From 2026-07-28 on there is no handshake:
each request names its revision in `_meta`, and `server/discover` lists the revisions and capabilities.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from memoryd import __version__
from memoryd.faces.mcp.jsonrpc import INVALID_PARAMS, UNSUPPORTED_VERSION, Id, given
from memoryd.faces.mcp.tools import INSTRUCTIONS, SERVER

HANDSHAKE = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
STATELESS = ("2026-07-28",)
"""The revisions without a handshake, newest first."""
VERSION, CLIENT, OURS = (
    f"io.modelcontextprotocol/{name}" for name in ("protocolVersion", "clientCapabilities", "serverInfo")
)  # names in `_meta`
IDENTITY = {"name": SERVER, "version": __version__}
CAPABILITIES: Mapping[str, Any] = {"tools": {}, "resources": {}}
NAMED = {"tools/call": "name", "resources/read": "uri"}
"""The parameter of each method that the header `Mcp-Name` repeats."""


def initialized(asked: Any) -> dict[str, Any]:
    """Return the result of a handshake, with the revision that was asked for or, if we do not speak it, the newest one."""
    version = asked if asked in HANDSHAKE else HANDSHAKE[0]
    return {"protocolVersion": version, "capabilities": CAPABILITIES, "serverInfo": IDENTITY, "instructions": INSTRUCTIONS}


def discovered() -> dict[str, Any]:
    """Return the result of `server/discover`."""
    return {"supportedVersions": STATELESS, "capabilities": CAPABILITIES, "instructions": INSTRUCTIONS}


def is_stateless(method: str, params: Mapping[str, Any]) -> bool:
    """Tell whether a request names its revision itself. A handshake never does: such revisions have none."""
    return method != "initialize" and VERSION in _meta(params)


def objection(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the error for a request without a handshake that lacks a field or names an unknown revision; `None` if it is sound."""
    meta = _meta(params)
    version = meta[VERSION]
    if not isinstance(version, str) or CLIENT not in meta:
        return {"code": INVALID_PARAMS, "message": f"`_meta` must have {VERSION}, a text, and {CLIENT}"}
    if version not in STATELESS:
        known = {"supported": [*STATELESS, *HANDSHAKE], "requested": version}
        return {"code": UNSUPPORTED_VERSION, "message": "this revision of the protocol is not known here", "data": known}
    return None


def revision_of(params: Mapping[str, Any]) -> str:
    """Return the revision that a request without a handshake names."""
    return str(_meta(params)[VERSION])


def listed(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a list, or the result of `server/discover`, with the fields for clients without a handshake."""
    return {**complete(result), "ttlMs": 0, "cacheScope": "private"}


def complete(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result with the fields for clients without a handshake."""
    return {**result, "resultType": "complete", "_meta": {OURS: IDENTITY}}


def failed(number: Id, text: str, revision: str) -> dict[str, Any]:
    """Return the answer to a failed call of a tool."""
    result = {"content": [{"type": "text", "text": text}], "isError": True}
    return {"id": number, "result": complete(result) if revision in STATELESS else result}


def headers(message: Mapping[str, Any], revision: str) -> dict[str, str]:
    """Return the HTTP headers of a message."""
    told = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json", "Mcp-Protocol-Version": revision}
    if revision in STATELESS:
        told["Mcp-Method"] = message["method"]
        name = message["params"].get(NAMED.get(message["method"], ""))
        if isinstance(name, str):
            told["Mcp-Name"] = f"=?base64?{b64encode(name.encode(errors='replace')).decode()}?="
    return told


def _meta(params: Mapping[str, Any]) -> dict[str, Any]:
    meta = given(params, "_meta")
    return meta if isinstance(meta, dict) else {}
