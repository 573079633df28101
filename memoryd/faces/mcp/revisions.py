"""The revisions of MCP: which there are, how a request says its own, and what belongs to a result. Standard library only.

Up to 2025-11-25 a client shakes hands, and so settles the revision of all that follows. From 2026-07-28 on there is no handshake:
each request says its revision in `_meta`, and `server/discover` tells what there is.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from memoryd import __version__
from memoryd.faces.mcp.jsonrpc import INVALID_PARAMS, UNSUPPORTED_VERSION, Id, given
from memoryd.faces.mcp.tools import INSTRUCTIONS, SERVER

HANDSHAKE = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
STATELESS = ("2026-07-28",)
"""Newest first."""
VERSION, CLIENT, OURS = (
    f"io.modelcontextprotocol/{name}" for name in ("protocolVersion", "clientCapabilities", "serverInfo")
)  # names in `_meta`
IDENTITY = {"name": SERVER, "version": __version__}
CAPABILITIES: Mapping[str, Any] = {"tools": {}, "resources": {}}
NAMED = {"tools/call": "name", "resources/read": "uri"}
"""What parameter of a request a header repeats."""


def initialized(asked: Any) -> dict[str, Any]:
    """Return the answer to a handshake: the revision that was asked for, if there is one, else the newest."""
    version = asked if asked in HANDSHAKE else HANDSHAKE[0]
    return {"protocolVersion": version, "capabilities": CAPABILITIES, "serverInfo": IDENTITY, "instructions": INSTRUCTIONS}


def discovered() -> dict[str, Any]:
    """Return the answer to `server/discover`."""
    return {"supportedVersions": STATELESS, "capabilities": CAPABILITIES, "instructions": INSTRUCTIONS}


def is_stateless(method: str, params: Mapping[str, Any]) -> bool:
    """Tell whether a request says its revision itself. A handshake, which the newest do not have, never does."""
    return method != "initialize" and VERSION in _meta(params)


def objection(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the error that a request without a handshake is answered with, where it says too little or a revision we do not know."""
    meta = _meta(params)
    version = meta[VERSION]
    if not isinstance(version, str) or CLIENT not in meta:
        return {"code": INVALID_PARAMS, "message": f"`_meta` must have {VERSION}, a text, and {CLIENT}"}
    if version not in STATELESS:
        known = {"supported": [*STATELESS, *HANDSHAKE], "requested": version}
        return {"code": UNSUPPORTED_VERSION, "message": "this revision of the protocol is not known here", "data": known}
    return None


def revision_of(params: Mapping[str, Any]) -> str:
    """Return the revision that a request without a handshake says."""
    return str(_meta(params)[VERSION])


def listed(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a list, or what was discovered, as a client gets it that shook no hands."""
    return {**complete(result), "ttlMs": 0, "cacheScope": "private"}


def complete(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result as a client gets it that shook no hands."""
    return {**result, "resultType": "complete", "_meta": {OURS: IDENTITY}}


def failed(number: Id, text: str, revision: str) -> dict[str, Any]:
    """Return the answer to a tool's call that failed."""
    result = {"content": [{"type": "text", "text": text}], "isError": True}
    return {"id": number, "result": complete(result) if revision in STATELESS else result}


def headers(message: Mapping[str, Any], revision: str) -> dict[str, str]:
    """Return what goes before a message over HTTP."""
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
