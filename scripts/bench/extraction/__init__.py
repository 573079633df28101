"""Measures what is read of languages against an oracle that is not ours: a standard parser, Universal Ctags, or a scanner of lines.

Two repositories a language. A definition is found if a symbol of its name covers its line. Recall is of what the oracle names,
precision of the symbols of the same kinds; the end is right if it is the oracle's, where the oracle tells one.
"""

import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from indexers import Symbol, index_source, language_of
from scripts.bench import results
from scripts.bench.data import Repositories
from scripts.bench.extraction.oracles import Definition, named
from scripts.bench.extraction.subjects import SUBJECTS, Subject
from scripts.bench.results import Row

MOST_FILES = 150
"""The most files of a repository: those at equal distances in the order of their paths."""
LARGEST = 300_000
"""The most bytes of a file."""


def run(repositories: Repositories, only: Sequence[str], tables: Path) -> None:
    """Compare each language with its oracle and write `extraction.csv`; of some languages, renew their rows."""
    rows = [_row(subject, repositories) for subject in SUBJECTS if not only or subject.language in only]
    results.renew("extraction", rows, ["language"], tables)


def _row(subject: Subject, repositories: Repositories) -> Row:
    counts: Counter[str] = Counter()
    missed: list[str] = []
    for repository in subject.repositories:
        for path, source in _files(repositories.git_folder(repository), subject.language):
            facts = index_source(subject.language, source)
            expected = list(named(subject, path, source))
            symbols = [symbol for symbol in facts.symbols if symbol.kind in subject.kinds and _comparable(subject, symbol)]
            counts["files"] += 1
            counts["errors"] += facts.has_errors
            missed += [f"{repository}/{path}:{found.line} {found.name}" for found in _compare(expected, symbols, counts)]
    if missed:
        print(f"{subject.language}, not found: {'; '.join(missed[:: max(1, len(missed) // 8)][:8])}")
    return {
        "language": subject.language, "oracle": subject.oracle, "repositories": " ".join(subject.repositories), "files": counts["files"],
        "files_with_errors": counts["errors"], "definitions": counts["expected"], "symbols": counts["symbols"],
        "recall": _share(counts["found"], counts["expected"]), "precision": _share(counts["right"], counts["symbols"]),
        "ends": _share(counts["ends"], counts["with_end"]),
    }  # fmt: skip


def _compare(expected: Sequence[Definition], symbols: Sequence[Symbol], counts: Counter[str]) -> Iterator[Definition]:
    """Count what is found and right, and yield the definitions that are not found."""
    by_name: dict[str, list[Symbol]] = defaultdict(list)
    for symbol in symbols:
        by_name[plain(symbol.name)].append(symbol)
    used: set[int] = set()
    for definition in expected:
        covering = [
            symbol
            for symbol in by_name.get(plain(definition.name), ())
            if symbol.span.first_line <= definition.line <= symbol.span.last_line
        ]
        counts["expected"] += 1
        if not covering:
            yield definition
            continue
        counts["found"] += 1
        used.update(id(symbol) for symbol in covering)
        if definition.last_line:
            counts["with_end"] += 1
            counts["ends"] += any(symbol.span.last_line == definition.last_line for symbol in covering)
    counts["symbols"] += len(symbols)
    counts["right"] += len(used)


def _comparable(subject: Subject, symbol: Symbol) -> bool:
    """Tell whether the oracle would name a symbol: a scanner of the beginnings of lines sees none that is nested."""
    return subject.language != "ocaml" or ("." not in symbol.qualname and symbol.name[0].isidentifier())


def plain(name: str) -> str:
    """Return a name as all tools would write it: without its sigil, its scope, its quotes."""
    return name.partition("{")[0].strip("\"'`[]").removeprefix("$").rpartition("::")[2].rpartition(":")[2].rpartition(".")[2].lower()


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
    return language_of(path) == language or (language == "objc" and path.endswith((".m", ".h")))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else ""
