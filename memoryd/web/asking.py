"""The page that asks: a pack and a search as an agent gets them, and what each feature gave to the score of each unit."""

from dataclasses import dataclass

from memoryd.errors import UsageError
from memoryd.memory import ProjectMemory
from memoryd.model import Hit, Pack
from memoryd.ranking import Explanation

MOST_EXPLAINED = 30
"""Hits whose score is explained."""
MOST_FEATURES = 8
"""Features of a unit that are named, those that changed its score most."""


@dataclass(frozen=True, slots=True)
class Feature:
    """What one feature, of the unit or of its file, gave to a score (log odds), and its value."""

    name: str
    of: str
    value: float
    worth: float


@dataclass(frozen=True, slots=True)
class Found:
    """A hit, the probability that it is needed, and why."""

    hit: Hit
    probability: float
    because: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a task is answered with. `found` is empty where a formula ranks, which has no reasons; without a task there is no pack."""

    task: str
    budget: int
    pack: Pack | None
    found: tuple[Found, ...]


def answer(memory: ProjectMemory, task: str, budget: int) -> Answer:
    """Return the pack for a task, and the hits of a search for it with their reasons."""
    if not task.strip():
        return Answer("", budget, None, ())
    pack = memory.pack(task, budget)
    try:
        explained = memory.explain(task, MOST_EXPLAINED)
    except UsageError:
        explained = ()
    return Answer(task, budget, pack, tuple(Found(hit, why.probability, _features(why)) for hit, why in explained))


def _features(why: Explanation) -> tuple[Feature, ...]:
    given = [
        Feature(one.feature, of, one.value, one.worth)
        for of, some in (("unit", why.of_unit), ("file", why.of_file)) for one in some if one.worth
    ]  # fmt: skip
    return tuple(sorted(given, key=lambda one: (-abs(one.worth), one.of, one.name))[:MOST_FEATURES])
