"""Commands that only read ask the daemon if one runs: the same answer to the byte, and nothing heavy is imported."""

import os
import re
import signal
from collections.abc import Iterator

import httpx
import pytest

from tests import warm
from tests.project import FILES, Done, Shell, write

HEAVY = {"numpy", "pyarrow", "indexers"}
HEAVIER = {"lancedb", "scipy", "networkx", "filelock", "asyncio", "tree_sitter", "pathspec"}
"""What only a command needs that writes the index or reads ignore files."""
ESCAPE = "\x1b]0;owned\x07"
EVIL = f"evil\n{ESCAPE}.md"
NOTE = ("--title", "Totals are integers in cents", "--body", "Floats lost a cent.", "--claim", "symbol shop/cart.py#Cart.total")
COMMANDS: dict[str, tuple[str, ...]] = {
    "pack": ("pack", "parse money"),
    "pack in JSON": ("pack", "parse money", "--budget", "500", "--json"),
    "pack of nothing": ("pack", "zzzqqq xyzzy"),
    "pack of nothing in JSON": ("pack", "zzzqqq xyzzy", "--json"),
    "search": ("search", "evil steering parse_money"),
    "search in JSON": ("search", "parse_money", "--limit", "3", "--json"),
    "show": ("show", "shop/money.py:1-2", EVIL),
    "show raw, in JSON": ("show", "--raw", EVIL, "--json"),
    "show by name": ("show", "Cart.total"),
    "show reversed": ("show", "shop/money.py:5-2"),
    "show nothing": ("show", "no/such/file.py"),
    "map": ("map", "--budget", "300"),
    "map in JSON": ("map", "--json"),
    "callers": ("callers", "Cart.total"),
    "tests in JSON": ("tests", "Cart.total", "--json"),
    "impact of no commit": ("impact", "--changed", "--base", "nowhere"),
    "history in JSON": ("history", "Cart.total", "--json"),
    "status": ("status",),
    "status in JSON": ("status", "--json"),
    "recall": ("note", "recall", "why are totals integers"),
    "recall in JSON": ("note", "recall", "--at", "shop/cart.py", "--json"),
    "recall nothing": ("note", "recall", "--at", "config.yaml"),
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Return a project that a daemon knows."""
    base = tmp_path_factory.mktemp("asked")
    shell = Shell(base / "project", base / "home")
    write(shell.root, {**FILES, EVIL: f"# Evil\n\nSteering {ESCAPE} text.\n", "logo.bin": "\0\1"})
    assert warm.run(shell, "note", "add", "--kind", "decision", *NOTE).code == 0
    assert warm.run(shell, "daemon", "start").code == 0
    yield shell
    assert warm.run(shell, "daemon", "stop").code == 0


def imported(shell: Shell, *command: str, **settings: str) -> set[str]:
    """Return the packages that a command imports."""
    done = Shell(shell.root, shell.home, {"PYTHONPROFILEIMPORTTIME": "1", **settings}).run(*command)
    assert done.code == 0
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in done.err.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_daemon_answers_a_command_as_it_answers_itself(asked: Shell, name: str) -> None:
    alone: Done = warm.run(asked, *COMMANDS[name], "--no-daemon")
    assert warm.run(asked, *COMMANDS[name]) == alone
    assert alone.out or alone.err


def test_a_command_that_asks_the_daemon_imports_nothing_heavy(asked: Shell) -> None:
    for command in ("pack", "search", "show", "map", "status", "recall", "callers"):
        assert not imported(asked, *COMMANDS[command]) & HEAVY, command


def test_a_question_without_a_daemon_is_answered_from_the_image_and_imports_what_that_needs(asked: Shell) -> None:
    assert warm.run(asked, *COMMANDS["map"], "--no-daemon").code == 0  # now there is one
    for command in ("pack", "search", "show", "map", "status", "recall", "callers"):
        assert not imported(asked, *COMMANDS[command], "--no-daemon") & HEAVIER, command


def test_the_address_of_the_dashboard_signs_a_browser_in_and_asking_for_it_imports_nothing_heavy(asked: Shell) -> None:
    told = Shell(asked.root, asked.home, {"PYTHONPROFILEIMPORTTIME": "1"}).run("ui")
    address = told.text.strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/ui/enter\?key=[\w-]{43}", address)
    assert not {line.rpartition("|")[2].strip().partition(".")[0] for line in told.err.splitlines()} & {*HEAVY, "jinja2"}
    with httpx.Client(headers={"Accept": "text/html"}, follow_redirects=True) as browser:
        assert asked.root.name in browser.get(address).text
    assert httpx.get(address, headers={"Accept": "text/html"}).status_code == 401


def test_what_was_written_a_moment_ago_is_found(asked: Shell) -> None:
    for number in range(3):
        write(asked.root, {f"shop/made_{number}.py": f"def freshly_made_{number}():\n    pass\n"})
        assert f"shop/made_{number}.py" in warm.run(asked, "search", f"freshly_made_{number}").text
        os.unlink(asked.root / f"shop/made_{number}.py")
        assert f"shop/made_{number}.py" not in warm.run(asked, "search", f"freshly_made_{number}").text


def test_a_daemon_is_not_asked_by_who_wants_none_or_has_other_settings(asked: Shell) -> None:
    search = COMMANDS["search"]
    assert imported(asked, *search, "--no-daemon") >= HEAVY
    for settings in ({"MEMORYD_DAEMON": "no"}, {"MEMORYD_SECRETS": "show"}):
        assert imported(asked, *search, **settings) >= HEAVY


def test_a_daemon_that_hangs_costs_no_answer(asked: Shell) -> None:
    alone = warm.run(asked, *COMMANDS["search"], "--no-daemon")
    pid = warm.run(asked, "daemon", "status", "--json").json["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        assert warm.run(asked, *COMMANDS["search"]) == alone
    finally:
        os.kill(pid, signal.SIGCONT)
