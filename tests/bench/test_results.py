"""Published tables: each with the commit, the day and the machine it was measured on."""

import csv
from pathlib import Path

from scripts.bench import results
from scripts.bench.machine import origin


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def test_a_table_is_written_with_where_it_was_measured(tmp_path: Path) -> None:
    results.write("speed", [{"what": "a search", "ms": 7}], tmp_path)
    assert rows(tmp_path / "speed.csv") == [{"what": "a search", "ms": "7"}]
    assert rows(tmp_path / "machines.csv") == [{"file": "speed.csv", **{key: str(value) for key, value in origin().items()}}]
    assert all(origin().values())


def test_a_table_that_is_measured_again_has_one_row_and_others_keep_theirs(tmp_path: Path) -> None:
    before = {"file": "speed.csv", **dict.fromkeys(origin(), "another machine")}
    other = {"file": "load.csv", **dict.fromkeys(origin(), "a third one")}
    (tmp_path / "machines.csv").write_text("\n".join(",".join(row) for row in (before, before.values(), other.values())) + "\n")
    results.write("speed", [{"ms": 7}], tmp_path, results.silently)
    assert rows(tmp_path / "machines.csv") == [other, {"file": "speed.csv", **{key: str(value) for key, value in origin().items()}}]


def test_every_published_table_says_where_it_was_measured() -> None:
    published = sorted(path.name for path in results.FOLDER.glob("*.csv") if path.name != results.MACHINES)
    assert [row["file"] for row in rows(results.FOLDER / results.MACHINES)] == published
