"""The plugin, with Claude Code itself: it is valid, is installed from its marketplace, and with hooks in the settings counts once."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.plugin import TOP, stale
from tests.faces.clients import claude, scripted
from tests.faces.clients.claude import text
from tests.faces.clients.forwarding import shim
from tests.faces.clients.test_claude_hooks import EVENTS, TASK, told
from tests.faces.serving import KEYED, Served, warm
from tests.project import DEADLINE


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with warm(tmp_path_factory.mktemp("plugin"), {}) as one:
        yield one


def test_the_plugin_is_what_install_writes() -> None:
    assert stale() == []


def test_the_plugin_is_valid_and_installed_from_its_marketplace(program: str, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "CLAUDE_CONFIG_DIR": str(tmp_path / ".claude")}
    environment = scripted.environment(("ANTHROPIC", "CLAUDE"), **home, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1")

    def say(*arguments: str) -> str:
        command = [program, "plugin", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=DEADLINE, input="")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "hooks: PreCompact command memoryd" in say("validate", str(TOP / "plugin"))
    say("validate", str(TOP))
    say("marketplace", "add", str(TOP))
    say("install", "memoryd@memoryd", "--scope", "user")
    assert json.loads((tmp_path / ".claude" / "settings.json").read_text())["enabledPlugins"] == {"memoryd@memoryd": True}
    say("uninstall", "memoryd@memoryd")


def test_with_hooks_in_the_settings_too_each_event_counts_once(program: str, served: Served, tmp_path: Path) -> None:
    folder = shim(tmp_path / "bin", served)
    hook = {"type": "http", "url": f"http://127.0.0.1:{served.port}/v1/hooks/claude-code", "headers": KEYED, "timeout": 60}
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"hooks": {event: [{"hooks": [hook]}] for event in EVENTS}}))
    arguments = (TASK, "--plugin-dir", str(TOP / "plugin"), "--settings", str(settings))
    path = f"{folder}:{os.environ['PATH']}"
    ran = claude.run(program, served.root, {}, [[text("done")]], *arguments, PATH=path)
    assert ran.code == 0, ran.err
    assert told(ran).count("memoryd has this project indexed") == 1
    assert told(ran).count("Places in this project that likely matter") == 1
    alone = claude.run(program, served.root, {}, [[text("done")]], TASK, "--plugin-dir", str(TOP / "plugin"), PATH=path)
    assert told(alone).count("Places in this project that likely matter") == 1
