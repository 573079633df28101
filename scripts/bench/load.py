"""Measures the daemon under load: clients that ask while files change, then as fast as they can, then during a `kill -9`."""

import http.client
import itertools
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from memoryd.config import Settings
from memoryd.daemon import State, connect, running
from scripts.bench import results
from scripts.bench.results import Row

CLIENTS = 32
QUERIES = (
    "how is a url resolved to a view", "QuerySet.filter", "where are migrations written to disk", "csrf token validation",
    "template loader cache", "ModelAdmin changelist pagination", "password hashing", "database connection pooling",
    "transaction atomic rollback", "form field validation error messages", "django/urls/resolvers.py", "select_related",
)  # fmt: skip
"""The questions of the clients about a Django tree."""


def run(tree: Path, work: Path, seconds: float) -> None:
    """Measure and write the table."""
    shutil.rmtree(work / "load", ignore_errors=True)
    root = work / "load" / tree.name
    shutil.copytree(tree, root, symlinks=True)
    home = work / "load" / "home"
    daemon = _start(root, home)
    try:
        state = _found(home)
        _ask(state, root, "pack", QUERIES[0])
        resident = [_resident(daemon.pid)]

        def edit() -> None:
            _edit(root, len(resident) - 1)
            resident.append(_resident(daemon.pid))

        name = "each a request a second, files changing"
        rows = _phase(name, state, root, seconds, 1.0, edit)
        quarters = [f"{resident[len(resident) * quarter // 4 - (quarter > 0)]:.0f}" for quarter in range(5)]
        rows += [_row(name, "edits", len(resident) - 1), _row(name, "memory, by quarters", " → ".join(quarters), "MB")]
        rows += _phase("as fast as they can", state, root, min(seconds, 15), 0.0, _nothing)
        rows += _killed(daemon, root, home, state)
    finally:
        subprocess.run([sys.executable, "-m", "memoryd", "daemon", "stop"], env=_environment(home), check=False, stdout=subprocess.DEVNULL)
    results.write("load", rows)


def _row(phase: str, what: str, value: object, unit: str = "") -> Row:
    return {"clients": CLIENTS, "phase": phase, "what": what, "value": value, "unit": unit}


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "MEMORYD_HOME": str(home.absolute())}


def _start(root: Path, home: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "memoryd", "serve", "--root", str(root.absolute())]
    return subprocess.Popen(command, env=_environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _found(home: Path) -> State:
    """Wait for the daemon to answer, and return where it does."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if state := running(Settings(home.absolute())):
            return state
        time.sleep(0.05)
    raise SystemExit("the daemon did not start")


def _ask(state: State, root: Path, what: str, query: str) -> float:
    """Ask once and return the seconds until the answer. Raises if there is none, or an error."""
    started = time.perf_counter()
    connection = connect(state, 120)
    body = json.dumps({"root": str(root.absolute()), "task" if what == "pack" else "query": query})
    connection.request("POST", f"/v1/{what}", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    if answer.status != 200:
        raise OSError(f"{answer.status}: {data[:200]!r}")
    return time.perf_counter() - started


def _edit(root: Path, number: int) -> None:
    target = root / "django" / "urls" / ("resolvers.py", "base.py", "conf.py")[number % 3]
    with target.open("a") as opened:
        opened.write(f"\n\ndef added_{number}():\n    return None\n")


def _nothing() -> None:
    """Leave the files as they are."""


def _phase(name: str, state: State, root: Path, seconds: float, pause: float, each_second: Callable[[], None]) -> list[Row]:
    times: dict[str, list[float]] = defaultdict(list)
    errors: list[str] = []
    stop = time.monotonic() + seconds
    # Fast clients only search: the figure is searches per second.
    kinds = ("search", "pack") if pause else ("search",)

    def client(number: int) -> None:
        for turn in itertools.count(number):
            began = time.monotonic()
            if began > stop:
                return
            what = kinds[turn % len(kinds)]
            try:
                times[what].append(_ask(state, root, what, QUERIES[turn % len(QUERIES)]))
            except (OSError, http.client.HTTPException) as error:
                errors.append(repr(error))
            time.sleep(max(0.0, pause - (time.monotonic() - began)))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for place, thread in enumerate(threads):
        thread.start()
        time.sleep(pause / CLIENTS if place < CLIENTS else 0)
    while any(thread.is_alive() for thread in threads):
        each_second()
        time.sleep(1.0)
    rows = [_row(name, "errors", len(errors), errors[0][:80] if errors else "")]
    for what, found in times.items():
        ordered = sorted(found)
        rows.append(_row(name, f"{what} p50", round(1_000 * statistics.median(ordered), 1), "ms"))
        rows.append(_row(name, f"{what} p99", round(1_000 * ordered[int(0.99 * len(ordered))], 1), "ms"))
        rows.append(_row(name, f"{what} a second", round(len(found) / seconds, 1)))
    return rows


def _killed(daemon: "subprocess.Popen[bytes]", root: Path, home: Path, state: State) -> list[Row]:
    asking = [threading.Thread(target=_quietly, args=(state, root)) for _ in range(8)]
    for thread in asking:
        thread.start()
    daemon.send_signal(signal.SIGKILL)
    daemon.wait()
    for thread in asking:
        thread.join()
    started = time.perf_counter()
    _start(root, home)
    again = _found(home)
    _ask(again, root, "search", "added_0")
    seconds = time.perf_counter() - started
    return [_row("kill -9 under load", "until the next answer", round(seconds, 2), "s")]


def _quietly(state: State, root: Path) -> None:
    try:
        for _ in range(50):
            _ask(state, root, "search", QUERIES[0])
    except (OSError, http.client.HTTPException):
        return


def _resident(pid: int) -> float:
    """Return the resident megabytes of a process (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
