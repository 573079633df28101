"""Writes results as committed CSV files and prints them as tables. `machines.csv` says where each was measured."""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scripts.bench.machine import origin

FOLDER = Path(__file__).parent / "results"
MACHINES = "machines.csv"
Row = dict[str, object]
Rows = Sequence[Mapping[str, object]]


def aloud(rows: Rows) -> None:
    """Print rows as a table."""
    shown = [dict(zip(rows[0], rows[0], strict=True)), *rows]
    widths = [max(len(str(row[key])) for row in shown) for key in rows[0]]
    for row in shown:
        print("  ".join(str(row[key]).ljust(width) for key, width in zip(rows[0], widths, strict=True)).rstrip())


def silently(_rows: Rows) -> None:
    """Print nothing."""


def write(name: str, rows: Rows, folder: Path = FOLDER, say: Callable[[Rows], None] = aloud) -> None:
    """Write rows, all with the keys of the first, to `<folder>/<name>.csv`, record where they were measured, and `say` them."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv"
    _write(path, rows)
    _note_origin(path)
    say(rows)
    print(f"written to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}", flush=True)


def renew(name: str, rows: Rows, by: Sequence[str], folder: Path = FOLDER, say: Callable[[Rows], None] = aloud) -> None:
    """Write rows as `write` does, but keep the rows of the table that are, by their columns `by`, of something else than the new ones."""
    path = folder / f"{name}.csv"
    new = {tuple(str(row[key]) for key in by) for row in rows}
    kept = [row for row in _read(path) if tuple(row[key] for key in by) not in new] if path.exists() else []
    write(name, [*kept, *rows], folder, lambda _: say(rows))


def _note_origin(path: Path) -> None:
    """Write the row of a table into `machines.csv` beside it, replacing its old row."""
    machines = path.with_name(MACHINES)
    origins: dict[str, Mapping[str, object]] = {row["file"]: row for row in _read(machines)} if machines.exists() else {}
    origins[path.name] = {"file": path.name, **origin()}
    _write(machines, [origins[file] for file in sorted(origins)])


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def _write(path: Path, rows: Rows) -> None:
    with path.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
