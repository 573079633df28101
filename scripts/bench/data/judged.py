"""Repositories that we judge on, each at one commit, with tasks of our own about it.

Nothing is learnt or chosen on them, nor on forks of them.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

Asked = TypeVar("Asked")


@dataclass(frozen=True, slots=True)
class Place:
    """A repository at a commit; of it only `folder`, unless that is empty."""

    repository: str
    language: str
    commit: str
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Judged(Generic[Asked]):
    """A place, and the tasks about it."""

    place: Place
    tasks: tuple[Asked, ...]


def write_sheet(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a sheet of tasks, a row each."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
