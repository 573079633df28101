"""Prepares the natural questions of `questions.toml` as tasks: the tree of each repository, its index, and the lines of the answers.

    python -m scripts.train.history.questions MIRRORS FOLDER

Beside what `prepare` makes of the same repositories in FOLDER; `measure` and `learn` then take both.
"""

import argparse
import sys
from pathlib import Path

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from scripts.bench.data import FunctionQuestion, Judged, Repositories, function_questions
from scripts.train.history.measure import QUESTIONS
from scripts.train.history.prepare import write
from scripts.train.history.tasks import Task

SHEET = Path(__file__).with_suffix(".toml")


def main() -> None:
    """Prepare the questions about every repository."""
    parser = argparse.ArgumentParser(prog="python -m scripts.train.history.questions", description=__doc__)
    parser.add_argument("mirrors", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    repositories = Repositories(given.folder, given.mirrors)
    for one in function_questions(SHEET):
        print(f"{one.place.repository}: {_prepare(repositories, given.folder, one)} tasks", file=sys.stderr, flush=True)


def _prepare(repositories: Repositories, folder: Path, questions: Judged[FunctionQuestion]) -> int:
    key = f"{questions.place.repository.replace('/', '+')}{QUESTIONS}"
    tree = repositories.working_tree(questions.place.repository, folder / "trees" / key)
    tree.move(questions.place.commit)
    with ProjectMemory(tree.folder, Settings(folder / "homes" / key)) as memory:
        memory.refresh()
        units = memory.view().catalog.by_id
        tasks = []
        for question in questions.tasks:
            if missing := [answer for answer in question.answers if answer not in units]:
                raise SystemExit(f"{question.name} names {', '.join(missing)}, which is no unit of that commit; correct the sheet")
            lines: dict[str, list[int]] = {}
            for unit in map(units.__getitem__, question.answers):
                lines.setdefault(unit.path, []).append(unit.first_line)
            tasks.append(Task(question.text, lines, "question"))
    write(folder, key, tasks)
    return len(tasks)


if __name__ == "__main__":
    main()
