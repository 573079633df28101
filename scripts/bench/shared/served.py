"""Measures a node that serves a fleet, as a process of its own and over HTTP: how long a question takes, how many it answers a second,
its memory, and how soon a push is seen.

Each question is asked once before, so that the views of the likely repositories are open; then all are asked one after the other, and
then `RATE` of them begin each second, whether those before them are answered or not. Pushes are to a small repository that is made for it.
"""

import hashlib
import hmac
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from memoryd.config import Settings
from memoryd.daemon import State, connect, running, stop
from memoryd.fleet import COVERAGE, status_of
from memoryd.store import Tables
from scripts.bench.results import write
from scripts.bench.shared.repository import git

RATE = 20
ROUNDS = 5
STARTING_SECONDS = 120.0
BUDGET = 4_000
PUSHES = 3
PUSHED = "pushed/here"
SECRET = "the-secret-of-a-push-that-is-measured"  # no secret: the node ends with the measurement
VISIBLE_SECONDS = 600.0
TICKS = os.sysconf("SC_CLK_TCK")
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Serving:
    """A node that runs, and how many units it serves."""

    state: State
    pid: int
    units: int


def measure(address: str, work: Path, questions: Sequence[str], results: Path) -> None:
    """Serve the fleet at an address, ask, push, and write the tables."""
    work.mkdir(parents=True, exist_ok=True)
    pushed = work / "pushed"
    listed = _list(address, pushed, work)
    with _serving(address, listed, work / "home") as one:
        for question in questions:
            _search(one.state, question)
        rows = [
            _alone(one, "search, one at a time", "search", {}, questions),
            _alone(one, "pack, one at a time", "pack", {"budget": BUDGET}, questions),
            _at_a_rate(one, questions),
        ]
        write("fleet-served", rows, results)
        write("fleet-pushes", [_pushes(one, pushed)], results)


def _list(address: str, pushed: Path, work: Path) -> Path:
    """Write the list of a fleet, with a repository of ours in it, whose first commit is made."""
    if not pushed.exists():
        pushed.mkdir()
        git(pushed, "init", "-q")
        _commit(pushed, "first_of_all")
    rows = Tables(address).rows(COVERAGE, ("repository", "address", "visibility"))
    held = [] if rows is None else [one for one in rows.to_pylist() if one["repository"] != PUSHED]
    file = work / "list.txt"
    file.write_text("".join(f"{one['address']} {one['repository']} {one['visibility']}\n" for one in held) + f"{pushed} {PUSHED} public\n")
    return file


def _commit(folder: Path, name: str) -> None:
    (folder / "pushed.py").write_text(f"def {name}():\n    return 1\n")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", name)


@contextmanager
def _serving(address: str, listed: Path, home: Path) -> Iterator[_Serving]:
    environment = {**os.environ, "MEMORYD_HOME": str(home), "MEMORYD_PUSH_SECRET": SECRET}
    settings = Settings(home)
    command = [sys.executable, "-m", "memoryd", "serve", "--fleet", address, "--follow", str(listed)]
    with subprocess.Popen(command, env=environment) as process:
        try:
            yield _Serving(_started(settings), process.pid, status_of(address).units)
        finally:
            stop(settings)


def _started(settings: Settings) -> State:
    until = time.monotonic() + STARTING_SECONDS
    while (state := running(settings)) is None:
        if time.monotonic() > until:
            raise SystemExit("the node does not start")
        time.sleep(0.1)
    return state


def _asked(state: State, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    connection = connect(state, STARTING_SECONDS)
    try:
        connection.request("POST", f"/v1/fleet/{path}", body, {"Content-Type": "application/json", **headers})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _search(state: State, question: str) -> float:
    """Ask; return the seconds that it took, infinity for a question that is refused, as by a node that has too many."""
    began = time.perf_counter()
    status, _ = _asked(state, "search", orjson.dumps({"query": question}), {})
    return time.perf_counter() - began if status == 200 else math.inf


def _alone(one: _Serving, what: str, path: str, given: Mapping[str, object], questions: Sequence[str]) -> Row:
    before, times = _cpu(one.pid), []
    for question in questions:
        began = time.perf_counter()
        status, _ = _asked(one.state, path, orjson.dumps({"query" if path == "search" else "task": question, **given}), {})
        times.append(time.perf_counter() - began if status == 200 else math.inf)
    return _row(what, one, times, _cpu(one.pid) - before)


def _at_a_rate(one: _Serving, questions: Sequence[str]) -> Row:
    before, began = _cpu(one.pid), time.perf_counter()

    def later(number: int, question: str) -> float:
        due = began + number / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        return math.inf if math.isinf(_search(one.state, question)) else time.perf_counter() - due

    all_of_them = list(questions) * ROUNDS
    with ThreadPoolExecutor(4 * RATE) as pool:
        times = list(pool.map(later, range(len(all_of_them)), all_of_them))
    row = _row(f"searches, {RATE} a second", one, times, _cpu(one.pid) - before)
    return {**row, "answered_a_second": round(len(times) / (time.perf_counter() - began), 1)}


def _pushes(one: _Serving, folder: Path) -> Row:
    """Push several times; return how long it took each time until a search found what was pushed."""
    told = orjson.dumps({"ref": "refs/heads/main", "repository": {"full_name": PUSHED, "default_branch": "main"}})
    signature = "sha256=" + hmac.new(SECRET.encode(), told, hashlib.sha256).hexdigest()
    times = []
    for number in range(PUSHES):
        name = f"visible_{number}_{time.time_ns()}"
        _commit(folder, name)
        began = time.perf_counter()
        status, said = _asked(one.state, "push", told, {"X-Hub-Signature-256": signature})
        if status != 202:
            raise SystemExit(f"the push was refused: {said.decode()}")
        while not _is_seen(one.state, name):
            if time.perf_counter() - began > VISIBLE_SECONDS:
                raise SystemExit("the push is not seen")
            time.sleep(0.5)
        times.append(time.perf_counter() - began)
    median, most = (round(seconds, 1) for seconds in (sorted(times)[PUSHES // 2], max(times)))
    return {"units": one.units, "pushes": PUSHES, "visible_s_median": median, "visible_s_most": most}


def _is_seen(state: State, name: str) -> bool:
    status, said = _asked(state, "search", orjson.dumps({"query": name, "repositories": [PUSHED]}), {})
    return status == 200 and any(one["hit"]["title"] == name for one in orjson.loads(said)["hits"])


def _row(what: str, one: _Serving, times: Sequence[float], cpu: float) -> Row:
    held = dict(line.split(":", 1) for line in Path(f"/proc/{one.pid}/status").read_text().splitlines())
    anonymous, whole = (round(int(held[name].split()[0]) / 1024) for name in ("RssAnon", "VmRSS"))
    ordered = sorted(1_000 * each for each in times)
    return {
        "what": what, "units": one.units, "asked": len(times), "refused": sum(map(math.isinf, times)),
        "cpu_ms_mean": round(1_000 * cpu / len(times), 1),
        "wall_ms_p50": round(ordered[len(ordered) // 2], 1), "wall_ms_p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        "answered_a_second": "", "memory_mb": whole, "memory_without_mapped_files_mb": anonymous,
    }  # fmt: skip


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process (Linux)."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / TICKS
