"""Codex itself, offline, as `memoryd install codex` configures it: a scripted model calls our tools, and the tests read what it saw."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.daemon import ensure, secret_of
from memoryd.faces.mcp.tools import INSTRUCTIONS, TOOLS
from tests.faces.clients import codex
from tests.faces.clients.codex import look_for, said_by, text, use
from tests.faces.clients.scripted import program
from tests.faces.mcp.bridge import TASK, TEXT, bridge
from tests.project import DEADLINE, SOURCE_ROOT


@pytest.fixture(scope="module")
def found() -> str:
    named = program("codex", "CODEX_BIN")
    if named is None:
        pytest.skip("Codex is not installed; scripts/test-clients installs it and runs these tests, or set CODEX_BIN")
    return named


@pytest.fixture
def path(home: Path, tmp_path: Path) -> str:
    """A search path on which `memoryd` is ours: Codex gives what it starts no variables but a few."""
    program = tmp_path / "bin" / "memoryd"
    program.parent.mkdir()
    ours = {"PYTHONPATH": SOURCE_ROOT, "MEMORYD_HOME": home, "MEMORYD_EMBEDDER": "hash", "MEMORYD_WORKERS": 1}
    exports = "".join(f"export {name}='{value}'\n" for name, value in ours.items())
    program.write_text(f'#!/bin/sh\n{exports}exec "{sys.executable}" -m memoryd "$@"\n')
    program.chmod(0o755)
    return f"{program.parent}:{os.environ['PATH']}"


@pytest.fixture
def user(tmp_path: Path, path: str, root: Path) -> Path:
    """The home of somebody who uses Codex with a model of theirs and has installed memoryd."""
    configuration = tmp_path / "user" / ".codex" / "config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(codex.PROVIDER)
    variables = {**os.environ, "PATH": path, "HOME": str(tmp_path / "user"), "CODEX_HOME": ""}
    subprocess.run(["memoryd", "install", "codex", "--yes"], cwd=root, env=variables, check=True, capture_output=True, timeout=DEADLINE)
    assert configuration.read_text().startswith(codex.PROVIDER)
    return tmp_path / "user"


def test_a_model_that_asks_for_a_pack_gets_the_evidence(found: str, root: Path, user: Path, path: str) -> None:
    turns = [
        [look_for("find the code for a task")],
        [use("search_code", task=TASK)],
        [use("show_code", handles=["shop/money.py#parse_money"])],
        [text("done")],
    ]
    ran = codex.run(found, root, user, turns, TASK, PATH=path)
    assert (ran.code, ran.out.strip()) == (0, "done"), ran.err
    # Codex does not show tools before they are looked for, but what we say of ourselves stands in the first request, in full.
    assert INSTRUCTIONS in ran.model.told().replace('\\"', '"')
    looked, packed, expanded = ran.model.outputs()
    assert TOOLS[0]["description"] in str(looked["tools"])
    assert TEXT in said_by(packed)
    assert "round(float(text) * 100)" in said_by(expanded)


LOOKED_FOR = {
    "search the codebase": "search_code", "understand how a feature is implemented": "search_code", "grep source code": "search_code",
    "read source of a function": "show_code", "show file lines": "show_code", "project notes": "search_notes",
    "past decisions about code": "search_notes", "remember this": "write_note", "save a note": "write_note",
}  # fmt: skip


def test_codex_finds_each_tool_by_the_words_of_who_needs_it(found: str, root: Path, user: Path, path: str) -> None:
    ran = codex.run(found, root, user, [*([look_for(query)] for query in LOOKED_FOR), [text("done")]], TASK, PATH=path)
    first = [output["tools"][0]["tools"][0]["name"] for output in ran.model.outputs()]
    assert dict(zip(LOOKED_FOR, first, strict=True)) == LOOKED_FOR


def test_codex_uses_the_daemon_over_http_with_what_install_writes(found: str, root: Path, user: Path, path: str, home: Path) -> None:
    # Its scripted model asks at once, so the daemon must be ready for that.
    with bridge(root, home) as pipe:
        pipe.shake()
        pipe.call("search_code", task=TASK)
    state = ensure(Settings(home, "hash"))
    variables = {**os.environ, "PATH": path, "HOME": str(user), "CODEX_HOME": ""}
    command = ["memoryd", "install", "codex", "--port", str(state.port), "--yes"]
    done = subprocess.run(command, cwd=root, env=variables, check=True, capture_output=True, timeout=DEADLINE)
    assert secret_of(home).encode() not in done.stdout + done.stderr
    configuration = (user / ".codex" / "config.toml").read_text()
    assert (secret_of(home) in configuration, "command =" in configuration) == (True, False)
    turns = [[look_for("find the code for a task")], [use("search_code", task=TASK, root=str(root))], [text("done")]]
    ran = codex.run(found, root, user, turns, TASK, PATH=path)
    _, packed = ran.model.outputs()
    assert TEXT in said_by(packed)


def test_a_model_reads_what_was_wrong(found: str, root: Path, user: Path, path: str) -> None:
    ran = codex.run(found, root, user, [[use("show_code", handles=["shop/cart.py#Cart.totl"])], [text("done")]], TASK, PATH=path)
    (output,) = ran.model.outputs()
    assert "did you mean shop/cart.py#Cart.total" in said_by(output)
