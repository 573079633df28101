"""The hooks of Claude Code. VS Code reads the same settings and sends other names, which mean nothing here."""

import json
import re
from typing import Any

from memoryd.faces.hooks.dialect import Payload, mapping, number, said, text, tool_of
from memoryd.sessions import Event, Hunk, Kind, Reply, Tool, Use

KINDS = {
    "SessionStart": Kind.STARTED,
    "UserPromptSubmit": Kind.PROMPTED,
    "PreToolUse": Kind.USING,
    "PostToolUse": Kind.USED,
    "PostToolUseFailure": Kind.FAILED,
    "PreCompact": Kind.COMPACTING,
    "PostCompact": Kind.COMPACTED,
    "SubagentStart": Kind.JOINED,
    "SubagentStop": Kind.LEFT,
    "SessionEnd": Kind.ENDED,
}
TOOLS = {
    "Read": Tool.READ,
    "Edit": Tool.EDIT,
    "MultiEdit": Tool.EDIT,
    "Write": Tool.EDIT,
    "Bash": Tool.SHELL,
    "Grep": Tool.SEARCH,
    "WebFetch": Tool.FETCH,
    "Agent": Tool.AGENT,
    "Task": Tool.AGENT,
}
OURS = re.compile(r"mcp__(?:plugin_memoryd_)?memoryd__\w+")
OUTPUTS = frozenset(("TaskOutput", "BashOutput"))
"""The tools that show what a command in the background has printed, in versions that have one."""
OF_BACKGROUND = re.compile(r"/tasks/([\w-]{1,80})\.output$")
"""The file in which other versions keep that."""
USES = frozenset((Kind.USING, Kind.USED, Kind.FAILED))
ALL = 1 << 30


def read(payload: Payload) -> Event | None:
    """Return the event that a payload tells of."""
    kind, session = KINDS.get(text(payload, "hook_event_name")), text(payload, "session_id")
    if kind is None or not session:
        return None
    use = _use(payload, tool_of(text(payload, "tool_name"), TOOLS, OURS), kind) if kind in USES else None
    agent, place, transcript = text(payload, "agent_id")[:200], text(payload, "cwd"), text(payload, "transcript_path")
    return Event(kind, session[:200], agent, place, said(payload, kind), use, transcript=transcript)


def write(payload: Payload, reply: Reply) -> str:
    """Return what the hook prints."""
    event = text(payload, "hook_event_name")
    if event == "PreCompact":
        # The only event whose plain output reaches whoever summarises; JSON there is discarded.
        return reply.context
    found: dict[str, Any] = {}
    if reply.context:
        found["additionalContext"] = reply.context
    if reply.output is not None and event == "PostToolUse":
        found["updatedToolOutput"] = _output(payload, reply.output)
    return json.dumps({"hookSpecificOutput": {"hookEventName": event, **found}}) if found else ""


def _use(payload: Payload, tool: Tool, kind: Kind) -> Use:
    given, result = mapping(payload, "tool_input"), mapping(payload, "tool_response")
    use = Use(text(payload, "tool_use_id"), tool, text(given, "file_path"), text(given, "command"))
    if kind == Kind.FAILED:
        return Use(use.id, tool, use.path, use.command, output=text(payload, "error"))
    if kind == Kind.USING:
        return Use(use.id, tool, use.path, use.command or text(given, "prompt"))
    if tool == Tool.READ:
        behind = OF_BACKGROUND.search(use.path)
        return _reading(use, given, result) if behind is None else _of_background(use, behind[1], text(mapping(result, "file"), "content"))
    if text(payload, "tool_name") in OUTPUTS:
        task = mapping(result, "task")
        return _of_background(use, text(task, "task_id"), "" if task.get("exitCode") else text(task, "output"))
    if tool == Tool.SHELL and result.get("backgroundTaskId"):
        return Use(use.id, tool, command=use.command, background=text(result, "backgroundTaskId"))
    if tool == Tool.EDIT:
        return _edit(use, result)
    if result.get("persistedOutputPath"):
        return use  # the client has put the output into a file already, and shows its beginning
    if tool == Tool.SEARCH and result.get("numFiles") == 0 and not result.get("numLines"):
        return Use(use.id, tool, command=text(given, "pattern"), is_vain=True)
    if tool == Tool.FETCH:
        return Use(use.id, tool, command=text(given, "prompt"), output=text(result, "result"))
    output = text(result, "stdout") if tool == Tool.SHELL else text(result, "content") if tool == Tool.SEARCH else ""
    return Use(use.id, tool, use.path, use.command, output=output)


def _of_background(use: Use, name: str, output: str) -> Use:
    """Return the reading of what a command in the background has printed."""
    return Use(use.id, Tool.SHELL, output=output, background=name)


def _reading(use: Use, given: Payload, result: Payload) -> Use:
    file = mapping(result, "file")
    if text(result, "type") != "text" or not text(file, "content"):
        return use
    lines = tuple(text(file, "content").split("\n"))
    first = max(1, number(file, "startLine"))
    is_whole = first == 1 and number(file, "totalLines") == len(lines)
    output = "" if {"offset", "limit"} & given.keys() else text(file, "content")
    return Use(use.id, use.tool, text(file, "filePath") or use.path, first=first, lines=lines, is_whole=is_whole, output=output)


def _edit(use: Use, result: Payload) -> Use:
    path = text(result, "filePath") or use.path
    if result.get("userModified"):
        return Use(use.id, use.tool, path, hunks=(Hunk(1, ALL, ()),))
    if text(result, "type") in ("create", "update") and "content" in result:
        return Use(use.id, use.tool, path, lines=tuple(text(result, "content").split("\n")), is_whole=True)
    patch = result.get("structuredPatch")
    hunks = [one for part in patch if isinstance(part, dict) for one in _hunks(part)] if isinstance(patch, list) else [Hunk(1, ALL, ())]
    return Use(use.id, use.tool, path, hunks=tuple(hunks))


def _hunks(part: Payload) -> list[Hunk]:
    """Return the changes of a part of a patch without the lines around them, by lines of the old file."""
    found: list[Hunk] = []
    at = start = max(1, number(part, "oldStart"))
    removed, added = 0, list[str]()
    lines = part.get("lines")
    for line in [*(one for one in lines if isinstance(one, str)), " "] if isinstance(lines, list) else []:
        if line.startswith("-"):
            removed, at = removed + 1, at + 1
        elif line.startswith("+"):
            added.append(line[1:])
        elif not line.startswith("\\"):
            if removed or added:
                found.append(Hunk(start, removed, tuple(added)))
            at += 1
            start, removed, added = at, 0, []
    return found


def _output(payload: Payload, output: str) -> Any:
    """Return a result of the very shape of the one that it takes the place of: others are ignored."""
    result = mapping(payload, "tool_response")
    if text(payload, "tool_name") == "Bash":
        return {**result, "stdout": output}
    if text(payload, "tool_name") == "Read":
        return {**result, "file": {**mapping(result, "file"), "content": output, "numLines": output.count("\n") + 1, "startLine": 1}}
    if text(payload, "tool_name") in OUTPUTS:
        return {**result, "task": {**mapping(result, "task"), "output": output}}
    if text(payload, "tool_name") == "Grep":
        return {**result, "content": output, "numLines": output.count("\n") + 1}
    if text(payload, "tool_name") == "WebFetch":
        return {**result, "result": output}
    return output
