"""Writes transcripts as clients do, for tests."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from memoryd.usage import Kept, Report, Sums, collect, count_once, find, report_on
from memoryd.usage.prices import Priced, Rates
from memoryd.usage.requests import Where

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
RATES = Rates(input=4.0, read=0.5, write_5m=5.0, write_1h=8.0, output=20.0, search=0.0)
"""Dollars for a token, so that sums can be worked out by hand."""


def rates(where: Where, _at: int) -> Priced:
    """Return the prices of tests: models that are named `free…` have none."""
    return Priced(() if where.model.startswith("free") else ((0, RATES),))


def moment(minutes: float) -> str:
    """Return a time some minutes after the start."""
    return (START + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def answer(id_: str, minutes: float = 0, request: str | None = None, **given: Any) -> dict[str, Any]:
    """Return a line of an answer; `usage` is input, read, written for 5 minutes and an hour, output."""
    new, read, of_minutes, of_hour, written = given.pop("usage", (1, 0, 0, 0, 1))
    usage = {
        "input_tokens": new, "cache_read_input_tokens": read, "cache_creation_input_tokens": of_minutes + of_hour, "output_tokens": written,
        "cache_creation": {"ephemeral_5m_input_tokens": of_minutes, "ephemeral_1h_input_tokens": of_hour},
    }  # fmt: skip
    message = {"id": id_, "model": given.pop("model", "claude-opus-5-5"), "content": given.pop("content", []), "usage": usage}
    line = {"type": "assistant", "sessionId": "s", "cwd": "/p", "gitBranch": "main", "timestamp": moment(minutes), "message": message}
    return {**line, "requestId": request or f"req_{id_}", **given}


def called(tool: str, id_: str, **given: Any) -> dict[str, Any]:
    """Return a block that calls a tool."""
    return {"type": "tool_use", "id": id_, "name": tool, "input": given}


def result(id_: str, text: Any, **more: Any) -> dict[str, Any]:
    """Return a line with the result of a tool."""
    return {"type": "user", "message": {"content": [{"type": "tool_result", "tool_use_id": id_, "content": text}]}, **more}


def counts(minutes: float, total: tuple[int, int, int], last: tuple[int, int, int], **limits: Any) -> dict[str, Any]:
    """Return a line of Codex with sums; each is input with what was cached, that, output."""

    def usage(given: tuple[int, int, int]) -> dict[str, int]:
        return {"input_tokens": given[0], "cached_input_tokens": given[1], "output_tokens": given[2], "total_tokens": given[0] + given[2]}

    info = {"total_token_usage": usage(total), "last_token_usage": usage(last)}
    payload = {"type": "token_count", "info": info, "rate_limits": limits}
    return {"timestamp": moment(minutes), "type": "event_msg", "payload": payload}


def record(response: str, given: int, cached: int, written: int) -> dict[str, Any]:
    """Return a line of newer versions of Codex about one response."""
    usage = {"input_tokens": given, "cached_input_tokens": cached, "output_tokens": written}
    return {"timestamp": moment(5), "type": "token_usage_record", "payload": {"response_id": response, "usage": usage}}


def write(file: Path, lines: Iterable[Any]) -> Path:
    """Write lines; those that are bytes as they are."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(
        b"".join(line if isinstance(line, bytes) else json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)
    )
    return file


def reported(folder: Path, home: Path | None = None) -> Report:
    """Return the report about the transcripts in a folder."""
    kept = Kept(home or folder.parent / f"{folder.name}-home")
    collected = collect(find([folder]), kept, lambda *_: None)
    kept.close()
    return report_on(collected, count_once(collected.readings), rates, lambda _project, handle: {"obs:0000000001": 10_000}.get(handle))


def figures(sums: Sums) -> tuple[int, ...]:
    """Return requests, input, read, written for 5 minutes and an hour, output."""
    tokens = sums.tokens
    return tokens.requests, tokens.input, tokens.read, tokens.write_5m, tokens.write_1h, tokens.output
