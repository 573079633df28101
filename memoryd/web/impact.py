"""What may break when a definition changes: what reaches it, step by step and how that is known, and the tests that reach it."""

from collections import defaultdict
from dataclasses import dataclass

from memoryd.memory import ProjectMemory
from memoryd.questions import Relation
from memoryd.relations import FoundUnit, Related, RelationQuestion

BUDGET = 8_000
"""Tokens of each answer, of which the page shows the rows."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What may break: `to` is what it uses of the step before, in `line` of `path`; how that is known, and how likely it is reached."""

    id: str
    to: str
    kind: str
    path: str
    line: int
    tier: str
    probability: float
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What is as many steps away."""

    distance: int
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class ImpactPage:
    """What may break, nearest first; the tests that reach it and the commands that run them; and what agents are told of it.

    `uncertain` are the reasons for which all tests should run.
    """

    target: str
    steps: tuple[Step, ...]
    omitted: int
    tests: tuple[FoundUnit, ...]
    tests_omitted: int
    commands: tuple[str, ...]
    uncertain: tuple[str, ...]
    text: str


def impact_page(memory: ProjectMemory, handle: str) -> ImpactPage:
    """Return what may break when what a handle names changes. Raises `UnknownHandle`."""
    reached = memory.related(RelationQuestion(Relation.IMPACT, (handle,)), BUDGET)
    tests = memory.related(RelationQuestion(Relation.TESTS, (handle,)), BUDGET)
    return ImpactPage(
        reached.target[0], _steps(reached), reached.omitted, tests.found, tests.omitted, tests.commands, tests.uncertain, reached.text
    )


def _steps(reached: Related) -> tuple[Step, ...]:
    steps: defaultdict[int, list[Effect]] = defaultdict(list)
    for edge, unit in zip(reached.edges, reached.found, strict=True):
        steps[unit.distance].append(
            Effect(unit.id, edge["to"], edge["kind"], edge["path"], edge["line"], edge["tier"].lower(), unit.probability, unit.marks)
        )
    return tuple(Step(distance, tuple(effects)) for distance, effects in sorted(steps.items()))
