"""Tells what a search finds of what its tasks need, and what packs show: its files, its functions whole, its lines; and at which
ranks these files stand.

    python -m scripts.train.history.shown FOLDER --out FOUND [--against EARLIER]

FOLDER has what `prepare` or `questions` made. Asked are natural questions, else messages of several lines, with the tests that came with
them where there are any. Printed are the means, weighted so that fixes have as many files as those of issues, or how they differ from an
earlier run, with intervals of 95 % by repository; apart for two halves of the repositories: one half may choose and the other check.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

import numpy as np

from memoryd.config import Settings
from memoryd.memory import PACK_CANDIDATES, ProjectMemory
from memoryd.ranking import rank, read_query, score, understood
from memoryd.tokens import counter
from memoryd.versions import Sources
from scripts.bench.measures import body_recall, line_recall, of_pack
from scripts.train.history.joined import LEAST_WORDS, SOURCES, of_search
from scripts.train.history.measure import QUESTIONS, answers
from scripts.train.history.prepare import keys_of, read
from scripts.train.history.tasks import FILES_OF_FIXES, Task

BUDGETS, OF_ONE_FILE, ASKED = (2_000, 4_000, 8_000), 8, 12
"""The tokens of packs; the most changes of one file, and questions, that are asked of each tree. All changes of several files are."""
RANGES = ((1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (21, 40), (41, PACK_CANDIDATES), (0, 0))
SEVERAL, ROUNDS, SEED = 3, 2_000, 14
"""The files from which changes weigh alike, since there are few of them; the draws of repositories."""
Row = dict[str, Any]


def main() -> None:
    """Ask, write, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--against", type=Path)
    given = parser.parse_args()
    keys = keys_of(given.folder)
    keys = [key for key in keys if key.endswith(QUESTIONS)] or keys
    rows = [row for key in keys for row in _asked(given.folder, key)]
    given.out.write_text(json.dumps(rows))
    earlier = json.loads(given.against.read_text()) if given.against else None
    repositories = sorted({row["repository"] for row in rows})
    for half in (0, 1):
        chosen = [place for place, row in enumerate(rows) if repositories.index(row["repository"]) % 2 == half]
        _print([rows[place] for place in chosen], earlier and [earlier[place] for place in chosen])


def _tasks(folder: Path, key: str) -> list[Task]:
    """Return the tasks that are asked of a tree, of one commit the one with tests."""
    tasks = list(read(folder / "tasks" / f"{key}.jsonl.gz"))
    if key.endswith(QUESTIONS):
        return Random(key).sample(tasks, min(ASKED, len(tasks)))
    found = [task for task in tasks if task.source in SOURCES and len(task.text.split()) > LEAST_WORDS]
    by_subject = {task.text.partition("\n")[0]: task for task in sorted(found, key=lambda task: -SOURCES.index(task.source))}
    drawn = Random(key).sample(list(by_subject.values()), len(by_subject))
    return [task for task in drawn if len(task.lines) == 1][:OF_ONE_FILE] + [task for task in drawn if len(task.lines) > 1]


def _asked(folder: Path, key: str) -> Iterator[Row]:
    with ProjectMemory(folder / "trees" / key, Settings(folder / "homes" / key)) as memory:
        memory.refresh()
        for task in _tasks(folder, key):
            if gold := answers(memory.view(), task):
                yield {"repository": key.partition("@")[0], **_shown(memory, task, gold)}


def _shown(memory: ProjectMemory, task: Task, gold: set[str]) -> Row:
    view, count = memory.view(), counter()
    units = [view.catalog.by_id[id_] for id_ in sorted(gold)]
    bodies, sources = [(unit.path, unit.first_line, unit.last_line) for unit in units], Sources(view, view.records)
    lines = [(path, line) for path, numbers in task.lines.items() for line in numbers]
    query = understood(view, read_query(task.text))
    ranked = rank(view, score(view, query, Settings(view.root).ranking), PACK_CANDIDATES) if query else ()
    order = list(dict.fromkeys(one.unit.path for one in ranked))
    ranks = [order.index(path) + 1 if path in order else 0 for path in task.lines]
    figures = of_search(memory, task.text, task, gold)
    named = []
    for budget in BUDGETS:
        pack = memory.pack(task.text, budget)
        pieces, paths = of_pack(pack, sources.__getitem__, count), {item.path for item in pack.items}
        named = [path in paths for path in task.lines]
        figures |= {
            f"files@{budget}": fmean(named), f"whole@{budget}": body_recall(pieces, bodies), f"lines@{budget}": line_recall(pieces, lines),
            f"tokens@{budget}": pack.tokens, f"number of files@{budget}": len(paths),
            f"every file@{budget}": float(all(named)), f"confidence@{budget}": pack.verdict.confidence if pack.verdict else 0.0,
        }  # fmt: skip
    return {"figures": figures, "ranks": ranks, "named": named, "is_fix": task.source in SOURCES}


def _print(rows: Sequence[Row], earlier: Sequence[Row] | None) -> None:
    weights = _weights(rows)
    print(f"{len(rows)} tasks of {len({row['repository'] for row in rows})} repositories")
    for figure in rows[0]["figures"]:
        now = np.array([row["figures"][figure] for row in rows])
        line = f"{figure}: {np.average(now, weights=weights):.3f}"
        if earlier:
            gains = now - [row["figures"][figure] for row in earlier]
            low, high = _interval(gains, weights, [row["repository"] for row in rows])
            line += f", {np.average(gains, weights=weights):+.3f} [{low:+.3f}, {high:+.3f}]"
        print(line)
    for low, high in RANGES:
        share = [fmean(low <= place <= high for place in row["ranks"]) for row in rows]
        shown = [fmean(low <= place <= high and named for place, named in zip(row["ranks"], row["named"], strict=True)) for row in rows]
        if any(share):
            print(
                f"files at ranks {low} to {high}: {np.average(share, weights=weights):.3f} of them,"
                f" of which a pack of {BUDGETS[-1]} shows {np.average(shown, weights=weights) / np.average(share, weights=weights):.2f}"
            )


def _weights(rows: Sequence[Row]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the weight of each task: changes have as many files as those that close issues."""
    shares: Mapping[int, float] = {
        **{size: share for size, share in FILES_OF_FIXES.items() if size < SEVERAL},
        SEVERAL: sum(share for size, share in FILES_OF_FIXES.items() if size >= SEVERAL),
    }
    sizes = [min(len(row["ranks"]), SEVERAL) for row in rows]
    return np.array([shares[size] / sizes.count(size) if row["is_fix"] else 1.0 for row, size in zip(rows, sizes, strict=True)])


def _interval(gains: Any, weights: Any, repositories: Sequence[str]) -> tuple[float, float]:
    """Return the bounds of the bootstrap interval of a mean, by repository."""
    _, of = np.unique(repositories, return_inverse=True)
    gained, weighed = np.bincount(of, gains * weights), np.bincount(of, weights)
    drawn = np.random.default_rng(SEED).integers(0, len(gained), (ROUNDS, len(gained)))
    low, high = np.percentile(gained[drawn].sum(1) / weighed[drawn].sum(1), (2.5, 97.5))
    return float(low), float(high)


if __name__ == "__main__":
    main()
