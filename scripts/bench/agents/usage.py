"""Counts transcripts beside ccusage and beside what others commonly do wrong; then what counting a gigabyte costs.

Every way counts the same files: memoryd, ccusage where its program is given, and simple ways whose faults are known, so that a
difference has a name; rollouts of Codex also beside the sums that Codex itself ends with. The gigabyte are the transcripts over and
over, each time with other ids. Nothing of a transcript is kept but numbers.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.bench import results

GIGABYTE = 10**9
FIELDS = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens")
COLUMNS = ("input", "cache read", "cache written", "output")
IDS = re.compile(rb'(msg_|req_|"sessionId":")')
Counts = dict[str, tuple[int, int, int, int, int | None, float | None]]
"""By model: the tokens of `COLUMNS`, requests, and dollars, as far as a way tells."""


@dataclass(frozen=True)
class Plan:
    """Transcripts of Claude Code, rollouts of Codex or none, the program of ccusage or "", where copies go, and where tables go."""

    transcripts: Path
    codex: Path | None
    ccusage: str
    work: Path
    tables: Path


def run(plan: Plan) -> None:
    """Write the tables `usage` and `usage-cost`."""
    folder = run_counts(plan)
    results.write("usage-cost", list(_costs(folder, plan.work)), plan.tables)


def run_counts(plan: Plan) -> Path:
    """Write the table `usage`; return the folder with the transcripts."""
    folder = plan.work / "claude" / "projects"
    shutil.rmtree(plan.work, ignore_errors=True)
    shutil.copytree(plan.transcripts, folder)
    ways: dict[str, Counts] = {"memoryd": _memoryd(folder, plan.work)}
    if plan.ccusage:
        ways["ccusage"] = _ccusage(plan.ccusage, folder.parent)
    ways["every line"] = _simply(folder, "**/*.jsonl", None)
    ways["the first line of a request"] = _simply(folder, "**/*.jsonl", lambda first, _more: first)
    ways["without files of subagents"] = _simply(folder, "*.jsonl", lambda first, more: list(map(max, first, more)))
    rows = list(_rows(ways))
    if plan.codex is not None:
        shutil.copytree(plan.codex, plan.work / "codex" / "sessions")
        rows += _rows(_codex(plan))
    results.write("usage", rows, plan.tables)
    return folder


def _codex(plan: Plan) -> dict[str, Counts]:
    home = plan.work / "codex"
    files = sorted(home.rglob("rollout-*.jsonl"))
    ways = {"memoryd": _memoryd(home, plan.work)}
    if plan.ccusage:
        told = _asked(plan.ccusage, "codex", {"CODEX_HOME": str(home)}, "session")["sessions"]
        models = [(name, {**sums, "cost": session["costUSD"]}) for session in told for name, sums in session["models"].items()]
        ways["ccusage"] = _summed(models)
    lines = [[json.loads(line)["payload"] for line in file.read_bytes().splitlines() if b'"token_count"' in line] for file in files]
    sums = [[one["info"] for one in payloads if one.get("info")] for payloads in lines]
    (model,) = ways["memoryd"] if len(ways["memoryd"]) == 1 else ("all models",)
    ways["Codex, its last sums"] = {model: _codex_sum([told[-1]["total_token_usage"] for told in sums if told])}
    ways["every line"] = {model: _codex_sum([one["last_token_usage"] for told in sums for one in told])}
    return ways


def _codex_sum(usages: list[dict[str, int]]) -> tuple[int, int, int, int, int | None, float | None]:
    cached, written = (sum(one[field] for one in usages) for field in ("cached_input_tokens", "output_tokens"))
    return sum(one["input_tokens"] for one in usages) - cached, cached, 0, written, None, None


def _rows(ways: dict[str, Counts]) -> Iterator[results.Row]:
    ours = ways["memoryd"]
    for model in sorted(ours):
        for way, counts in ways.items():
            *tokens, requests, dollars = counts.get(model, (0, 0, 0, 0, None, None))
            pairs = zip(COLUMNS, tokens, ours[model][:4], strict=True)
            differences = [f"{column} {got - right:+,}" for column, got, right in pairs if got != right]
            yield {
                "model": model, "counted by": way, "requests": "" if requests is None else requests,
                **dict(zip(COLUMNS, tokens, strict=True)),
                "dollars": "" if dollars is None else f"{dollars:.4f}", "differs from memoryd": "; ".join(differences) or "in nothing",
            }  # fmt: skip


def _memoryd(folder: Path, work: Path) -> Counts:
    told = json.loads(_usage(folder, work / "home", "--json").out)
    found: Counts = {}
    for model, sums in told["by_model"].items():
        tokens = sums["tokens"]
        written = tokens["cache_write_5m"] + tokens["cache_write_1h"]
        cost = sums["cost"]["total"] if sums["cost"] else None
        found[model] = tokens["input"], tokens["cache_read"], written, tokens["output"], sums["requests"], cost
    return found


def _ccusage(program: str, home: Path) -> Counts:
    days = _asked(program, "claude", {"CLAUDE_CONFIG_DIR": str(home)}, "daily")["daily"]
    return _summed([(one["modelName"], one) for day in days for one in day["modelBreakdowns"]])


def _asked(program: str, client: str, settings: dict[str, str], report: str) -> Any:
    command = [program, client, report, "--offline", "--json"]
    return json.loads(subprocess.run(command, capture_output=True, check=True, env={**os.environ, **settings}).stdout)


def _summed(told: list[tuple[str, dict[str, Any]]]) -> Counts:
    """Return the sums of what ccusage tells of models."""
    fields = ("inputTokens", "cacheReadTokens", "cacheCreationTokens", "outputTokens", "cost")
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(fields))
    for model, one in told:
        sums[model] = [known + one[field] for known, field in zip(sums[model], fields, strict=True)]
    return {model: (int(a), int(b), int(c), int(d), None, cost) for model, (a, b, c, d, cost) in sums.items()}


def _simply(folder: Path, pattern: str, merged: Callable[[list[int], list[int]], list[int]] | None) -> Counts:
    """Count answers by their ids, two lines of one as `merged` has it; `None` counts each line."""
    known: dict[tuple[object, ...], tuple[str, list[int]]] = {}
    for file in sorted(folder.glob(pattern)):
        for number, line in enumerate(file.read_bytes().splitlines()):
            message = _answer(line)
            if message is not None:
                tokens = [int(message["usage"].get(field) or 0) for field in FIELDS]
                key: tuple[object, ...] = (message["id"],) if merged else (file, number)
                known[key] = message["model"], merged(known[key][1], tokens) if merged and key in known else tokens
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for model, tokens in known.values():
        sums[model] = [total + one for total, one in zip(sums[model], [*tokens, 1], strict=True)]
    return {model: (a, b, c, d, number, None) for model, (a, b, c, d, number) in sums.items()}


def _answer(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record["message"] if record.get("type") == "assistant" and record["message"].get("usage") else None


def _costs(folder: Path, work: Path) -> Iterator[results.Row]:
    """Yield what counting a gigabyte costs, at first and again."""
    large, copies, size = work / "large", 0, 0
    files = [(file.relative_to(folder), file.read_bytes()) for file in sorted(folder.rglob("*.jsonl"))]
    while size < GIGABYTE:
        for name, data in files:
            copy = large / f"{copies:03}" / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            size += copy.write_bytes(IDS.sub(rb"\g<1>%03d" % copies, data))
        copies += 1
    yield {"what": "transcripts", "value": round(size / GIGABYTE, 2), "unit": "GB"}
    yield {"what": "files", "value": copies * len(files), "unit": ""}
    shutil.rmtree(work / "home", ignore_errors=True)
    for run in ("first", "second", "third"):
        done = _usage(large, work / "home")
        yield {"what": f"{run} run", "value": round(done.cpu, 2), "unit": "CPU s"}
        yield {"what": f"{run} run, by the clock", "value": round(done.seconds, 2), "unit": "s"}
        yield {"what": f"{run} run, memory", "value": round(done.megabytes), "unit": "MB"}
    told = json.loads(_usage(large, work / "home", "--json").out)
    yield {"what": "requests", "value": told["requests"], "unit": ""}
    yield {"what": "kept of them", "value": round((work / "home" / "usage.db").stat().st_size / 1e6, 1), "unit": "MB"}
    told = json.dumps({"transcript_path": str(max(large.rglob("*.jsonl"), key=lambda file: file.stat().st_size))})
    status = _ran([sys.executable, "-m", "memoryd", "usage", "statusline"], work / "home", told)
    yield {"what": "status line", "value": round(status.cpu * 1000), "unit": "CPU ms"}
    shutil.rmtree(large)


@dataclass(frozen=True)
class _Done:
    out: str
    cpu: float
    seconds: float
    megabytes: float


def _usage(folder: Path, home: Path, *options: str) -> _Done:
    return _ran([sys.executable, "-m", "memoryd", "usage", "--transcripts", str(folder), *options], home, "")


def _ran(command: list[str], home: Path, given: str) -> _Done:
    """Run a command, and tell what it alone took."""
    began, settings = time.monotonic(), {**os.environ, "MEMORYD_HOME": str(home)}
    output = home.parent / "output"
    with output.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL, env=settings)
        assert process.stdin is not None
        process.stdin.write(given.encode())
        process.stdin.close()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed with {process.returncode}")
    return _Done(output.read_text(encoding="utf-8"), used.ru_utime + used.ru_stime, time.monotonic() - began, used.ru_maxrss / 1000)
