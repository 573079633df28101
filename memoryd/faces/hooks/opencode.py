"""The hooks of opencode, whose plugin, which `install` writes, sends events in a form of our own.

The plugin adds the `context` of an answer to the next result that the agent sees, and puts its `output` in place of a tool's.
"""

import json
import re

from memoryd.faces.hooks.dialect import Payload, mapping, text, tool_of
from memoryd.sessions import Event, Kind, Reply, Tool, Use

KINDS = {
    kind.value: kind
    for kind in (Kind.STARTED, Kind.PROMPTED, Kind.USING, Kind.USED, Kind.COMPACTING, Kind.COMPACTED, Kind.ENDED)
}  # fmt: skip
TOOLS = {"edit": Tool.EDIT, "write": Tool.EDIT, "patch": Tool.EDIT, "bash": Tool.SHELL, "grep": Tool.SEARCH, "task": Tool.AGENT}
OURS = re.compile(r"memoryd_\w+")


def read(payload: Payload) -> Event | None:
    """Return the event that a payload tells of."""
    kind, session = KINDS.get(text(payload, "event")), text(payload, "session")
    if kind is None or not session:
        return None
    use = _use(payload) if kind in (Kind.USING, Kind.USED) else None
    return Event(kind, session[:200], "", text(payload, "cwd"), text(payload, "text"), use)


def write(_payload: Payload, reply: Reply) -> str:
    """Return what the plugin reads."""
    found = {"context": reply.context} if reply.context else {}
    found |= {"output": reply.output} if reply.output is not None else {}
    return json.dumps(found) if found else ""


def _use(payload: Payload) -> Use:
    given, tool = mapping(payload, "args"), tool_of(text(payload, "tool"), TOOLS, OURS)
    command = text(given, "command") or text(given, "prompt")
    output = text(payload, "output") if tool in (Tool.SHELL, Tool.SEARCH) else ""
    return Use(text(payload, "call"), tool, text(given, "filePath"), command, output=output)
