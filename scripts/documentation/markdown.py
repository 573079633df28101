"""Writes Markdown tables, and finds the Markdown files of the repository."""

import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

TOP = Path(__file__).parent.parent.parent
SAMPLES = "tests/indexers/samples/"
"""Test input, whose links lead nowhere on purpose."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a `|` inside a cell is escaped."""
    lines = [_row(heads), "|" + "---|" * len(heads)]
    return "\n".join([*lines, *map(_row, rows)]) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def repository(top: Path) -> tuple[str, ...]:
    """Return the files of a repository as git lists them: tracked, or new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=top, check=True, capture_output=True, text=True).stdout.split("\0")
    return tuple(sorted(name for name in set(listed) if name and (top / name).exists()))


@cache
def documents() -> tuple[str, ...]:
    """Return the Markdown files of this repository."""
    return tuple(name for name in repository(TOP) if name.endswith(".md") and not name.startswith(SAMPLES))
