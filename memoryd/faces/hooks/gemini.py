"""The hooks of Gemini CLI. A result is replaced by what a hook gives as the reason of `deny`: the tool has run by then."""

import json
import re
from typing import Any

from memoryd.faces.hooks.dialect import Payload, mapping, said, text, tool_of
from memoryd.sessions import Event, Kind, Reply, Tool, Use

KINDS = {
    "SessionStart": Kind.STARTED,
    "BeforeAgent": Kind.PROMPTED,
    "BeforeTool": Kind.USING,
    "AfterTool": Kind.USED,
    "PreCompress": Kind.COMPACTING,
    "SessionEnd": Kind.ENDED,
}
TOOLS = {
    "replace": Tool.EDIT,
    "write_file": Tool.EDIT,
    "run_shell_command": Tool.SHELL,
    "search_file_content": Tool.SEARCH,
    "grep_search": Tool.SEARCH,
}
OURS = re.compile(r"mcp__?memoryd_\w+")


def read(payload: Payload) -> Event | None:
    """Return the event that a payload tells of."""
    kind, session = KINDS.get(text(payload, "hook_event_name")), text(payload, "session_id")
    if kind is None or not session:
        return None
    use = _use(payload) if kind in (Kind.USING, Kind.USED) else None
    return Event(kind, session[:200], "", text(payload, "cwd"), said(payload, kind), use)


def write(payload: Payload, reply: Reply) -> str:
    """Return what the hook prints."""
    event, found = text(payload, "hook_event_name"), dict[str, Any]()
    if reply.output is not None and event == "AfterTool":
        found |= {"decision": "deny", "reason": reply.output}
    if reply.context and event in ("SessionStart", "BeforeAgent", "AfterTool"):
        found["hookSpecificOutput"] = {"hookEventName": event, "additionalContext": reply.context}
    return json.dumps(found) if found else ""


def _use(payload: Payload) -> Use:
    given, result = mapping(payload, "tool_input"), mapping(payload, "tool_response")
    tool = tool_of(text(payload, "tool_name"), TOOLS, OURS)
    # What failed is left as it is.
    output = text(result, "llmContent") if tool in (Tool.SHELL, Tool.SEARCH) and not result.get("error") else ""
    return Use("", tool, text(given, "file_path") or text(given, "absolute_path"), text(given, "command"), output=output)
