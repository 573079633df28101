"""Measures every task of a data set on its own tree, with one index per repository and several repositories at a time."""

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from memoryd.runtime import end_with
from scripts.bench.baselines import has_ripgrep
from scripts.bench.data import HALVES, Judged, QuestionSet, Repositories, Task, WorkingTree, issues, question_sets
from scripts.bench.results import Row
from scripts.bench.subjects.answered import Answered
from scripts.bench.subjects.homes import homes
from scripts.bench.subjects.subject import Subject

Asked = TypeVar("Asked")
Measure = Callable[[Subject, Task], Iterable[Row]]
SETS = ("questions", "issues")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: the folder of the data sets, the sets, the repositories (none: all), every n-th task; and where tables go.

    `ranking` is what the ranking under measurement is called in tables that hold several.
    """

    data: Path
    sets: tuple[str, ...]
    repositories: Repositories
    work: Path
    only: tuple[str, ...]
    every: int
    processes: int
    results: Path
    ranking: str


def over_questions(plan: Plan, measure: Measure) -> list[Row]:
    """Return the rows of `measure` for the questions, each with its repository. `measure` is a module's function (it is pickled)."""
    return _all(plan, [(_questions, plan, found, measure) for found in question_sets(plan.data / "questions", plan.only)])


def over_issues(plan: Plan, measure: Measure) -> list[Row]:
    """Return the rows of `measure` for the reports, each with its repository. `measure` is a module's function (it is pickled)."""
    by_repository = issues(plan.data / "issues" / "dev.jsonl.gz", plan.only, plan.every)
    # The longest job starts first, so that it does not run alone at the end.
    longest = sorted(by_repository.items(), key=lambda one: (-len(one[1]), one[0]))
    found = _all(plan, [(_issues, plan, name, tasks, measure) for name, tasks in longest])
    return sorted(found, key=lambda row: (str(row["repository"]), str(row["task"])))


def _all(plan: Plan, jobs: Sequence[tuple[Callable[..., list[Row]], *tuple[object, ...]]]) -> list[Row]:
    if plan.processes == 1:
        rows = [row for call, *arguments in jobs for row in call(*arguments)]
    else:
        context = multiprocessing.get_context("spawn")
        theirs, ours = context.Pipe(duplex=False)
        # What outlived this process would go on moving checkouts.
        with theirs, ours, ProcessPoolExecutor(plan.processes, context, end_with, (theirs,)) as pool:
            waiting = [pool.submit(call, *arguments) for call, *arguments in jobs]
            rows = [row for one in waiting for row in one.result()]
    if not rows:
        raise SystemExit("nothing was measured: no repository has that name, or none can be had")
    return rows


def _questions(plan: Plan, found: QuestionSet, measure: Measure) -> list[Row]:
    try:
        tree = found.tree(plan.repositories, plan.work)
    except subprocess.CalledProcessError as error:
        return _left_out(found.repository, error)
    with Subject(tree, _answered(plan, "questions", found.name, measure)) as subject:
        subject.follow(homes(plan.work) / "questions" / found.name)
        place = {"repository": found.name, "language": found.language}
        tasks = found.tasks(subject.texts)[:: plan.every]
        return _timed(found.name, [{**place, **_task(task), **row} for task in tasks for row in measure(subject, task)])


def _issues(plan: Plan, name: str, tasks: Sequence[Task], measure: Measure) -> list[Row]:
    folder = name.replace("/", "+")
    try:
        tree = plan.repositories.working_tree(name, plan.work / "checkouts" / folder)
    except subprocess.CalledProcessError as error:
        return _left_out(name, error)
    kept = homes(plan.work) / "issues" / folder
    with Subject(tree.folder, _answered(plan, "issues", folder, measure)) as subject:
        rows: list[Row] = []
        for task in _in_order(tree, tasks):
            tree.move(task.revision)
            subject.follow(kept / task.revision[:12])
            place = {"repository": name, "language": task.category, "task": task.name, "half": task.half}
            rows += [{**place, **row} for row in measure(subject, task)]
        return _timed(name, rows)


def _answered(plan: Plan, of: str, name: str, measure: Callable[..., Iterable[Row]]) -> Answered:
    """Return what the baselines are known to answer about one repository."""
    return Answered(plan.work / "answered" / of / f"{name}.json", measure.__module__)


def over_judged(plan: Plan, sets: Sequence[Judged[Asked]], measure: Callable[[Subject, Asked], Iterable[Row]]) -> list[Row]:
    """Return the rows of `measure` for tasks of our own, each with its repository. `measure` is a module's function (it is pickled)."""
    wanted = [one for one in sets if not plan.only or one.place.repository in plan.only]
    return _all(plan, [(_judged, plan, one, measure) for one in wanted])


def _judged(plan: Plan, judged: Judged[Asked], measure: Callable[[Subject, Asked], Iterable[Row]]) -> list[Row]:
    place = judged.place
    folder = place.repository.replace("/", "+")
    try:
        tree = plan.repositories.working_tree(place.repository, plan.work / "judged" / folder)
        tree.move(place.commit)
    except subprocess.CalledProcessError as error:
        return _left_out(place.repository, error)
    known = {"repository": place.repository, "language": place.language}
    with Subject(tree.folder / place.folder, _answered(plan, measure.__module__.rpartition(".")[2], folder, measure)) as subject:
        subject.follow(homes(plan.work) / "judged" / folder)
        rows = [
            {**known, "task": number, "half": HALVES[number % 2], **row}
            for number, task in list(enumerate(judged.tasks))[:: plan.every]
            for row in measure(subject, task)
        ]
        return _timed(place.repository, rows)


def _in_order(tree: WorkingTree, tasks: Iterable[Task]) -> Iterator[Task]:
    """Yield the tasks in the order of their commits, oldest first, so that little changes from one to the next."""
    dated = []
    for task in tasks:
        date = tree.date(task.revision)
        if date is None:
            print(f"left out: {task.name}, its commit {task.revision[:12]} is not in the repository", flush=True)
        else:
            dated.append((date, task.name, task))
    for _, _, task in sorted(dated, key=lambda one: one[:2]):
        yield task


def _task(task: Task) -> Row:
    return {"task": task.name, "category": task.category, "half": task.half}


def _left_out(name: str, error: subprocess.CalledProcessError) -> list[Row]:
    print(f"left out: {name} cannot be had ({error})", flush=True)
    return []


def _timed(name: str, rows: list[Row]) -> list[Row]:
    print(f"{time.strftime('%H:%M:%S')}  {name}: {len(rows)} rows", flush=True)
    return rows


def announce(plan: Plan, part: str) -> None:
    """Print which part is measured, with which data and baselines."""
    tool = "ripgrep" if has_ripgrep() else "ripgrep's search done in Python, since rg is not installed"
    print(f"{part} of memoryd beside BM25 over whole files and {tool}; sets: {', '.join(plan.sets)}", file=sys.stderr)
    print(f"tables go to {plan.results}", file=sys.stderr)
