"""Prepares the questions of our sheets as tasks: the tree of each repository, its index, and the answers.

`questions.toml` has natural questions that functions answer, `places.toml` what people look for in code, with the units of any kind
that answer it and further files that are relevant.

    python -m scripts.train.history.questions MIRRORS FOLDER

Beside what `prepare` makes of the same repositories in FOLDER; `measure` and `learn` then take both.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from scripts.bench.data import FunctionQuestion, Place, Repositories, function_questions
from scripts.train.history.measure import QUESTIONS, SHEETS
from scripts.train.history.prepare import write
from scripts.train.history.tasks import Task

SHEETS_BY_SOURCE = {source: Path(__file__).with_name(f"{source}s.toml") for source in SHEETS}


def main() -> None:
    """Prepare the questions about every repository."""
    parser = argparse.ArgumentParser(prog="python -m scripts.train.history.questions", description=__doc__)
    parser.add_argument("mirrors", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    repositories = Repositories(given.folder, given.mirrors)
    asked: dict[Place, dict[str, tuple[FunctionQuestion, ...]]] = {}
    for source, sheet in SHEETS_BY_SOURCE.items():
        for one in function_questions(sheet):
            asked.setdefault(one.place, {})[source] = one.tasks
    for place, questions in asked.items():
        print(f"{place.repository}: {_prepare(repositories, given.folder, place, questions)} tasks", file=sys.stderr, flush=True)


def _prepare(repositories: Repositories, folder: Path, place: Place, questions: Mapping[str, Sequence[FunctionQuestion]]) -> int:
    key = f"{place.repository.replace('/', '+')}{QUESTIONS}"
    tree = repositories.working_tree(place.repository, folder / "trees" / key)
    tree.move(place.commit)
    with ProjectMemory(tree.folder, Settings(folder / "homes" / key)) as memory:
        memory.refresh()
        catalog = memory.view().catalog
        tasks = []
        for source, question in ((source, question) for source, own in questions.items() for question in own):
            missing = [answer for answer in question.answers if answer not in catalog.by_id]
            if missing := missing + [path for path in question.files if path not in catalog.files]:
                raise SystemExit(f"{question.name} names {', '.join(missing)}, which is not in the index of that commit; correct the sheet")
            lines: dict[str, list[int]] = {path: [] for path in question.files}
            for unit in map(catalog.by_id.__getitem__, question.answers):
                lines.setdefault(unit.path, []).append(unit.first_line)
            tasks.append(Task(question.text, lines, source, question.answers))
    write(folder, key, tasks)
    return len(tasks)


if __name__ == "__main__":
    main()
