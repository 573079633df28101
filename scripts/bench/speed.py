"""How long indexing, refreshing and asking take on one large tree, in CPU seconds and in milliseconds, and how much memory.

The cold index and the unchanged run are whole processes, measured by the operating system's accounting of the process and
its children; the rest is measured inside one running process, as a server or an editor would use it.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from scripts.bench import results

QUERIES = (
    "how is a url resolved to a view", "QuerySet.filter", "where are migrations written to disk", "csrf token validation",
    "template loader cache", "ModelAdmin changelist pagination", "password hashing", "database connection pooling",
    "transaction atomic rollback", "form field validation error messages", "django/urls/resolvers.py", "select_related",
)  # fmt: skip
REPEATS = 5


def run(tree: Path, work: Path) -> None:
    """Measure and write the table."""
    copy = work / "speed" / tree.name
    shutil.rmtree(work / "speed", ignore_errors=True)
    shutil.copytree(tree, copy, symlinks=True)
    rows = [*_whole_processes(copy, work / "speed" / "home"), *_inside(copy, work / "speed" / "home-inside")]
    results.write("speed", [{"tree": tree.name, **row} for row in rows])


def _row(what: str, value: float, unit: str) -> dict[str, object]:
    return {"what": what, "value": round(value, 3 if value < 10 else 1), "unit": unit}


def _whole_processes(root: Path, home: Path) -> list[dict[str, object]]:
    environment = {**os.environ, "MEMORYD_HOME": str(home)}
    command = [sys.executable, "-m", "memoryd", "reindex", str(root)]
    rows = []
    for what in ("cold index, whole process", "nothing changed, whole process"):
        cpu, wall, memory = _accounted(command, environment)
        rows += [_row(f"{what}: CPU", cpu, "s"), _row(f"{what}: wall", wall, "s"), _row(f"{what}: memory, all processes", memory, "MB")]
    (root / "django" / "urls" / "resolvers.py").open("a").write("\n# one more line\n")
    cpu, wall, _ = _accounted(command, environment)
    rows += [_row("one file edited, whole process: CPU", cpu, "s")]
    size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    return [*rows, _row("index on disk", size / 1e6, "MB")]


def _accounted(command: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    """Return CPU seconds, wall seconds and the peak of the summed resident memory of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    peak = 0
    done = threading.Event()

    def sample() -> None:
        nonlocal peak
        while not done.wait(0.02):
            peak = max(peak, _resident(process.pid))

    sampler = threading.Thread(target=sample)
    sampler.start()
    code = process.wait()
    wall = time.perf_counter() - started
    done.set()
    sampler.join()
    if code:
        raise SystemExit(f"{' '.join(command)} failed with {code}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, peak / 1e6


def _resident(pid: int) -> int:
    """Return the proportional resident bytes of a process and its children (Linux), 0 for what has gone."""
    total = 0
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    except OSError:
        return 0
    return total + sum(_resident(int(child)) for child in children)


def _inside(root: Path, home: Path) -> list[dict[str, object]]:
    with ProjectMemory(root, Settings(home)) as memory:
        memory.refresh()
        memory.pack(QUERIES[0])
        target = root / "django" / "urls" / "resolvers.py"
        rows = [_row("nothing changed, inside", _median(memory.refresh), "s"), *_asked(memory, "")]
        edits, packs, scans = [], [], []
        for number in range(2 * REPEATS):
            with target.open("a") as opened:
                opened.write(f"\n\ndef added_{number}():\n    return get_resolver()\n")
            edits.append(_timed(lambda: memory.refresh_paths(["django/urls/resolvers.py"])))
            packs.append(_timed(lambda: memory.pack(QUERIES[0])))
            with target.open("a") as opened:
                opened.write(f"    # {number}\n")
            scans.append(_timed(memory.refresh))
        rows += [
            _row("one file edited, inside, by path", 1_000 * statistics.median(edits), "ms"),
            _row("one file edited, inside, by scan", 1_000 * statistics.median(scans), "ms"),
            _row("first pack after an edit", 1_000 * statistics.median(packs), "ms"),
        ]
        rows += _asked(memory, f" after {4 * REPEATS} edits")
        command = [sys.executable, "-m", "memoryd", "--help"]
        shown = _median(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    return [*rows, _row("help, whole process", 1_000 * shown, "ms")]


def _asked(memory: ProjectMemory, when: str) -> Iterator[dict[str, object]]:
    for what, ask in (("search", memory.search), ("pack", memory.pack)):
        times = sorted(_timed(lambda ask=ask, query=query: ask(query)) for _ in range(REPEATS) for query in QUERIES)
        yield _row(f"{what}{when}, p50", 1_000 * statistics.median(times), "ms")
        yield _row(f"{what}{when}, p95", 1_000 * times[int(0.95 * len(times))], "ms")


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _median(call: Callable[[], object]) -> float:
    return statistics.median(_timed(call) for _ in range(REPEATS))
