"""Measures the daemon under load: clients that ask while files change, at rest afterwards, at full speed, and during a `kill -9`."""

import http.client
import itertools
import json
import os
import shutil
import signal
import statistics
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from memoryd.config import Settings
from memoryd.daemon import State, connect, ensure, stop
from scripts.bench import results
from scripts.bench.measures import cpu_seconds, resident_megabytes, sampled
from scripts.bench.results import Row

QUERIES = (
    "how is a url resolved to a view", "QuerySet.filter", "where are migrations written to disk", "csrf token validation",
    "template loader cache", "ModelAdmin changelist pagination", "password hashing", "database connection pooling",
    "transaction atomic rollback", "form field validation error messages", "django/urls/resolvers.py", "select_related",
)  # fmt: skip
"""The questions of the clients about a Django tree."""
EDITED = ("django/urls/resolvers.py", "django/urls/base.py", "django/urls/conf.py")
"""The files that change, and that clients have shown to them meanwhile."""
PATIENCE = 120.0
SETTLING_SECONDS = 45.0
"""How long after its start the memory of the daemon is that of a daemon at rest: it returns what it does not need now and then."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase: how many clients ask what in turn, each at most once in `pause` seconds, while a file changes every `edits` seconds."""

    name: str
    clients: int
    kinds: tuple[str, ...]
    pause: float = 0.0
    edits: float = 0.0


EDITING = Phase("16 clients, an edit each 0.7 s", 16, ("search", "pack", "show"), edits=0.7)
STEADY = Phase("32 clients, each a request a second, an edit each second", 32, ("search", "pack"), pause=1.0, edits=1.0)
SEARCHING = Phase("32 clients that search", 32, ("search",))


def run(tree: Path, work: Path, seconds: float, rest: float) -> None:
    """Measure and write the table."""
    shutil.rmtree(work / "load", ignore_errors=True)
    root = work / "load" / tree.name
    shutil.copytree(tree, root, symlinks=True)
    settings = Settings(work.absolute() / "load" / "home")
    try:
        load = Load(ensure(settings, PATIENCE), root)
        load.ask("pack", QUERIES[0])
        time.sleep(SETTLING_SECONDS)
        start = resident_megabytes(load.state.pid)
        with sampled(lambda: resident_megabytes(load.state.pid), 0.2) as peak:
            rows = [*load.measured(EDITING, seconds), *load.measured(STEADY, seconds)]
        rows += [_row("memory", "before", round(start), "MB"), _row("memory", "peak", round(max(peak)), "MB")]
        time.sleep(rest)
        rows.append(_row("memory", f"after {rest:g} s of rest", round(resident_megabytes(load.state.pid)), "MB"))
        rows += load.measured(SEARCHING, min(seconds, 15))
        rows += _killed(load, settings)
    finally:
        stop(settings)
    results.write("load", rows)


@dataclass
class Load:
    """A daemon and the project that it is asked about."""

    state: State
    root: Path
    edits: Iterator[int] = field(default_factory=itertools.count)

    def measured(self, phase: Phase, seconds: float) -> list[Row]:
        """Carry out a phase and return its figures."""
        times: dict[str, list[float]] = defaultdict(list)
        refused: Counter[str] = Counter()
        until = time.monotonic() + seconds
        cpu = cpu_seconds(self.state.pid)

        def client(number: int) -> None:
            for turn in itertools.count(number):
                began = time.monotonic()
                if began > until:
                    return
                what = phase.kinds[turn % len(phase.kinds)]
                asked = EDITED[turn % len(EDITED)] if what == "show" else QUERIES[turn % len(QUERIES)]
                try:
                    times[what].append(self.ask(what, asked))
                except OSError as error:
                    refused[f"{what}: {error}"] += 1
                time.sleep(max(0.0, phase.pause - (time.monotonic() - began)))

        edited = self._asked_meanwhile([threading.Thread(target=client, args=(number,)) for number in range(phase.clients)], phase)
        rows = [
            _row(phase.name, f"{what} {figure}", value, unit)
            for what in phase.kinds
            for figure, value, unit in _figures(times[what], seconds)
        ]
        rows += [_row(phase.name, "edits", edited)] if edited else []
        rows.append(_row(phase.name, "errors", refused.total(), "; ".join(f"{count} × {what}"[:80] for what, count in refused.items())))
        rows.append(_row(phase.name, "CPU of the daemon", round((cpu_seconds(self.state.pid) - cpu) / seconds, 2), "cores"))
        rows.append(_row(phase.name, "processes that want to run", round(os.getloadavg()[0], 1), "on average"))
        return rows

    def ask(self, what: str, asked: str) -> float:
        """Ask once, on a connection of its own; return the seconds until the answer. Raises `OSError` if there is none, or an error."""
        names = {"pack": "task", "search": "query", "show": "handles"}
        started = time.perf_counter()
        connection = connect(self.state, PATIENCE)
        try:
            body = json.dumps({"root": str(self.root.absolute()), names[what]: [asked] if what == "show" else asked})
            headers = {"Content-Type": "application/json"}
            connection.request("POST", f"/v1/{what}", body, headers)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise OSError(answer.status)
        return time.perf_counter() - started

    def _asked_meanwhile(self, clients: Sequence[threading.Thread], phase: Phase) -> int:
        """Start the clients, spread over one pause, change files until all have ended, and return how many times."""
        for thread in clients:
            thread.start()
            time.sleep(phase.pause / len(clients))
        edited = 0
        while any(thread.is_alive() for thread in clients):
            if phase.edits:
                self._edit(next(self.edits))
                edited += 1
            time.sleep(phase.edits or 0.1)
        return edited

    def _edit(self, number: int) -> None:
        with (self.root / EDITED[number % len(EDITED)]).open("a") as opened:
            opened.write(f"\n\ndef added_{number}():\n    return None\n")


def _figures(times: Sequence[float], seconds: float) -> list[tuple[str, float, str]]:
    if not times:
        return []
    ordered = sorted(times)
    return [
        ("p50", round(1_000 * statistics.median(ordered), 1), "ms"),
        ("p99", round(1_000 * ordered[int(0.99 * len(ordered))], 1), "ms"),
        ("a second", round(len(ordered) / seconds, 1), ""),
    ]


def _row(phase: str, what: str, value: object, unit: str = "") -> Row:
    return {"phase": phase, "what": what, "value": value, "unit": unit}


def _killed(load: Load, settings: Settings) -> list[Row]:
    def quietly() -> None:
        with suppress(OSError, http.client.HTTPException):
            for _ in range(50):
                load.ask("search", QUERIES[0])

    asking = [threading.Thread(target=quietly) for _ in range(8)]
    for thread in asking:
        thread.start()
    os.kill(load.state.pid, signal.SIGKILL)
    for thread in asking:
        thread.join()
    started = time.perf_counter()
    Load(ensure(settings, PATIENCE), load.root).ask("search", "added_0")
    return [_row("kill -9 under load", "until the next answer", round(time.perf_counter() - started, 2), "s")]
