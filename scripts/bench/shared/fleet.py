"""Many repositories as one: what indexing costs by engine, whether a killed worker changes anything, how well and fast they answer.

Each run of `memoryd fleet index` is kept as `WORK/fleet/NAME.json`, so that the bench goes on where it was. The repositories are those of
`data/fleet-repositories.txt`, the questions those of `data/fleet.csv`, which were written before any of them was asked.
"""

import csv
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from memoryd.config import Settings
from memoryd.fleet import FleetHit, Node, Scope, status_of
from memoryd.store import Tables
from scripts.bench.results import write
from scripts.bench.shared.filled import fill
from scripts.bench.shared.served import measure

DATA = Path(__file__).parent.parent / "data"
SMALL = 12
"""The repositories of the runs that compare engines: the first of the list by name."""
TABLES = ("repositories", "units", "files", "words")


@dataclass(frozen=True, slots=True)
class Plan:
    """The folder with the repositories, where fleets are made, where results go, and the Python that has Ray, "" for none."""

    folder: Path
    work: Path
    results: Path
    ray: str = ""
    copies: int = 0
    """How many times the repositories are in a fleet that is served besides, under as many names; 0 for none."""


def run(plan: Plan) -> None:
    """Measure everything, and write the tables."""
    plan.work.mkdir(parents=True, exist_ok=True)
    names = (DATA / "fleet-repositories.txt").read_text().split()
    found = {name: place for name in names if (place := _place(plan.folder, name)) is not None}
    whole, small = _listed(plan, "all", found), _listed(plan, "small", dict(list(found.items())[:SMALL]))
    runs = [_indexed(plan, "all", whole, ("local", 1)), _indexed(plan, "small-local", small, ("local", 1))]
    if plan.ray:
        runs += [_indexed(plan, f"small-ray-{workers}", small, ("ray", workers)) for workers in (1, 2)]
        runs.append(_indexed(plan, "small-ray-killed", small, ("ray", 2), kills=2))
    first = _rows(plan, "small-local")
    for row in runs[1:]:
        row["same_table"] = "yes" if _rows(plan, str(row["run"])) == first else "no"
    write("fleet", runs, plan.results)
    node = Node(str(plan.work / "all"), Settings(plan.work / "home"))
    sheet = [_judged(question, node.search(question["question"], Scope())) for question in _questions()]
    write("fleet-questions", sheet, plan.results, lambda _: None)
    write("fleet-answers", [_answers(sheet)], plan.results)
    if plan.copies:
        filled = str(plan.work / f"filled-{plan.copies}")
        fill(str(plan.work / "all"), filled, plan.copies)
        serve(filled, plan.work / "served", plan.results)


def serve(address: str, work: Path, results: Path) -> None:
    """Measure a node that serves the fleet at an address, and write the tables."""
    measure(address, work, [question["question"] for question in _questions()], results)


def _questions() -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / "fleet.csv").open(newline="", encoding="utf-8")))


def _place(folder: Path, name: str) -> Path | None:
    for place in (folder / name, folder / name.replace("/", "+") / "repo", folder / name.replace("/", "+")):
        if place.is_dir():
            return place
    return None


def _listed(plan: Plan, name: str, found: Mapping[str, Path]) -> Path:
    file = plan.work / f"{name}.txt"
    file.write_text("".join(f"{place} {one} public\n" for one, place in found.items()))
    return file


def _indexed(plan: Plan, name: str, listed: Path, engine: tuple[str, int], kills: int = 0) -> dict[str, object]:
    """Index a list unless that was done before, while the workers of that many tasks are killed; return the figures."""
    kept = plan.work / f"{name}.json"
    if not kept.exists():
        python = plan.ray if engine[0] == "ray" else sys.executable
        arguments = [
            "fleet",
            "index",
            str(listed),
            "--to",
            str(plan.work / name),
            "--engine",
            engine[0],
            "--workers",
            str(engine[1]),
            "--json",
        ]
        environment = {**os.environ, "MEMORYD_HOME": str(plan.work / f"home-{name}")}
        with subprocess.Popen([python, "-m", "memoryd", *arguments], stdout=subprocess.PIPE, env=environment) as process:
            killer = threading.Thread(target=_kill, args=(process.pid, kills), daemon=True)
            killer.start()
            said = process.communicate()[0]
        if not said:
            raise SystemExit(f"{name} failed; what it said stands above")
        found = {**orjson.loads(said), "killed": kills - _left.pop(process.pid, kills) if kills else 0}
        kept.write_bytes(orjson.dumps(found))
    found = orjson.loads(kept.read_bytes())
    status = status_of(str(plan.work / name))
    cpu = sum(task["cpu_seconds"] for task in found["tasks"])
    languages = {language for one in status.held for language, _ in one.languages}
    return {
        "run": name, "engine": engine[0], "workers": engine[1], "repositories": len(status.held), "languages": len(languages),
        "files": status.files, "lines": status.lines, "units": status.units, "tasks": len(found["tasks"]), "tasks_cpu_s": round(cpu, 1),
        "wall_s": round(found["seconds"], 1), "table_mb": round(_size(plan.work / name) / 1e6, 1),
        "images_mb": round(_size(plan.work / name / "images.lance") / 1e6, 1), "killed": found.get("killed", 0),
        "same_table": "",
    }  # fmt: skip


_left: dict[int, int] = {}


def _kill(parent: int, kills: int) -> None:
    """Kill workers of Ray below a process while they work on a task, so many times."""
    _left[parent] = kills
    while _left.get(parent):
        time.sleep(0.2)
        for pid in _workers_below(parent)[:1]:
            time.sleep(1.0)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                _left[parent] -= 1


def _workers_below(parent: int) -> list[int]:
    """Return the processes below another that do a task of Ray just now."""
    parents, busy = {}, []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            parents[int(place.name)] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            if (place / "cmdline").read_bytes().startswith(b"ray::run"):
                busy.append(int(place.name))

    def is_below(pid: int) -> bool:
        while pid > 1 and pid != parent:
            pid = parents.get(pid, 0)
        return pid == parent

    return [pid for pid in busy if is_below(pid)]


def _rows(plan: Plan, name: str) -> dict[str, list[str]]:
    """Return what readers of a fleet's tables see, sorted."""
    tables = Tables(str(plan.work / name))
    return {table: sorted(repr(row) for batch in tables.batches(table) for row in batch.to_pylist()) for table in TABLES}


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _judged(question: Mapping[str, str], hits: Sequence[FleetHit]) -> dict[str, object]:
    order = list(dict.fromkeys(one.repository for one in hits))
    units = [place for place, one in enumerate(hits, 1) if _answers_it(question, one)]
    return {
        "repository": question["repository"], "question": question["question"], "unit_rank": min(units, default=0),
        "repository_rank": order.index(question["repository"]) + 1 if question["repository"] in order else 0,
        "first": f"{hits[0].repository}:{hits[0].hit.id}" if hits else "",
    }  # fmt: skip


def _answers_it(question: Mapping[str, str], one: FleetHit) -> bool:
    name = one.hit.title.rpartition(".")[2].partition("~")[0]
    return (
        one.repository == question["repository"] and one.hit.path in question["files"].split() and name in question["names"].split()
    )  # fmt: skip


def _answers(sheet: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    size = len(sheet)
    return {
        "what": "questions", "asked": size, "repository_1": _share(sum(row["repository_rank"] == 1 for row in sheet), size),
        "repository_3": _share(sum(0 < row["repository_rank"] <= 3 for row in sheet), size),
        "unit_10": _share(sum(row["unit_rank"] > 0 for row in sheet), size),
    }  # fmt: skip


def _share(part: int, whole: int) -> float:
    return round(part / max(whole, 1), 3)
