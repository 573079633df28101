"""The parts on a repository of three files: a question, two reports at two commits, every table written."""

import csv
import gzip
import json
import subprocess
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.tokens import counter
from scripts.bench import measures, retrieval, savings
from scripts.bench.data import Repositories
from scripts.bench.subjects import SETS, Plan
from tests.project import CART, FILES, write


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A mirror with one repository of two commits, and a question and two reports about it."""
    folder = tmp_path / "mirror" / "Acme+Shop" / "repo"
    write(folder, FILES)
    git(folder.parent, "init", "--quiet", "repo")
    commits = []
    for text in (CART, CART.replace("class Cart", "# The first line of a second commit.\nclass Cart")):
        write(folder, {"shop/cart.py": text})
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", "a commit")
        commits.append(git(folder, "rev-parse", "HEAD"))
    data = tmp_path / "data"
    known = {"name": "shop", "language": "python", "repo": "acme/shop", "revision": commits[0], "benchmark_root": "shop"}
    asked = [{"query": "sum of everything in the cart", "relevant": ["cart.py"], "secondary": [], "category": "semantic"}]
    write(data / "questions", {"repos.json": json.dumps([known]), "annotations/shop.json": json.dumps(asked)})
    (data / "issues").mkdir()
    with gzip.open(data / "issues" / "dev.jsonl.gz", "wt") as opened:
        for commit, line in zip(commits, (15, 16), strict=True):
            gold = {"gold_files": ["shop/cart.py"], "gold_lines": {"shop/cart.py": [[line, line]]}}
            report = {"instance_id": commit, "repo": "acme/shop", "base_commit": commit, "query": "Cart.total is wrong", **gold}
            opened.write(json.dumps(report) + "\n")
    work = tmp_path / "work"
    return Plan(data, SETS, Repositories(work, tmp_path / "mirror"), work, (), 1, 1, tmp_path / "results", "version 0")


def table(plan: Plan, name: str) -> list[dict[str, str]]:
    with (plan.results / f"{name}.csv").open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def test_retrieval_and_savings_write_their_tables(plan: Plan) -> None:
    retrieval.run(plan)
    savings.run(plan)
    ours, *baselines = table(plan, "questions")
    assert (ours["method"], ours["tasks"], ours["recall@500"]) == ("memoryd", "1", "1.0")
    assert [row["recall@8000"] for row in baselines] == ["1.0"] * 4
    ours = table(plan, "issues")[0]
    # Lines 15 and 16, in the first and the second commit, are in the same function.
    assert (ours["tasks"], ours["acc@1"], ours["symbols@1000"], ours["lines@1000"]) == ("2", "1.0", "1.0", "1.0")
    told = table(plan, "issues-verdicts")[0]
    assert (told["packs"], told["hold every file"], told["half"]) == ("2", "1.0", "all")
    assert {row["held"] for row in table(plan, "savings")} == {"1.0"}


def test_a_repository_that_cannot_be_had_is_left_out_and_said(plan: Plan, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "mirror" / "Acme+Shop").rename(tmp_path / "mirror" / "elsewhere")
    (tmp_path / "work" / "clones" / "acme" / "shop.git").mkdir(parents=True)  # so that nothing is cloned
    with pytest.raises(SystemExit, match="nothing was measured"):
        retrieval.run(plan)
    assert "left out: acme/shop cannot be had" in capfd.readouterr().out


def test_the_lines_of_a_pack_are_those_of_its_text(root: Path, tmp_path: Path) -> None:
    long = "".join(f"    value_{number} = {number}\n" for number in range(60))
    write(root, {"shop/long.py": f"def rare_name():\n{long}\n\n\n{CART}"})
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        for task, budget in (("rare_name value_40", 500), ("sum of the cart", 2_000), ("paying", 2_000)):
            pack = memory.pack(task, budget)
            pieces = measures.of_pack(pack, lambda path: (root / path).read_text().split("\n"), counter())
            assert sum(piece.tokens for piece in pieces) <= pack.tokens + len(pieces)
            for item, piece in zip(pack.items, pieces, strict=True):
                whole = frozenset(range(item.start_line, item.end_line + 1))
                assert piece.lines == whole if item.level == "FULL" else piece.lines < whole
                lines = (root / item.path).read_text().split("\n")
                assert all(lines[line - 1] in pack.text for line in piece.lines)


def test_lines_that_end_with_cr_lf_are_lines_of_the_pack(root: Path, tmp_path: Path) -> None:
    (root / "shop" / "dos.py").write_bytes(b"def rare_name():\r\n    one = 1\r\n    return one\r\n")
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        pieces = measures.of_pack(memory.pack("rare_name", 500), lambda path: (root / path).read_bytes().decode().split("\n"), counter())
    assert {line for piece in pieces if piece.path == "shop/dos.py" for line in piece.lines} == {1, 2, 3}
