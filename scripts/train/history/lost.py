"""Tells where the answers of documentation and comments are lost: among the candidates, in their order, or in the pack.

    python -m scripts.train.history.lost FOLDER

FOLDER has what `prepare` made. Printed are the shares of answers that are candidates at all, among the first so many, and whole in a pack;
and for each range of ranks how many answers have it, and how many of these are whole.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.packing import fill
from memoryd.ranking import features_of, rank, read_query, score, understood
from memoryd.tokens import counter
from memoryd.versions import Sources, View
from scripts.train.history.measure import answers
from scripts.train.history.prepare import keys_of, read
from scripts.train.history.tasks import Task

TASKS, BUDGET, CANDIDATES = 10, 4_000, 200
ASKED = ("documentation", "comment")
RANGES = ((1, 1), (2, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, CANDIDATES))
NEVER = 1_000_000
"""The rank of what is not among the first candidates."""


class Answer(NamedTuple):
    """Where an answer is: among all candidates, at which rank of those that a pack considers, whole in the pack."""

    source: str
    is_candidate: bool
    rank: int
    is_whole: bool


def main() -> None:
    """Ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    keys = keys_of(folder)
    found = [one for key in keys for one in _answers(folder, key)]
    for source in ASKED:
        _print(source, [one for one in found if one.source == source])


def _answers(folder: Path, key: str) -> Iterator[Answer]:
    with ProjectMemory(folder / "trees" / key, Settings(folder / "homes" / key)) as memory:
        memory.refresh()
        view = memory.view()
        tasks = list(read(folder / "tasks" / f"{key}.jsonl.gz"))
        random.Random(key).shuffle(tasks)
        for source in ASKED:
            for task in [task for task in tasks if task.source == source][:TASKS]:
                yield from (_found(view, task, id_) for id_ in answers(view, task))


def _found(view: View, task: Task, answer: str) -> Answer:
    query = read_query(task.text)
    query = understood(view, query) or query
    ranked = rank(view, score(view, query, Settings(view.root).ranking), CANDIDATES)
    places = {one.unit.id: place for place, one in enumerate(ranked, 1)}
    unit = view.catalog.by_id[answer]
    plan = fill(view, ranked, Sources(view, (one.unit.path for one in ranked)), query, BUDGET, counter())
    shown = {line for piece in plan.pieces if piece.unit.path == unit.path for line in piece.lines}
    is_whole = shown.issuperset(range(unit.first_line, unit.last_line + 1))
    return Answer(task.source, answer in view.matcher.ids(features_of(view, query).numbers), places.get(answer, NEVER), is_whole)


def _print(source: str, found: Sequence[Answer]) -> None:
    ranks = np.array([one.rank for one in found])
    whole = np.array([one.is_whole for one in found])
    first = " ".join(f"first {k} {np.mean(ranks <= k):.3f}" for k in (1, 10, 50, CANDIDATES))
    print(f"{source}: {len(found)} answers, candidates {np.mean([one.is_candidate for one in found]):.3f} {first} whole {whole.mean():.3f}")
    for low, high in RANGES:
        here = (ranks >= low) & (ranks <= high)
        if here.any():
            print(f"  at {low} to {high}: {here.mean():.2f} of them, of which {whole[here].mean():.2f} are whole")


if __name__ == "__main__":
    main()
