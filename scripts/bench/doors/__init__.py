"""Measures how soon each door answers: the command line without a daemon and with one, a first index, and MCP; beside peers.

All in one run on the same trees, with what is asked of memoryd beside its figures. A peer is measured where its program is given.

commands  the commands of memoryd
mcp       how soon an agent has its first answer through MCP
peers     the commands of peers that do the same
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from memoryd.config import Settings
from memoryd.daemon import ensure, stop
from scripts.bench import results
from scripts.bench.doors.commands import QUESTION, Measured, with_daemon, without_daemon
from scripts.bench.doors.mcp import first_answer, of_memoryd
from scripts.bench.doors.peers import peers
from scripts.bench.results import Row

PATIENCE = 300.0
WARM_REPEATS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: a large tree, a small one, the programs of peers by name, and the folder for copies and indexes."""

    large: Path
    small: Path
    programs: Mapping[str, str]
    work: Path


def run(plan: Plan, folder: Path) -> None:
    """Measure all doors; print and write the table."""
    shutil.rmtree(plan.work, ignore_errors=True)
    rows = [_row("memoryd", one) for one in _memoryd(plan)]
    for peer in peers(plan.programs):
        for size, tree in (("large", plan.large), ("small", plan.small)):
            rows += [_row(peer.name, one) for one in peer.measured(_copied(tree, plan.work / peer.name / size))]
    results.write("doors", rows, folder)


def _memoryd(plan: Plan) -> Iterator[Measured]:
    work = plan.work / "memoryd"
    tree, settings = _copied(plan.large, work / "large"), Settings(work / "home")
    yield from without_daemon(tree, settings.home)
    try:
        ensure(settings, PATIENCE)
        yield from with_daemon(tree, settings.home)
    finally:
        stop(settings)
    yield from _through_mcp(_copied(plan.small, work / "small"), Settings(work / "home of mcp"))


def _through_mcp(tree: Path, settings: Settings) -> Iterator[Measured]:
    server = of_memoryd(tree, settings.home, QUESTION)
    try:
        cold = first_answer(server)
        warm = [first_answer(server) for _ in range(WARM_REPEATS)]
    finally:
        stop(settings)
    initialized, answered = sorted(one.initialized for one in warm), sorted(one.answered for one in warm)
    yield Measured("MCP: initialize, no daemon yet", cold.initialized, asked="0.5 s")
    yield Measured("MCP: initialize, daemon runs", initialized[len(warm) // 2], asked="0.15 s")
    yield Measured(f"MCP: first pack, {tree.name} never seen", cold.answered, asked="4 s")
    yield Measured(f"MCP: first pack of a client, {tree.name} indexed", answered[len(warm) // 2])


def _row(subject: str, one: Measured) -> Row:
    return {
        "subject": subject,
        "door": one.door,
        "wall s": _figure(one.wall, 2),
        "CPU s": _figure(one.cpu, 2),
        "MB": _figure(one.memory, 0),
        "asked": one.asked,
    }


def _figure(value: float | None, digits: int) -> object:
    return "" if value is None else f"{value:.{digits}f}"


def _copied(tree: Path, folder: Path) -> Path:
    """Return a copy of a tree, which peers write into."""
    return Path(shutil.copytree(tree, folder / tree.name, symlinks=True, ignore=shutil.ignore_patterns(".git")))


__all__ = ["Plan", "run"]
