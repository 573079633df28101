"""Replays transcripts of Claude Code: what of the outputs of tools an agent would see, and whether what it used later is among it.

A line counts as used later if it has at least `LEAST` characters, and what the agent says or does after it holds it, without the blanks
around it. Each transcript is one context; those of subagents are their own. Nothing of a transcript is written anywhere.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from memoryd.observations import LEAST as SHORT
from memoryd.observations import kind_of, shorten
from memoryd.sessions import Ledger
from scripts.bench import results

LEAST = 12
"""Characters of a line that counts as used later: shorter ones stand everywhere."""
HANDLE = "obs:0000000000"
TOOLS = {"Bash": "shell", "Grep": "search"}


@dataclass
class Tally:
    """What was counted of the results of one kind."""

    results: int = 0
    touched: int = 0
    characters: int = 0
    kept: int = 0
    used: int = 0
    used_kept: int = 0
    foreign: int = 0
    resident: float = 0.0
    """Characters saved, each as often as a later request carried it."""


@dataclass(frozen=True)
class Step:
    """One thing in a transcript: a result of a tool with its call, or what the agent said or did (`said`)."""

    said: str = ""
    name: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    output: str = ""
    has_failed: bool = False
    file: Mapping[str, Any] = field(default_factory=dict)


def run(folder: Path, tables: Path) -> None:
    """Write the table `loop` from all transcripts below a folder."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    for file in sorted(folder.rglob("*.jsonl")):
        _replay(list(_steps(file)), tallies)
    results.write("loop", [_row(name, tallies[name]) for name in sorted(tallies)], tables)


def _row(name: str, one: Tally) -> results.Row:
    return {
        "results": name, "number": one.results, "touched": one.touched, "characters": one.characters,
        "kept": round(one.kept / max(one.characters, 1), 3), "lines used later": one.used,
        "of these kept": round(one.used_kept / one.used, 3) if one.used else "", "lines not of the original": one.foreign,
        "characters saved × later requests": round(one.resident),
    }  # fmt: skip


def _replay(steps: Sequence[Step], tallies: Mapping[str, Tally]) -> None:
    ledger = Ledger()
    later = [step.said for step in steps]
    for at, step in enumerate(steps):
        if step.said or not step.name:
            continue
        shown, name = step.output, step.name
        if name in TOOLS:
            found = None if step.has_failed else shorten(kind_of(TOOLS[name], str(step.given.get("command", ""))), step.output, HANDLE)
            shown = found.text if found else step.output
            name = f"{name}{', failed' if step.has_failed else ''}{' (> 2,000)' if len(step.output) > SHORT else ''}"
        elif name == "Read":
            name = "Read, again and unchanged" if _is_known(ledger, step) else "Read"
        _count(tallies[name], step.output, shown, "\n".join(filter(None, later[at + 1 :])), sum(map(bool, later[at + 1 :])))


def _is_known(ledger: Ledger, step: Step) -> bool:
    lines, first, path = str(step.file.get("content", "")).split("\n"), int(step.file.get("startLine") or 1), str(step.file.get("filePath"))
    numbers = range(first, first + len(lines))
    is_known = bool(step.file) and ledger.has(path, [""] * (first - 1) + lines, numbers)
    ledger.saw(path, first, lines)
    return is_known


def _count(tally: Tally, output: str, shown: str, later: str, requests: int) -> None:
    own = set(shown.split("\n")[:-1]) if shown != output else set(output.split("\n"))
    lines = output.split("\n")
    used = {line for line in lines if len(line.strip()) >= LEAST and line.strip() in later} if shown != output else set()
    tally.results += 1
    tally.touched += shown != output
    tally.characters += len(output)
    tally.kept += len(shown)
    tally.used += len(used)
    tally.used_kept += len(used & own)
    tally.foreign += sum(line not in lines and not line.startswith("[memoryd: ") for line in own)
    tally.resident += (len(output) - len(shown)) * requests


def _steps(file: Path) -> Iterator[Step]:
    calls: dict[str, Any] = {}
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        content = (record.get("message") or {}).get("content") if isinstance(record, dict) else None
        for block in content if isinstance(content, list) else []:
            if block.get("type") == "tool_use":
                calls[block["id"]] = block
                yield Step(said=json.dumps(block.get("input"), ensure_ascii=False).replace("\\n", "\n").replace('\\"', '"'))
            elif block.get("type") == "text" and record.get("type") == "assistant":
                yield Step(said=block["text"])
            elif block.get("type") == "tool_result" and block.get("tool_use_id") in calls:
                call, made = calls[block["tool_use_id"]], record.get("toolUseResult")
                told = made.get("file") if isinstance(made, dict) else None
                yield Step("", call["name"], call["input"], _text(block.get("content")), bool(block.get("is_error")), told or {})


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
