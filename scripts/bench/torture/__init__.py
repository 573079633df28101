"""Torture: random work on a project, and everything that may go wrong meanwhile; then its index must answer like a fresh one.

trial      steps by chance, and the oracle after some of them
steps      the table of steps: edits, kills, damage, crowds, foreign, requests
oracle     what an index answers, compared with a fresh one
arena      the project, its data folder, its daemon, the notes that were acknowledged
project, disk, processes, client  what the arena is made of
"""

from pathlib import Path

from scripts.bench import results
from scripts.bench.torture.steps import STEPS, Step
from scripts.bench.torture.trial import Plan, Tally, torture

__all__ = ["STEPS", "Plan", "Step", "Tally", "run", "torture"]


def run(plan: Plan, folder: Path) -> None:
    """Torture, print the figures, and write the table. Exits with 1 if anything differed."""
    tally = torture(plan)
    rows = tally.rows(plan.seed)
    results.write("torture", rows, folder)
    if tally.differences:
        raise SystemExit(f"{len(tally.differences)} differences:\n" + "\n".join(tally.differences))
