"""One line about a session for a client's status line. Standard library only; runs as a script, too.

A client starts this again and again, so it imports nothing of memoryd, and reads no more than the end of the transcript. What the
client tells itself comes first. Whatever comes in, it prints one line and succeeds.
"""

import json
import os
import sys
from typing import Any

MOST_INPUT = 1 << 20
TAIL = 1 << 18
"""Bytes of the end of a transcript that are read."""
WIDE = 60
"""Characters of a name."""


def main() -> int:
    """Print the line for what standard input tells."""
    try:
        # By number: a stream that the client closed is none in `sys`.
        with open(0, "rb", closefd=False) as given:
            told = json.loads(given.read(MOST_INPUT))
    except (OSError, ValueError, RecursionError):
        told = {}
    try:
        with open(1, "wb", closefd=False) as shown:
            shown.write(f"{line_of(_mapping(told))}\n".encode())
    except OSError:
        pass  # nobody is left to read it
    return 0


def line_of(told: dict[str, Any]) -> str:
    """Return the line for what a client tells."""
    window = _mapping(told.get("context_window"))
    usage = _mapping(window.get("current_usage")) or _last_usage(told.get("transcript_path"))
    read, written, given = (_count(usage.get(f"{name}input_tokens")) for name in ("cache_read_", "cache_creation_", ""))
    context, parts = read + written + given, []
    model = _mapping(told.get("model")).get("display_name")
    if isinstance(model, str) and model.isprintable():
        parts.append(model[:WIDE])
    if context:
        size = _count(window.get("context_window_size"))
        parts.append(f"context {_short(context)}" + (f" of {_short(size)} ({context / size:.0%})" if size else ""))
        parts.append(f"{read / context:.0%} from cache")
    cost = _mapping(told.get("cost")).get("total_cost_usd")
    if isinstance(cost, (int, float)) and 0 <= cost < 1e6:
        parts.append(f"${cost:.2f}")
    limits = _mapping(told.get("rate_limits"))
    for name, short in (("five_hour", "5 h"), ("seven_day", "7 d")):
        used = _mapping(limits.get(name)).get("used_percentage")
        if isinstance(used, (int, float)) and 0 <= used <= 1000:
            parts.append(f"{short} limit {used:.0f}%")
    return " · ".join(parts) or "memoryd: nothing to tell yet"


def _last_usage(path: Any) -> dict[str, Any]:
    """Return the usage of the last answer of the main agent in a transcript."""
    if not isinstance(path, str):
        return {}
    try:
        # A pipe would be waited for.
        with open(path, "rb", opener=_opened) as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL))
            lines = file.read(TAIL).split(b"\n")
    except (OSError, ValueError):
        return {}
    for line in reversed(lines):
        if b'"usage"' in line and b'"assistant"' in line:
            try:
                answer = _mapping(json.loads(line))
            except (ValueError, RecursionError):
                continue
            usage = _mapping(_mapping(answer.get("message")).get("usage"))
            if answer.get("type") == "assistant" and answer.get("isSidechain") is not True and any(map(_count, usage.values())):
                return usage
    return {}


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 10**10 else 0


def _short(tokens: int) -> str:
    return f"{tokens / 1e6:g}M" if tokens >= 1e6 and tokens % 100_000 == 0 else f"{tokens / 1000:.0f}k" if tokens >= 1000 else str(tokens)


if __name__ == "__main__":
    sys.exit(main())
