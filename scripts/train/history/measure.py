"""Measures the features of the candidates of every task, with labels.

    python -m scripts.train.history.measure FOLDER [--jobs 2]

FOLDER has what `prepare` made; it gets `features/*.npz`, and `words/*.npz` with what the words of each task meet in each candidate.
A candidate is labelled 1 if it is the innermost definition that holds a line of the answer, and a file if it holds one. Where a sheet
names the answers, what is around or inside of one is neither an answer nor none, and so is all that stands in a file that it names as a
whole. Tasks none of whose answers stands in the index are left out.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from memoryd.config import Settings
from memoryd.filekinds import is_test
from memoryd.memory import ProjectMemory
from memoryd.ranking import features_of, read_query
from memoryd.versions import View
from scripts.train.history.prepare import keys_of, read
from scripts.train.history.tasks import CODE_KINDS, Task

Flags = npt.NDArray[np.bool_]
SOURCES = ("subject", "message", "report", "documentation", "name", "comment", "question", "place")
SHEETS = ("question", "place")
ASKED = ("{}", "where is {}", "where is {} defined", "how does {} work", "{} implementation", "what does {} do", "show me {}")
TYPES = ("class", "struct", "interface", "trait", "type", "enum")
JOINED_PARTS = ("units", "labels", "unsaid", "files", "of_files", "file_labels")
LISTED_PARTS = ("sizes", "file_sizes", "gold", "sources")
WORD_PARTS = ("known", "met")
QUESTIONS = "@questions"
"""What the keys of the sheets' questions end with."""
SEED = 1
JOINED = 0.5
"""The share of texts of several lines that are asked on one line: agents write one paragraph."""


def main() -> None:
    """Measure what is not measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    for name in ("features", "words"):
        (given.folder / name).mkdir(exist_ok=True)
    keys = keys_of(given.folder)
    todo = [key for key in keys if not (given.folder / "features" / f"{key}.npz").exists()]
    with ProcessPoolExecutor(given.jobs) as pool:
        for key, tasks in zip(todo, pool.map(measure, [given.folder] * len(todo), todo), strict=True):
            print(f"{key}: {tasks} tasks", file=sys.stderr, flush=True)


def measure(folder: Path, key: str) -> int:
    """Measure the tasks of one repository, and return their number."""
    parts: dict[str, list[Any]] = {name: [] for name in (*JOINED_PARTS, *LISTED_PARTS, *WORD_PARTS)}
    stems: list[str] = []
    with ProjectMemory(folder / "trees" / key, Settings(folder / "homes" / key)) as memory:
        memory.refresh()
        view = memory.view()
        tasks = list(read(folder / "tasks" / f"{key}.jsonl.gz"))
        if any(task.source == "documentation" for task in tasks):  # else another tree of the repository is asked for names
            tasks += of_names(view, key)
        for number, task in enumerate(tasks):
            gold = answers(view, task)
            if not gold:
                continue
            text = " ".join(task.text.split()) if number * JOINED % 1 else task.text
            found = features_of(view, read_query(text))
            ids, paths = view.matcher.ids(found.numbers), [view.matcher.paths[file] for file in found.paths.tolist()]
            parts["units"].append(found.units.values.astype(np.float32))
            parts["labels"].append(np.array([id_ in gold for id_ in ids]))
            is_function = found.units.values[:, found.units.names.index("is_function")] > 0
            parts["unsaid"].append(_unsaid(view, task, gold, ids, is_function))
            parts["files"].append(found.files.astype(np.int32))
            parts["of_files"].append(found.of_files.values.astype(np.float32))
            parts["file_labels"].append(np.array([path in task.lines for path in paths]))
            stems.append(" ".join(found.words))
            parts["known"].append(found.met.words)
            parts["met"].append(found.met.met.astype(np.float16).ravel())
            channels = len(found.met.met)
            parts["sizes"].append(len(ids))
            parts["file_sizes"].append(len(paths))
            parts["gold"].append((len(gold), len(task.lines)))
            parts["sources"].append(SOURCES.index(task.source))
    if parts["sizes"]:
        columns: dict[str, Any] = {name: np.concatenate(parts[name]) for name in JOINED_PARTS}
        columns |= {name: np.array(parts[name]) for name in LISTED_PARTS}
        columns |= {"names": np.array(found.units.names), "file_names": np.array(found.of_files.names)}
        words: dict[str, Any] = {name: np.concatenate(parts[name]) for name in WORD_PARTS}
        np.savez(folder / "words" / f"{key}.npz", stems=np.array(stems), channels=channels, **words)
        np.savez(folder / "features" / f"{key}.npz", **columns)
    return len(parts["sizes"])


def of_names(view: View, key: str) -> Iterator[Task]:
    """Yield questions for definitions by their names alone: any whose name is its own, in tests too, and types beside members of it."""
    chosen = random.Random(key)
    units = (unit for unit in view.catalog.by_id.values() if unit.kind in CODE_KINDS and len(unit.name) > 2)
    everything = sorted(units, key=lambda unit: unit.id)
    definitions = [unit for unit in everything if not is_test(unit.path)]
    own = [unit for unit in everything if len(view.catalog.by_name[unit.name.lower()]) == 1]
    alone = [unit for unit in own if not is_test(unit.path)]
    tests = [unit for unit in own if is_test(unit.path) and " " not in unit.name]
    types = [unit for unit in definitions if unit.kind in TYPES and 1 < len(view.catalog.by_name[unit.name.lower()]) <= 20]
    first_of = {unit.name: unit for unit in reversed(types)}
    once = [unit for unit in types if first_of[unit.name] is unit and sum(other.name == unit.name for other in types) == 1]
    drawn = ((alone, 14), (once, 8), (tests, 8))
    for unit in (unit for these, most in drawn for unit in chosen.sample(these, min(most, len(these)))):
        yield Task(chosen.choice(ASKED).format(unit.name), {unit.path: [unit.first_line]}, "name")


def halves(keys: Sequence[str]) -> list[int]:
    """Return for each key in which half its repository is: what is learnt from one half is asked of the other."""
    names = sorted({key.partition("@")[0] for key in keys})
    half_of = dict(zip(names, (np.random.default_rng(SEED).permutation(len(names)) % 2).tolist(), strict=True))
    return [half_of[key.partition("@")[0]] for key in keys]


def answers(view: View, task: Task) -> set[str]:
    """Return the ids of the units that a sheet names, else of the innermost definitions that hold lines of the answer."""
    if task.units:
        return set(task.units) & view.catalog.by_id.keys()
    most = 1 if task.source in ("documentation", "name", "comment") else None
    units = [view.catalog.at(path, line) for path, lines in task.lines.items() for line in lines[:most]]
    return {unit.id for unit in units if unit is not None and unit.is_symbol}


def _unsaid(view: View, task: Task, gold: set[str], ids: Sequence[str], is_function: Flags) -> Flags:
    """Return of which candidates a sheet does not say whether they answer a task.

    A sheet of functions does not of anything else; one of places not of what stands around or inside of an answer, or in a file that it
    names as a whole.
    """
    if task.source == "question":
        return ~is_function
    if task.source != "place":
        return np.zeros(len(ids), bool)
    spans = [(unit.path, unit.first_line, unit.last_line) for unit in map(view.catalog.by_id.__getitem__, gold)]
    beside = {
        unit.id
        for path, lines in task.lines.items()
        for unit in view.catalog.files.get(path, ())
        if not lines or any(path == own and unit.first_line <= last and unit.last_line >= first for own, first, last in spans)
    } - gold
    return np.array([id_ in beside for id_ in ids])


if __name__ == "__main__":
    main()
