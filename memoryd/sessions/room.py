"""How full the context of a session's main agent is, by what its client's transcript says of its last request.

A transcript lags behind by some records, and says nothing of how large a context may be: it is taken for a small one until it has more.
"""

import json
import os
import stat
from contextlib import suppress
from typing import Any

TAIL = 1 << 18
"""Bytes at the end of a transcript that are read."""
SIZES = (200_000, 1_000_000)
"""Tokens of a context: the least that clients' models have, and the next."""
PARTS = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens")
WARNING, TIGHT = 0.70, 0.85
"""How full a context is from which an answer is half as long as usual, and a quarter."""


def share_used(transcript: str) -> float:
    """Return how full a context is, from 0 to 1; 0 where that is not known."""
    tokens = _tokens(transcript) if transcript.startswith("/") and "\0" not in transcript else 0
    size = next((size for size in SIZES if tokens <= size), SIZES[-1])
    return min(1.0, tokens / size)


def fitting(usual: int, share: float) -> int:
    """Return the budget of an answer for a context that is so full."""
    return usual if share < WARNING else usual // 2 if share < TIGHT else usual // 4


def _tokens(transcript: str) -> int:
    """Return the tokens of the last request of the main agent, 0 if there is none."""
    with suppress(OSError, ValueError):
        opened = os.open(transcript, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            found = os.fstat(opened)
            data = os.pread(opened, TAIL, max(0, found.st_size - TAIL)) if stat.S_ISREG(found.st_mode) else b""
        finally:
            os.close(opened)
        for line in reversed(data.split(b"\n")):
            if b'"usage"' in line and (tokens := _of_request(line)):
                return tokens
    return 0


def _of_request(line: bytes) -> int:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return 0
    if not isinstance(record, dict) or record.get("type") != "assistant" or record.get("isSidechain"):
        return 0
    message = record.get("message")
    usage: Any = message.get("usage") if isinstance(message, dict) else None
    parts = [usage.get(part) for part in PARTS] if isinstance(usage, dict) else []
    return sum(one for one in parts if isinstance(one, int) and not isinstance(one, bool) and 0 < one < 1 << 31)
