"""The hooks of Codex. They are shaped as those of Claude Code are, but a result is one text, and nothing says whether a command failed.

A result is replaced by what a hook gives as the reason of `block`: the tool has run by then, and the model goes on with that text.
"""

import json
import re
from typing import Any

from memoryd.faces.hooks.claude_code import OURS
from memoryd.faces.hooks.dialect import Payload, mapping, said, text, tool_of
from memoryd.sessions import Event, Kind, Reply, Tool, Use

KINDS = {
    "SessionStart": Kind.STARTED,
    "UserPromptSubmit": Kind.PROMPTED,
    "PreToolUse": Kind.USING,
    "PostToolUse": Kind.USED,
    "PreCompact": Kind.COMPACTING,
    "PostCompact": Kind.COMPACTED,
    "SubagentStart": Kind.JOINED,
    "SubagentStop": Kind.LEFT,
    "SessionEnd": Kind.ENDED,
}
TOOLS = {"Bash": Tool.SHELL, "apply_patch": Tool.EDIT, "spawn_agent": Tool.AGENT}
PATCHED = re.compile(r"^\*\*\* (?:Update|Add|Delete) File: (.{1,4000})$", re.MULTILINE)
"""Where a patch names a file."""


def read(payload: Payload) -> Event | None:
    """Return the event that a payload tells of."""
    kind, session = KINDS.get(text(payload, "hook_event_name")), text(payload, "session_id")
    if kind is None or not session:
        return None
    use = _use(payload) if kind in (Kind.USING, Kind.USED) else None
    return Event(kind, session[:200], text(payload, "agent_id")[:200], text(payload, "cwd"), said(payload, kind), use)


def write(payload: Payload, reply: Reply) -> str:
    """Return what the hook prints."""
    event, found = text(payload, "hook_event_name"), dict[str, Any]()
    if reply.output is not None and event == "PostToolUse":
        found |= {"decision": "block", "reason": reply.output}
    if reply.context and event not in ("PreCompact", "PostCompact"):
        found["hookSpecificOutput"] = {"hookEventName": event, "additionalContext": reply.context}
    return json.dumps(found) if found else ""


def _use(payload: Payload) -> Use:
    given, tool = mapping(payload, "tool_input"), tool_of(text(payload, "tool_name"), TOOLS, OURS)
    command = text(given, "command") or text(given, "message")
    path = PATCHED.search(command) if tool == Tool.EDIT else None
    output = text(payload, "tool_response") if tool == Tool.SHELL else ""
    return Use(text(payload, "tool_use_id"), tool, path[1].strip() if path else "", "" if path else command, output=output)
