"""Measures what does not have to grow with a tree: opening, an edit, a look at nothing, memory, disk, beside the first index.

The trees are of several sizes; growth is an exponent over their lines: 1 where twice the lines cost twice as much. Each tree is measured
by processes of their own: a first index, the first opening after it, and one that opens, asks, and edits (`probe`).
"""

import math
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from scripts.bench import results
from scripts.bench.measures import accounted
from scripts.bench.results import Row
from scripts.bench.speed import growth

Figures = Mapping[str, float]


def run(trees: Sequence[Path], work: Path, folder: Path) -> None:
    """Measure trees, the smallest first; print and write their table."""
    measured = {tree.name: _measured(tree, work / tree.name) for tree in trees}
    first = next(iter(measured.values()))
    results.write("scale", [_row(what, measured) for what in first], folder)


def _row(what: str, measured: Mapping[str, Figures]) -> Row:
    values = [figures[what] for figures in measured.values()]
    exponent = growth([figures["lines"] for figures in measured.values()], values)
    shown = "" if math.isnan(exponent) else f"{exponent:.2f}"
    return {"what": what, **{name: _rounded(figures[what]) for name, figures in measured.items()}, "grows with lines to the": shown}


def _rounded(value: float) -> float:
    return round(value) if value >= 100 else round(value, 1) if value >= 10 else round(value, 3)


def _measured(tree: Path, work: Path) -> Figures:
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    home = work / "home"
    cold = accounted([sys.executable, "-m", "memoryd", "reindex", str(tree)], {"MEMORYD_HOME": str(home), "MEMORYD_DAEMON": "no"})
    first, then = (_probed(tree, home, work / "probe.json") for _ in range(2))
    figures = {
        **{what: then[what] for what in ("files", "lines", "units")},
        "first index: CPU s": cold.cpu, "first index: most MB": cold.memory, "disk: MB": _megabytes(home),
        "first opening: CPU s": first["opening: CPU s"], "first opening: MB": first["opening: MB"],
        **then,
    }  # fmt: skip
    print(tree.name, orjson.dumps(figures).decode(), flush=True)
    return figures


def _probed(tree: Path, home: Path, said: Path) -> Figures:
    command = [sys.executable, "-m", "scripts.bench.scale.probe", str(tree), str(home), str(said)]
    accounted(command, {"MEMORYD_HOME": str(home)})
    found: Figures = orjson.loads(said.read_bytes())
    return found


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
