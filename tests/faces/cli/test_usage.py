"""What `memoryd usage` prints, for people, for programs, and as a page."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from memoryd.errors import UsageError
from memoryd.faces.cli import cli
from memoryd.faces.cli.usage.plots import bar, curve
from memoryd.standalone import statusline
from tests.project import Shell
from tests.usage.writing import answer, called, result, write

ESCAPE = "\x1b]0;owned\x07"
EVIL = f"<script>alert(1)</script>{ESCAPE}"
OPUS = [answer(f"m{number}", 3 * number, usage=(5, 1_000 * number, 1_000, 0, 100), cwd="=1+1") for number in range(12)]
COMPACTED = {"type": "system", "subtype": "compact_boundary", "sessionId": "s"}
ASIDE = "x\n[memoryd: 9 of 10 lines kept aside; show_code obs:00000000ff:FIRST-LAST shows them]"
OURS = [
    answer("n1", 5, sessionId="ours", content=[called("Bash", "t", command="ls")]),
    result("t", ASIDE),
    answer("n2", 6, sessionId="ours"),
]
FREE = [answer("f1", 9, model="our-own-model", sessionId="free", cwd=f"/{EVIL}", gitBranch=EVIL)]

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs `memoryd usage` on the transcripts of a client's folder."""
    write(tmp_path / "claude" / "projects" / "-p" / "s.jsonl", [*OPUS[:6], COMPACTED, *OPUS[6:]])
    write(tmp_path / "claude" / "projects" / "-p" / "free.jsonl", [*FREE, b"{cut\n"])
    write(tmp_path / "claude" / "projects" / "-p" / "ours.jsonl", OURS)
    for name, value in {
        "MEMORYD_HOME": "home",
        "HOME": ".",
        "CLAUDE_CONFIG_DIR": "claude",
        "CODEX_HOME": "none",
        "XDG_DATA_HOME": "data",
    }.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    return lambda *arguments: CliRunner().invoke(cli, ["usage", *arguments], catch_exceptions=False)


def test_people_are_told_every_figure_and_what_has_no_price(run: Run) -> None:
    text = run("--by", "branch", "--by", "model").output
    # 12 requests: 60 tokens of input, 66,000 read at 0.2, 12,000 written at 5, 1,200 made at 20; two of 1 and 1: $ per million
    assert f"${(62 * 4 + 66_000 * 0.2 + 12_000 * 5 + 1_202 * 20) / 1e6:.2f}+  at list prices" in text
    assert "No price is known for our-own-model" in text
    assert "no price" in text
    assert "share from cache   84.5%" in text
    for part in (
        "3 files, 15 lines with usage, 1 damaged lines",
        "By branch",
        "By model",
        "Growth",
        "^",
        "Where contexts come from",
        "Pace",
    ):
        assert part in text
    assert "1 shortened outputs are no longer kept: nothing is claimed for them" in text
    assert "1 of them cost more than they saved" in text
    assert "\x1b" not in text
    assert "\\x1b]0;owned" in text


def test_programs_get_sums_that_agree(run: Run) -> None:
    told = json.loads(run("--json").output)
    assert told["requests"] == 15
    assert told["tokens"] == {"input": 63, "cache_read": 66_000, "cache_write_5m": 12_000, "cache_write_1h": 0, "output": 1_203}
    assert told["unpriced_models"] == ["our-own-model"]
    assert told["by_model"]["our-own-model"]["cost"] is None
    assert told["cost"]["total"] == pytest.approx(sum(one["cost"]["total"] for one in told["by_day"].values()))
    rows = list(csv.DictReader(io.StringIO(run("--csv", "--by", "project").output)))
    assert sum(int(row["requests"]) for row in rows) == 15
    assert {row["project"] for row in rows} == {"'=1+1", "/p", f"/{EVIL}"}, "no spreadsheet computes what a folder is called"
    assert [row["cost"] for row in rows if row["project"].startswith("/<")] == [""]


def test_days_and_sessions_choose_requests(run: Run) -> None:
    assert "no requests found" in run("--since", "2027-01-01").output
    assert json.loads(run("--until", "2026-11-30", "--json").output)["requests"] == 15
    one = json.loads(run("--session", "fr", "--json").output)
    assert (one["requests"], one["read"]["files"], list(one["by_session"])) == (1, 1, ["free"])
    wrong = (
        ("--since", "soon"),
        ("--until", "9999-12-31"),
        ("--compare", "with", "luck"),
        ("--session", "zz"),
        ("--transcripts", "/no/such"),
    )
    for arguments in wrong:
        with pytest.raises(UsageError):
            run(*arguments)


def test_groups_and_prices_are_put_side_by_side(run: Run) -> None:
    text = run("--compare", "without", "with").output
    assert "A has 2 sessions, B has 1" in text
    assert "too few to say" in text
    text = run("--what-if", "cache", "--what-if", "claude-haiku-4-5").output
    assert [line.split("$")[0].strip() for line in text.splitlines() if "$" in line] == [
        "as it was", "without a cache", "with a cache of 5m", "with a cache of 1h", "with claude-haiku-4-5",
    ]  # fmt: skip


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "onload", "onclick")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_needs_nothing_else_and_runs_nothing(run: Run, tmp_path: Path) -> None:
    assert run("--html", str(tmp_path / "page.html"), "--by", "project").exit_code == 0
    text = (tmp_path / "page.html").read_text()
    page = _Page()
    page.feed(text)
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert page.links == []
    assert "url(" not in text
    assert any("<script>" in word for word in page.words), "a name is text"
    assert "\x1b" not in text
    assert page.tags.count("section") == 6
    assert "line" in page.tags, "where a context was compacted"


def test_bars_and_curves_show_what_they_mean() -> None:
    assert [bar(value, 8, 2) for value in (0, 1, 4, 8)] == ["", "▎", "█", "██"]
    assert curve((1, 2, 4), (2,), 10, 2) == ["  █", "▄██", "  ^"]
    assert curve(range(1, 101), (), 4, 1) == ["▂▄▆█", ""]
    assert curve((), (), 4, 1) == []


def test_a_status_line_is_one_line_whatever_comes_in(tmp_path: Path) -> None:
    file = write(
        tmp_path / "s.jsonl", [*OPUS[:3], answer("side", isSidechain=True, usage=(1, 1, 1, 1, 1)), b'{"type":"assistant","usage":']
    )
    window = {"context_window_size": 200_000, "current_usage": {"input_tokens": 10_000, "cache_read_input_tokens": 30_000}}
    limits = {"five_hour": {"used_percentage": 41.4}, "seven_day": {"used_percentage": "much"}}
    told = {"model": {"display_name": "Opus"}, "context_window": window, "cost": {"total_cost_usd": 1.5}, "rate_limits": limits}
    assert statusline.line_of(told) == "Opus · context 40k of 200k (20%) · 75% from cache · $1.50 · 5 h limit 41%"
    assert statusline.line_of({"transcript_path": str(file)}) == "context 3k · 67% from cache"
    os.mkfifo(tmp_path / "pipe")
    hostile: tuple[dict[str, Any], ...] = (
        {},
        {"model": {"display_name": ESCAPE}},
        {"transcript_path": "\0"},
        {"transcript_path": 3},
        {"transcript_path": str(tmp_path / "pipe")},
        {"cost": []},
        {"context_window": 7},
    )
    assert {statusline.line_of(one) for one in hostile} == {"memoryd: nothing to tell yet"}
    alone = [sys.executable, "-I", "-S", statusline.__file__]
    for given in (b"", b"[1]", b"[" * 100_000, b"\xff", json.dumps({"transcript_path": "/dev/null"}).encode()):
        done = subprocess.run(alone, input=given, capture_output=True, check=True)
        assert (done.stdout, done.stderr) == (b"memoryd: nothing to tell yet\n", b"")
    shell = Shell(tmp_path, tmp_path / "home")
    assert shell.run("usage", "statusline", stdin=json.dumps(told).encode()).out.startswith(b"Opus")
