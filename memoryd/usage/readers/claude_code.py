"""Claude Code's transcripts: one line for each block of an answer, all with the usage of the whole; results of tools between them.

A subagent has a file of its own since 2.0 and lines marked as a sidechain in its session's before. Resumed and forked sessions begin
with copies of another's lines, which have the same ids. Lines about the progress of a subagent repeat what its own file has; they are
read for their usage, since that file may be gone.
"""

from typing import Any

from memoryd.usage.readers import ours
from memoryd.usage.readers.reading import Reading
from memoryd.usage.readers.sources import ANSWERS, HOOKS, INSTRUCTIONS, PROMPTS, SKILLS, SUMMARIES, source_of
from memoryd.usage.readers.values import characters, count, digest, items, mapping, milliseconds, name, text_of
from memoryd.usage.requests import MIXED, Request, Where

NAME = "Claude Code"
SYNTHETIC = "<synthetic>"
ATTACHED = {
    "skill_listing": SKILLS, "session_context": INSTRUCTIONS, "environment": INSTRUCTIONS, "agent_listing_delta": INSTRUCTIONS,
    "mcp_instructions_delta": INSTRUCTIONS, "deferred_tools_delta": INSTRUCTIONS, "nested_memory": INSTRUCTIONS,
    "hook_success": HOOKS, "hook_additional_context": HOOKS, "hook_non_blocking_error": HOOKS,
}  # fmt: skip
MOST_PENDING = 256


def read_line(line: dict[str, Any], reading: Reading) -> None:
    """Take one line of a transcript into a reading."""
    kind = line.get("type")
    if kind == "assistant":
        _answer(line, mapping(line.get("message")), reading)
    elif kind == "user":
        _results(line, mapping(line.get("message")).get("content"), reading)
    elif kind == "system" and line.get("subtype") == "compact_boundary":
        reading.compacts(_agent(line))
    elif kind == "progress":
        _progress(line, mapping(line.get("data")), reading)
    elif kind == "attachment":
        _attachment(_agent(line), mapping(line.get("attachment")), reading)


def _agent(line: dict[str, Any]) -> str:
    return (name(line.get("agentId")) or MIXED) if line.get("isSidechain") is True else ""


def _answer(line: dict[str, Any], message: dict[str, Any], reading: Reading) -> None:
    usage, model, agent = mapping(message.get("usage")), name(message.get("model")), _agent(line)
    if model == SYNTHETIC or line.get("isApiErrorMessage") is True:
        reading.synthetic += 1
        return
    if usage:
        _used(line, message, usage, reading)
    for block in map(mapping, items(message.get("content"))):
        if block.get("type") == "tool_use":
            _call(agent, block, reading)
        elif isinstance(text := block.get("text"), str):
            reading.fills(agent, ANSWERS, len(text))


def _used(line: dict[str, Any], message: dict[str, Any], usage: dict[str, Any], reading: Reading) -> None:
    at = reading.state["at"] = milliseconds(line.get("timestamp")) or reading.state.get("at", 0)
    session, project, branch = name(line.get("sessionId")), name(line.get("cwd")), name(line.get("gitBranch"))
    speed = name(usage.get("speed"))
    where = Where(NAME, session, _agent(line), name(message.get("model")), project, branch, speed if speed != "standard" else "")
    reading.request(where, _request(line, message, usage, at))


def _progress(line: dict[str, Any], data: dict[str, Any], reading: Reading) -> None:
    told = mapping(data.get("message"))
    message = mapping(told.get("message"))
    usage = mapping(message.get("usage"))
    if data.get("type") == "agent_progress" and usage and message.get("model") != SYNTHETIC:
        side = {"isSidechain": True, "agentId": data.get("agentId")}
        _used({**line, **told, **side}, message, usage, reading)


def _request(line: dict[str, Any], message: dict[str, Any], usage: dict[str, Any], at: int) -> Request:
    answer, request = name(message.get("id")), name(line.get("requestId"))
    if answer or request:
        key = digest(answer, request)
    else:
        key = digest(line["uuid"]) if isinstance(line.get("uuid"), str) else 0
    written, split = count(usage.get("cache_creation_input_tokens")), mapping(usage.get("cache_creation"))
    of_hour = count(split.get("ephemeral_1h_input_tokens"))
    of_minutes = max(written - of_hour, count(split.get("ephemeral_5m_input_tokens")))
    searches = count(mapping(usage.get("server_tool_use")).get("web_search_requests"))
    return Request(
        key, digest(answer) if answer else 0, at, 0, count(usage.get("input_tokens")), count(usage.get("cache_read_input_tokens")),
        of_minutes, of_hour, count(usage.get("output_tokens")), searches,
    )  # fmt: skip


def _call(agent: str, block: dict[str, Any], reading: Reading) -> None:
    tool, given, pending = name(block.get("name")), mapping(block.get("input")), reading.state.setdefault("pending", {})
    reading.calls[tool] = reading.calls.get(tool, 0) + 1
    reading.fills(agent, ANSWERS, sum(len(value) for value in given.values() if isinstance(value, str)))
    command = given.get("command")
    path = str(digest(given["file_path"])) if isinstance(given.get("file_path"), str) else ""
    pending[str(digest(block.get("id")))] = [source_of(tool, command), ours.called(tool, given, name(command)), path]
    if len(pending) > MOST_PENDING:
        del pending[next(iter(pending))]
    if tool in ("Edit", "MultiEdit", "Write", "NotebookEdit"):
        reading.changes(agent, name(given.get("file_path")))


def _results(line: dict[str, Any], content: Any, reading: Reading) -> None:
    agent = _agent(line)
    if isinstance(content, str):
        is_summary = line.get("isCompactSummary") is True
        reading.fills(agent, SUMMARIES if is_summary else PROMPTS, len(content))
        return
    pending, file = reading.state.get("pending", {}), mapping(mapping(line.get("toolUseResult")).get("file"))
    for block in map(mapping, items(content)):
        if block.get("type") != "tool_result":
            reading.fills(agent, PROMPTS, characters([block]))
            continue
        source, called, path = pending.pop(str(digest(block.get("tool_use_id"))), [source_of("", ""), "", ""])
        result = block.get("content")
        size = characters(result)
        reading.fills(agent, source, size)
        is_ours = ours.told(agent, called, path, text_of(result), reading)
        if path and file and not is_ours and count(file.get("numLines")) == count(file.get("totalLines")):
            reading.state.setdefault("whole", {})[path] = size
    if file:
        reading.reads(agent, name(file.get("filePath")), count(file.get("startLine")), count(file.get("numLines")))


def _attachment(agent: str, attached: dict[str, Any], reading: Reading) -> None:
    kind = name(attached.get("type"))
    rendered = [mapping(one).get("content") for one in items(attached.get("rendered"))]
    text = "\n".join(map(text_of, rendered or [attached.get("content")]))
    reading.fills(agent, ATTACHED.get(kind, INSTRUCTIONS), len(text))
    if kind.startswith("hook_"):
        ours.injected(agent, text, reading)
    elif kind in ("mcp_instructions_delta", "deferred_tools_delta") and ours.NAME in text:
        reading.tells(agent, "connected", 0)
