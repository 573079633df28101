"""The hooks of Cursor. Only the start of a session gets a context; the other events tell what a compaction should keep."""

import json

from memoryd.faces.hooks.dialect import Payload, text
from memoryd.sessions import Event, Kind, Reply, Tool, Use

KINDS = {
    "sessionStart": Kind.STARTED,
    "beforeSubmitPrompt": Kind.PROMPTED,
    "afterFileEdit": Kind.USED,
    "preCompact": Kind.COMPACTING,
    "sessionEnd": Kind.ENDED,
}


def read(payload: Payload) -> Event | None:
    """Return the event that a payload tells of."""
    kind, session = KINDS.get(text(payload, "hook_event_name")), text(payload, "conversation_id") or text(payload, "session_id")
    if kind is None or not session:
        return None
    roots = payload.get("workspace_roots")
    first = roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], str) else ""
    use = Use(text(payload, "generation_id"), Tool.EDIT, text(payload, "file_path")) if kind == Kind.USED else None
    return Event(kind, session[:200], "", first or text(payload, "cwd"), text(payload, "prompt"), use)


def write(payload: Payload, reply: Reply) -> str:
    """Return what the hook prints."""
    if not reply.context or text(payload, "hook_event_name") != "sessionStart":
        return ""
    return json.dumps({"additional_context": reply.context})
