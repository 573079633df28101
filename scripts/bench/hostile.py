"""Measures what hostile files cost: the CPU seconds of each alone, and CPU and peak memory of indexing and asking about all of them."""

import multiprocessing
import resource
import shutil
import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.parsing import Parsed, ParserPool
from scripts.bench import results
from scripts.bench.data import hostile_files
from scripts.bench.results import Row

KB = 1024
Given = ParamSpec("Given")
Result = TypeVar("Result")


def run(work: Path, folder: Path) -> None:
    """Write the files, measure, print and write the table."""
    shutil.rmtree(work / "hostile", ignore_errors=True)
    root, home = work / "hostile" / "tree", work / "hostile" / "home"
    paths = _written(root)
    # Each measure in a process of its own, whose children are the parsers.
    alone = _elsewhere(_costs, root, paths)
    results.write("hostile", [*_alone_rows(alone), *_elsewhere(_indexed, root, home)], folder)


def _written(root: Path) -> list[str]:
    paths = []
    for path, source in hostile_files():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(source)
        paths.append(path)
    return paths


def _elsewhere(measure: Callable[Given, Result], *arguments: Given.args, **named: Given.kwargs) -> Result:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure, *arguments, **named).result()


def _costs(root: Path, paths: Sequence[str]) -> list[tuple[float, str, str]]:
    """Return the CPU seconds of each file's parsers, those of starting them not counted, its path, and the reason if it is left out."""
    (root / "empty.py").touch()
    start = _cost(root, "empty.py")[0]
    (root / "empty.py").unlink()
    found = []
    for path in paths:
        seconds, parsed = _cost(root, path)
        found.append((max(0.0, seconds - start), path, getattr(parsed.outcome, "skipped", "")))
    return found


def _cost(root: Path, path: str) -> tuple[float, Parsed]:
    before = _cpu(resource.RUSAGE_CHILDREN)
    with ParserPool(root, 1) as pool:
        (parsed,) = pool.parse([path])
        if parsed.failure and parsed.failure.may_pass:
            (parsed,) = pool.parse_again([parsed])
    return _cpu(resource.RUSAGE_CHILDREN) - before, parsed


def _alone_rows(costs: Sequence[tuple[float, str, str]]) -> list[Row]:
    ordered = sorted(costs, reverse=True)
    rows = [
        _row("files", len(costs), ""),
        _row("left out", sum(bool(reason) for _, _, reason in costs), ""),
        _row("parsing a file, median", round(statistics.median(seconds for seconds, _, _ in costs), 2), "CPU s"),
    ]
    return rows + [_row(f"parsing {path}", round(seconds, 2), reason or "CPU s") for seconds, path, reason in ordered[:5]]


def _indexed(root: Path, home: Path) -> list[Row]:
    with ProjectMemory(root, Settings(home)) as memory:
        report = memory.refresh()
        ours = _cpu(resource.RUSAGE_SELF)
        units = memory.status().units
        peak = _peak(resource.RUSAGE_SELF)
        memory.load()
        memory.pack("f1")
    return [
        _row("indexing all: parent", round(ours, 1), "CPU s"),
        _row("indexing all: parsers", round(_cpu(resource.RUSAGE_CHILDREN), 1), "CPU s"),
        _row("indexing all: failed", sum("parser" in one.reason or "parsing" in one.reason for one in report.skipped), ""),
        _row("units", units, ""),
        _row("peak of the parent, indexing", peak, "MB"),
        _row("peak of the parent, with answers", _peak(resource.RUSAGE_SELF), "MB"),
        _row("peak of the largest parser", _peak(resource.RUSAGE_CHILDREN), "MB"),
    ]


def _row(what: str, value: object, unit: str) -> Row:
    return {"what": what, "value": value, "unit": unit}


def _cpu(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def _peak(who: int) -> int:
    return resource.getrusage(who).ru_maxrss // KB
