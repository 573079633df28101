"""The replay of transcripts: what is counted as kept, and as used later."""

import csv
import json
from pathlib import Path
from typing import Any

from scripts.bench.agents import loop

PASSED = "\n".join(f"tests/test_cart.py::test_case_{number} PASSED" for number in range(200))
BAD = "E       assert total == 3"
USED = "tests/test_cart.py::test_case_77 PASSED"


def call(number: str, name: str, **given: Any) -> Any:
    return {"type": "assistant", "message": {"content": [{"type": "tool_use", "id": number, "name": name, "input": given}]}}


def result(number: str, output: str, **more: Any) -> Any:
    return {"type": "user", "message": {"content": [{"type": "tool_result", "tool_use_id": number, "content": output}]}, **more}


def test_what_is_kept_and_what_of_it_was_used_later_is_counted(tmp_path: Path) -> None:
    file = {"file": {"filePath": "/a.py", "content": "a = 1\nb = 2", "startLine": 1}}
    said = {"type": "assistant", "message": {"content": [{"type": "text", "text": f"It fails: {BAD.strip()}, but {USED} holds."}]}}
    records = [
        call("1", "Bash", command="pytest -v"), result("1", f"{PASSED}\n{BAD}\n{PASSED}"),
        call("2", "Read", file_path="/a.py"), result("2", "…", toolUseResult=file), call("3", "Read"), result("3", "…", toolUseResult=file),
        said, {"type": "progress"}, "no record",
    ]  # fmt: skip
    (tmp_path / "one.jsonl").write_text("\n".join(map(json.dumps, records)) + "\nno JSON")
    loop.run(tmp_path, tmp_path / "tables")
    with (tmp_path / "tables" / "loop.csv").open() as opened:
        rows = {row["results"]: row for row in csv.DictReader(opened)}
    run = rows["Bash (> 2,000), run"]
    assert (run["touched"], run["lines used later"], run["of these kept"], run["lines not of the original"]) == ("1", "2", "0.5", "0")
    assert float(run["kept"]) < 0.3
    assert (rows["Read"]["number"], rows["Read, again and unchanged"]["number"]) == ("1", "1")


def test_of_long_files_it_is_counted_what_of_an_outline_was_used_later(tmp_path: Path) -> None:
    parts = [f"def part_{number}():\n" + f"    step_{number} = 'to be done'\n" * 40 for number in range(20)]
    parts[7] = "def voucher():\n" + "    redeemed = 'once and never again'\n" * 30
    content = "\n".join(parts)
    lines = content.count("\n") + 1

    def reading(number: str, path: str) -> list[Any]:
        file = {"file": {"filePath": path, "content": content, "startLine": 1, "totalLines": lines}}
        return [call(number, "Read", file_path=path), result(number, "…", toolUseResult=file)]

    asked = {"type": "user", "message": {"content": "find out why a voucher is redeemed too late in shop/named.py"}}
    edit = call(
        "5", "Edit", file_path="/part.py", old_string="    step_3 = 'to be done'", new_string="    redeemed = 'once and never again'"
    )
    records = [asked, *reading("1", "/part.py"), *reading("2", "/named.py"), edit, result("5", "done"), *reading("6", "/part.py")]
    (tmp_path / "one.jsonl").write_text("\n".join(map(json.dumps, records)))
    loop.run(tmp_path, tmp_path / "tables")
    with (tmp_path / "tables" / "loop-outlines.csv").open() as opened:
        rows = {row["whole long files"]: row for row in csv.DictReader(opened)}
    assert {name: row["number"] for name, row in rows.items()} == {
        "edited before": "1", "named by the task": "1", "outlined, edited later": "1", "all that is outlined": "1",
    }  # fmt: skip
    found = rows["all that is outlined"]
    assert (found["lines used later"], found["of these shown"]) == ("70", str(round(30 / 70, 3)))
    assert float(found["shown"]) < 0.5
