"""Short questions with annotated files: NDCG@10 of memoryd's search beside BM25 over whole files, on the same trees."""

import json
import math
import shutil
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from indexers import language_of, languages
from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from scripts.bench import results
from scripts.bench.bm25 import FileBm25
from scripts.bench.repositories import Repositories

TOP = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A query and the files that answer it."""

    query: str
    targets: tuple[str, ...]
    category: str


def run(data: Path, repositories: Repositories, work: Path, only: Sequence[str]) -> None:
    """Measure every repository of the set (or those named) and write the table."""
    rows = []
    for entry in json.loads((data / "repos.json").read_text()):
        if only and entry["name"] not in only:
            continue
        root = code_tree(
            repositories.tree(entry["repo"], entry["revision"], entry["benchmark_root"] or ""),
            entry["benchmark_root"],
            work / "code" / entry["name"],
        )
        rows.append({"repository": entry["name"], "language": entry["language"], **_measure(root, _questions(data, entry["name"]), work)})
    numeric = [key for key in rows[0] if key not in ("repository", "language")]
    mean = {key: round(statistics.fmean(float(row[key]) for row in rows if row[key] != ""), 4) for key in numeric}
    results.write("questions", [*rows, {"repository": "mean", "language": "", **mean}])


def code_tree(tree: Path, subfolder: str | None, target: Path) -> Path:
    """Copy the code files of a tree, as the set prescribes: only its subfolder, only files with a grammar."""
    shutil.rmtree(target, ignore_errors=True)
    start = tree / (subfolder or "")
    for path in sorted(start.rglob("*")):
        if path.is_file() and not path.is_symlink() and language_of(str(path), path.read_bytes()[:4096]) in languages():
            # The whole path is kept, since the annotations name files from the top of the repository.
            copy = target / path.relative_to(tree)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    return target


def _questions(data: Path, name: str) -> list[Question]:
    found = json.loads((data / "annotations" / f"{name}.json").read_text())
    return [
        Question(one["query"], tuple(_path(target) for target in (*one["relevant"], *one["secondary"])), one["category"]) for one in found
    ]


def _path(target: str | dict[str, str]) -> str:
    """A target is a path, or names one beside the lines in it."""
    return target if isinstance(target, str) else target["path"]


def _measure(root: Path, questions: Sequence[Question], work: Path) -> dict[str, object]:
    texts = {str(path.relative_to(root)): path.read_text(errors="replace") for path in sorted(root.rglob("*")) if path.is_file()}
    baseline = FileBm25(texts)
    shutil.rmtree(work / "home", ignore_errors=True)
    with ProjectMemory(root, replace(Settings(work / "home"), workers=2)) as memory:
        started = time.perf_counter()
        memory.refresh()
        cold = time.perf_counter() - started
        memory.search("warm up")
        ours, theirs, times = {}, {}, []
        for question in questions:
            started = time.perf_counter()
            hits = memory.search(question.query, TOP)
            times.append(time.perf_counter() - started)
            ours[question] = ndcg([hit.path for hit in hits], question.targets)
            theirs[question] = ndcg(baseline.ranked(question.query)[:TOP], question.targets)
    by_category = {
        category: round(statistics.fmean([ours[one] for one in questions if one.category == category] or [math.nan]), 4)
        for category in ("architecture", "semantic", "symbol")
    }
    return {
        "questions": len(questions),
        "ndcg10": round(statistics.fmean(ours.values()), 4),
        "file_bm25_ndcg10": round(statistics.fmean(theirs.values()), 4),
        **{f"ndcg10_{category}": "" if math.isnan(value) else value for category, value in by_category.items()},
        "cold_seconds": round(cold, 2),
        "query_ms_p50": round(1_000 * statistics.median(times), 2),
    }


def ndcg(paths: Sequence[str], targets: Sequence[str]) -> float:
    """Return NDCG@10 with binary gain: a target counts at the rank of the first path that ends with it."""
    found = [next((rank for rank, path in enumerate(paths) if _same(path, target)), None) for target in targets]
    gain = sum(1 / math.log2(rank + 2) for rank in found if rank is not None)
    return gain / sum(1 / math.log2(rank + 2) for rank in range(min(TOP, len(targets))))


def _same(path: str, target: str) -> bool:
    return path == target or path.endswith("/" + target) or target.endswith("/" + path)
