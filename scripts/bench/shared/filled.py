"""Fills a fleet with the repositories of another one under further names, until it holds as many units as an organisation's.

Rows take the way of any index run: a task leaves a part, and all parts are taken in at once. Only what a task does is exchanged: it
copies the rows of the repository that the other fleet has, and parses nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import orjson
import pyarrow as pa

from memoryd.config import Settings
from memoryd.embed import load
from memoryd.files import sealed, unsealed
from memoryd.fleet import ROWS, Done, Ended, Fleet, FleetReport, Parts, Resources, Task, index, read_list
from memoryd.store import POINTER, Tables, one_of


@dataclass(frozen=True)
class Copying:
    """An engine whose tasks copy from the fleet at `source`."""

    source: str
    settings: Settings

    def __call__(self, tasks: Sequence[Task], _resources: Resources) -> Iterator[Ended]:
        """Copy the rows of each task's repository."""
        tables, dimensions = Tables(self.source), load(self.settings.embedder).dimensions
        rows = tables.rows("repositories", ("repository", "part"))
        held = {} if rows is None else dict(zip(rows["repository"].to_pylist(), rows["part"].to_pylist(), strict=True))
        tasks = sorted(tasks, key=lambda task: original(task.listed.name))
        for task in tasks:
            part = held[original(task.listed.name)]
            found = {name: [_renamed(batch, task) for batch in tables.batches(name, one_of("part", [part]))] for name in ROWS}
            named = pa.Table.from_batches([_renamed(batch, task) for batch in tables.batches("repositories", one_of("part", [part]))])
            Parts(task.address).leave(task.part, found, partial(_itself, named), dimensions)
            yield Ended(task, Done(task.listed.name, 0, 0, 0.0, 0.0))


def original(name: str) -> str:
    """Return the repository that a copy is of: `copy-3/acme/shop` → `acme/shop`."""
    return name.partition("/")[2] if name.startswith("copy-") else name


def fill(listed: Path, source: str, target: str, copies: int, settings: Settings) -> FleetReport:
    """Make a fleet at `target` of each repository of a list, so many times."""
    lines = [line.split() for line in listed.read_text().splitlines()]
    named = ((f"copy-{number}/{name}" if number else name, place) for number in range(copies) for place, name, *_ in lines)
    text = "".join(f"{place} {name} public\n" for name, place in named)
    return index(read_list(text, listed.parent), Fleet(target, settings, Copying(source, settings), Resources()), lambda *_: None)


def _itself(rows: pa.Table) -> pa.Table:
    return rows


def _renamed(batch: pa.RecordBatch, task: Task) -> pa.RecordBatch:
    own = {"part": task.part, "repository": task.listed.name}
    columns = [
        pa.array([own[name]] * len(batch), pa.string()) if name in own else batch.column(place)
        for place, name in enumerate(batch.schema.names)
    ]
    if "file" in batch.schema.names and batch["file"][0].as_py() == POINTER:
        said = orjson.loads(unsealed(batch["data"][0].as_py()))
        columns[batch.schema.names.index("data")] = pa.array([sealed(orjson.dumps({**said, "root": task.listed.name}))], pa.binary())
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)
