"""What `memoryd install --check` finds: real servers are started, by what is written and with the bare environment of a desktop."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from memoryd import __version__
from memoryd.config import Settings
from memoryd.errors import TrialFailed
from memoryd.faces.install import CLIENTS, Finding, Machine, check, install, remove, write
from memoryd.faces.install.trial import tried
from memoryd.faces.mcp.tools import TOOLS
from tests.project import DEADLINE, eventually

BARE = {"PATH": "/usr/bin:/bin"}
ANSWERED = f"answers with {len(TOOLS)} tools"


@pytest.fixture
def here(tmp_path: Path) -> Machine:
    """Return the machine as it is, with a home and a data folder of its own; `memoryd` is found by nobody."""
    (tmp_path / "home").mkdir()
    return Machine(tmp_path / "home", {"PATH": "/usr/bin:/bin"}, "linux", settings={"MEMORYD_HOME": str(tmp_path / "data")})


def _found(name: str, machine: Machine, project: Path, scope: str) -> Finding:
    settings = Settings(Path(machine.settings.get("MEMORYD_HOME", "/nowhere")))
    (finding,) = check(CLIENTS[name], machine, scope, project, settings)
    return finding


def _put(name: str, machine: Machine, scope: str, project: Path) -> Path:
    edit = install(CLIENTS[name], machine, scope, project)
    write(edit)
    return edit.file


@pytest.mark.parametrize("name, scope", [("codex", "user"), ("cursor", "project"), ("opencode", "project")])
def test_what_install_writes_starts_from_a_desktop_and_leaves_no_daemon(name: str, scope: str, here: Machine, project: Path) -> None:
    file = _put(name, here, scope, project)
    finding = _found(name, here, project, scope)
    assert finding.is_well, finding
    assert str(file) in finding.found
    assert ANSWERED in finding.found
    # A check needs no daemon, so it leaves none behind: nothing was even begun in the data folder.
    assert not Path(here.settings["MEMORYD_HOME"]).exists()


def test_nothing_is_found_where_nothing_is_installed(here: Machine, project: Path) -> None:
    (project / ".mcp.json").write_text('{"mcpServers": {"x": {"command": "x"}}}')
    assert [*check(CLIENTS["claude-code"], here, "project", project, Settings(project))] == []


def _trap(project: Path, name: str = "memoryd") -> tuple[Path, Path]:
    """Return a program of the project that leaves a mark if it runs, and the mark."""
    mark = project / "ran"
    program = project / name
    program.write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    program.chmod(0o755)
    return program, mark


def test_nothing_that_came_with_a_project_is_started(here: Machine, project: Path) -> None:
    program, mark = _trap(project)
    ours = install(CLIENTS["claude-code"], here, "project", project).after or ""
    entry = json.loads(ours)["mcpServers"]["memoryd"]
    for hostile in (
        {"command": str(program), "args": ["mcp"]},
        {"command": "./memoryd", "args": ["mcp"]},
        {"command": "/bin/sh", "args": ["-c", str(program)]},
        {**entry, "args": ["-c", f"import os; os.system('{program}')"]},
        {"command": "memoryd", "args": ["mcp"], "env": {"PATH": str(project)}},
        {**entry, "env": {**entry["env"], "PYTHONSTARTUP": str(program), "PYTHONPATH": str(project)}},
        {**entry, "env": {"MEMORYD_HOME": str(project)}},
    ):
        (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"memoryd": hostile}}))
        finding = _found("claude-code", here, project, "project")
        assert "not tried" in finding.found, finding
        assert "memoryd uninstall claude-code" in finding.next
    # Not even by a name, where the project's folder is on the PATH.
    (project / ".mcp.json").write_text('{"mcpServers": {"memoryd": {"command": "memoryd", "args": ["mcp"]}}}')
    assert not _found("claude-code", replace(here, environment={"PATH": str(project)}), project, "project").is_well
    assert not mark.exists()
    # Such a program is kept, since it may be the user's; that it stands there is said.
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"memoryd": {"command": "/bin/sh", "args": ["-c", str(program)]}}}))
    assert str(program) in str(install(CLIENTS["claude-code"], here, "project", project).remarks)


def test_a_module_of_the_project_does_not_pass_for_memoryd(here: Machine, project: Path) -> None:
    (project / "memoryd").mkdir()
    (project / "memoryd" / "__init__.py").write_text("open('ran', 'w')\n")
    (project / "memoryd" / "__main__.py").write_text("")
    config = here.home / ".codex" / "config.toml"
    config.parent.mkdir()
    config.write_text(f"[mcp_servers.memoryd]\ncommand = '{sys.executable}'\nargs = ['-P', '-m', 'memoryd', 'mcp']\n")
    finding = _found("codex", here, project, "user")
    assert finding.is_well, finding
    assert not (project / "ran").exists()


def test_a_name_that_only_an_active_environment_has_is_wrong_and_one_that_shells_have_says_which(
    here: Machine, project: Path, tmp_path: Path
) -> None:
    (project / ".mcp.json").write_text('{"mcpServers": {"memoryd": {"command": "memoryd", "args": ["mcp"]}}}')
    program = Path(sys.executable).with_name("memoryd")
    active = replace(here, environment={"PATH": f"{program.parent}:/usr/bin:/bin"})
    finding = _found("claude-code", active, project, "project")
    assert "which a desktop or a new shell does not find" in finding.found
    assert finding.next == "memoryd install claude-code"
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True, timeout=DEADLINE)
    subprocess.run(["git", "add", ".mcp.json"], cwd=project, check=True, timeout=DEADLINE)
    assert "--scope user" in _found("claude-code", active, project, "project").next
    (tmp_path / "links" / "bin").mkdir(parents=True)
    (tmp_path / "links" / "bin" / "memoryd").symlink_to(program)
    linked = replace(here, environment={"PATH": str(tmp_path / "links" / "bin")})
    finding = _found("claude-code", linked, project, "project")
    assert finding.is_well, finding
    assert f"where {tmp_path / 'links' / 'bin'} is on the PATH" in finding.found


def test_what_is_switched_off_or_gone_or_nonsense_or_elsewhere_is_told_apart(here: Machine, project: Path) -> None:
    _, mark = _trap(project)
    file = here.home / ".config" / "zed" / "settings.json"
    file.parent.mkdir(parents=True)
    for entry, is_well, told in (
        ({"command": str(project / "memoryd"), "args": [], "enabled": False}, True, "switched off"),
        ({"command": "/gone/memoryd", "args": ["mcp"]}, False, "which is no program"),
        ({"command": 1}, False, "names no program"),
        ({"command": "/bin/false", "args": []}, False, "it ends without an answer"),
        ({"url": "https://example.org/mcp"}, True, "which was not tried"),
        ({"url": "http://127.0.0.1:1/mcp", "headers": {"Authorization": "Bearer x"}}, False, "where no daemon of yours listens"),
        ({"url": "http://127.0.0.1:x/mcp"}, False, "which is no address"),
        ({"url": "http://127.0.0.1:7333@example.org/mcp"}, True, "which was not tried"),
    ):
        file.write_text(json.dumps({"context_servers": {"memoryd": entry}}))
        finding = _found("zed", here, project, "user")
        assert (finding.is_well, told in finding.found) == (is_well, True), finding
    assert not mark.exists()
    file.write_text("{")
    assert "repair it" in _found("zed", here, project, "user").next


def test_an_entry_for_this_project_alone_which_outranks_what_install_writes_is_checked_and_removed(here: Machine, project: Path) -> None:
    file = here.home / ".claude.json"
    entry = {"type": "stdio", "command": "memoryd", "args": ["mcp"], "env": {}}
    text = json.dumps({"projects": {str(project): {"mcpServers": {"x": {}}, "a": 1}, "/b": {"mcpServers": {"memoryd": entry}}}}, indent=2)
    said = json.loads(text)
    said["projects"][str(project)]["mcpServers"]["memoryd"] = entry
    file.write_text(json.dumps(said, indent=2))
    finding = _found("claude-code", here, project, "user")
    assert finding.found.startswith("for this project alone, ")
    assert finding.next == "memoryd uninstall claude-code && memoryd install claude-code"
    (edit,) = remove(CLIENTS["claude-code"], here, "user", project)
    assert edit.after == text


def _server(*lines: object) -> Sequence[str]:
    """Return the command of a server that writes these lines and then waits for the end of its input."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return [sys.executable, "-c", f"import sys\nfor one in {texts!r}: print(one, flush=True)\nsys.stdin.read()"]


HELLO = {"id": 1, "result": {"serverInfo": {"name": "memoryd", "version": __version__}}}


def test_a_server_is_heard_out_whatever_a_wrapper_prints_between_its_answers(tmp_path: Path) -> None:
    noise = ["Welcome!", "[" * 10_000, {"id": 1, "method": "ping"}, {"method": "notifications/x"}, {"id": 7, "result": {}}, "3", ""]
    server = tried(_server(*noise, HELLO, *noise, {"id": 2, "result": {"tools": [{"name": "a"}]}}), BARE, tmp_path)
    assert (server.name, server.version, server.tools) == ("memoryd", __version__, ("a",))


@pytest.mark.parametrize(
    "lines, told",
    [
        ([{"id": 1, "error": {"code": -1, "message": "no"}}], "`initialize` with an error"),
        ([HELLO, {"id": 2, "result": {"tools": 3}}], "not what an MCP server answers"),
        ([{"id": 1, "result": {}}, {"id": 2, "result": {"tools": []}}], "not what an MCP server answers"),
    ],
)
def test_what_is_no_server_is_refused_with_the_reason(lines: list[object], told: str, tmp_path: Path) -> None:
    with pytest.raises(TrialFailed, match=told):
        tried(_server(*lines), BARE, tmp_path)


def test_a_server_that_writes_without_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(TrialFailed, match="writes without end"):
        tried(["/bin/sh", "-c", "head -c 5000000 /dev/zero; cat"], BARE, tmp_path)


def test_a_server_that_is_silent_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", f"trap '' TERM; sleep 600 & echo $! > {tmp_path}/pid; exec sleep 600"]
    with pytest.raises(TrialFailed, match="does not answer within 1 s"):
        tried(command, BARE, tmp_path, patience=1.0)
    child = Path("/proc") / (tmp_path / "pid").read_text().strip()
    assert eventually(lambda: not (child / "cmdline").exists() or not (child / "cmdline").read_bytes())


def test_the_last_words_of_a_server_that_ends_are_told(tmp_path: Path) -> None:
    with pytest.raises(TrialFailed, match="ends without an answer: no module named memoryd"):
        tried(["/bin/sh", "-c", "echo first >&2; echo no module named memoryd >&2; exit 1"], BARE, tmp_path)
    with pytest.raises(TrialFailed, match="/no/program cannot be started: No such file"):
        tried(["/no/program"], BARE, tmp_path)
