"""A trial: steps by chance until the time is over, the oracle after some of them, and at the end nothing may be left."""

import random
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scripts.bench.results import Row
from scripts.bench.torture.arena import Arena, Difference
from scripts.bench.torture.disk import Disk
from scripts.bench.torture.oracle import check
from scripts.bench.torture.processes import Place
from scripts.bench.torture.project import clone_project, make_project
from scripts.bench.torture.steps import DAMAGE, FAULTS, Step, drawn

CHECK_EVERY = 5
"""Steps between two looks of the oracle; after a damage it looks at once."""
LEFTOVER = re.compile(r"\.new$|\.tmp|~$")
"""Names of files that are only there while something is written."""


@dataclass(slots=True)
class Tally:
    """What was done in a trial, and what differed: each difference with the steps since the last look."""

    steps: Counter[Step] = field(default_factory=Counter)
    checks: int = 0
    differences: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    seconds: float = 0.0
    bad_inputs: Counter[str] = field(default_factory=Counter)

    def rows(self, seed: int) -> list[Row]:
        """Return the figures of the trial as a table."""
        kinds = Counter[str]()
        for step, number in self.steps.items():
            kinds[step.kind] += number
        figures: list[tuple[str, object]] = [("seed", seed), ("steps", self.steps.total()), ("comparisons with a fresh index", self.checks)]
        figures += [(f"steps: {kind}", number) for kind, number in sorted(kinds.items())]
        figures += [("faults", sum(kinds[kind] for kind in FAULTS)), ("bad inputs", self.bad_inputs.total())]
        figures += [(f"bad inputs: {what}", number) for what, number in sorted(self.bad_inputs.items())]
        figures += [
            ("differences", len(self.differences)),
            ("slowest step", self.slowest[1]),
            ("slowest step, s", round(self.slowest[0], 1)),
        ]
        return [{"what": what, "value": value} for what, value in [*figures, ("seconds", round(self.seconds))]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a trial is, in seconds and in steps; `repository` is what it works on a clone of, and `work` the folder for all of it."""

    seed: int
    seconds: float
    steps: int
    repository: str
    work: Path


def torture(plan: Plan) -> Tally:
    """Carry out a plan and return what came of it. Each difference is printed when it is found, and a copy kept of what differs."""
    tally = Tally()
    started = time.monotonic()
    with arena_of(plan) as arena:
        since: list[str] = []
        for number in range(plan.steps):
            if time.monotonic() - started > plan.seconds:
                break
            chance = random.Random(f"{plan.seed}:{number}")
            step = drawn(chance)
            since.append(f"{number} {step.name}")
            tally.steps[step] += 1
            look = step.kind == DAMAGE or number % CHECK_EVERY == CHECK_EVERY - 1
            begun = time.monotonic()
            try:
                step.work(arena, chance)
                if look:
                    tally.checks += 1
                    check(arena)
            except Difference as difference:
                tally.differences.append(f"seed {plan.seed}, steps {', '.join(since)}: {difference}")
                print(tally.differences[-1], flush=True)
                _keep(arena, plan.work / f"differs-{plan.seed}-{number}")
                arena.heal()
                look = True
            tally.slowest = max(tally.slowest, (time.monotonic() - begun, step.name))
            since = [] if look else since
        tally.differences += [f"seed {plan.seed}, at the end: {difference}" for difference in _at_the_end(arena)]
        tally.bad_inputs = arena.bad_inputs
    tally.seconds = time.monotonic() - started
    return tally


def _at_the_end(arena: Arena) -> Iterator[str]:
    """Yield what is wrong after all steps: a difference, or something that is left running or lying about."""
    try:
        check(arena)
        arena.rest()
    except Difference as difference:
        yield str(difference)
        arena.heal()
    for folder in (arena.home, arena.root / ".memoryd"):
        left = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if LEFTOVER.search(file.name))
        if left:
            yield f"left in {folder.name}: {left[:5]}"


def _keep(arena: Arena, folder: Path) -> None:
    """Copy the project and its data, for somebody to look at."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for place in (arena.root, arena.data):
        # Not `copytree`, which would wait for pipes.
        subprocess.run(["cp", "--archive", place, folder], check=False)


@contextmanager
def arena_of(plan: Plan) -> Iterator[Arena]:
    """Make the arena of a plan, and take it away at the end."""
    shutil.rmtree(plan.work, ignore_errors=True)
    place = Place(plan.work / "project", plan.work / "home", plan.work / "scratch")
    place.scratch.mkdir(parents=True)
    if plan.repository:
        clone_project(plan.repository, place.root)
    else:
        make_project(place.root)
    arena = Arena(place, Disk(place.home), plan.work / "older")
    try:
        yield arena
    finally:
        arena.heal()
        arena.disk.close()
        for folder in (place.home, place.scratch, place.root, arena.older):
            shutil.rmtree(folder, ignore_errors=True)
