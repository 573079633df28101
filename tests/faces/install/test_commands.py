"""`memoryd install` and `memoryd uninstall`, as a user runs them."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from memoryd.errors import UsageError
from memoryd.faces.cli import cli
from memoryd.faces.install import Machine
from tests.project import DEADLINE, SOURCE_ROOT


def _command(project: Path, home: Path, *arguments: str, **options: Any) -> "subprocess.Popen[bytes]":
    path = f"{home}/bin:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(home), "PYTHONPATH": str(SOURCE_ROOT), "MEMORYD_HOME": str(home / "data")}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-m", "memoryd", *arguments], cwd=project, env=environment, **{**pipes, **options})


def _ran(project: Path, home: Path, *arguments: str) -> tuple[int, str, str]:
    process = _command(project, home, *arguments)
    out, err = process.communicate(timeout=DEADLINE)
    return process.returncode, out.decode(), err.decode()


def _answered(project: Path, home: Path, answer: bytes) -> tuple[int, str]:
    controller, terminal = pty.openpty()
    process = _command(project, home, "install", "claude-code", stdin=terminal)
    os.close(terminal)
    os.write(controller, answer)
    _, err = process.communicate(timeout=DEADLINE)
    os.close(controller)
    return process.returncode, err.decode()


def test_where_nobody_can_be_asked_the_difference_is_shown_and_nothing_written(machine: Machine, project: Path) -> None:
    code, out, err = _ran(project, machine.home, "install", "claude-code")
    assert (code, (project / ".mcp.json").exists()) == (2, False)
    assert '+    "memoryd": {' in out
    assert "--yes" in err
    code, out, err = _ran(project, machine.home, "install", "claude-code", "--print")
    assert (code, json.loads(out)["mcpServers"]["memoryd"]["type"], (project / ".mcp.json").exists()) == (0, "stdio", False)
    assert ".mcp.json" in err
    assert _ran(project, machine.home, "install", "claude-code", "--yes")[0] == 0
    code, out, _ = _ran(project, machine.home, "install", "claude-code")
    assert (code, out.startswith("already installed")) == (0, True)
    assert _ran(project, machine.home, "install", "claude-code", "--remove", "--yes")[0] == 0
    assert not (project / ".mcp.json").exists()


def test_on_a_terminal_it_asks(machine: Machine, project: Path) -> None:
    code, err = _answered(project, machine.home, b"n\n")
    assert (code, (project / ".mcp.json").exists()) == (1, False)
    assert "Write this to" in err
    assert err.endswith("memoryd: nothing was written\n")
    assert _answered(project, machine.home, b"y\n")[0] == 0
    assert (project / ".mcp.json").exists()


def test_a_folder_that_may_not_be_written_is_an_error_that_says_so(machine: Machine, project: Path) -> None:
    if os.getuid() or shutil.which("setpriv") is None:
        pytest.skip("needs setpriv of util-linux, and root, to become a user who may not write")
    for folder in (project, *project.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
        if folder.name.startswith("pytest-of"):
            break
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(machine.home), "PYTHONPATH": str(SOURCE_ROOT)}
    command = [*prefix, sys.executable, "-B", "-m", "memoryd", "install", "claude-code", "--yes"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=DEADLINE)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "Permission denied" in done.stderr
    assert list(project.iterdir()) == []


def test_every_client_that_is_found_is_installed_checked_and_uninstalled(machine: Machine, project: Path) -> None:
    home = machine.home
    code, _, err = _ran(project, home, "install", "--check")
    assert (code, "installed for none" in err) == (1, True)
    (home / "bin").mkdir()
    (home / "bin" / "codex").write_text("#!/bin/sh\nexit 1\n")
    (home / "bin" / "codex").chmod(0o755)
    for folder in (".gemini", ".cursor"):
        (home / folder).mkdir()
    broken = home / ".gemini" / "settings.json"
    broken.write_text('{"a" 1}')
    # One file that is refused does not keep the others from theirs.
    code, out, err = _ran(project, home, "install", "--all", "--yes")
    assert (code, "repair it" in err) == (1, True), err
    assert {".codex", ".gemini", ".cursor", "bin"} == {entry.name for entry in home.iterdir()}
    assert (project / ".cursor" / "mcp.json").exists()
    broken.unlink()
    code, out, _ = _ran(project, home, "install", "--check")
    assert (code, [line.split()[:2] for line in out.splitlines()]) == (0, [["ok", "codex"], ["ok", "cursor"]])
    # What does not start any more is told, with what to do; that is no failure of the command, but of what it checks.
    config = home / ".codex" / "config.toml"
    was = config.read_text()
    config.write_text(was.replace(str(Path(sys.executable).with_name("memoryd")), "/gone/memoryd"))
    code, out, _ = _ran(project, home, "install", "codex", "--check")
    assert (code, out.startswith("wrong  codex  "), "memoryd install codex" in out) == (3, True, True), out
    config.write_text(was)
    code, _, err = _ran(project, home, "uninstall", "--all", "--yes")
    assert (code, err.count("removed from")) == (0, 2), err
    assert not config.exists()
    assert list(project.iterdir()) == []


@pytest.mark.parametrize(
    "arguments, told",
    [
        ([], "name a client, or --all for those found here (none)"),
        (["--all"], "no client is found on this machine"),
        (["claude-code", "--all"], "leave it out"),
        (["claude-code", "--check", "--print"], "exclude one another"),
        (["claude-code", "--remove", "--print"], "exclude one another"),
        (["emacs"], "memoryd knows no client"),
    ],
)
def test_what_is_not_meant_by_a_client_is_refused_with_what_could_be(
    arguments: list[str], told: str, machine: Machine, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(machine.home))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    for name in ("CODEX_HOME", "CLAUDE_CONFIG_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match=re.escape(told)):
        cli(["install", *arguments, "--root", str(project)], standalone_mode=False)
