"""Opens an index as a daemon does, asks, looks at an unchanged tree, and edits a file: one process, whose figures go into a file.

Times are those of the processors, since other programs may disturb the clock's; memory is what is resident.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import orjson

from indexers import split_words
from memoryd.config import Settings
from memoryd.memory import ProjectMemory

ASKED = 200
REPEATS = 5


def run(tree: Path, home: Path, said: Path) -> None:
    """Measure an index, and write the figures."""
    with ProjectMemory(tree, Settings(home)) as memory:
        opening = _cpu(memory.load)
        resident = _resident()
        records = memory.view().records
        indexed = sorted(path for path, record in records.items() if not record.skipped)
        first, *others = [_cpu(partial(memory.search, question)) for question in _questions(indexed)]
        figures = {
            "files": len(indexed),
            "lines": sum((tree / path).read_bytes().count(b"\n") for path in indexed),
            "units": memory.view().units,
            "opening: CPU s": opening, "opening: MB": resident, "MB after questions": _resident(),
            "first search: CPU ms": 1_000 * first,
            "search, p50: CPU ms": 1_000 * statistics.median(others),
            "search, p99: CPU ms": 1_000 * statistics.quantiles(others, n=100)[98],
            "nothing changed: CPU ms": 1_000 * statistics.median(_cpu(memory.refresh) for _ in range(REPEATS)),
        }  # fmt: skip
        python = [path for path in indexed if records[path].language == "python"]
        path = python[len(python) // 2]
        for what, more in (("a body", "    {} = 0"), ("a function more", "\n\ndef {}(value):\n    return value")):
            figures[f"edit of {what}, then a search: CPU ms"] = 1_000 * _edits(memory, path, more)
        figures["MB after edits"] = _resident()
    said.write_bytes(orjson.dumps(figures))


def _questions(paths: Sequence[str]) -> list[str]:
    """Return questions of the words of paths across a project."""
    chosen = paths[:: max(1, len(paths) // ASKED)][:ASKED]
    return [split_words(" ".join(path.rpartition(".")[0].split("/")[-2:])) for path in chosen]


def _edits(memory: ProjectMemory, path: str, more: str) -> float:
    """Return the median of what edits cost that append to a file, each with the answer to a question about it."""
    file = memory.root / path
    before = file.read_bytes()
    base = before + b"\n\ndef edited_by_the_bench(value):\n    return value\n"
    times = []
    try:
        file.write_bytes(base)
        memory.refresh_paths([path])
        for number in range(REPEATS):
            name = f"added_{number}"
            file.write_bytes(base + more.format(name).encode() + b"\n")
            times.append(_cpu(partial(memory.refresh_paths, [path])) + _cpu(partial(memory.search, name)))
    finally:
        file.write_bytes(before)
        memory.refresh_paths([path])
    return statistics.median(times)


def _cpu(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def _resident() -> float:
    """Return the resident megabytes of this process (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) * 1024 / 1e6


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
