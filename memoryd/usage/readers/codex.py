"""Codex's rollouts: events that tell the sums of a session so far, many of them repeated, and what the last request took.

The input that Codex tells includes what came from a cache. A fork and a subagent begin with a replay of their parent's events, which
have the sums of the parent: what a request is called here is its sums, and a family of sessions counts them once. Newer versions tell
of each response by its id besides; where they do, that alone counts.
"""

from typing import Any

import orjson

from memoryd.usage.readers import ours
from memoryd.usage.readers.reading import Reading
from memoryd.usage.readers.sources import ANSWERS, INSTRUCTIONS, PROMPTS, source_of
from memoryd.usage.readers.values import characters, count, digest, items, mapping, milliseconds, name, text_of
from memoryd.usage.requests import Request, Where

NAME = "Codex"
FIELDS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens", "total_tokens", "cache_write_input_tokens")
MOST_PENDING = 256


def read_line(line: dict[str, Any], reading: Reading) -> None:
    """Take one line of a rollout into a reading."""
    kind, payload, state = line.get("type"), mapping(line.get("payload")), reading.state
    state["at"] = milliseconds(line.get("timestamp")) or state.get("at", 0)
    if kind == "session_meta":
        _session(payload, reading)
    elif kind == "turn_context":
        state["model"] = name(payload.get("model")) or state.get("model", "")
        state["project"] = name(payload.get("cwd")) or state.get("project", "")
    elif kind == "compacted":
        reading.compacts("")
    elif kind == "event_msg" and payload.get("type") == "token_count":
        _sums(payload, reading)
    elif kind == "token_usage_record":
        _record(payload, reading)
    elif kind == "response_item":
        _item(payload, reading)


def _session(payload: dict[str, Any], reading: Reading) -> None:
    state = reading.state
    if state.get("session"):
        return  # that of the parent, in a replay
    state["session"] = name(payload.get("id")) or name(payload.get("session_id"))
    state["project"] = name(payload.get("cwd"))
    state["branch"] = name(mapping(payload.get("git")).get("branch"))
    spawned = mapping(mapping(mapping(payload.get("source")).get("subagent")).get("thread_spawn"))
    reading.parent = name(payload.get("forked_from_id")) or name(spawned.get("parent_thread_id"))
    state["agent"] = state["session"] if spawned else ""
    reading.fills("", INSTRUCTIONS, characters(payload.get("instructions")))


def _record(payload: dict[str, Any], reading: Reading) -> None:
    """Take what newer versions tell of each response; the sums beside it tell the same once more."""
    response = name(payload.get("response_id"))
    reading.state["recorded"] = True
    _request(digest(response) if response else 0, _counts(payload.get("usage")), reading)


def _sums(payload: dict[str, Any], reading: Reading) -> None:
    """Take the sums of a session so far, and what the last request took."""
    state, info = reading.state, mapping(payload.get("info"))
    _limits(mapping(payload.get("rate_limits")), reading)
    total, last = _counts(info.get("total_token_usage")), _counts(info.get("last_token_usage"))
    before, told = state.get("total", [0] * len(FIELDS)), [total, last]
    if any(total):
        state["total"] = total
    if state.get("recorded") or told == state.get("told") or (any(total) and total == before):
        reading.seen += any(total) or any(last)
        return
    state["told"] = told
    used = last if any(last) else [max(0, now - then) for now, then in zip(total, before, strict=True)]
    _request(digest(*total, *last) if any(total) else 0, used, reading)


def _request(sums: int, used: list[int], reading: Reading) -> None:
    state = reading.state
    given, cached, written, _reasoned, _total, made = used
    if not given and not written:
        return
    cached = min(cached, given)
    made = min(made, given - cached)
    session, agent, model = (state.get(field, "") for field in ("session", "agent", "model"))
    where = Where(NAME, session, agent, model, state.get("project", ""), state.get("branch", ""), "")
    key = digest(session, sums) if sums else 0
    reading.request(where, Request(key, sums, state["at"], 0, given - cached - made, cached, made, 0, written, 0))


def _counts(usage: Any) -> list[int]:
    return [count(mapping(usage).get(field)) for field in FIELDS]


def _limits(limits: dict[str, Any], reading: Reading) -> None:
    for window in ("primary", "secondary"):
        told = mapping(limits.get(window))
        used, minutes = told.get("used_percent"), count(told.get("window_minutes"))
        if isinstance(used, (int, float)) and 0 <= used <= 1000 and minutes:
            reading.limits[str(minutes)] = [reading.state["at"], used]


def _item(payload: dict[str, Any], reading: Reading) -> None:
    kind, agent, pending = payload.get("type"), reading.state.get("agent", ""), reading.state.setdefault("pending", {})
    if kind == "message":
        reading.fills(agent, ANSWERS if payload.get("role") == "assistant" else PROMPTS, characters(payload.get("content")))
        if payload.get("role") == "developer":
            ours.injected(agent, text_of(payload.get("content")), reading)
    elif kind in ("function_call", "custom_tool_call", "local_shell_call"):
        tool, given = name(payload.get("name")) or "shell", payload.get("arguments") or payload.get("input")
        reading.calls[tool] = reading.calls.get(tool, 0) + 1
        reading.fills(agent, ANSWERS, len(given) if isinstance(given, str) else 0)
        command = _command(given)
        pending[str(digest(payload.get("call_id")))] = [source_of(tool, command), ours.called(tool, given, name(command))]
        if len(pending) > MOST_PENDING:
            del pending[next(iter(pending))]
    elif kind in ("function_call_output", "custom_tool_call_output"):
        output = payload.get("output")
        content = mapping(output).get("content") if isinstance(output, dict) else output
        source, called = pending.pop(str(digest(payload.get("call_id"))), [source_of("", ""), ""])
        reading.fills(agent, source, characters(content))
        ours.told(agent, called, "", text_of(content), reading)


def _command(given: Any) -> Any:
    """Return the command in the arguments of a call, which are JSON in a text."""
    try:
        arguments = mapping(orjson.loads(given)) if isinstance(given, str) else {}
    except ValueError:
        return ""
    command = arguments.get("cmd") or arguments.get("command") or ""
    words = items(command)
    return words[-1] if len(words) == 3 and words[1] in ("-lc", "-c") else command
