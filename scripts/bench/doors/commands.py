"""The commands of memoryd that are measured: whole processes, by the operating system's accounting."""

import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.bench.measures import Account, accounted

REPEATS = 5
COLD_REPEATS = 3
QUESTION = "where is a session cookie signed"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a door costs, and what is asked of it; `None` and "" where nothing was measured, or nothing is asked."""

    door: str
    wall: float | None = None
    cpu: float | None = None
    memory: float | None = None
    asked: str = ""


def without_daemon(tree: Path, home: Path) -> Iterator[Measured]:
    """Measure the first index of a tree, into `home`, and then the commands, while no daemon runs."""
    index = memoryd("index")
    cold = [accounted(index, settings(home.with_name(f"{home.name}-{number}")), tree) for number in range(COLD_REPEATS - 1)]
    yield middle(f"first index of {tree.name}", [*cold, accounted(index, settings(home), tree)], "11 CPU s, 450 MB")
    yield repeated("--help", memoryd("--help"), settings(home), tree, "0.15 s")
    for name, arguments in reading(tree).items():
        yield repeated(f"{name}, no daemon", memoryd(*arguments), settings(home), tree, "0.8 CPU s")


def with_daemon(tree: Path, home: Path) -> Iterator[Measured]:
    """Measure the commands while a daemon runs that has the tree in memory. The CPU seconds are those of the command."""
    commands = reading(tree)
    accounted(memoryd(*commands["pack"]), settings(home), tree)
    for name, arguments in commands.items():
        yield repeated(f"{name}, daemon runs", memoryd(*arguments), settings(home), tree, "0.3 s, 0.2 CPU s")


def reading(tree: Path) -> Mapping[str, Sequence[str]]:
    """Return the commands that only read, by name."""
    readme = min(file.name for file in tree.iterdir() if file.name.lower().startswith("readme"))
    return {
        "search": ("search", QUESTION),
        "show of two lines": ("show", f"{readme}:1-2"),
        "pack": ("pack", QUESTION),
        "map": ("map",),
        "note recall": ("note", "recall", QUESTION),
        "status": ("status",),
    }


def memoryd(*arguments: str) -> Sequence[str]:
    """Return a command line of memoryd. Nothing is imported from the folder that it runs in."""
    return (sys.executable, "-P", "-m", "memoryd", *arguments)


def settings(home: Path) -> Mapping[str, str]:
    """Return the environment of a command with its data in `home`."""
    return {"MEMORYD_HOME": str(home)}


def repeated(door: str, command: Sequence[str], environment: Mapping[str, str], tree: Path, asked: str = "") -> Measured:
    """Measure a command several times in the folder of a tree, and return the medians."""
    return middle(door, [accounted(command, environment, tree) for _ in range(REPEATS)], asked)


def middle(door: str, accounts: Sequence[Account], asked: str = "") -> Measured:
    """Return the medians of some runs."""
    wall, cpu, memory = (statistics.median(getattr(one, name) for one in accounts) for name in ("wall", "cpu", "memory"))
    return Measured(door, wall, cpu, memory, asked)
