"""Replays transcripts of Claude Code: what of the outputs of tools an agent would see, and whether what it used later is among it.

A line counts as used later if it has at least `LEAST` characters, and what the agent says or does after it holds it, without the blanks
around it. Each transcript is one context; those of subagents are their own. Nothing of a transcript is written anywhere.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from memoryd.observations import LEAST as SHORT
from memoryd.observations import Kind, kind_of, shorten
from memoryd.sessions import Ledger
from scripts.bench import results
from scripts.bench.agents.outlines import Outlined, of_outlines, outlined
from scripts.bench.agents.transcripts import LEAST, Step, steps

HANDLE = "obs:0000000000"
CHARACTERS_A_TOKEN = 4.0
WRITTEN, READ_AGAIN = 5.0, 0.2
"""List prices of a model of November 2026 in dollars for a million tokens: written to the cache once, and read with each later request."""
ISSUES = ("bd ", "gh issue", "gh pr view")
"""Commands that print what somebody wrote, often the very task: they are named, since they are left as they are on purpose."""
TOOLS = {"Bash": "shell", "Grep": "search", "TaskOutput": "shell", "WebFetch": "fetch"}


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


def run(folder: Path, tables: Path) -> None:
    """Write the tables `loop` and `loop-outlines` from all transcripts below a folder."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    files: list[Outlined] = []
    for file in sorted(folder.rglob("*.jsonl")):
        every = list(steps(file))
        _replay(every, tallies)
        files += outlined(every)
    results.write("loop-outlines", of_outlines(files), tables)
    rows = [_row(name, tallies[name]) for name in sorted(tallies)]
    results.write("loop", [*rows, *(_sum(tallies, what) for what in ("Bash (> 2,000)", ""))], tables)


def _row(name: str, one: Tally) -> results.Row:
    return {
        "results": name, "number": one.results, "touched": one.touched, "characters": one.characters,
        "kept": round(one.kept / max(one.characters, 1), 3), "lines used later": one.used,
        "of these kept": round(one.used_kept / one.used, 3) if one.used else "", "lines not of the original": one.foreign,
        "characters saved × later requests": round(one.resident),
        "saved, cents": round(100 * (WRITTEN * (one.characters - one.kept) + READ_AGAIN * one.resident) / CHARACTERS_A_TOKEN / 1e6, 2),
    }  # fmt: skip


def _sum(tallies: Mapping[str, Tally], what: str) -> results.Row:
    """Return the row of all results whose name begins so."""
    whole = Tally()
    for one in (tally for name, tally in tallies.items() if name.startswith(what)):
        for part in fields(Tally):
            setattr(whole, part.name, getattr(whole, part.name) + getattr(one, part.name))
    return _row(f"all {what}".strip(), whole)


def _replay(steps: Sequence[Step], tallies: Mapping[str, Tally]) -> None:
    ledger = Ledger()
    later = [step.said for step in steps]
    backgrounds: dict[str, str] = {}
    for at, step in enumerate(steps):
        if not step.name:
            continue
        shown, name = step.output, step.name
        backgrounds |= {step.background: str(step.given.get("command", ""))} if step.background and name == "Bash" else {}
        if name in TOOLS:
            command = str(step.given.get("command", "")) or backgrounds.get(step.background, "")
            kind = kind_of(TOOLS[name], command)
            found = None if step.has_failed else shorten(kind, step.output, HANDLE, str(step.given.get("prompt", "")))
            shown = found.text if found else step.output
            name = f"{name} (> 2,000), {_told(kind, command, step)}" if len(step.output) > SHORT else name
        elif name == "Read":
            name = "Read, again and unchanged" if _is_known(ledger, step) else "Read"
        _count(tallies[name], step.output, shown, "\n".join(filter(None, later[at + 1 :])), sum(map(bool, later[at + 1 :])))


def _told(kind: Kind | None, command: str, step: Step) -> str:
    """Return what a large result is, and why it may be left as it is."""
    if step.has_failed:
        return "failed: no hook may replace it"
    if step.output.startswith("<persisted-output>"):
        return "put into a file by the client"
    if kind is None:
        return "of an issue" if any(one in command for one in ISSUES) else "of no known kind"
    return kind.value


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
