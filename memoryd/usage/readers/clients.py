"""The clients whose transcripts are read: how their files are called, and what reads them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from memoryd.usage.readers import claude_code, codex, gemini, opencode
from memoryd.usage.readers.lines import LONGEST, Lines
from memoryd.usage.readers.reading import Reading


@dataclass(frozen=True, slots=True)
class Client:
    """A client: the pattern of the names of its files, and what takes an object of one, a line or the whole, into a reading."""

    name: str
    files: re.Pattern[str]
    read: Callable[[dict[str, Any], Reading], None]
    is_by_lines: bool = True


CLIENTS = (
    Client(codex.NAME, re.compile(r"(?:.*/)?rollout-[^/]*\.jsonl"), codex.read_line),
    Client(gemini.NAME, re.compile(r".*/chats/session-[^/]*\.jsonl"), gemini.read_line),
    Client(gemini.NAME, re.compile(r".*/chats/session-[^/]*\.json"), gemini.read_file, False),
    Client(opencode.NAME, re.compile(r".*/message/[^/]+/msg_[^/]*\.json"), opencode.read_file, False),
    Client(claude_code.NAME, re.compile(r".*\.jsonl"), claude_code.read_line),
)


def client_of(path: str) -> Client | None:
    """Return the client that a file is of, by its name."""
    if not path.endswith((".jsonl", ".json")):
        return None
    return next((client for client in CLIENTS if client.files.fullmatch(path)), None)


def read_lines(client: Client, file: BinaryIO, offset: int, reading: Reading) -> int:
    """Take the lines of a file from an offset on into a reading; return how far it was read."""
    lines = Lines(file, offset)
    for line in lines:
        client.read(line, reading)
    reading.damaged += lines.damaged
    reading.is_cut = lines.is_cut
    return lines.offset


def read_whole(client: Client, file: BinaryIO) -> Reading:
    """Return the reading of a file that is one JSON object."""
    reading, data = Reading(), file.read(LONGEST + 1)
    try:
        value = orjson.loads(data) if len(data) <= LONGEST else None
    except ValueError:
        value = None
    if isinstance(value, dict):
        client.read(value, reading)
    else:
        reading.damaged += 1
    return reading
