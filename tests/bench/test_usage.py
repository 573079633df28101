"""Transcripts are counted in several ways, and a difference has a name."""

import csv
from pathlib import Path

from scripts.bench.agents.usage import Plan, run_counts
from tests.usage.writing import answer, write


def test_each_way_of_counting_is_put_beside_ours(tmp_path: Path) -> None:
    placeholder, whole = (5, 100, 20, 0, 1), (5, 100, 20, 0, 50)
    write(tmp_path / "t" / "s.jsonl", [answer("m1", usage=placeholder), answer("m1", usage=whole), b"{cut\n"])
    write(tmp_path / "t" / "s" / "subagents" / "agent-a.jsonl", [answer("m2", usage=whole, isSidechain=True, agentId="a")])
    run_counts(Plan(tmp_path / "t", None, "", tmp_path / "work", tmp_path / "tables"))
    table = (tmp_path / "tables" / "usage.csv").read_text(encoding="utf-8")
    rows = {row["counted by"]: row for row in csv.DictReader(table.splitlines())}
    assert {way: (row["requests"], row["differs from memoryd"]) for way, row in rows.items()} == {
        "memoryd": ("2", "in nothing"),
        "every line": ("3", "input +5; cache read +100; cache written +20; output +1"),
        "the first line of a request": ("2", "output -49"),
        "without files of subagents": ("1", "input -5; cache read -100; cache written -20; output -50"),
    }
    assert float(rows["memoryd"]["dollars"]) > 0
