"""Reads transcripts of Claude Code as the steps of an agent. Nothing of them is written anywhere."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LEAST = 12
"""Characters of a line that counts as used later: shorter ones stand everywhere."""
OTHERS = ("<", "[Request interrupted", "This session is being continued")
"""How texts begin that stand where a user's do, and that nobody wrote who wants something."""


@dataclass(frozen=True)
class Step:
    """One thing in a transcript: a result of a tool with its call, what the agent said or did (`said`), or what it was `asked`."""

    said: str = ""
    name: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    output: str = ""
    has_failed: bool = False
    file: Mapping[str, Any] = field(default_factory=dict)
    background: str = ""
    """The name of the command in the background that begins, or whose output this is."""
    asked: str = ""


def steps(file: Path) -> Iterator[Step]:
    """Yield what a transcript tells, in its order."""
    calls: dict[str, Any] = {}
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        content = (record.get("message") or {}).get("content") if isinstance(record, dict) else None
        if content and record.get("type") == "user" and not record.get("isMeta") and _is_prompt(asked := _text(content)):
            yield Step(asked=asked)
        for block in content if isinstance(content, list) else []:
            if block.get("type") == "tool_use":
                calls[block["id"]] = block
                yield Step(said=json.dumps(block.get("input"), ensure_ascii=False).replace("\\n", "\n").replace('\\"', '"'))
            elif block.get("type") == "text" and record.get("type") == "assistant":
                yield Step(said=block["text"])
            elif block.get("type") == "tool_result" and block.get("tool_use_id") in calls:
                call, made = calls[block["tool_use_id"]], record.get("toolUseResult")
                made = made if isinstance(made, dict) else {}
                task = made.get("task") or {}
                output = str(task.get("output", "")) or _text(block.get("content"))
                behind = str(made.get("backgroundTaskId") or task.get("task_id") or "")
                has_failed = bool(block.get("is_error") or task.get("exitCode"))
                yield Step("", call["name"], call["input"], output, has_failed, made.get("file") or {}, behind)


def _is_prompt(text: str) -> bool:
    return bool(text.strip()) and not text.startswith(OTHERS)


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
