"""Tells what reports lose on one line: each is asked as it was written, joined to one line, and that line wrapped at 80 columns.

    python -m scripts.train.history.joined FOLDER

FOLDER has what `prepare` made. Asked are messages of several lines, with the tests that came with them where there are any. Printed are
the figures of the texts as written, and for the other forms how they differ, with intervals of 95 %.
"""

import argparse
import random
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.tokens import counter
from memoryd.versions import Sources
from scripts.bench.measures import accuracy, body_recall, hit, interval, of_pack
from scripts.train.history.measure import answers
from scripts.train.history.prepare import keys_of, read
from scripts.train.history.tasks import Task

TASKS, LEAST_WORDS, HITS, COLUMNS = 8, 12, 200, 80
BUDGETS = (2_000, 8_000)
SOURCES = ("report", "message")
"""The tasks that are asked; of one commit the first of these that it has."""
Figures = Mapping[str, float]


def main() -> None:
    """Ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    keys = keys_of(folder)
    asked = [one for key in keys for one in _asked(folder, key)]
    ones = [1.0] * len(asked)
    print(f"{len(asked)} tasks")
    for figure in asked[0]["as written"]:
        written = interval([one["as written"][figure] for one in asked], ones)[0]
        changes = (interval([one[form][figure] - one["as written"][figure] for one in asked], ones) for form in list(asked[0])[1:])
        print(f"{figure}: {written:.3f}", *(f"{mean:+.3f} [{low:+.3f}, {high:+.3f}]" for mean, low, high in changes), sep=" | ")


def _asked(folder: Path, key: str) -> Iterator[dict[str, Figures]]:
    """Yield for each task of a repository its figures in each form of its text."""
    with ProjectMemory(folder / "trees" / key, Settings(folder / "homes" / key)) as memory:
        memory.refresh()
        for task in _tasks(folder, key):
            gold = answers(memory.view(), task)
            if gold:
                line = " ".join(task.text.split())
                wrapped = textwrap.fill(line, COLUMNS, break_long_words=False, break_on_hyphens=False)
                forms = {"as written": task.text, "joined": line, "joined and wrapped": wrapped}
                yield {form: _figures(memory, text, task, gold) for form, text in forms.items()}


def _tasks(folder: Path, key: str) -> list[Task]:
    """Return some texts of several lines of a repository, one for each commit."""
    found = [task for task in read(folder / "tasks" / f"{key}.jsonl.gz") if task.source in SOURCES and len(task.text.split()) > LEAST_WORDS]
    by_subject = {task.text.partition("\n")[0]: task for task in sorted(found, key=lambda task: -SOURCES.index(task.source))}
    tasks = list(by_subject.values())
    return random.Random(key).sample(tasks, min(TASKS, len(tasks)))


def of_search(memory: ProjectMemory, text: str, task: Task, gold: set[str]) -> dict[str, float]:
    """Return whether a search for a text has every file of a task, and every definition or any, among its first."""
    catalog, hits = memory.view().catalog, memory.search(text, HITS)
    files, symbols = (
        [hit.path for hit in hits],
        [hit.id for hit in hits if hit.id in catalog.by_id and catalog.by_id[hit.id].is_symbol],
    )
    return {
        **{f"file acc@{first}": accuracy(files, [[path] for path in task.lines], first) for first in (1, 5)},
        "function acc@10": accuracy(symbols, [[id_] for id_ in gold], 10), "function hit@10": hit(symbols, [[id_] for id_ in gold], 10),
    }  # fmt: skip


def _figures(memory: ProjectMemory, text: str, task: Task, gold: set[str]) -> Figures:
    view, count = memory.view(), counter()
    units = [view.catalog.by_id[id_] for id_ in sorted(gold)]
    bodies, sources = [(unit.path, unit.first_line, unit.last_line) for unit in units], Sources(view, view.records)
    packs = {budget: of_pack(memory.pack(text, budget), sources.__getitem__, count) for budget in BUDGETS}
    return of_search(memory, text, task, gold) | {f"whole@{budget}": body_recall(pack, bodies) for budget, pack in packs.items()}


if __name__ == "__main__":
    main()
