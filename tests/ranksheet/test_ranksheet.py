"""The rank sheet: questions about our own source and the samples of every language, and where their answers rank.

`sheet.csv` says for each question which files or symbols answer it (one of several is enough), the reciprocal of the best rank
among ten hits, and whether a pack of 1,000 tokens shows it. Where the sheet does not say what holds now, a test fails, so that each
change of the ranking is committed as a difference: `pytest tests/ranksheet --update` writes the sheet. The means may not fall below
the floors. The questions were written from reading the code, before any of them was asked; a question is not changed because it ranks
badly.

What is asked is `corpus.tar.xz`: `memoryd`, `indexers` and the samples as they were in commit b5a51d7. It stays, so that a difference
tells of the ranking, and not of whatever was written since under a name that is like an answer's.
"""

import csv
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory

SHEET = Path(__file__).parent / "sheet.csv"
CORPUS = Path(__file__).parent / "corpus.tar.xz"
MEASURED = ("reciprocal_rank", "in_pack")
HITS, BUDGET = 10, 1_000
RANK_FLOOR = 0.82
PACK_FLOOR = 0.93


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterable[ProjectMemory]:
    """The corpus, with the embedder that ships."""
    root = tmp_path_factory.mktemp("ranksheet")
    with tarfile.open(CORPUS) as archive:
        archive.extractall(root / "project", filter="data")
    with ProjectMemory(root / "project", Settings(root / "home")) as memory:
        memory.refresh()
        yield memory


@pytest.fixture(scope="module")
def sheet() -> list[dict[str, str]]:
    """Return the sheet as it was committed."""
    with SHEET.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def asked(memory: ProjectMemory, sheet: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the sheet as it would be now."""
    return [{**row, **_measured(memory, row["question"], row["targets"].split(";"))} for row in sheet]


def _measured(memory: ProjectMemory, question: str, targets: list[str]) -> dict[str, str]:
    ranks = [rank for rank, hit in enumerate(memory.search(question, HITS), 1) if _answers((hit.id, hit.path), targets)]
    in_pack = any(_answers((item.id, item.path), targets) for item in memory.pack(question, BUDGET).items)
    return {"reciprocal_rank": f"{1 / ranks[0]:.3f}" if ranks else "0", "in_pack": str(int(in_pack))}


def _answers(found: tuple[str, str], targets: list[str]) -> bool:
    return any(name in targets for name in found)


def _told(row: dict[str, str]) -> str:
    return " ".join(row[column] for column in MEASURED)


def _mean(asked: list[dict[str, str]], column: str) -> float:
    return sum(float(row[column]) for row in asked) / len(asked)


def test_the_sheet_says_what_holds_now(sheet: list[dict[str, str]], asked: list[dict[str, str]], update: bool) -> None:
    if update:
        with SHEET.open("w", newline="", encoding="utf-8") as opened:
            writer = csv.DictWriter(opened, list(asked[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(asked)
        return
    changed = [f"{_told(before)} -> {_told(now)}  {now['question']}" for before, now in zip(sheet, asked, strict=True) if before != now]
    means = ", ".join(f"{_mean(sheet, column):.3f} -> {_mean(asked, column):.3f} of {column}" for column in MEASURED)
    assert not changed, "\n".join([f"means: {means}; to commit the difference: pytest tests/ranksheet --update", *changed])


def test_the_ranking_is_not_worse_than_its_floor(asked: list[dict[str, str]]) -> None:
    worst = sorted(asked, key=lambda row: float(row["reciprocal_rank"]))[:8]
    assert _mean(asked, "reciprocal_rank") >= RANK_FLOOR, "\n".join(f"{row['reciprocal_rank']}  {row['question']}" for row in worst)


def test_packs_hold_the_answers_no_less_often_than_their_floor(asked: list[dict[str, str]]) -> None:
    missed = [row["question"] for row in asked if row["in_pack"] == "0"]
    assert _mean(asked, "in_pack") >= PACK_FLOOR, "\n".join(missed)


def test_every_answer_of_the_sheet_exists(memory: ProjectMemory, asked: list[dict[str, str]]) -> None:
    known = memory.view().catalog.by_id
    assert [target for row in asked for target in row["targets"].split(";") if target not in known] == []
