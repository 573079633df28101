"""The hooks of VS Code, in files of their own. No result can be replaced, and a prompt gets no context.

VS Code also starts the hooks in the settings of Claude Code, with these names: there they mean nothing, so that nothing is told twice.
"""

import json

from memoryd.faces.hooks.dialect import Payload, mapping, said, text
from memoryd.sessions import Event, Kind, Reply, Tool, Use

KINDS = {
    "SessionStart": Kind.STARTED,
    "UserPromptSubmit": Kind.PROMPTED,
    "PreToolUse": Kind.USING,
    "PostToolUse": Kind.USED,
    "PreCompact": Kind.COMPACTING,
    "SubagentStart": Kind.JOINED,
    "SubagentStop": Kind.LEFT,
}
TOLD = ("SessionStart", "PreToolUse", "PostToolUse", "SubagentStart")
"""The events whose hooks may add something to the context."""
EDITS = frozenset((
    "editFiles", "createFile", "create_file", "replace_string_in_file", "multi_replace_string_in_file", "insert_edit_into_file",
    "apply_patch",
))  # fmt: skip


def read(payload: Payload) -> Event | None:
    """Return the event that a payload tells of."""
    name, session = text(payload, "hookEventName") or text(payload, "hook_event_name"), text(payload, "sessionId")
    kind = KINDS.get(name)
    if kind is None or not session:
        return None
    use = _use(payload) if kind in (Kind.USING, Kind.USED) else None
    return Event(kind, session[:200], text(payload, "agent_id")[:200], text(payload, "cwd"), said(payload, kind), use)


def write(payload: Payload, reply: Reply) -> str:
    """Return what the hook prints."""
    event = text(payload, "hookEventName") or text(payload, "hook_event_name")
    if not reply.context or event not in TOLD:
        return ""
    return json.dumps({"hookSpecificOutput": {"hookEventName": event, "additionalContext": reply.context}})


def _use(payload: Payload) -> Use:
    given = mapping(payload, "tool_input")
    files = given.get("files")
    first = files[0] if isinstance(files, list) and files and isinstance(files[0], str) else ""
    tool = Tool.EDIT if text(payload, "tool_name") in EDITS else Tool.OTHER
    return Use(text(payload, "tool_use_id"), tool, text(given, "filePath") or first)
