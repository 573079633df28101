"""Codex itself, offline, with our hooks: what it sends, and what its model gets to see of our answers."""

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memoryd.faces.install import Machine, add_hooks
from tests.faces.clients import codex
from tests.faces.clients.codex import Item, Ran, said_by, shell, text
from tests.faces.clients.forwarding import forwarding
from tests.faces.clients.scripted import program
from tests.faces.serving import Served, warm
from tests.project import DEADLINE

TASK = "why does step_7 of module_3 return a value that is too large"
ARGUMENTS = ("--dangerously-bypass-hook-trust", "--dangerously-bypass-approvals-and-sandbox")


@pytest.fixture(scope="module")
def found() -> str:
    named = program("codex", "CODEX_BIN")
    if named is None:
        pytest.skip("Codex is not installed; scripts/test-clients installs it and runs these tests, or set CODEX_BIN")
    return named


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with warm(tmp_path_factory.mktemp("hooks"), {}) as one:
        yield one


def run(found: str, one: Served, home: Path, turns: list[list[Item]], prompt: str = TASK) -> Ran:
    """Run Codex with the hooks that `install` writes, each of which asks the daemon of the test."""
    (home / ".codex").mkdir(parents=True)
    (home / ".codex" / "config.toml").write_text(codex.PROVIDER)
    hooks = json.loads(add_hooks("codex", Machine(home, {}), "user", one.root).after or "{}")
    forward = shlex.join(forwarding(home, one, "codex"))
    for (entry,) in hooks["hooks"].values():
        (handler,) = entry["hooks"]
        assert shlex.split(handler["command"])[-1] == "codex"
        handler.update(command=forward, timeout=int(DEADLINE))
    (home / ".codex" / "hooks.json").write_text(json.dumps(hooks))
    return codex.run(found, one.root, home, turns, prompt, *ARGUMENTS)


def test_a_task_comes_with_its_places_and_a_long_listing_is_shown_in_part(found: str, served: Served, tmp_path: Path) -> None:
    ran = run(found, served, tmp_path, [[shell("find . -name '*.py'")], [text("done")]])
    assert (ran.code, ran.out.strip()) == (0, "done"), ran.err
    told = ran.model.told()
    assert "memoryd has this project indexed" in told
    assert "pkg3/module_3.py" in told
    (output,) = ran.model.outputs()
    seen = said_by(output)
    (handle,) = set(re.findall(r"obs:[0-9a-f]{10}", seen))
    every = served.post("/v1/show", handles=[handle]).json()["shown"][0]["text"].splitlines()
    assert 3 * len(seen.splitlines()) < 2 * len(every)
    assert "kept aside" in seen


def test_without_a_daemon_codex_goes_on_as_if_there_were_no_hooks(found: str, served: Served, tmp_path: Path) -> None:
    (tmp_path / ".codex").mkdir()
    (tmp_path / ".codex" / "config.toml").write_text(codex.PROVIDER)
    machine = Machine(tmp_path, {}, settings={"MEMORYD_HOME": str(tmp_path / "nowhere")}, python=Path(sys.executable))
    (tmp_path / ".codex" / "hooks.json").write_text(add_hooks("codex", machine, "user", served.root).after or "")
    turns = [[shell("find . -name '*.py'")], [text("done")]]
    ran = codex.run(found, served.root, tmp_path, turns, TASK, *ARGUMENTS)
    assert (ran.code, ran.out.strip()) == (0, "done"), ran.err
    assert "memoryd" not in ran.model.told()
    (output,) = ran.model.outputs()
    assert said_by(output).count("module_") == 120
