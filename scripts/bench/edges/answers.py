"""How long questions about relations take in a process that follows a tree, as the daemon's does: each was asked once before.

Targets are drawn by a fixed seed from the definitions of the tree. Seconds of CPU are those of the process and of the programs it
starts (git); beside what is asked of memoryd.
"""

import random
import statistics
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.questions import WHOLE, Relation
from memoryd.relations import TYPE_KINDS, RelationQuestion
from memoryd.versions import View
from scripts.bench import results
from scripts.bench.measures import spent_seconds, timed
from scripts.bench.results import Row

TARGETS, SEED = 25, 1
ASKED_MS, ASKED_OF_WHOLE_MS = 30, 1_000
"""What is asked: the most milliseconds of an answer about some definitions, and of one about the whole project."""
OF_TYPES = (Relation.BASES, Relation.SUBCLASSES, Relation.IMPLEMENTATIONS)


def run(tree: Path, work: Path, folder: Path) -> None:
    """Ask every question about a tree; print and write the table."""
    rows: list[Row] = []
    with ProjectMemory(tree, Settings(work / "relations")) as memory:
        memory.refresh()
        memory.follow()
        memory.load()
        for relation, targets in _questions(memory.view()):
            walls, cpus = [], []
            for handles in targets:
                asked = RelationQuestion(relation, handles)
                memory.related(asked)
                before = spent_seconds()
                walls.append(timed(partial(memory.related, asked)))
                cpus.append(spent_seconds() - before)
            rows.append({
                "tree": tree.name, "question": relation.value, "targets": len(targets),
                **{f"{what} ms": round(1_000 * value, 1) for what, value in (
                    ("CPU, median", statistics.median(cpus)), ("CPU, most", max(cpus)), ("wall, median", statistics.median(walls)),
                )},
                "asked ms": ASKED_OF_WHOLE_MS if relation in WHOLE else ASKED_MS,
            })  # fmt: skip
    results.renew("relations", rows, ("tree",), folder)


def _questions(view: View) -> Iterator[tuple[Relation, Sequence[tuple[str, ...]]]]:
    units = sorted((unit for unit in view.catalog.by_id.values() if unit.is_symbol and unit.signature), key=lambda unit: unit.id)
    random.Random(SEED).shuffle(units)
    some = [unit.id for unit in units[: TARGETS + 1] if view.graph.node(unit.id) >= 0]
    types = [unit.id for unit in units if unit.kind in TYPE_KINDS][:TARGETS]
    for relation in Relation:
        if relation in WHOLE:
            yield relation, [()] * 3
        elif relation == Relation.PATH:
            yield relation, list(pairwise(some))
        else:
            yield relation, [(id_,) for id_ in (types if relation in OF_TYPES else some)]
