"""Claude Code itself, offline, with our hooks: what it sends, and what its model gets to see of our answers."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memoryd import hook
from memoryd.config import Settings
from memoryd.daemon import ensure
from memoryd.memory import ProjectMemory
from tests.faces.mcp import claude, scripted
from tests.faces.mcp.bridge import stop_daemon
from tests.faces.mcp.claude import Block, Ran, said_by, text, use
from tests.project import SOURCE_ROOT, eventually, many, write

FIND = "mcp__memoryd__search_code"
ALLOWED = ("--allowedTools", "mcp__memoryd__*", "Read", "Edit", "Bash")
EVENTS = ("SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "PreCompact", "SubagentStart", "SubagentStop", "SessionEnd")
TASK = "why does step_7 of module_3 return a value that is too large"
"""A task that speaks of the project."""
TOTAL = '''def grand_total(lines):
    """Sum of everything in the basket of a customer."""
    subtotal = sum(line.amount for line in lines)
    shipping = 0 if subtotal > 100 else 5
    return subtotal + shipping
'''
HEAD = "shop/basket.py"


@pytest.fixture(scope="module")
def program() -> str:
    found = scripted.program("claude", "CLAUDE_BIN")
    if found is None:
        pytest.skip("Claude Code is not installed; scripts/test-clients installs it and runs these tests, or set CLAUDE_BIN")
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    yield folder
    stop_daemon(folder)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Path:
    """Return a project that is too large to be read, loaded by a daemon."""
    folder = tmp_path_factory.mktemp("large").resolve() / "project"
    write(folder, many(120) | {HEAD: TOTAL})
    with ProjectMemory(folder, Settings(home, "hash", 1)) as memory:
        memory.refresh()
    settings = Settings(home, "hash")
    ensure(settings)
    event = {"hook_event_name": "SessionStart", "session_id": "warm", "cwd": str(folder), "source": "startup"}
    register(folder, home)
    assert eventually(lambda: sent({**event, "session_id": str(len(event))}, home) != "")
    return folder


def register(folder: Path, home: Path) -> None:
    variables = {"PYTHONPATH": str(SOURCE_ROOT), "MEMORYD_HOME": str(home), "MEMORYD_EMBEDDER": "hash", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "memoryd", "map", "--root", str(folder)]
    subprocess.run(command, env=variables, check=True, capture_output=True)


def sent(event: dict[str, Any], home: Path) -> str:
    """Return what the hook prints for an event."""
    command = [sys.executable, "-I", "-S", hook.__file__, "claude-code", str(home)]
    done = subprocess.run(command, input=json.dumps(event).encode(), capture_output=True, check=True)
    return done.stdout.decode()


def run(program: str, home: Path, project: Path, turns: list[list[Block]], prompt: str = TASK, *arguments: str) -> Ran:
    variables = {"PYTHONPATH": str(SOURCE_ROOT), "MEMORYD_HOME": str(home), "MEMORYD_EMBEDDER": "hash", "MEMORYD_WORKERS": "1"}
    server = {
        "memoryd": {"type": "stdio", "command": sys.executable, "args": ["-m", "memoryd", "mcp"], "env": variables, "alwaysLoad": True}
    }
    command = {"type": "command", "command": sys.executable, "args": ["-I", "-S", hook.__file__, "claude-code", str(home)], "timeout": 5}
    settings = project.parent / "settings.json"
    settings.write_text(json.dumps({"hooks": {event: [{"hooks": [command]}] for event in EVENTS}}))
    return claude.run(program, project, server, turns, prompt, "--settings", str(settings), *arguments, *ALLOWED)


def told(ran: Ran, request: int = -1) -> str:
    """Return everything that a model saw in a request."""
    return json.dumps(ran.model.requests[request]["messages"])


def test_a_session_starts_with_what_the_project_is_and_where_its_task_lives(program: str, home: Path, large: Path) -> None:
    ran = run(program, home, large, [[text("done")]])
    assert ran.code == 0, ran.err
    assert "memoryd has this project indexed" in told(ran)
    assert "pkg3/module_3.py" in told(ran)


def test_a_pack_names_the_lines_that_the_agent_has_read(program: str, home: Path, large: Path) -> None:
    question = use(FIND, task="grand_total of the basket of a customer")
    read = use("Read", file_path=str(large / HEAD))
    before = run(program, home, large, [[question], [text("done")]])
    assert "subtotal = sum(" in said_by(before.model.results()[-1])
    after = run(program, home, large, [[read], [question], [text("done")]])
    pack = said_by(after.model.results()[-1])
    assert "subtotal = sum(" not in pack
    assert "lines 1-5 are in your context already, unchanged" in pack
    again = run(program, home, large, [[question], [question], [text("done")]])
    first, second = map(said_by, again.model.results()[-2:])
    assert "subtotal = sum(" in first
    assert "lines 1-5 are in your context already, unchanged" in second
