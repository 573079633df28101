"""Measures the check for secrets: what it finds in real repositories, how much of that is none, and what it costs of an index.

Each finding is a row of `secrets-found.csv`: where it stands and which rule found it, never the value. Its column `is` is filled in by
hand, by looking at the line: `secret`, also if it was made up for a test or a document, or `false`. What nobody judged counts as false.
"""

import csv
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from memoryd.files import Content, read, scan
from memoryd.model import Secrets
from memoryd.secrets import find, masked, why_secret
from scripts.bench import results
from scripts.bench.measures import accounted
from scripts.bench.results import Row

FOUND, WORKERS, REPEATS = "secrets-found", 2, 3
PLACE = ("repository", "path", "line", "rule")


def run(trees: Sequence[Path], costly: Path | None, folder: Path) -> None:
    """Write what is found in some trees, and what the check costs of a first index of another."""
    if trees:
        _write_found(trees, folder)
    if costly is not None:
        results.write("secrets-cost", [_cost(costly)], folder)


def _write_found(trees: Sequence[Path], folder: Path) -> None:
    judged = _judged(folder / f"{FOUND}.csv")
    rows: list[Row] = []
    sums: list[Row] = []
    for tree in trees:
        name, found, lines, files = tree.name.replace("+", "/"), [], 0, 0
        for path, source in _texts(tree):
            lines, files = lines + source.count(b"\n"), files + 1
            found += [dict(zip(PLACE, (name, path, *one), strict=True)) for one in _found(path, source)]
        for row in found:
            row["is"] = judged.get(tuple(str(row[key]) for key in PLACE), "")
        false = sum(row["is"] != "secret" for row in found)
        rows += found
        sums.append({"repository": name, "files": files, "lines": lines, "found": len(found), "false": false})
    whole = {key: sum(int(str(row[key])) for row in sums) for key in ("files", "lines", "found", "false")}
    sums.append({"repository": "all", **whole})
    for row in sums:
        row["false a 100,000 lines"] = round(100_000 * int(str(row["false"])) / int(str(row["lines"])), 2)
    results.write(FOUND, rows, folder, results.silently)
    results.write("secrets", sums, folder)


def _judged(file: Path) -> dict[tuple[str, ...], str]:
    if not file.exists():
        return {}
    with file.open(newline="", encoding="utf-8") as opened:
        return {tuple(row[key] for key in PLACE): row["is"] for row in csv.DictReader(opened)}


def _texts(tree: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the text of each file that would be indexed if nothing in it were secret."""
    for path in scan(tree).entries:
        content = read(tree, path, Secrets.SHOW)
        if isinstance(content, Content):
            yield path, content.source


def _found(path: str, source: bytes) -> list[tuple[int, str]]:
    """Return line and rule of each finding; two rules that find one value are one finding."""
    if why := why_secret(path, source):
        return [(0, why)]
    places = {(source.count(b"\n", 0, one.start) + 1, one.start): one.rule for one in find(source, path)}
    return [(line, rule) for (line, _), rule in places.items()]


def _cost(tree: Path) -> Row:
    """Return the CPU seconds of a first index without the check, and of the check as so many parser processes do it."""
    command = [sys.executable, "-m", "memoryd", "reindex", str(tree)]
    cpu = []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as home:
            chosen = {"MEMORYD_HOME": home, "MEMORYD_SECRETS": Secrets.SHOW, "MEMORYD_WORKERS": str(WORKERS)}
            cpu.append(accounted(command, chosen).cpu)
    checks = []
    for _ in range(REPEATS):
        with multiprocessing.get_context("spawn").Pool(WORKERS, maxtasksperchild=1) as pool:
            checks.append(sum(pool.starmap(_seconds, [(tree, part) for part in range(WORKERS)], chunksize=1)))
    index, check = statistics.median(cpu), statistics.median(checks)
    return {
        "tree": tree.name,
        "first index without it: CPU s": round(index, 2),
        "check: CPU s": round(check, 2),
        "share %": round(100 * check / index, 1),
        "processors": os.cpu_count(),
    }


def _seconds(tree: Path, part: int) -> float:
    """Return the CPU seconds that one parser process takes to check its part of the files, its start included."""
    texts = list(_texts(tree))[part::WORKERS]
    started = time.process_time()
    for path, source in texts:
        if not why_secret(path, source):
            masked(source, path)
    return time.process_time() - started
