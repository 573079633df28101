"""Measures what hooks cost their client: events to a daemon that is warm, cold, busy or down, as the hook's script sends them.

`inside` is the time until the daemon's answer is there, on its socket; `script` that of the script itself with the start of its Python;
`CPU` what the daemon computes for an event, which says more on a machine that others use, too. How often the places of a task are told
where a pack of 2,000 tokens would say `grep`, and the other way round, is counted on the questions of `functions.toml`.
"""

import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from memoryd.config import Settings
from memoryd.daemon import State, connect, ensure, stop
from memoryd.memory import ProjectMemory
from memoryd.model import Answering
from memoryd.sessions import PLACES, Event, Kind, Sessions, Tool, Use
from memoryd.standalone import hook
from scripts.bench import results
from scripts.bench.data import function_questions
from scripts.bench.load import PATIENCE, QUERIES
from scripts.bench.measures import cpu_seconds
from scripts.bench.results import Row

EACH = 40
"""How often an event is sent."""
TASKS = tuple(f"{query}, find out why it fails and fix it" for query in QUERIES)
SMALL_PACK = 2_000
SESSIONS, READ_FILES, READ_LINES = 200, 40, 300


@dataclass
class Client:
    """A client of a daemon with one project, which sends events and notes what each costs."""

    root: Path
    settings: Settings
    sent: Iterator[int] = field(default_factory=itertools.count)

    @cached_property
    def state(self) -> State:
        """The daemon, which is started when it is first asked."""
        return ensure(self.settings, PATIENCE)

    def payload(self, event: str, number: int) -> dict[str, Any]:
        """Return an event as Claude Code sends it."""
        file = "django/urls/resolvers.py"
        common = {"session_id": f"session {number}", "cwd": str(self.root), "hook_event_name": event, "tool_use_id": f"use {number}"}
        given = {"file_path": str(self.root / file)}
        more: dict[str, Any] = {
            "SessionStart": {"source": "startup"},
            "UserPromptSubmit": {"prompt": f"{TASKS[number % len(TASKS)]} ({number})"},
            "PreToolUse": {"tool_name": "Edit", "tool_input": given},
            "PostToolUse": {
                "tool_name": "Read", "tool_input": given,
                "tool_response": {"type": "text", "file": {
                    "filePath": given["file_path"], "content": (self.root / file).read_text(), "startLine": 1, "totalLines": 9_999,
                }},
            },
            "PreCompact": {"trigger": "auto"},
        }  # fmt: skip
        return {**common, **more[event]}

    def inside(self, event: str) -> tuple[float, bool]:
        """Send an event to the daemon; return the seconds until its answer, and whether it had something to say."""
        body = json.dumps(self.payload(event, next(self.sent)))
        connection = connect(self.state, PATIENCE)
        started = time.perf_counter()
        connection.request("POST", "/v1/hooks/claude-code", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read()
        taken = time.perf_counter() - started
        connection.close()
        return taken, bool(said)

    def script(self, event: str) -> tuple[float, bool]:
        """Run the script of a hook; return the seconds that it took, and whether it printed something."""
        command = [sys.executable, "-I", "-S", hook.__file__, "claude-code", str(self.settings.home)]
        body = json.dumps(self.payload(event, next(self.sent))).encode()
        started = time.perf_counter()
        done = subprocess.run(command, input=body, capture_output=True, check=True)
        return time.perf_counter() - started, bool(done.stdout)


EVENTS = ("SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "PreCompact")


def run(tree: Path, work: Path, tables: Path) -> None:
    """Write the tables `hooks`, `hooks-places` and `hooks-memory`."""
    client = _client(tree, work)
    _memory_of_sessions(work / "hooks" / "memory", tables)
    results.write("hooks", [*_measured(client)], tables)
    results.write("hooks-places", _agreement(client), tables)


def run_places(tree: Path, work: Path, tables: Path) -> None:
    """Write the table `hooks-places`, which does not depend on who else uses the machine."""
    results.write("hooks-places", _agreement(_client(tree, work)), tables)


def _client(tree: Path, work: Path) -> Client:
    """Return a client of a copy of a tree, with a data folder of its own."""
    shutil.rmtree(work / "hooks", ignore_errors=True)
    root = work / "hooks" / tree.name
    shutil.copytree(tree, root, symlinks=True)
    return Client(root, Settings(work / "hooks" / "home"))


def _measured(client: Client) -> Iterator[Row]:
    with ProjectMemory(client.root, client.settings) as memory:
        memory.refresh()
    yield from _rows("down", "script", client.script, ("UserPromptSubmit",))
    try:
        yield from _rows("cold", "inside", client.inside, ("SessionStart", "UserPromptSubmit"), 3)
        _ask(client)
        for event in ("SessionStart", "UserPromptSubmit"):  # the first of each makes what later ones tell
            client.inside(event)
        time.sleep(2)
        yield from _rows("warm", "inside", client.inside, EVENTS)
        yield from _rows("warm", "script", client.script, ("UserPromptSubmit", "PostToolUse"))
        yield from _cpu(client)
        with _busy(client):
            yield from _rows("busy", "inside", client.inside, EVENTS)
            yield from _rows("busy", "script", client.script, ("UserPromptSubmit",))
    finally:
        stop(client.settings)


def _rows(state: str, where: str, send: Callable[[str], tuple[float, bool]], events: tuple[str, ...], times: int = EACH) -> Iterator[Row]:
    for event in events:
        found = [send(event) for _ in range(times)]
        yield _row(state, where, event, sorted(taken for taken, _ in found), sum(said for _, said in found))


def _row(state: str, where: str, event: str, ordered: list[float], said: int) -> Row:
    p50, p95, p99 = (round(1_000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 1) for share in (0.5, 0.95, 0.99))
    return {
        "daemon": state, "measured": where, "event": event, "p50 ms": p50, "p95 ms": p95, "p99 ms": p99, "sent": len(ordered),
        "answered with a text": said, "processes that want to run": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def _cpu(client: Client) -> Iterator[Row]:
    """Yield what the daemon computes for an event on average, which does not depend on who else uses the machine."""
    pid = client.state.pid
    for event in EVENTS:
        before = cpu_seconds(pid)
        said = sum(client.inside(event)[1] for _ in range(EACH))
        mean = (cpu_seconds(pid) - before) / EACH
        yield _row("warm", "CPU, mean", event, [mean] * EACH, said)


@contextmanager
def _busy(client: Client) -> Iterator[None]:
    """Ask for packs with four clients, and change files all the time, until the block ends."""
    ended = threading.Event()

    def asking() -> None:
        while not ended.is_set():
            _ask(client)

    def editing() -> None:
        for number in itertools.count():
            if ended.wait(0.5):
                return
            with (client.root / "django" / "urls" / "base.py").open("a") as opened:
                opened.write(f"\n\ndef added_{number}():\n    return None\n")

    threads = [*(threading.Thread(target=asking) for _ in range(4)), threading.Thread(target=editing)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _ask(client: Client) -> None:
    connection = connect(client.state, PATIENCE)
    try:
        body = json.dumps({"root": str(client.root), "task": QUERIES[next(client.sent) % len(QUERIES)]})
        connection.request("POST", "/v1/pack", body, {"Content-Type": "application/json"})
        connection.getresponse().read()
    finally:
        connection.close()


def _memory_of_sessions(home: Path, tables: Path) -> None:
    """Write the table `hooks-memory`: what a daemon holds of many sessions, each of which has read 40 files of 300 lines."""
    root = home / "project"
    root.mkdir(parents=True, exist_ok=True)
    sessions = Sessions(Settings(home))
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(SESSIONS):
        for file in range(READ_FILES):
            lines = tuple(f"line {line} of file {file} as session {number} saw it" for line in range(READ_LINES))
            use = Use(f"use {number} {file}", Tool.READ, f"{root}/file_{file}.py", lines=lines, is_whole=True)
            sessions.take(root, Event(Kind.USED, f"session {number}", place=str(root), use=use))
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    sessions.close()
    size = sum(file.stat().st_size for file in home.rglob("*.db"))
    row = {
        "sessions": SESSIONS, "lines each": READ_FILES * READ_LINES, "memory, MB": round((after - before) / 1e6, 1),
        "at most, MB": round((peak - before) / 1e6, 1), "on disk, MB": round(size / 1e6, 1),
    }  # fmt: skip
    results.write("hooks-memory", [row], tables)


def _agreement(client: Client) -> list[Row]:
    """Count on how many tasks, of this project and of others, packs and places agree whether the project has an answer."""
    asked = {"this project": TASKS, "others": tuple(one.text for judged in function_questions() for one in judged.tasks)}
    with ProjectMemory(client.root, client.settings) as memory:
        memory.refresh()
        return [_agreeing(memory, whose, tasks) for whose, tasks in asked.items()]


def _agreeing(memory: ProjectMemory, whose: str, tasks: Sequence[str]) -> Row:
    packs = [memory.pack(task, SMALL_PACK).verdict.kind != Answering.GREP for task in tasks]
    places = [bool(memory.places(task, PLACES)) for task in tasks]
    pairs = list(zip(packs, places, strict=True))
    return {
        "tasks of": whose, "tasks": len(tasks), "both speak": pairs.count((True, True)), "both are silent": pairs.count((False, False)),
        "only the pack speaks": pairs.count((True, False)), "only the places are told": pairs.count((False, True)),
    }  # fmt: skip
