"""Measures what is read of languages against an oracle that is not ours: a compiler, a standard parser, Universal Ctags, or expressions.

Two repositories a language. A definition is found if a symbol of its name covers its line. Recall is of what the oracle names,
precision of the symbols of the same kinds. Of those that are found, where the oracle tells it: whether the broad kind, the owner in the
qualified name, the last line and the documentation are right. A call is found if a reference has its name and line.
"""

import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from indexers import index_source, language_of
from scripts.bench import results
from scripts.bench.data import Repositories
from scripts.bench.extraction.comparing import compare
from scripts.bench.extraction.oracles import told
from scripts.bench.extraction.subjects import SUBJECTS, Subject
from scripts.bench.results import Row

MOST_FILES = 150
"""The most files of a repository: those at equal distances in the order of their paths."""
LARGEST = 300_000
"""The most bytes of a file."""
MEASURES = ("names", "kinds", "ends", "docs", "members", "calls")
SHOWN = 12
"""How many of the definitions that are not found are printed."""


def run(repositories: Repositories, only: Sequence[str], tables: Path) -> None:
    """Compare each language with its oracle and write `extraction.csv`; of some languages, renew their rows."""
    rows = [_row(subject, repositories) for subject in SUBJECTS if not only or subject.language in only]
    results.renew("extraction", rows, ["language"], tables)


def _row(subject: Subject, repositories: Repositories) -> Row:
    counts: Counter[str] = Counter()
    missed: list[str] = []
    for repository in subject.repositories:
        sources = dict(_files(repositories.git_folder(repository), subject.language))
        for path, expected in told(subject, sources).items():
            facts = index_source(subject.language, sources[path])
            symbols = [symbol for symbol in facts.symbols if symbol.kind in subject.kinds]
            found = compare(expected, facts, symbols, sources[path], counts)
            missed += [f"{repository}/{path}:{one.line} {one.name}" for one in found]
    if missed:
        print(f"{subject.language}, not found: {'; '.join(missed[:: max(1, len(missed) // SHOWN)][:SHOWN])}")
    return {
        "language": subject.language, "oracle": subject.oracle, "repositories": " ".join(subject.repositories), "files": counts["files"],
        "files_with_errors": counts["errors"], "definitions": counts["expected"], "symbols": counts["symbols"],
        "recall": _share(counts["found"], counts["expected"]), "precision": _share(counts["right"], counts["symbols"]),
        **{measure: _share(counts[f"{measure} right"], counts[f"{measure} told"]) for measure in MEASURES},
    }  # fmt: skip


def _files(git_folder: Path, language: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a language at the head of a repository."""
    git = ["git", f"--git-dir={git_folder}"]
    listed = subprocess.run([*git, "ls-tree", "-r", "-z", "--name-only", "HEAD"], check=True, capture_output=True).stdout
    paths = sorted(path for path in listed.decode("utf-8", "replace").split("\0") if _may_be(path, language))
    for path in paths[:: -(-len(paths) // MOST_FILES) or 1]:
        shown = subprocess.run([*git, "show", f"HEAD:{path}"], check=False, capture_output=True)
        source = shown.stdout
        if not shown.returncode and 0 < len(source) <= LARGEST and language_of(path, source[:4096]) == language:
            yield path, source


def _may_be(path: str, language: str) -> bool:
    return language_of(path) == language or (language in ("objc", "cpp", "matlab") and path.endswith((".m", ".h")))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else ""
