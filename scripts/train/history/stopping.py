"""Tells what the last tokens of packs hold: tokens, functions whole and files named at several budgets, by what the packs say.

    python -m scripts.train.history.stopping FOLDER

FOLDER has what `questions` made. Each repository is asked its own questions and some that were made for three others. Printed by what
the pack of `SAYS` tokens says, and for each half of the repositories, so that one half may choose and the other check.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.model import Pack
from memoryd.tokens import counter
from memoryd.versions import Sources
from scripts.bench.measures import body_recall, of_pack
from scripts.train.history.measure import QUESTIONS, answers
from scripts.train.history.prepare import read
from scripts.train.history.tasks import Task

BUDGETS, SAYS = (500, 1_000, 2_000, 3_000, 4_000, 8_000), 4_000
OTHERS, FOREIGN_TASKS = 3, 2
"""The other repositories whose questions are asked, and how many of each."""


class Asked(NamedTuple):
    """A question: whether it is about another repository, what its pack says, by budget tokens, functions whole and files named.

    `functions` and `files` are how many answer it: none where it is about another repository.
    """

    half: int
    is_foreign: bool
    says: str
    tokens: Sequence[int]
    whole: Sequence[float]
    named: Sequence[int]
    functions: int
    files: int


def main() -> None:
    """Ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    sheets = sorted((folder / "tasks").glob(f"*{QUESTIONS}.jsonl.gz"))
    tasks = {sheet.name.removesuffix(".jsonl.gz"): list(read(sheet)) for sheet in sheets}
    found = [one for place, key in enumerate(tasks) for one in _asked(folder, key, tasks, place % 2)]
    print("asked, says, half, packs; for each budget of", ", ".join(map(str, BUDGETS)), "tokens: tokens / functions whole / files named")
    for is_foreign in (False, True):
        own = [one for one in found if one.is_foreign == is_foreign]
        for says in (*sorted({one.says for one in own}), ""):
            for half in (0, 1, None):
                _print([one for one in own if says in ("", one.says) and half in (None, one.half)], says or "all", half)


def _print(found: Sequence[Asked], says: str, half: int | None) -> None:
    if not found:
        return
    functions, files = max(sum(one.functions for one in found), 1), max(sum(one.files for one in found), 1)
    columns = (
        f"{fmean(one.tokens[place] for one in found):.0f} / {sum(one.whole[place] for one in found) / functions:.3f}"
        f" / {sum(one.named[place] for one in found) / files:.3f}"
        for place in range(len(BUDGETS))
    )
    print("another" if found[0].is_foreign else "own", says, "both" if half is None else half, len(found), "|", " | ".join(columns))


def _asked(folder: Path, key: str, tasks: dict[str, list[Task]], half: int) -> Iterator[Asked]:
    chosen = random.Random(key)
    others = chosen.sample([other for other in tasks if other != key], min(OTHERS, len(tasks) - 1))
    foreign = [task for other in others for task in chosen.sample(tasks[other], min(FOREIGN_TASKS, len(tasks[other])))]
    with ProjectMemory(folder / "trees" / key, Settings(folder / "homes" / key)) as memory:
        memory.refresh()
        for task, is_foreign in (*((task, False) for task in tasks[key]), *((task, True) for task in foreign)):
            yield _told(memory, task, is_foreign, half)


def _told(memory: ProjectMemory, task: Task, is_foreign: bool, half: int) -> Asked:
    view, count = memory.view(), counter()
    units = [] if is_foreign else [view.catalog.by_id[id_] for id_ in sorted(answers(view, task))]
    bodies, files = [(unit.path, unit.first_line, unit.last_line) for unit in units], {unit.path for unit in units}
    sources = Sources(view, view.records)
    packs: dict[int, Pack] = {budget: memory.pack(task.text, budget) for budget in BUDGETS}
    whole = [body_recall(of_pack(pack, sources.__getitem__, count), bodies) * len(bodies) if bodies else 0.0 for pack in packs.values()]
    named = [len(files.intersection(item.path for item in pack.items)) for pack in packs.values()]
    says, tokens = str(packs[SAYS].verdict.kind), [pack.tokens for pack in packs.values()]
    return Asked(half, is_foreign, says, tokens, whole, named, len(bodies), len(files))


if __name__ == "__main__":
    main()
