"""The command line of a fleet, as a user runs it: in processes that leave out what other commands do not need."""

import os
import subprocess
import sys
from pathlib import Path

import orjson

from tests.fleet.fleets import SHOP, commit


def test_a_fleet_is_indexed_and_asked_by_its_commands(tmp_path: Path) -> None:
    commit(tmp_path / "acme/shop", SHOP)
    (tmp_path / "list.txt").write_text("acme/shop\ngone\n")
    environment = {**os.environ, "MEMORYD_HOME": str(tmp_path / "home"), "MEMORYD_EMBEDDER": "hash"}

    def ran(*arguments: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "memoryd", "fleet", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    code, said, complaint = ran("index", "list.txt", "--to", "tables")
    assert (code, "1 failed, 1 indexed" in said) == (1, True)
    assert "there is no such folder" in said
    assert "not at their head: 1 repository;" in complaint
    code, said, _ = ran("search", "where is parse_money", "--at", "tables", "--json")
    best = orjson.loads(said)["hits"][0]
    assert (code, best["repository"], best["hit"]["id"]) == (0, "acme/shop", "shop/money.py#parse_money")
