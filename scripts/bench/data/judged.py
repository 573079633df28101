"""Repositories that we judge on, each at one commit, with tasks of our own about it.

Nothing is learnt or chosen on them, nor on forks of them.
"""

from dataclasses import dataclass
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
