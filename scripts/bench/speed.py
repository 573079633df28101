"""Measures time, memory and disk of indexing, refreshing and asking on trees of several sizes, and how each grows with lines.

The cold index and the unchanged run are whole processes, measured by the operating system's accounting; the rest is measured inside
one running process, as a server or an editor would use it. The questions are made of the words of the tree's own symbols. Growth
is an exponent: 1 where twice the lines cost twice as much, 0 where they cost nothing more.
"""

import math
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from indexers import split_words
from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.versions import Unit
from scripts.bench import results
from scripts.bench.data import Repositories, question_sets
from scripts.bench.measures import accounted, timed
from scripts.bench.results import Row

ASKED = 20
REPEATS = 5
COLD_REPEATS = 3
Figures = dict[str, float]


def run_trees(trees: Sequence[Path], work: Path, folder: Path) -> None:
    """Measure trees; print and write their table."""
    results.write("speed", _table({tree.name: _measured(tree, work / "speed") for tree in trees}), folder)


def run_repositories(data: Path, repositories: Repositories, work: Path, folder: Path) -> None:
    """Measure the repositories of the questions; print and write their table."""
    results.write("speed-repositories", _repositories(data, repositories, work), folder)


def growth(lines: Sequence[float], values: Sequence[float]) -> float:
    """Return the exponent b of the best fit value = a × lines^b (least squares of the logarithms); NaN for fewer than two trees."""
    points = [(math.log(x), math.log(y)) for x, y in zip(lines, values, strict=True) if x > 0 and y > 0]
    if len({x for x, _ in points}) < 2:
        return math.nan
    return statistics.linear_regression([x for x, _ in points], [y for _, y in points]).slope


def _table(measured: Mapping[str, Figures]) -> list[Row]:
    """Return a row for each figure: its value on each tree, and its growth."""
    first = next(iter(measured.values()))
    lines = [figures["lines"] for figures in measured.values()]
    rows = []
    for what in first:
        values = [figures[what] for figures in measured.values()]
        exponent = growth(lines, values)
        shown = {name: _rounded(value) for name, value in zip(measured, values, strict=True)}
        rows.append({"what": what, **shown, "grows with lines to the": "" if math.isnan(exponent) else f"{exponent:.2f}"})
    return rows


def _rounded(value: float) -> float:
    return round(value) if value >= 1_000 else round(value, 1) if value >= 10 else round(value, 3)


def _measured(tree: Path, work: Path) -> Figures:
    """Return every figure of a tree, measured on a copy of it."""
    print(f"{time.strftime('%H:%M:%S')}  {tree.name}", flush=True)
    shutil.rmtree(work, ignore_errors=True)
    copy = work / tree.name
    shutil.copytree(tree, copy, symlinks=True)
    with ProjectMemory(copy, Settings(work / "home-inside")) as memory:
        memory.refresh()
        edited = Edited.of(memory)
        size, inside = _size(memory), _inside(memory, edited)
    return {**size, **_whole_processes(copy, work / "home", edited), **inside}


def _size(memory: ProjectMemory) -> Figures:
    paths = [path for path, record in memory.view().records.items() if not record.skipped]
    lines = sum((memory.root / path).read_bytes().count(b"\n") for path in paths)
    return {"files": len(paths), "lines": lines, "units": len(memory.view().catalog.by_id)}


@dataclass(frozen=True, slots=True)
class Edited:
    """The edited file, the one of median size among those with symbols, and the symbol that is copied in it under other names."""

    path: str
    file: Path
    name: str
    text: str

    @classmethod
    def of(cls, memory: ProjectMemory) -> "Edited":
        """Choose a file and a symbol of a project."""
        files = memory.view().catalog.files
        held = {path: found for path, units in files.items() if (found := [unit for unit in units if _is_code(unit)])}
        path = sorted(held, key=lambda path: (files[path][0].end, path))[len(held) // 2]
        unit = min(held[path], key=lambda unit: (unit.end - unit.start, unit.id))
        source = (memory.root / path).read_bytes()
        return cls(path, memory.root / path, unit.name, source[unit.start : unit.end].decode("utf-8", "replace"))

    def edit(self, number: int) -> None:
        """Append the symbol under one more name."""
        with self.file.open("a", encoding="utf-8") as opened:
            opened.write(f"\n\n{self.text.replace(self.name, f'{self.name}_{number}')}\n")


def _is_code(unit: Unit) -> bool:
    return unit.is_symbol and unit.kind != "section" and bool(unit.signature)


def _whole_processes(root: Path, home: Path, edited: Edited) -> Figures:
    environment = {"MEMORYD_HOME": str(home)}
    command = [sys.executable, "-m", "memoryd", "reindex", str(root)]
    cold, unchanged = (accounted(command, environment) for _ in range(2))
    edited.edit(0)
    one = accounted(command, environment)
    shown = _median(lambda: subprocess.run([sys.executable, "-m", "memoryd", "--help"], check=True, stdout=subprocess.DEVNULL))
    return {
        "cold index, whole process: CPU s": cold.cpu,
        "cold index, whole process: wall s": cold.wall,
        "cold index, whole process: memory MB": cold.memory,
        "nothing changed, whole process: CPU s": unchanged.cpu,
        "nothing changed, whole process: memory MB": unchanged.memory,
        "one file edited, whole process: CPU s": one.cpu,
        "index on disk MB": sum(path.stat().st_size for path in home.rglob("*") if path.is_file()) / 1e6,
        "help, whole process ms": 1_000 * shown,
    }


def _inside(memory: ProjectMemory, edited: Edited) -> Figures:
    questions = _questions(memory)
    memory.pack(questions[0])
    figures = {"nothing changed, inside ms": 1_000 * _median(memory.refresh), **dict(_asked(memory, questions, ""))}
    edits, packs, scans = [], [], []
    for number in range(1, REPEATS + 1):
        edited.edit(number)
        edits.append(timed(lambda: memory.refresh_paths([edited.path])))
        packs.append(timed(lambda: memory.pack(questions[0])))
        edited.edit(REPEATS + number)
        scans.append(timed(memory.refresh))
    figures |= {
        "one file edited, inside, by path ms": 1_000 * statistics.median(edits),
        "one file edited, inside, by scan ms": 1_000 * statistics.median(scans),
        "first pack after an edit ms": 1_000 * statistics.median(packs),
    }
    return {**figures, **dict(_asked(memory, questions, f" after {2 * REPEATS} edits"))}


def _questions(memory: ProjectMemory) -> list[str]:
    """Return questions about symbols across a project: every other question is a symbol's name, the others use its words."""
    units = sorted((unit for unit in memory.view().catalog.by_id.values() if _is_code(unit)), key=lambda unit: unit.id)
    chosen = units[:: max(1, len(units) // ASKED)][:ASKED]
    return [unit.qualname if place % 2 else split_words(unit.signature) for place, unit in enumerate(chosen)]


def _asked(memory: ProjectMemory, questions: Sequence[str], when: str) -> Iterator[tuple[str, float]]:
    for what, ask in (("search", memory.search), ("pack", memory.pack)):
        times = sorted(timed(partial(ask, query)) for _ in range(REPEATS) for query in questions)
        yield f"{what}{when}, p50 ms", 1_000 * statistics.median(times)
        yield f"{what}{when}, p95 ms", 1_000 * times[int(0.95 * len(times))]


def _repositories(data: Path, repositories: Repositories, work: Path) -> list[Row]:
    """Return a row for each repository of the questions, on its code files, and the medians; all measured in this warm process."""
    rows: list[Row] = []
    for found in question_sets(data / "questions", ()):
        tree = found.tree(repositories, work)
        colds, figures = [], dict[str, float]()
        for turn in range(COLD_REPEATS + (not rows)):  # the very first one warms the process up
            home = work / "homes" / "speed" / f"{found.name}-{turn}"
            shutil.rmtree(home, ignore_errors=True)
            with ProjectMemory(tree, Settings(home)) as memory:
                colds.append(timed(memory.refresh))
                if turn == COLD_REPEATS - 1:
                    memory.load()
                    figures = {**_size(memory), **dict(_asked(memory, [task.text for task in found.tasks(_tree_files(tree))], ""))}
        cold = statistics.median(colds[-COLD_REPEATS:])
        rows.append({"repository": found.name, "language": found.language, "cold index s": round(cold, 3), **_all_rounded(figures)})
        print(rows[-1], flush=True)
    numeric = [key for key in rows[0] if key not in ("repository", "language")]
    medians = {key: _rounded(statistics.median(float(str(row[key])) for row in rows)) for key in numeric}
    return [*rows, {"repository": "median", "language": "", **medians}]


def _tree_files(tree: Path) -> list[str]:
    return sorted(os.path.relpath(path, tree) for path in tree.rglob("*") if path.is_file())


def _all_rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {what: _rounded(value) for what, value in figures.items()}


def _median(call: Callable[[], object]) -> float:
    return statistics.median(timed(call) for _ in range(REPEATS))
