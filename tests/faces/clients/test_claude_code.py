"""Claude Code itself, offline: a scripted model calls our tools, and the tests read what it saw."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from memoryd.config import Settings
from memoryd.daemon import ensure, secret_of
from memoryd.faces.install import VARIABLE, Daemon, Machine, client_named, install
from memoryd.faces.mcp.tools import INSTRUCTIONS, TOOLS
from memoryd.limits import MOST_DEFINED
from memoryd.tokens import counter
from tests.faces.clients import claude
from tests.faces.clients.claude import said_by, text, use
from tests.faces.mcp.bridge import TASK, TEXT, bridge
from tests.project import SOURCE_ROOT

FIND, SHOW, TRACE = (f"mcp__memoryd__{name}" for name in ("search_code", "show_code", "trace_code"))
WHY, NOTE = "mcp__memoryd__search_notes", "mcp__memoryd__write_note"
ALLOWED = ("--allowedTools", "mcp__memoryd__*")


@pytest.fixture
def stdio(home: Path) -> dict[str, Any]:
    variables = {"PYTHONPATH": str(SOURCE_ROOT), "MEMORYD_HOME": str(home), "MEMORYD_EMBEDDER": "hash", "MEMORYD_WORKERS": "1"}
    return {"memoryd": {"type": "stdio", "command": sys.executable, "args": ["-m", "memoryd", "mcp"], "env": variables}}


def test_a_model_that_asks_for_a_pack_gets_the_evidence(program: str, root: Path, stdio: dict[str, Any]) -> None:
    turns = [[use(FIND, task=TASK)], [use(SHOW, handles=["shop/money.py#parse_money"])], [text("done")]]
    ran = claude.run(program, root, stdio, turns, TASK, *ALLOWED)
    assert ran.code == 0, ran.err
    assert ran.out.strip() == "done"
    # In the first request, although no daemon ran yet when this runs first; and in full, not only by name.
    assert ran.model.tools()[FIND]["description"] == TOOLS[0]["description"]
    assert INSTRUCTIONS in str(ran.model.requests[0])
    packed, expanded = ran.model.results()
    assert TEXT in said_by(packed)
    assert "round(float(text) * 100)" in said_by(expanded)


def test_a_model_reads_what_was_wrong(program: str, root: Path, stdio: dict[str, Any]) -> None:
    ran = claude.run(program, root, stdio, [[use(SHOW, handles=["shop/cart.py#Cart.totl"])], [text("done")]], TASK, *ALLOWED)
    (result,) = ran.model.results()
    assert result["is_error"]
    assert "did you mean shop/cart.py#Cart.total" in said_by(result)


def test_claude_code_uses_the_daemon_over_http(program: str, root: Path, home: Path) -> None:
    with bridge(root, home) as pipe:
        pipe.shake()
        pipe.call("search_code", task=TASK)
    daemon = Daemon(ensure(Settings(home, "hash")).port, secret_of(home))
    edit = install(client_named("claude-code"), Machine(root.parent, {}), "project", root, daemon)
    assert edit.after
    # What a file of the project names, the client takes from its environment.
    servers = json.loads(edit.after)["mcpServers"]
    ran = claude.run(program, root, servers, [[use(FIND, task=TASK)], [text("done")]], TASK, *ALLOWED, **{VARIABLE: daemon.secret})
    assert FIND in ran.model.tools()
    (result,) = ran.model.results()
    assert TEXT in said_by(result)


@pytest.mark.parametrize("entry", [{}, {"alwaysLoad": True}], ids=["by hand", "as install writes it"])
def test_all_tools_are_loaded_from_the_start_and_cost_few_tokens(
    program: str, root: Path, stdio: dict[str, Any], entry: dict[str, Any]
) -> None:
    ran = claude.run(program, root, {"memoryd": {**stdio["memoryd"], **entry}}, [[text("done")]], TASK, *ALLOWED)
    loaded = {name: tool for name, tool in ran.model.tools().items() if "memoryd" in name}
    assert set(loaded) == {FIND, SHOW, TRACE, WHY, NOTE}
    sent = (json.dumps(tool, separators=(",", ":"), ensure_ascii=False) for tool in loaded.values())
    assert sum(map(counter(), sent)) <= MOST_DEFINED


def test_what_install_writes_works_without_the_shell_that_installed(program: str, root: Path, home: Path) -> None:
    settings = {"MEMORYD_HOME": str(home), "MEMORYD_EMBEDDER": "hash"}
    edit = install(client_named("claude-code"), Machine(root.parent, {}, settings=settings), "project", root)
    servers = json.loads(edit.after or "")["mcpServers"]
    ran = claude.run(program, root, servers, [[use(FIND, task=TASK)], [text("done")]], TASK, *ALLOWED, PATH="/usr/bin:/bin")
    (result,) = ran.model.results()
    assert TEXT in said_by(result)


def test_a_model_that_calls_the_tools_of_notes_gets_their_answers_and_their_reasons(
    program: str, root: Path, stdio: dict[str, Any]
) -> None:
    claim = "symbol shop/cart.py#Cart.total"
    turns = [
        [use(NOTE, title="Totals are cents", body="Floats drifted.", claims=[claim.replace("total", "sum")])],
        [use(NOTE, title="Totals are cents", body="Floats drifted.", claims=[claim])],
        [use(WHY, about=["shop/cart.py"])],
        [text("done")],
    ]
    ran = claude.run(program, root, stdio, turns, TASK, *ALLOWED)
    refused, remembered, recalled = map(said_by, ran.model.results())
    assert "Cart.sum does not hold: shop/cart.py defines no Cart.sum" in refused
    assert "Remembered as totals-are-cents-" in remembered
    assert "  > Floats drifted." in recalled
