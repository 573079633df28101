"""Parser processes: one bad file costs one file, and no process outlives its work."""

import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.errors import ParserUnavailable
from memoryd.memory import ProjectMemory
from memoryd.model import Skipped
from memoryd.parsing.workers import BATCH_FILES, SECONDS_A_FILE, Parsed, ParserPool
from tests.project import DEADLINE, FILES, SOURCE_ROOT, Shell, alive, children, eventually, finish, fresh_rows, many, rows, write

ENDLESS = ("(" * 400 + "\n") * 3_000
"""1.2 MB that keep the parser of Python busy for minutes."""
SECONDS = 0.6


def reason(parsed: Parsed) -> str:
    return parsed.outcome.reason if isinstance(parsed.outcome, Skipped) else parsed.outcome.skipped


def parsers() -> set[int]:
    return {pid for pid in children(os.getpid()) if b"memoryd.parsing.workers" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def test_a_file_that_hangs_its_parser_costs_that_file(root: Path) -> None:
    write(root, {"endless.py": ENDLESS})
    paths = ["shop/cart.py", "endless.py", *(path for path in FILES if path != "shop/cart.py")]
    with ParserPool(root, 1, SECONDS) as pool:
        found = list(pool.parse(paths))
    assert [parsed.path for parsed in found] == paths
    assert [parsed.path for parsed in found if reason(parsed)] == ["endless.py"]
    assert reason(found[1]) == "parsing took over 0.6 s"


def test_a_file_that_kills_its_parser_costs_that_file(root: Path) -> None:
    write(root, {"endless.py": ENDLESS})
    with ParserPool(root, 1) as pool:
        answers = pool.parse(["shop/cart.py", "endless.py", "shop/money.py"])
        assert next(answers).path == "shop/cart.py"
        (parser,) = parsers()
        os.kill(parser, signal.SIGSEGV)
        assert [(parsed.path, reason(parsed)) for parsed in answers] == [("endless.py", "its parser died"), ("shop/money.py", "")]


def test_a_stopped_parser_is_replaced(root: Path) -> None:
    with ParserPool(root, 1, SECONDS) as pool:
        first = next(answers := pool.parse(["shop/cart.py"]))
        list(answers)
        (parser,) = parsers()
        os.kill(parser, signal.SIGSTOP)
        (second,) = pool.parse(["shop/money.py"])
        (third,) = pool.parse(["shop/checkout.py"])
    assert (reason(first), reason(second), reason(third)) == ("", "parsing took over 0.6 s", "")


def test_a_file_that_was_given_up_is_named_and_not_tried_again_until_it_changes(root: Path, tmp_path: Path) -> None:
    write(root, {"endless.py": ENDLESS})
    settings = Settings(tmp_path / "home", embedder="hash", workers=2)
    with ProjectMemory(root, settings, seconds_a_file=SECONDS) as memory:
        report = memory.refresh()
        assert (report.added, report.parsed) == (len(FILES) + 1, len(FILES))
        assert [(one.path, one.reason) for one in report.skipped] == [("endless.py", "parsing took over 0.6 s")]
        assert memory.status().skipped == report.skipped
        assert memory.search("parse_money")[0].id == "shop/money.py#parse_money"
    with ProjectMemory(root, settings) as memory:  # one that would take 20 seconds to give up
        os.utime(root / "endless.py")
        assert memory.refresh().store_version == report.store_version
        assert memory.status().fresh
        write(root, {"endless.py": "def harmless(): ...\n"})
        assert memory.refresh().parsed == 1
        assert memory.status().skipped == ()


def test_answers_come_in_the_order_asked(root: Path) -> None:
    write(root, many(3 * BATCH_FILES, lines=2))
    paths = sorted(many(3 * BATCH_FILES), key=lambda path: path[::-1])
    paths[:0] = ["README.md", "gone.py"]
    with ParserPool(root, 2) as pool:
        assert [parsed.path for parsed in pool.parse(paths)] == paths


def test_a_pool_can_be_used_again_after_close(root: Path) -> None:
    with ParserPool(root, 1) as pool:
        list(pool.parse(["shop/cart.py"]))
        pool.close()
        assert parsers() == set()
        assert [reason(parsed) for parsed in pool.parse(["shop/cart.py"])] == [""]
    assert parsers() == set()


def test_giving_up_midway_leaves_no_busy_parser(root: Path) -> None:
    write(root, {"endless.py": ENDLESS})
    with ParserPool(root, 1) as pool:
        answers = pool.parse(["shop/cart.py", "endless.py"])
        next(answers)
        answers.close()
        assert parsers() == set()


def test_no_parser_at_all_is_an_error_and_blames_no_file(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "broken", {"tree_sitter/__init__.py": "raise ImportError('wrong wheel')\n"})
    monkeypatch.syspath_prepend(tmp_path / "broken")
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash")) as memory, pytest.raises(ParserUnavailable, match="wrong wheel"):
        memory.refresh()
    monkeypatch.undo()
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash")) as memory:
        assert (memory.refresh().parsed, memory.status().skipped) == (len(FILES), ())


@pytest.mark.parametrize("files", [{"endless.py": ENDLESS}, {}], ids=["busy", "idle"])
def test_no_parser_outlives_a_killed_parent(root: Path, files: dict[str, str]) -> None:
    write(root, files)
    program = (
        "import sys; from pathlib import Path; from memoryd.parsing import ParserPool\n"
        f"for parsed in ParserPool(Path(sys.argv[1]), 1, {SECONDS}).parse(['shop/cart.py', *sys.argv[2:]]):\n"
        "    print(parsed.path, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, root, *files], cwd=SOURCE_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"shop/cart.py\n"
    (parser,) = children(parent.pid)
    parent.kill()
    parent.communicate()
    assert eventually(lambda: not alive(parser))


@pytest.mark.parametrize("moment", ["parsing begins", "the table is written"])
def test_ctrl_c_ends_a_reindex_and_its_parsers_at_once_and_leaves_the_index_whole(shell: Shell, tmp_path: Path, moment: str) -> None:
    # Parsed last, and for longer than we wait: it is not the end of the work that ends the command.
    endless = {f"z/endless_{number}.py": ENDLESS for number in range(2 * math.ceil(DEADLINE / SECONDS_A_FILE + 1))}
    write(shell.root, {**many(50), **endless})
    process = shell.start("reindex", "--json")
    assert eventually(lambda: len(children(process.pid)) == 2)
    parsers = children(process.pid)
    if moment == "the table is written":
        assert eventually(lambda: any(shell.home.rglob("*.lance/data/*")))
    os.killpg(process.pid, signal.SIGINT)
    done = finish(process)
    assert eventually(lambda: not any(map(alive, parsers)))
    assert (done.code, done.out) == (130, b"")
    assert done.err.strip().startswith("memoryd: interrupted")
    for path in endless:
        (shell.root / path).unlink()
    with ProjectMemory(shell.root, Settings(shell.home, embedder="hash")) as memory:
        memory.refresh()
    assert rows(shell.root, shell.home) == fresh_rows(shell.root, tmp_path / "fresh")
