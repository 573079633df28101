"""Rewrite what the README generates: command help, languages, settings, benchmark tables. `--check` only compares.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import csv
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from indexers import languages

TOP = Path(__file__).parent.parent
README = TOP / "README.md"
RESULTS = TOP / "scripts" / "bench" / "results"
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


def results(name: str, columns: tuple[str, ...] = ()) -> Callable[[], str]:
    """Return a function that draws `results/<name>.csv`, or some of its columns, as a table."""

    def table() -> str:
        path = RESULTS / f"{name}.csv"
        with path.open(encoding="utf-8") as opened:
            found = list(csv.DictReader(opened))
        wanted = columns or tuple(found[0])
        rows = ["| " + " | ".join(column.replace("_", " ") for column in wanted) + " |", "|" + "---|" * len(wanted)]
        rows += ["| " + " | ".join(row[column] for column in wanted) + " |" for row in found]
        return "\n".join(rows) + "\n"

    return table


PARTS: dict[str, Callable[[], str]] = {
    "help": help_text,
    "languages": language_table,
    "speed": results("speed", ("what", "value", "unit")),
    "questions": results(
        "questions", ("repository", "language", "questions", "ndcg10", "file_bm25_ndcg10", "cold_seconds", "query_ms_p50")
    ),
    "issues": results(
        "issues",
        (
            "repository",
            "issues",
            "acc@1",
            "acc@5",
            "files@2000",
            "files@8000",
            "symbols@8000",
            "lines@8000",
            "bm25_acc@1",
            "bm25_acc@5",
            "bm25_files@8000",
        ),
    ),
    "load": results("load", ("phase", "what", "value", "unit")),
    "replay": results("replay"),
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
