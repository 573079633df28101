"""Real bug reports and the code their fix touched: where memoryd's search and packs find it, beside BM25 over files.

Acc@k: all gold files among the first k distinct files. FileRecall@B: share of gold files with at least one line in a pack of B
tokens. SymbolRecall@B: share of gold symbols (the innermost that holds a gold line) whose whole body is in it; EditLineRecall@B:
share of gold lines in units shown whole. The baseline reads whole files in the order of BM25 until B tokens are spent.
"""

import gzip
import json
import statistics
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.model import Level, Pack
from memoryd.tokens import counter
from scripts.bench import results
from scripts.bench.bm25 import FileBm25
from scripts.bench.repositories import Repositories

BUDGETS = (1_000, 2_000, 4_000, 8_000, 16_000)
RANKS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Issue:
    """A report, the commit it was made at, and the lines its fix touched, by file."""

    repository: str
    commit: str
    text: str
    gold: Mapping[str, tuple[tuple[int, int], ...]]


def run(data: Path, repositories: Repositories, work: Path, only: Sequence[str], every: int) -> None:
    """Measure every `every`-th issue of each repository and write the table."""
    by_repository: dict[str, list[Issue]] = defaultdict(list)
    for issue in _issues(data):
        by_repository[issue.repository].append(issue)
    rows = []
    for name, issues in sorted(by_repository.items()):
        if only and name not in only:
            continue
        rows.append(
            {
                "repository": name,
                **_mean([_measure(one, work, checkout) for one, checkout in _checked_out(name, issues[::every], repositories, work)]),
            }
        )
        print(name, rows[-1], flush=True)
    results.write("issues", [*rows, {"repository": "mean over issues", **_weighted(rows)}])


def _issues(data: Path) -> list[Issue]:
    with gzip.open(data, "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [
        Issue(
            one["repo"],
            one["base_commit"],
            one["query"],
            {path: tuple((a, b) for a, b in spans) for path, spans in one["gold_lines"].items()},
        )
        for one in found
    ]


def _checked_out(name: str, issues: Sequence[Issue], repositories: Repositories, work: Path) -> Iterator[tuple[Issue, Path]]:
    """Yield each issue with a checkout of its commit. One working tree follows them all, so the index is refreshed, not made anew."""
    checkout = work / "issues" / name.replace("/", "+")
    if not checkout.exists():
        subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", repositories.git_folder(name), checkout], check=True)
    for issue in issues:
        subprocess.run(["git", "-C", checkout, "read-tree", "--reset", issue.commit], check=True)
        # A mirror may lack its largest files; the others are checked out all the same.
        subprocess.run(["git", "-C", checkout, "checkout-index", "--all", "--force", "--quiet"], check=False, stderr=subprocess.DEVNULL)
        subprocess.run(["git", "-C", checkout, "clean", "-fdq"], check=True)
        yield issue, checkout


def _measure(issue: Issue, work: Path, root: Path) -> dict[str, float]:
    with ProjectMemory(root, Settings(work / "issues-home", workers=1)) as memory:
        memory.refresh()
        catalog = memory.view().catalog
        symbols = {
            unit
            for path, spans in issue.gold.items()
            for first, last in spans
            for line in range(first, last + 1)
            if (unit := catalog.at(path, line)) is not None and unit.is_symbol
        }
        files = list(dict.fromkeys(hit.path for hit in memory.search(issue.text, 200)))
        measured = {f"acc@{k}": float(set(issue.gold) <= set(files[:k])) for k in RANKS}
        for budget in BUDGETS:
            pack = memory.pack(issue.text, budget)
            shown = {item.path for item in pack.items}
            measured[f"files@{budget}"] = len(set(issue.gold) & shown) / len(issue.gold)
            whole = _whole(pack)
            held = [any(a <= unit.first_line and unit.last_line <= b for a, b in whole.get(unit.path, ())) for unit in symbols]
            measured[f"symbols@{budget}"] = statistics.fmean(held) if held else 0.0
            lines = [(path, line) for path, spans in issue.gold.items() for first, last in spans for line in range(first, last + 1)]
            measured[f"lines@{budget}"] = (
                statistics.fmean(any(a <= line <= b for a, b in whole.get(path, ())) for path, line in lines) if lines else 0.0
            )
        texts = {path: (root / path).read_text(errors="replace") for path, record in memory.view().records.items() if not record.skipped}
    return {**measured, **_baseline(issue, texts)}


def _whole(pack: Pack) -> dict[str, list[tuple[int, int]]]:
    whole = defaultdict(list)
    for item in pack.items:
        if item.level == Level.FULL:
            whole[item.path].append((item.start_line, item.end_line))
    return whole


def _baseline(issue: Issue, texts: Mapping[str, str]) -> dict[str, float]:
    ranked = FileBm25(texts).ranked(issue.text)
    measured = {f"bm25_acc@{k}": float(set(issue.gold) <= set(ranked[:k])) for k in RANKS}
    count, spent, read = counter(), 0, {}
    for path in ranked[:200]:
        spent += count(texts[path])
        read[path] = spent
        if spent > BUDGETS[-1]:
            break
    for budget in BUDGETS:
        measured[f"bm25_files@{budget}"] = sum(read.get(path, budget + 1) <= budget for path in issue.gold) / len(issue.gold)
    return measured


def _mean(measured: Sequence[Mapping[str, float]]) -> dict[str, object]:
    return {"issues": len(measured), **{key: round(statistics.fmean(one[key] for one in measured), 4) for key in measured[0]}}


def _weighted(rows: Sequence[Mapping[str, object]]) -> dict[str, object]:
    total = sum(int(str(row["issues"])) for row in rows)
    keys = [key for key in rows[0] if key not in ("repository", "issues")]
    return {"issues": total, **{key: round(sum(float(str(row[key])) * int(str(row["issues"])) for row in rows) / total, 4) for key in keys}}
