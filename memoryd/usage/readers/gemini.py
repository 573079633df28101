"""Gemini CLI's chats: a file of JSON with all messages, or a line for each; an answer that is written again has the same id."""

from typing import Any

from memoryd.usage.readers.reading import Reading
from memoryd.usage.readers.sources import ANSWERS, PROMPTS, source_of
from memoryd.usage.readers.values import characters, count, digest, items, mapping, milliseconds, name
from memoryd.usage.requests import Request, Where

NAME = "Gemini CLI"


def read_file(chat: dict[str, Any], reading: Reading) -> None:
    """Take a whole chat into a reading."""
    _session(chat, reading)
    for message in items(chat.get("messages")):
        _message(mapping(message), reading)


def read_line(line: dict[str, Any], reading: Reading) -> None:
    """Take one line of a chat into a reading."""
    _session(line, reading)
    _message(line, reading)


def _session(record: dict[str, Any], reading: Reading) -> None:
    state = reading.state
    for field, names in (("session", ("sessionId", "session_id")), ("project", ("projectHash", "cwd")), ("model", ("model",))):
        state[field] = next((found for one in names if (found := name(record.get(one)))), state.get(field, ""))
    state["at"] = milliseconds(record.get("timestamp")) or milliseconds(record.get("startTime")) or state.get("at", 0)


def _message(message: dict[str, Any], reading: Reading) -> None:
    state, tokens = reading.state, mapping(message.get("tokens"))
    if message.get("type") == "user":
        reading.fills("", PROMPTS, characters(message.get("content")))
    if message.get("type") != "gemini":
        return
    if tokens:
        at = milliseconds(message.get("timestamp")) or state["at"]
        where = Where(NAME, state["session"], "", name(message.get("model")) or state["model"], state["project"], "", "")
        key = digest(state["session"], message["id"]) if isinstance(message.get("id"), str) else 0
        reading.request(where, _request(key, at, tokens))
    reading.fills("", ANSWERS, characters(message.get("content")))
    for call in map(mapping, items(message.get("toolCalls"))):
        tool = name(call.get("name"))
        reading.calls[tool] = reading.calls.get(tool, 0) + 1
        reading.fills("", source_of(tool, mapping(call.get("args")).get("command")), characters(call.get("resultDisplay")))


def _request(key: int, at: int, tokens: dict[str, Any]) -> Request:
    """Return a request; the input that is told includes what came from a cache where the total says so."""
    given, cached, tool = count(tokens.get("input")), count(tokens.get("cached")), count(tokens.get("tool"))
    made = count(tokens.get("output")) + count(tokens.get("thoughts"))
    if count(tokens.get("total")) != given + cached + tool + made:
        cached = min(cached, given)
        given -= cached
    return Request(key, 0, at, 0, given + tool, cached, 0, 0, made, 0)
