"""The oracle: what an index answers must be what a fresh index of the same files answers, to the last bit."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from scripts.bench.stored import stored_rows
from scripts.bench.torture.arena import Arena, Difference, checked
from scripts.bench.torture.processes import Job

QUERIES = ("invoice total", "load_order", "where is a customer's address checked", "Cart.total", "parse", "README", "pkg_3/module_13.py")
TASKS = ("why is the invoice total rounded", "load_order_7 fails for a customer without an address\n\npkg_1/module_11.py:12")
HITS, BUDGET, MAP_BUDGET = 20, 3_000, 1_200
GROWTH, SLACK = 4, 10 << 20
"""The most bytes of an index with a history, as a multiple of a fresh one, and beyond that."""
MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything an index says of a project, but for the numbers of its versions; `rows` are digests by id."""

    rows: dict[str, str]
    searches: list[Any]
    packs: list[Any]
    map: str
    notes: dict[str, list[str]]


def check(arena: Arena) -> None:
    """Compare the index, and the daemon if one runs, with a fresh index. Raises `Difference`."""
    ours = _answers(arena, arena.home)
    fresh_home = arena.place.scratch / "fresh"
    shutil.rmtree(fresh_home, ignore_errors=True)
    fresh = _answers(arena, fresh_home)
    compare(ours, fresh, arena.notes)
    if arena.daemon is not None:
        _compare_daemon(arena, fresh)
    used, wanted = bytes_of(arena.data), bytes_of(fresh_home / "projects")
    if used > GROWTH * wanted + SLACK:
        raise Difference(f"the index takes {used} bytes, a fresh one {wanted}")


def compare(ours: Answers, fresh: Answers, notes: Mapping[str, str]) -> None:
    """Raise `Difference` where an index answers unlike a fresh one, or lacks an acknowledged note; `notes` are titles by id."""
    _compare_rows(ours.rows, fresh.rows)
    for what in ("searches", "packs", "map", "notes"):
        _compare(f"{what} of the index", getattr(ours, what), getattr(fresh, what))
    missing = sorted(id_ for id_, title in notes.items() if ours.notes.get(id_, [""])[0] != title)
    if missing:
        raise Difference(f"{len(missing)} acknowledged notes are not there: {missing[:MOST_SHOWN]}")


def bytes_of(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def write_answers(root: Path, home: Path, file: Path) -> None:
    """Refresh the index of a project and write its answers; runs in a process of its own."""
    settings = Settings(home, embedder="hash", workers=2)
    with ProjectMemory(root, settings) as memory:
        memory.refresh()
        # Questions are answered from an image, so damage of the table is noticed when it is written, or by this.
        memory.verify()
        if memory.status().failed:
            # Its parser was killed, twice: that is remembered for a day.
            memory.retry()
        found = Answers(
            {str(row[0]): hashlib.blake2b(repr(row).encode(), digest_size=8).hexdigest() for row in stored_rows(root, settings)},
            [_plain(memory.search(query, HITS)) for query in QUERIES],
            [_plain(memory.pack(task, BUDGET)) for task in TASKS],
            memory.map(MAP_BUDGET).text,
            {one.note.id: [one.note.title, str(one.standing)] for one in memory.notes.check().judged},
        )
    file.write_text(json.dumps(asdict(found)))


def _answers(arena: Arena, home: Path) -> Answers:
    file = arena.place.scratch / "answers.json"
    file.unlink(missing_ok=True)
    job = Job(partial(write_answers, arena.root, home, file), replace(arena.place, home=home))
    checked(job.end(), ("answering from", home.name), (0,))
    return Answers(**json.loads(file.read_text()))


def _plain(found: Any) -> Any:
    """Return an answer as it reads after a way through JSON, without the number of its version."""
    plain = [asdict(one) for one in found] if isinstance(found, list) else {**asdict(found), "store_version": 0}
    return json.loads(json.dumps(plain))


def _compare_daemon(arena: Arena, fresh: Answers) -> None:
    arena.post("/v1/reindex")
    for query, wanted in zip(QUERIES, fresh.searches, strict=True):
        _compare(f"the daemon's search for {query!r}", arena.post("/v1/search", query=query, limit=HITS)["hits"], wanted)
    for task, wanted in zip(TASKS, fresh.packs, strict=True):
        _compare(f"the daemon's pack for {task!r}", {**arena.post("/v1/pack", task=task, budget=BUDGET), "store_version": 0}, wanted)
    _compare("the daemon's map", arena.post("/v1/map", budget=MAP_BUDGET)["text"], fresh.map)


def _compare_rows(ours: dict[str, str], fresh: dict[str, str]) -> None:
    differing = sorted(id_ for id_ in ours.keys() | fresh.keys() if ours.get(id_) != fresh.get(id_))
    if differing:
        sides = (len(ours.keys() - fresh.keys()), len(fresh.keys() - ours.keys()))
        raise Difference(f"{len(differing)} rows differ ({sides[0]} too many, {sides[1]} missing): {differing[:MOST_SHOWN]}")


def _compare(what: str, ours: Any, fresh: Any) -> None:
    if ours != fresh:
        raise Difference(f"{what} differ: {_first_difference(ours, fresh)}")


def _first_difference(ours: Any, fresh: Any) -> str:
    if isinstance(ours, dict) and isinstance(fresh, dict):
        pairs = [(key, ours.get(key), fresh.get(key)) for key in sorted(ours.keys() | fresh.keys())]
    elif isinstance(ours, list) and isinstance(fresh, list) and len(ours) == len(fresh):
        pairs = [(str(place), one, other) for place, (one, other) in enumerate(zip(ours, fresh, strict=True))]
    else:
        return f"{str(ours)[:300]!r} is not {str(fresh)[:300]!r}"
    return next(f"{key}: {_first_difference(one, other)}" for key, one, other in pairs if one != other)
