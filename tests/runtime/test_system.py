"""On a system without POSIX, help is given and every command says what is missing, instead of a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.project import DEADLINE, SOURCE_ROOT

WITHOUT = """
import io, json, os, signal, socket, sys
from contextlib import redirect_stderr, redirect_stdout

GONE = {"fcntl", "grp", "pwd", "resource", "termios"}
LACKING = {
    os: "fork geteuid getuid getegid getgid O_NOFOLLOW O_DIRECTORY O_NONBLOCK O_CLOEXEC uname chown",
    signal: "SIGKILL SIGHUP SIGPROF setitimer ITIMER_PROF ITIMER_REAL",
    socket: "AF_UNIX SO_PEERCRED",
}


class Gone:
    def find_spec(self, name, path=None, target=None):
        if name in GONE:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Gone())
for name in GONE:
    sys.modules.pop(name, None)
for module, names in LACKING.items():
    for name in names.split():
        vars(module).pop(name, None)

import click
from memoryd.faces import cli


def paths(command, path=()):
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from paths(inner, (*path, name))


def told(*arguments):
    sys.argv = ["memoryd", *arguments]
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            cli.main()
        except SystemExit as end:
            return [end.code, out.getvalue(), err.getvalue()]


lines = sys.argv[1].split(",")
asked = {"help": {" ".join(path): told(*path, "--help") for path in paths(cli.cli)}, "commands": {}}
for line in lines:
    asked["commands"][line] = told(*line.split())
asked["version"] = told("--version")
try:
    import memoryd

    memoryd.open(".")
except Exception as error:
    asked["opened"] = [type(error).__name__, str(error)]
print(json.dumps(asked))
"""
COMMANDS = (
    "mcp", "install codex --yes", "install codex --print", "serve", "daemon start", "daemon status", "daemon stop", "pack x", "search x",
    "show a.py", "map", "status", "reindex", "export x", "note recall x", "note add --title x", "token local", "token create x",
)  # fmt: skip
SAID = "memoryd needs a POSIX system, such as Linux or macOS; on Windows, run it in WSL"


def test_without_posix_help_is_given_and_each_command_says_what_it_needs(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE_ROOT), "MEMORYD_HOME": str(tmp_path / "home"), "HOME": "/nonexistent"}
    command = [sys.executable, "-c", WITHOUT, ",".join(COMMANDS)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=DEADLINE)
    asked = json.loads(done.stdout)
    assert "Traceback" not in done.stderr
    assert {path for path, (code, out, _) in asked["help"].items() if code or "Usage:" not in out} == set()
    assert {line: [code, err] for line, (code, _, err) in asked["commands"].items()} == {
        line: [1, f"memoryd: {SAID}\n"] for line in COMMANDS
    }
    assert asked["version"][0] == 0
    assert asked["opened"] == ["SystemUnsupported", SAID]
    assert list(tmp_path.iterdir()) == []
