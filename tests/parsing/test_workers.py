"""Parser processes: one bad file costs one file, and no process outlives its work."""

import inspect
import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from memoryd.config import Settings
from memoryd.errors import ParserUnavailable
from memoryd.files import sealed, unsealed
from memoryd.memory import ProjectMemory
from memoryd.model import Skipped
from memoryd.parsing import TIME_LIMIT, Parsed, ParserPool, TimeLimit
from memoryd.parsing.parser import MOST_REFERENCES, MOST_UNITS
from memoryd.parsing.workers import BATCH_FILES, MOST_STARTS
from memoryd.store import Store
from tests.project import (
    DEADLINE,
    FILES,
    SLOW,
    SOURCE_ROOT,
    Shell,
    alive,
    children,
    eventually,
    fail,
    finish,
    fresh_rows,
    many,
    rows,
    write,
)

ENDLESS = ("(" * 400 + "\n") * 3_000
"""1.2 MB that keep the parser of Python busy for minutes."""
SECONDS = 0.3
TOO_LONG = "parsing took over 0.3 s of CPU time"


def reason(parsed: Parsed) -> str:
    return parsed.outcome.reason if isinstance(parsed.outcome, Skipped) else parsed.outcome.skipped


def parsers() -> set[int]:
    return {pid for pid in children(os.getpid()) if b"memoryd.parsing.parser" in Path(f"/proc/{pid}/cmdline").read_bytes()}


@pytest.fixture(scope="module")
def with_slow_file(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, ...]]:
    """Return what a new index holds of a project with a file that takes long."""
    base = tmp_path_factory.mktemp("slow")
    write(base / "project", {**FILES, "slow.py": SLOW})
    return fresh_rows(base / "project", base / "home")


def test_a_file_that_hangs_its_parser_costs_that_file(root: Path) -> None:
    write(root, {"endless.py": ENDLESS})
    paths = ["shop/cart.py", "endless.py", *(path for path in FILES if path != "shop/cart.py")]
    with ParserPool(root, 1, TimeLimit(cpu=SECONDS)) as pool:
        found = list(pool.parse(paths))
    assert [parsed.path for parsed in found] == paths
    assert [parsed.path for parsed in found if reason(parsed)] == ["endless.py"]
    assert reason(found[1]) == TOO_LONG


def test_a_file_that_kills_its_parser_costs_that_file(root: Path) -> None:
    write(root, {"endless.py": ENDLESS})
    with ParserPool(root, 1) as pool:
        answers = pool.parse(["shop/cart.py", "endless.py", "shop/money.py"])
        assert next(answers).path == "shop/cart.py"
        (parser,) = parsers()
        os.kill(parser, signal.SIGSEGV)
        assert [(parsed.path, reason(parsed)) for parsed in answers] == [("endless.py", "its parser died"), ("shop/money.py", "")]


def test_time_in_which_a_parser_does_not_run_is_not_counted(root: Path) -> None:
    with ParserPool(root, 1, TimeLimit(cpu=SECONDS)) as pool:
        list(pool.parse(["shop/cart.py"]))
        (parser,) = parsers()
        os.kill(parser, signal.SIGSTOP)
        threading.Timer(1.5 * SECONDS, os.kill, (parser, signal.SIGCONT)).start()
        assert [reason(parsed) for parsed in pool.parse(["shop/money.py"])] == [""]


def test_no_file_is_to_blame_for_how_long_its_grammar_takes(root: Path) -> None:
    write(root, {"cart.cc": "int total() { return 1; }\n"})
    with ParserPool(root, 1, TimeLimit(cpu=0.1)) as pool:
        assert [reason(parsed) for parsed in pool.parse(["cart.cc"])] == [""]


def test_a_stopped_parser_is_replaced(root: Path) -> None:
    with ParserPool(root, 1, TimeLimit(cpu=SECONDS, wall=2.0)) as pool:
        first = next(answers := pool.parse(["shop/cart.py"]))
        list(answers)
        (parser,) = parsers()
        os.kill(parser, signal.SIGSTOP)
        (second,) = pool.parse(["shop/money.py"])
        (third,) = pool.parse(["shop/checkout.py"])
    assert (reason(first), reason(second), reason(third)) == ("", "parsing took over 2 s", "")


def test_a_file_that_was_given_up_is_named_and_not_tried_again_until_it_changes(root: Path, tmp_path: Path) -> None:
    write(root, {"endless.py": ENDLESS})
    settings = Settings(tmp_path / "home", embedder="hash", workers=2)
    told: set[str] = set()
    with ProjectMemory(root, settings, lambda what, _done, _total: told.add(what), limit=TimeLimit(cpu=SECONDS)) as memory:
        report = memory.refresh()
        assert "parsing again" not in told
        assert (report.added, report.parsed) == (len(FILES) + 1, len(FILES))
        assert [(one.path, one.reason) for one in report.skipped] == [("endless.py", TOO_LONG)]
        assert memory.status().skipped == memory.status().failed == report.skipped
        assert memory.search("parse_money")[0].id == "shop/money.py#parse_money"
    with ProjectMemory(root, settings) as memory:  # one that would take seconds to give up
        os.utime(root / "endless.py")
        assert memory.refresh().store_version == report.store_version
        assert memory.status().fresh
        write(root, {"endless.py": "def harmless(): ...\n"})
        assert memory.refresh().parsed == 1
        assert memory.status().skipped == ()


def test_a_file_whose_parser_was_killed_is_indexed_by_the_same_refresh(
    root: Path, tmp_path: Path, with_slow_file: list[tuple[str, ...]]
) -> None:
    write(root, {"slow.py": SLOW})
    told: list[tuple[str, int]] = []

    def kill_once(what: str, done: int, _total: int) -> None:
        if (what, done) == ("parsing", 1):
            (parser,) = parsers()
            os.kill(parser, signal.SIGKILL)
        told.append((what, done))

    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1), kill_once) as memory:
        report = memory.refresh()
        assert ("parsing again", 1) in told
        assert (report.parsed, report.skipped) == (len(FILES) + 1, ())
        assert (memory.status().failed, memory.refresh().has_changes) == ((), False)
    assert rows(root, tmp_path / "home") == with_slow_file


def test_nothing_else_is_parsed_while_a_file_is_parsed_again(root: Path) -> None:
    write(root, {"endless.py": ENDLESS, "other.py": ENDLESS})
    with ParserPool(root, 2, TimeLimit(cpu=SECONDS)) as pool:
        failed = list(pool.parse(["endless.py", "shop/cart.py", "other.py"]))
        again = pool.parse_again([one for one in failed if one.failure])
        assert [(next(again).path, len(parsers())), (next(again).path, len(parsers()))] == [("endless.py", 0), ("other.py", 0)]


def _forget_the_time(folder: Path) -> None:
    (folder / "failures.json").unlink()


def _fail_yesterday(folder: Path) -> None:
    stored = orjson.loads(unsealed((folder / "failures.json").read_bytes()))
    stored["times"] = {digest: time - 24 * 3600 for digest, time in stored["times"].items()}
    (folder / "failures.json").write_bytes(sealed(orjson.dumps(stored)))


def _parse_with_another_version(folder: Path) -> None:
    store = Store.newest(folder)
    batch = store.file_batches(["slow.py"])
    position = batch.schema.get_field_index("language_revision")
    older = ["older" if revision else "" for revision in batch["language_revision"].to_pylist()]
    store.commit(batch.set_column(position, batch.schema.field(position), [older]).to_batches(), ["slow.py"])


@pytest.mark.parametrize("change", [_forget_the_time, _fail_yesterday, _parse_with_another_version])
def test_a_file_that_failed_is_tried_again(
    root: Path, tmp_path: Path, change: Callable[[Path], None], with_slow_file: list[tuple[str, ...]]
) -> None:
    fail(root, tmp_path / "home")
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        assert not memory.refresh().has_changes
        assert (memory.status().fresh, [one.path for one in memory.status().failed]) == (True, ["slow.py"])
        assert memory.search("parse_money")
        assert memory.pack("parse_money").items
        memory.close()
        change(memory.folder)
        report = memory.refresh()
        assert (report.modified, report.parsed, report.skipped) == (1, 1, ())
        assert (memory.status().fresh, memory.status().failed) == (True, ())
    assert rows(root, tmp_path / "home") == with_slow_file


def test_a_file_that_fails_once_more_waits_another_day(root: Path, tmp_path: Path) -> None:
    write(root, {"endless.py": ENDLESS})
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1), limit=TimeLimit(cpu=SECONDS)) as memory:
        memory.refresh()
        _fail_yesterday(memory.folder)
        assert memory.refresh().modified == 1
        assert memory.refresh().modified == 0
        assert memory.retry().modified == 1


def test_an_edit_does_not_make_another_file_that_failed_due(root: Path, tmp_path: Path) -> None:
    fail(root, tmp_path / "home")
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        with (root / "README.md").open("a") as opened:
            opened.write("\nOne more line.\n")
        assert memory.refresh_paths(["README.md"]).modified == 1
        assert not memory.refresh().has_changes
        assert [one.path for one in memory.status().failed] == ["slow.py"]


def test_a_moved_file_that_failed_is_not_parsed(root: Path, tmp_path: Path) -> None:
    (root / fail(root, tmp_path / "home")).rename(root / "moved.py")
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        assert (memory.refresh().renamed, memory.refresh().has_changes) == (1, False)
        assert [one.path for one in memory.status().failed] == ["moved.py"]
        (root / "moved.py").unlink()
        assert (memory.retry().removed, memory.status().failed) == (1, ())


def test_a_file_that_is_skipped_for_its_content_has_not_failed(root: Path, tmp_path: Path) -> None:
    (root / "data.bin").write_bytes(bytes(range(256)))
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.refresh()
        assert [one.reason for one in memory.status().skipped] == ["binary"]
        assert (memory.status().failed, memory.retry().has_changes) == ((), False)


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


KILLED_AT_ITS_START = """
import os, pathlib, sys
starts = pathlib.Path(__file__).with_name("starts")
number = len(starts.read_bytes()) if starts.exists() else 0
starts.write_bytes(b"." * (number + 1))
if number < KILLED:
    os.kill(os.getpid(), 9)
sys.path.remove(str(starts.parent.parent))
del sys.modules["tree_sitter"]
import tree_sitter
"""


@pytest.mark.parametrize(("killed", "indexed"), [(1, len(FILES)), (MOST_STARTS, 0)])
def test_a_parser_that_is_killed_while_it_starts_loses_no_file(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: int, indexed: int
) -> None:
    write(tmp_path / "killed", {"tree_sitter/__init__.py": KILLED_AT_ITS_START.replace("KILLED", str(killed))})
    monkeypatch.syspath_prepend(tmp_path / "killed")
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        if indexed:
            assert memory.refresh().parsed == indexed
        else:
            with pytest.raises(ParserUnavailable, match=r"were killed.* memory is short .*another program ends them"):
                memory.refresh()
        assert (memory.status().files, memory.status().failed) == (indexed, ())
    assert len((tmp_path / "killed/tree_sitter/starts").read_bytes()) == min(killed + 1, MOST_STARTS)


@pytest.mark.parametrize("files", [{"endless.py": ENDLESS}, {}], ids=["busy", "idle"])
def test_no_parser_outlives_a_killed_parent(root: Path, files: dict[str, str]) -> None:
    write(root, files)
    program = (
        "import sys; from pathlib import Path; from memoryd.parsing import ParserPool, TimeLimit\n"
        f"for parsed in ParserPool(Path(sys.argv[1]), 1, TimeLimit(cpu={SECONDS})).parse(['shop/cart.py', *sys.argv[2:]]):\n"
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
    endless = {f"z/endless_{number}.py": ENDLESS for number in range(2 * math.ceil(DEADLINE / TIME_LIMIT.cpu + 1))}
    rows_before = 100 if moment == "the table is written" else 2  # more than the first batch that is written, or any
    write(shell.root, {**many(50, rows_before), **endless})
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


def test_a_file_of_too_many_units_is_left_out_with_a_reason(root: Path) -> None:
    write(root, {"many.py": "".join(f"def f{number}(): ...\n" for number in range(MOST_UNITS + 1)), "few.py": "def f(): ...\n"})
    write(root, {"calls.py": "".join(f"f{number}()\n" for number in range(MOST_REFERENCES + 1))})
    with ParserPool(root, 1) as pool:
        found = {parsed.path: (reason(parsed), parsed.size, parsed.failure) for parsed in pool.parse(["many.py", "few.py", "calls.py"])}
    assert found == {
        "many.py": ("more than 20,000 definitions and blocks", 1, None),
        "few.py": ("", 2, None),
        "calls.py": ("more than 100,000 references", 1, None),
    }


def test_few_rows_wait_for_a_file_that_takes_long(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = many(8 * BATCH_FILES, lines=2)
    write(root, {"a.py": ENDLESS, **quick})
    monkeypatch.setattr("memoryd.parsing.workers.MOST_HELD", 0)
    with ParserPool(root, 2, TimeLimit(cpu=SECONDS)) as pool:
        assert next(answers := pool.parse(["a.py", *quick])).path == "a.py"
        # Those that one process was sent before: one batch in work, and one waiting.
        assert len(inspect.getgeneratorlocals(answers)["done"]) <= 2 * BATCH_FILES
        assert [parsed.path for parsed in answers] == list(quick)
