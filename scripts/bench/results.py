"""Results: rows into a CSV that is committed, and onto the terminal as a table."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent / "results"


def write(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows to `results/<name>.csv` and print them."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    widths = [max(len(str(row[key])) for row in [dict(zip(rows[0], rows[0], strict=True)), *rows]) for key in rows[0]]
    for row in [dict(zip(rows[0], rows[0], strict=True)), *rows]:
        print("  ".join(str(row[key]).ljust(width) for key, width in zip(rows[0], widths, strict=True)).rstrip())
    print(f"written to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")
