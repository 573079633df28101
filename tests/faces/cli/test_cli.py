"""The command line as scripts and agents meet it: fields, exit codes, and what goes to which stream."""

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import StringIO
from itertools import accumulate, pairwise
from pathlib import Path

import click
import pytest

from memoryd.faces.cli import cli
from memoryd.faces.cli.output import Estimate, progress
from tests import warm
from tests.project import DEADLINE, FILES, MONEY, PROGRESS, SLOW, SOURCE_ROOT, Done, Shell, eventually, fail, finish, many, write

ESCAPE = "\x1b]0;owned\x07"
"""What would rename the window of a terminal."""
CAFE = b"caf\xe9.py"
EVIL = f"evil\n{ESCAPE}.md"
COMMANDS = ("reindex", "index", "pack", "search", "show", "map", "status", "watch")


@dataclass(frozen=True)
class Answers:
    """What each command of a list said, run once for all tests that look at it."""

    shell: Shell
    done: dict[str, Done]

    def __getitem__(self, command: str) -> Done:
        return self.done[command]


ASKED: dict[str, tuple[tuple[str | bytes, ...], bytes]] = {
    "pack": (("pack", "parse money", "--budget", "500"), b""),
    "pack --json": (("pack", "parse money", "--budget", "500", "--json"), b""),
    "pack -": (("pack", "-"), b'  File "/srv/shop/money.py", line 10, in parse_money\nValueError: \xff\xfe not a number'),
    "pack nothing": (("pack", "parse money", "--budget", "1"), b""),
    "map nothing": (("map", "--budget", "1"), b""),
    "search": (("search", "evil steering parse_money owned"), b""),
    "search --json": (("search", "parse_money", "--limit", "3", "--json"), b""),
    "search --why": (("search", "parse_money", "--limit", "1", "--why"), b""),
    "search --why --json": (("search", "parse_money", "--limit", "1", "--why", "--json"), b""),
    "search nothing --why": (("search", "!", "--why"), b""),
    "serve --every": (("serve", "--every", "300"), b""),
    "show": (("show", "shop/money.py#parse_money"), b""),
    "show two": (("show", "shop/money.py:1-2", EVIL), b""),
    "show raw": (("show", "--raw", "shop/money.py:1-2", EVIL), b""),
    "show --json": (("show", "caf\\xe9.py", "--json"), b""),
    "show bytes": (("show", CAFE), b""),
    "show by name": (("show", "parse_money"), b""),
    "show reversed": (("show", "shop/money.py:5-2"), b""),
    "show nothing": (("show", "no/such/file.py", "--json"), b""),
    "map": (("map", "--budget", "300"), b""),
    "map --json": (("map", "--json"), b""),
    "status": (("status",), b""),
    "status --json": (("status", "--json"), b""),
    "languages": (("languages", "--json"), b""),
    "check fresh": (("reindex", "--check"), b""),
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    base = tmp_path_factory.mktemp("cli")
    shell = Shell(base / "project", base / "home")
    write(shell.root, {**FILES, EVIL: f"# Evil\n\nSteering {ESCAPE} text.\n", f"logo{ESCAPE}.bin": "\0\1"})
    (shell.root / os.fsdecode(CAFE)).write_text("def brew():\n    return 'coffee'\n")
    done = {"check none": warm.run(shell, "reindex", "--check", "--json"), "reindex --json": warm.run(shell, "reindex", "--json")}
    with ThreadPoolExecutor(2) as pool:
        running = {name: pool.submit(warm.run, shell, *arguments, stdin=stdin) for name, (arguments, stdin) in ASKED.items()}
        done |= {name: _alone(one.result()) for name, one in running.items()}
    done["python -m memoryd pack"] = shell.run(*ASKED["pack"][0])
    write(shell.root, {"shop/money.py": MONEY + "\n\nCENT = 1\n"})
    return Answers(shell, done)


def _alone(done: Done) -> Done:
    """Return what a command says that does not run beside another, for which it may have to wait."""
    return replace(done, err=re.sub(r"^memoryd: waiting for process \d+, .*\n", "", done.err, flags=re.MULTILINE))


def test_what_succeeds_exits_0_and_what_fails_says_so_on_standard_error_only(answers: Answers) -> None:
    failing = {"serve --every": 2, "show nothing": 2, "show reversed": 2, "check none": 3}
    assert {name: done.code for name, done in answers.done.items()} == {name: failing.get(name, 0) for name in answers.done}
    silent = [name for name, done in answers.done.items() if not done.out]
    found_nothing = ["pack nothing", "map nothing", "search nothing --why"]
    assert silent == [*found_nothing, "serve --every", "show reversed", "show nothing"]
    assert {name for name, done in answers.done.items() if done.err} == {*failing, *found_nothing}
    assert not any("Traceback" in done.err for done in answers.done.values())


def test_reindex_reports_in_json(answers: Answers) -> None:
    report = answers["reindex --json"].json
    assert list(report) == [
        "added", "modified", "removed", "renamed", "parsed", "embedded", "reused", "skipped", "seconds", "store_version",
        "pulled",
    ]  # fmt: skip
    assert (report["added"], report["parsed"]) == (len(FILES) + 3, len(FILES) + 2)
    assert [one["reason"] for one in report["skipped"]] == ["binary"]


def test_a_pack_in_json_has_the_fields_of_the_contract_and_the_text_of_the_pack(answers: Answers) -> None:
    pack = answers["pack --json"].json
    assert list(pack) == ["text", "tokens", "budget", "items", "omitted", "store_version", "verdict"]
    assert list(pack["verdict"]) == ["kind", "confidence", "next", "why"]
    assert f"\n## verdict: {pack['verdict']['kind']} ({pack['verdict']['confidence']:.2f})" in pack["text"]
    assert list(pack["items"][0]) == ["id", "path", "start_line", "end_line", "level", "tokens", "score", "reasons"]
    assert all(list(left) == ["id", "path", "start_line", "end_line", "why"] for left in pack["omitted"])
    assert pack["tokens"] <= pack["budget"] == 500
    assert pack["text"] == answers["pack"].text == answers["python -m memoryd pack"].text
    assert "shop/money.py#parse_money" in [item["id"] for item in pack["items"]]


def test_a_task_is_read_from_standard_input_whatever_its_bytes(answers: Answers) -> None:
    assert "parse_money" in answers["pack -"].text


def test_a_pack_and_a_map_that_fit_nothing_say_so(answers: Answers) -> None:
    assert answers["pack nothing"].err == "memoryd: nothing found that fits; try other words or a larger --budget\n"
    assert answers["map nothing"].err == "memoryd: nothing of it fits; give a larger --budget\n"


def test_search_in_json_has_the_fields_of_the_contract(answers: Answers) -> None:
    hits = answers["search --json"].json["hits"]
    assert list(hits[0]) == ["id", "path", "start_line", "end_line", "kind", "score", "reasons", "title", "best"]
    assert (hits[0]["title"], hits[0]["best"]) == ("parse_money", {"number": 8, "text": "def parse_money(text: str) -> Money:"})
    assert hits[0]["id"] == "shop/money.py#parse_money"
    assert len(hits) <= 3


def test_search_tells_what_each_feature_gave_to_a_hit_in_json_too(answers: Answers) -> None:
    [hit] = answers["search --why --json"].json["hits"]
    assert list(hit["why"]) == ["id", "probability", "of_file", "of_unit"]
    first = hit["why"]["of_unit"][0]
    assert list(first) == ["feature", "value", "worth"]
    assert f"unit: {first['feature']} {first['value']:.2f} ({first['worth']:+.2f})" in answers["search --why"].text
    assert answers["search nothing --why"].err == "memoryd: nothing found; try other words\n"


def test_an_option_that_may_be_given_again_says_so() -> None:
    again = {name: one.help or "" for name, one in options("memoryd", cli) if one.multiple}
    assert "memoryd note recall --at" in again
    assert [name for name, text in again.items() if "may be given again" not in text and "at least two" not in text] == []


def options(name: str, command: click.Command) -> Iterator[tuple[str, click.Option]]:
    """Yield the options of a command and of those below it, by what is typed."""
    yield from ((f"{name} {one.opts[0]}", one) for one in command.params if isinstance(one, click.Option))
    if isinstance(command, click.Group):
        for below, its in command.commands.items():
            yield from options(f"{name} {below}", its)


def test_what_runs_tests_is_told_in_json_too(shell: Shell) -> None:
    write(shell.root, {"tests/test_money.py": "from shop.money import parse_money\n\n\ndef test_parsing():\n    assert parse_money('1')\n"})
    run = ("tests", "parse_money", "--run")
    assert warm.run(shell, *run).text == "python -m pytest tests/test_money.py\n"
    assert warm.run(shell, *run, "--json").json["commands"] == ["python -m pytest tests/test_money.py"]


def test_how_often_to_look_is_refused_where_nothing_is_followed(answers: Answers) -> None:
    assert "--every is for --follow" in answers["serve --every"].err


def test_show_prints_lines_as_they_are_on_disk(answers: Answers) -> None:
    assert answers["show"].text == answers["show by name"].text == "".join(MONEY.splitlines(keepends=True)[7:])
    assert answers["show two"].text.splitlines()[:3] == ["## shop/money.py:1-2", *MONEY.splitlines()[:2]]
    assert "Steering \\x1b]0;owned\\x07 text." in answers["show two"].text


def test_raw_lines_are_the_bytes_on_disk(answers: Answers) -> None:
    head = "".join(MONEY.splitlines(keepends=True)[:2])
    assert answers["show raw"].out == head.encode() + (answers.shell.root / EVIL).read_bytes()


def test_a_file_name_that_is_no_utf8_is_text_in_json_and_a_handle(answers: Answers) -> None:
    (shown,) = answers["show --json"].json["shown"]
    assert (shown["path"], list(shown)) == ("caf\\xe9.py", ["path", "start_line", "end_line", "text"])
    assert shown["text"] == answers["show bytes"].text == "def brew():\n    return 'coffee'\n"


def test_a_handle_of_nothing_is_a_usage_error_with_advice(answers: Answers) -> None:
    assert answers["show nothing"].err.startswith("memoryd: nothing is called 'no/such/file.py'; ")


def test_a_search_shows_what_each_hit_is_and_its_best_line_in_columns(answers: Answers) -> None:
    lines = answers["search"].text.splitlines()
    first = next(line for line in lines if "function parse_money" in line)
    assert lines[lines.index(first) + 1].lstrip() == "8: def parse_money(text: str) -> Money:"
    assert len({line.index("  (") for line in lines if line.endswith(")") and "  (" in line}) == 1
    assert any(line.endswith(": Steering \\x1b]0;owned\\x07 text.") for line in lines)


def test_a_map_names_what_the_project_is(answers: Answers) -> None:
    assert answers["map"].text.startswith("# project")
    assert list(answers["map --json"].json) == list(answers["pack --json"].json)


def test_status_says_what_is_indexed_and_what_is_not(answers: Answers) -> None:
    status = answers["status --json"].json
    assert list(status) == [
        "root", "data", "store_version", "files", "units", "languages", "embedder", "fresh", "changes", "skipped", "failed",
        "errors", "without_grammar", "branch", "commit", "worktree_of", "remotes",
    ]  # fmt: skip
    assert (status["files"], status["fresh"]) == (len(FILES) + 2, True)
    assert [one["path"] for one in status["skipped"]] == [f"logo{ESCAPE}.bin"]
    assert f"files      {len(FILES) + 2} (" in answers["status"].text
    known = {row["name"]: row for row in answers["languages"].json}
    assert known["python"]["files"] == answers["status --json"].json["languages"]["python"]
    assert (known["fortran"]["files"], known["fortran"]["installed"], ".f90" in known["fortran"]["endings"]) == (0, True, True)


def test_no_name_of_a_file_reaches_a_terminal_as_control_characters(answers: Answers) -> None:
    for command in ("search", "status"):
        assert all(character.isprintable() or character == "\n" for character in answers[command].text)
    assert "  logo\\x1b]0;owned\\x07.bin: binary\n" in answers["status"].text
    assert "evil\\n\\x1b]0;owned\\x07.md:" in answers["search"].text
    assert "\n## evil\\n\\x1b]0;owned\\x07.md:1-3\n" in answers["show two"].text


def test_a_map_of_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    done = warm.run(Shell(tmp_path / "bare", tmp_path / "home"), "map")
    assert done.text == "# bare\nno file is indexed: the folder is empty, or all of its files are left out\n"
    assert done.err.startswith("memoryd: nothing is indexed here: ")


def test_an_index_of_another_project_is_imported_only_by_who_says_so(root: Path, tmp_path: Path) -> None:
    ours, other = Shell(root, tmp_path / "home"), Shell(tmp_path / "other", tmp_path / "home")
    write(other.root, {"README.md": "# Lamp\n", "lamp/switch.py": "def switch(): ...\n", "lamp/bulb.py": "def glow(): ...\n"})
    archive = str(tmp_path / "ours.memoryd")
    assert warm.run(ours, "export", archive).code == 0
    refused = warm.run(other, "import", archive)
    assert (refused.code, refused.out) == (2, b"")
    assert "of its 5 files 1 is here; nothing was imported" in refused.err
    assert warm.run(other, "status", "--json").json["store_version"] == 0
    assert warm.run(other, "import", archive, "--yes").code == 0
    assert warm.run(ours, "import", archive).text.startswith("5 files taken from ")


def test_check_tells_fresh_from_stale_by_its_exit_code(answers: Answers) -> None:
    assert answers["check fresh"].text == "fresh\n"
    assert (answers["check none"].json["fresh"], answers["check none"].code) == (False, 3)
    stale = warm.run(answers.shell, "reindex", "--check", "--json")
    assert (stale.code, stale.json["fresh"], stale.json["changes"]["modified"]) == (3, False, ["shop/money.py"])
    assert "is stale; run: memoryd reindex" in stale.err


def test_status_cannot_be_read_without_the_files_that_failed_and_retry_tries_them_again(shell: Shell) -> None:
    path = fail(shell.root, shell.home)
    status = warm.run(shell, "status")
    assert ", fresh, but 1 file failed\n" in status.text
    assert f"failed     1; try again: memoryd reindex --retry {shell.root}\n  {path}: parsing took over 0.15 s of CPU time\n" in status.text
    assert warm.run(shell, "status", "--json").json["failed"] == [{"path": path, "reason": "parsing took over 0.15 s of CPU time"}]
    check = warm.run(shell, "reindex", "--check")
    assert (check.text, check.code) == ("fresh, but 1 file failed\n", 0)
    assert warm.run(shell, "reindex", "--json").json["parsed"] == 0
    assert warm.run(shell, "reindex", "--retry", "--json").json["parsed"] == 1
    assert warm.run(shell, "status", "--json").json["failed"] == []
    assert warm.run(shell, "reindex", "--check", "--retry").code == 2


def test_a_reader_that_goes_away_is_no_error(answers: Answers) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = answers.shell.start("show", "README.md", stdout=writer)
    os.close(writer)
    assert finish(process) == Done(0, b"", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["pack"], ["pack", " ", "--json"], ["pack", "x", "--budget", "0"], ["pack", "x", "--budget", "many"],
        ["search", "x", "--limit", "0"],
        ["nonsense"], ["show"], ["reindex", "no such folder"], ["status", "--root", "shop/cart.py", "--json"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_exits_2_and_prints_nothing_else(shell: Shell, arguments: list[str]) -> None:
    done = warm.run(shell, *arguments)
    assert (done.code, done.out) == (2, b"")
    assert done.err
    assert "Traceback" not in done.err


def test_help_teaches_each_command_by_example(shell: Shell) -> None:
    with ThreadPoolExecutor(3) as pool:
        helps = dict(zip(COMMANDS, pool.map(lambda command: warm.run(shell, command, "--help"), COMMANDS), strict=True))
    for command, done in helps.items():
        assert (done.code, done.err) == (0, "")
        assert f"\n  memoryd {'reindex' if command == 'index' else command} " in done.text.partition("Usage")[2]
    assert "Exit codes:" in warm.run(shell, "--help").text


def test_a_command_with_two_names_is_named_once_and_answers_to_both(shell: Shell) -> None:
    told = shell.run("--help").text
    assert re.findall(r"^  (index|reindex|notes?) ", told, re.MULTILINE) == ["note", "reindex"]
    assert shell.run("notes", "list", "--help").text.startswith("Usage: python -m memoryd notes list ")


@pytest.mark.parametrize(("lines", "mark"), [("20", "|"), ("200", "")])
def test_help_that_is_too_long_for_a_terminal_is_shown_by_a_pager(shell: Shell, lines: str, mark: str) -> None:
    shell = Shell(shell.root, shell.home, {"PAGER": "sed s/^/|/", "TERM": "xterm", "LINES": lines, "COLUMNS": "100"})
    screen, code = _screen(shell, "--help")
    assert code == 0
    assert all(line.startswith(f"{mark}  ") for line in screen.splitlines() if "memoryd" in line and "Usage" not in line)
    assert warm.run(shell, "--help").text.startswith("Usage: ")


def test_a_shell_completes_commands_options_and_files(shell: Shell, tmp_path: Path) -> None:
    program = tmp_path / "memoryd"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m memoryd "$@"\n')
    program.chmod(0o755)
    (shell.root / "words").write_text(
        'eval "$(memoryd completion bash)"\n'
        "completed() { COMP_WORDS=($1); COMP_CWORD=$2; COMPREPLY=(); _memoryd_completion memoryd 2> /dev/null; echo ${COMPREPLY[@]}; }\n"
        'completed "memoryd re" 1; completed "memoryd token re" 2; completed "memoryd import --y" 2\n'
    )
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(SOURCE_ROOT)}
    done = subprocess.run(["bash", "--norc", "words"], cwd=shell.root, env=environment, capture_output=True, check=True)
    assert done.stdout.decode().splitlines() == ["reindex remote", "revoke", "--yes"]
    assert warm.run(shell, "completion", "zsh").text.startswith("#compdef memoryd\n")
    assert "complete --no-files --command memoryd" in warm.run(shell, "completion", "fish").text


def test_help_and_version_import_nothing_heavy() -> None:
    program = (
        "import sys, runpy; sys.argv = ['memoryd', sys.argv[1]]\n"
        "try: runpy.run_module('memoryd', run_name='__main__', alter_sys=True)\n"
        "except SystemExit: pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    for option in ("--help", "--version"):
        done = subprocess.run([sys.executable, "-c", program, option], cwd=SOURCE_ROOT, capture_output=True, check=True)
        imported = set(done.stderr.decode().split())
        assert "click" in imported
        assert imported.isdisjoint({"lancedb", "pyarrow", "numpy", "scipy", "tree_sitter", "rich", "tiktoken", "watchfiles"})


def _terminal(shell: Shell, *arguments: str) -> tuple[str, str, int]:
    """Run a command with standard error on a terminal; return its output, what the terminal shows, and the exit code."""
    terminal, end = pty.openpty()
    shell = Shell(shell.root, shell.home, {"TERM": "xterm-256color", "COLUMNS": "100"})
    process = shell.start(*arguments, stderr=end)
    return _shown_by(terminal, end, process)


def _screen(shell: Shell, *arguments: str) -> tuple[str, int]:
    """Run a command on a terminal; return what that shows, and the exit code."""
    terminal, end = pty.openpty()
    shell = Shell(shell.root, shell.home, {"TERM": "xterm-256color", "COLUMNS": "100", **shell.settings})
    _, screen, code = _shown_by(terminal, end, shell.start(*arguments, stdin=end, stdout=end, stderr=end))
    return screen, code


def _shown_by(terminal: int, end: int, process: "subprocess.Popen[bytes]") -> tuple[str, str, int]:
    os.close(end)
    screen = b""
    while select.select([terminal], [], [], DEADLINE)[0]:
        try:
            screen += os.read(terminal, 65536)
        except OSError:  # how a terminal says that nobody writes to it any more
            break
    os.close(terminal)
    done = finish(process)
    return done.text, screen.decode(), done.code


def test_long_work_shows_a_bar_on_a_terminal_and_leaves_standard_output_clean(shell: Shell) -> None:
    write(shell.root, {**many(30, lines=5), "a_slow.py": SLOW})
    out, screen, code = _terminal(shell, "reindex")
    assert code == 0
    assert all(phase in screen for phase in ("reading", "parsing", "embedding"))
    assert "\x1b[" in screen
    assert out.startswith(f"{31 + len(FILES)} added; ")
    assert "\x1b" not in out


def test_text_on_a_terminal_cannot_steer_it(shell: Shell) -> None:
    write(shell.root, {"evil.md": f"# Evil\n\n\ttext {ESCAPE}\n"})
    screen, code = _screen(shell, "show", "evil.md")
    assert code == 0
    assert screen.endswith("# Evil\r\n\r\n\ttext \\x1b]0;owned\\x07\r\n")
    assert ESCAPE not in screen


def test_long_work_writes_lines_of_one_phase_after_the_other_where_there_is_no_terminal() -> None:
    stream = StringIO()
    with progress(stream, line_seconds=0) as report:
        for phase, done in (("parsing", 3), ("embedding", 1), ("parsing", 9), ("embedding", 2), ("embedding", 9)):
            report(phase, done, 9)
        report("writing", 0, 0)
    told = ["parsing 3 of 9", "embedding 2 of 9", "embedding 9 of 9", "writing"]
    assert stream.getvalue().splitlines() == [f"memoryd: {one}" for one in told]
    with progress(stream) as report:
        report("parsing", 4, 9)
    assert len(stream.getvalue().splitlines()) == len(told)


def test_an_estimate_comes_true_and_does_not_jump() -> None:
    """Files differ in size: now and then one takes ten times as long as others, and then a whole folder of such."""
    ends = list(accumulate(1.0 if number % 100 == 25 or 300 <= number < 360 else 0.1 for number in range(1_000)))
    estimate, told = Estimate(), list[tuple[float, float]]()
    for done, now in enumerate(ends, 1):
        left = estimate.left(done, len(ends), now)
        assert (left is None) == (done < 30)
        if left is not None:
            told.append((now, left))
    jumps = [abs(left - (before - (now - then))) for (then, before), (now, left) in pairwise(told[:-1])]
    assert max(jumps) < 0.05 * ends[-1]
    assert abs(told[-100][1] - (ends[-1] - told[-100][0])) < 0.1 * ends[-1]
    assert told[-1][1] == 0


def test_an_estimate_forgets_a_slow_start() -> None:
    """Parsers take seconds to start. Then 300 files a second are parsed; what is told at first holds to the end."""
    estimate, ends = Estimate(), [5.0 + number / 300 if number > 30 else 5.0 for number in range(6_000)]
    told = [(now, left) for done, now in enumerate(ends, 1) if (left := estimate.left(done, len(ends), now)) is not None]
    assert told[0][0] < 0.3 * ends[-1]
    assert all(left == pytest.approx(ends[-1] - now, abs=1) for now, left in told)


def test_watch_reports_a_change_and_ends_with_ctrl_c(shell: Shell) -> None:
    process = shell.start("watch")
    assert process.stderr is not None
    assert process.stdout is not None
    while PROGRESS.match(line := process.stderr.readline().decode()):
        pass
    assert line == f"memoryd: watching {shell.root}\n"
    write(shell.root, {"shop/new.py": "def new(): ...\n"})
    assert process.stdout.readline().decode().startswith("1 added, 0 modified, 0 removed, 0 renamed; ")
    process.send_signal(2)
    done = finish(process)
    assert (done.code, done.err) == (0, "")
    assert eventually(lambda: not Path(f"/proc/{process.pid}").exists())


def imported(shell: Shell, command: str) -> set[str]:
    """Return the modules that a command imports."""
    told = Shell(shell.root, shell.home, {"PYTHONPROFILEIMPORTTIME": "1"}).run(command).err
    return {line.rpartition("|")[2].strip() for line in told.splitlines() if line.startswith("import time:")}


def test_neither_the_client_of_remote_catalogues_nor_checks_of_signatures_are_imported_with_lancedb(shell: Shell) -> None:
    found = imported(shell, "reindex")
    assert "lancedb.db" in found
    assert found.isdisjoint({"lance_namespace_urllib3_client.api_client", "overrides.signature"})


def test_where_no_daemon_runs_nothing_is_imported_to_ask_one(shell: Shell) -> None:
    assert "http.client" not in imported(shell, "status")
