"""Measures a node that serves a fleet, as a process of its own and over HTTP: how long a question takes, how many it answers a second,
and its memory.

Each question is asked once before, so that the views of the likely repositories are open; then all are asked one after the other, and
then `RATE` of them begin each second, whether those before them are answered or not.
"""

import math
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson

from memoryd.config import Settings
from memoryd.daemon import State, connect, running, stop

RATE = 20
ROUNDS = 5
STARTING_SECONDS = 120.0
TICKS = os.sysconf("SC_CLK_TCK")
Row = dict[str, object]


def measured(address: str, home: Path, questions: Sequence[str], units: int) -> list[Row]:
    """Return a row for questions one at a time, and one for `RATE` a second."""
    environment = {**os.environ, "MEMORYD_HOME": str(home)}
    settings = Settings(home)
    with subprocess.Popen([sys.executable, "-m", "memoryd", "serve", "--fleet", address], env=environment) as process:
        try:
            state = _started(settings)
            for question in questions:
                _asked(state, question)
            return [_alone(state, process.pid, questions, units), _at_a_rate(state, process.pid, questions, units)]
        finally:
            stop(settings)


def _started(settings: Settings) -> State:
    until = time.monotonic() + STARTING_SECONDS
    while (state := running(settings)) is None:
        if time.monotonic() > until:
            raise SystemExit("the node does not start")
        time.sleep(0.1)
    return state


def _asked(state: State, question: str) -> float:
    """Ask; return the seconds that it took, infinity for a question that is refused, as by a node that has too many."""
    began = time.perf_counter()
    connection = connect(state, STARTING_SECONDS)
    try:
        connection.request("POST", "/v1/fleet/search", orjson.dumps({"query": question}), {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    return time.perf_counter() - began if response.status == 200 else math.inf


def _alone(state: State, pid: int, questions: Sequence[str], units: int) -> Row:
    before = _cpu(pid)
    times = [_asked(state, question) for question in questions]
    return _row("one at a time", units, times, (_cpu(pid) - before) / len(times), pid)


def _at_a_rate(state: State, pid: int, questions: Sequence[str], units: int) -> Row:
    before, began = _cpu(pid), time.perf_counter()

    def later(number: int, question: str) -> float:
        due = began + number / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        return math.inf if math.isinf(_asked(state, question)) else time.perf_counter() - due

    all_of_them = list(questions) * ROUNDS
    with ThreadPoolExecutor(4 * RATE) as pool:
        times = list(pool.map(later, range(len(all_of_them)), all_of_them))
    row = _row(f"{RATE} a second", units, times, (_cpu(pid) - before) / len(times), pid)
    return {**row, "answered_a_second": round(len(times) / (time.perf_counter() - began), 1)}


def _row(what: str, units: int, times: Sequence[float], cpu: float, pid: int) -> Row:
    held = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    anonymous, whole = (round(int(held[name].split()[0]) / 1024) for name in ("RssAnon", "VmRSS"))
    ordered = sorted(1_000 * one for one in times)
    return {
        "what": what, "units": units, "asked": len(times), "refused": sum(map(math.isinf, times)), "cpu_ms_mean": round(1_000 * cpu, 1),
        "wall_ms_p50": round(ordered[len(ordered) // 2], 1), "wall_ms_p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        "answered_a_second": "", "memory_mb": whole, "memory_without_mapped_files_mb": anonymous,
    }  # fmt: skip


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process (Linux)."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / TICKS
