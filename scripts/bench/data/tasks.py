"""The tasks of the benchmarks: annotated questions with their files, bug reports with the lines that their fix touched."""

import gzip
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexers import language_of, languages
from scripts.bench.data.repositories import Repositories

HALVES = ("even", "odd")
"""The halves of a repository's tasks: those at even places in the data set, counted from 0, and those at odd ones."""


@dataclass(frozen=True, slots=True)
class Target:
    """A file that an answer should contain, under every path that means it, with its relevant lines (none: any line)."""

    paths: frozenset[str]
    lines: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Task:
    """A question or a report, the commit it is about, its targets, and which half of its repository's tasks it belongs to."""

    name: str
    category: str
    text: str
    revision: str
    targets: tuple[Target, ...]
    half: str


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The questions about the folder `folder` of one repository."""

    name: str
    language: str
    repository: str
    revision: str
    folder: str
    annotations: Path

    def tree(self, repositories: Repositories, work: Path) -> Path:
        """Return a folder with the code files that the questions are about, at their paths in the repository."""
        return _code_tree(repositories.tree(self.repository, self.revision, self.folder), self.folder, work / "code" / self.name)

    def tasks(self, files: Collection[str]) -> list[Task]:
        """Return the questions, with their targets resolved to `files`."""
        found = json.loads(self.annotations.read_text(encoding="utf-8"))
        return [
            Task(
                f"{self.name}:{number}",
                one["category"],
                one["query"],
                self.revision,
                tuple(_meant(_path(target), files) for target in (*one["relevant"], *one["secondary"])),
                HALVES[(number - 1) % 2],
            )
            for number, one in enumerate(found, 1)
        ]


def question_sets(data: Path, only: Collection[str]) -> list[QuestionSet]:
    """Read the questions of all repositories in `data` (a folder with repos.json and annotations/), or of those named."""
    found = [one for one in json.loads((data / "repos.json").read_text(encoding="utf-8")) if not only or one["name"] in only]
    folder = data / "annotations"
    return [
        QuestionSet(one["name"], one["language"], one["repo"], one["revision"], one["benchmark_root"] or "", folder / f"{one['name']}.json")
        for one in found
    ]


def issues(data: Path, only: Collection[str], every: int) -> dict[str, list[Task]]:
    """Read every `every`-th report of each repository (of those named, if any) from gzipped JSON lines; tasks by `owner/name`."""
    by_repository: dict[str, list[Task]] = defaultdict(list)
    with gzip.open(data, "rt", encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            targets = tuple(Target(frozenset({path}), _lines(spans)) for path, spans in sorted(one["gold_lines"].items()))
            language = _language(one["gold_files"])
            half = HALVES[len(by_repository[one["repo"]]) % 2]
            by_repository[one["repo"]].append(Task(one["instance_id"], language, one["query"], one["base_commit"], targets, half))
    return {name: found[::every] for name, found in sorted(by_repository.items()) if not only or name in only}


def _lines(spans: Iterable[Sequence[int]]) -> frozenset[int]:
    return frozenset(line for first, last in spans for line in range(first, last + 1))


def _language(paths: Iterable[str]) -> str:
    """Return the language of most of the files, which serves as the category of reports."""
    found = Counter(language for path in paths if (language := language_of(path, b"")) in languages())
    return found.most_common(1)[0][0] if found else "text"


def _path(target: str | Mapping[str, str]) -> str:
    """Return the path of a target, which is a path, or an object with a path and lines."""
    return target if isinstance(target, str) else target["path"]


def _meant(target: str, files: Collection[str]) -> Target:
    return Target(frozenset(path for path in files if path == target or path.endswith("/" + target) or target.endswith("/" + path)))


def _code_tree(tree: Path, subfolder: str, target: Path) -> Path:
    """Copy the code files of a tree as the data set prescribes: only its subfolder, only files with a grammar."""
    shutil.rmtree(target, ignore_errors=True)
    for path in sorted((tree / subfolder).rglob("*")):
        if path.is_file() and not path.is_symlink() and language_of(str(path), path.read_bytes()[:4096]) in languages():
            copy = target / path.relative_to(tree)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    return target
