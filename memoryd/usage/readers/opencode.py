"""opencode's messages: a file of JSON for each, in a folder for each session."""

from typing import Any

from memoryd.usage.readers.reading import Reading
from memoryd.usage.readers.values import count, digest, mapping, milliseconds, name
from memoryd.usage.requests import Request, Where

NAME = "opencode"


def read_file(message: dict[str, Any], reading: Reading) -> None:
    """Take a message into a reading."""
    tokens, cache = mapping(message.get("tokens")), mapping(mapping(message.get("tokens")).get("cache"))
    if message.get("role") != "assistant" or not tokens:
        return
    project = name(mapping(message.get("path")).get("root")) or name(mapping(message.get("path")).get("cwd"))
    where = Where(NAME, name(message.get("sessionID")), "", name(message.get("modelID")), project, "", "")
    id_, at = name(message.get("id")), milliseconds(mapping(message.get("time")).get("created"))
    counts = count(tokens.get("input")), count(cache.get("read")), count(cache.get("write"))
    written = count(tokens.get("output")) + count(tokens.get("reasoning"))
    if any(counts) or written:
        reading.request(where, Request(digest(id_) if id_ else 0, 0, at, 0, *counts, 0, written, 0))
