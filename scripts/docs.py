"""Rewrite what the README generates: command help, languages, settings, benchmark tables. `--check` only compares.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import csv
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from indexers import languages

TOP = Path(__file__).parent.parent
README = TOP / "README.md"
RESULTS = TOP / "scripts" / "bench" / "results"
Row = dict[str, str]
PART = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def help_text() -> str:
    """Return what `memoryd --help` prints."""
    command = [sys.executable, "-m", "memoryd", "--help"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, env={"COLUMNS": "100", "PATH": ""}).stdout
    return f"```\n{printed.replace('python -m memoryd', 'memoryd').strip()}\n```\n"


def language_table() -> str:
    """Return the languages with a grammar and the files they are found by."""
    rows = ["| language | files |", "|---|---|"]
    for name, language in languages().items():
        files = ", ".join(f"`{found}`" for found in (*language.extensions, *language.filenames)[:8])
        rows.append(f"| {name} | {files} |")
    return "\n".join(rows) + "\n"


def results(name: str, columns: tuple[str, ...] = (), only: Callable[[Row], bool] = lambda _: True) -> Callable[[], str]:
    """Return a function that draws `results/<name>.csv`, or some of its columns and rows, as a table."""

    def table() -> str:
        found = [row for row in _rows(name) if only(row)]
        wanted = columns or tuple(found[0])
        return _table([_spoken(column) for column in wanted], [[row[column] for column in wanted] for row in found])

    return table


def beside(name: str, places: tuple[str, ...], columns: tuple[tuple[str, str], ...]) -> Callable[[], str]:
    """Return a function that draws a row for each of `places`, and in it the (method, measure) pairs `columns`."""

    def table() -> str:
        found = _rows(name)
        keys = dict.fromkeys(tuple(row[place] for place in places) for row in found)
        by_method = {(*(row[place] for place in places), row["method"]): row for row in found}
        heads = [*places, *(f"{method}: {_spoken(measure)}" for method, measure in columns)]
        return _table(heads, [[*key, *(by_method[(*key, method)][measure] for method, measure in columns)] for key in keys])

    return table


def _rows(name: str) -> list[Row]:
    with (RESULTS / f"{name}.csv").open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def _spoken(column: str) -> str:
    return column.replace("_", " ")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


RECALLS = tuple(f"recall@{budget}" for budget in (500, 1000, 2000, 4000, 8000))
PACKS = tuple(f"{what}@{budget}" for what in ("files", "symbols", "lines") for budget in (2000, 8000))
MEANS = tuple(f"ndcg10{of}" for of in ("", "_repository", "_language", "_architecture", "_semantic", "_symbol"))
RATIOS = ("total_where_held", "median_where_held", "total_resident_where_held", "total_misses_charged", "total_resident_misses_charged")
OURS, BM25, RIPGREP = "memoryd", "BM25, whole files", "ripgrep, whole files"

PARTS: dict[str, Callable[[], str]] = {
    "help": help_text,
    "languages": language_table,
    "questions": results("questions", ("method", "tasks", *MEANS, *RECALLS, "first_hit")),
    "questions-repositories": beside(
        "questions-repositories",
        ("repository", "language", "tasks"),
        ((OURS, "ndcg10"), (BM25, "ndcg10"), (RIPGREP, "ndcg10"), (OURS, "recall@500"), (OURS, "recall@2000"), (OURS, "first_hit")),
    ),
    "issues": results("issues", ("method", "tasks", "acc@1", "acc@5", "acc@10", "function_acc@5", *PACKS)),
    "issues-touched": results("issues-touched", ("files of the fix", "method", "tasks", "acc@1", "acc@5", "acc@10", *PACKS)),
    "issues-repositories": beside(
        "issues-repositories",
        ("repository", "tasks"),
        ((OURS, "acc@1"), (OURS, "acc@5"), (OURS, "files@8000"), (OURS, "symbols@8000"), (BM25, "acc@1"), (BM25, "files@8000")),
    ),
    "savings": results(
        "savings",
        ("set", "evidence", "way", "baseline", "tasks", "held", "baseline_held", *RATIOS),
        lambda row: row["way"] in ("one pack of 4,000", "one pack of 8,000", "growing packs"),
    ),
    "speed": results("speed"),
    "speed-repositories": results(
        "speed-repositories", ("repository", "language", "lines", "cold index s", "search, p50 ms", "search, p95 ms", "pack, p50 ms")
    ),
    "notes-rot": results("notes-rot"),
    "notes-rot-repositories": results("notes-rot-repositories"),
    "notes-renames": results("notes-renames"),
    "notes-times": results("notes-times"),
    "notes-recall": results("notes-recall"),
    "load": results("load", ("phase", "what", "value", "unit")),
    "replay": results("replay"),
    "embedder": results("embedder"),
}


def main() -> None:
    """Rewrite the README, or with `--check` exit 1 if it is out of date."""
    text = README.read_text(encoding="utf-8")
    new = PART.sub(lambda match: match[1] + PARTS[match["name"]]() + match[3], text)
    if "--check" in sys.argv[1:]:
        if new != text:
            sys.exit("README.md is out of date; run: python scripts/docs.py")
    else:
        README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
