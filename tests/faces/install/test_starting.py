"""What `memoryd install` has a client start, and what of an entry is its user's to decide and stays."""

import json
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memoryd.errors import InstallRefused
from memoryd.faces.install import CLIENTS, Daemon, Machine, Rewrite, example, install, jsonc, remove, write
from tests.project import DEADLINE

SETTINGS = {"MEMORYD_HOME": "/data/memoryd", "MEMORYD_EMBEDDER": "hash"}


@pytest.fixture
def active(machine: Machine) -> Machine:
    """Return the same machine where `memoryd` is only on the `PATH` of this shell."""
    return replace(machine, desktop="/usr/bin:/bin")


def _install(name: str, machine: Machine, project: Path, scope: str) -> Rewrite:
    edit = install(CLIENTS[name], machine, scope, project)
    if edit.before != edit.after:
        write(edit)
    return edit


def _git(project: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=project, check=True, timeout=DEADLINE)


def _entry(edit: Rewrite, *keys: str) -> Any:
    found = (tomllib.loads if edit.file.suffix == ".toml" else jsonc.read)(edit.file.read_text())
    for key in (*keys, "memoryd"):
        found = found[key]
    return found


@pytest.mark.parametrize(
    "name, keys, environment",
    [
        ("claude-code", ("mcpServers",), "env"), ("codex", ("mcp_servers",), "env"), ("cursor", ("mcpServers",), "env"),
        ("vscode", ("servers",), "env"), ("gemini", ("mcpServers",), "env"), ("opencode", ("mcp",), "environment"),
        ("zed", ("context_servers",), "env"),
    ],
)  # fmt: skip
def test_what_only_this_shell_finds_is_named_by_its_path_with_the_settings_of_this_shell(
    name: str, keys: tuple[str, ...], environment: str, active: Machine, project: Path
) -> None:
    machine = replace(active, settings=SETTINGS)
    edit = _install(name, machine, project, "user")
    entry = _entry(edit, *keys)
    command = entry["command"] if name == "opencode" else [entry["command"], *entry["args"]]
    program = str(machine.python.with_name("memoryd"))
    assert (command, entry[environment]) == ([program, "mcp"], SETTINGS)
    said = "; ".join(edit.remarks)
    assert program in said
    assert "MEMORYD_HOME=/data/memoryd" in said
    assert _install(name, machine, project, "user").diff == ""
    for edit in remove(CLIENTS[name], machine, "user", project):
        write(edit)
    assert not edit.file.exists()


def test_a_file_of_the_project_with_paths_of_this_machine_is_said_to_be_no_file_for_others(active: Machine, project: Path) -> None:
    edit = _install("claude-code", active, project, "project")
    assert _entry(edit, "mcpServers")["command"] == str(active.python.with_name("memoryd"))
    assert any("do not commit it" in one and "--scope user" in one for one in edit.remarks)
    assert not any("commit" in one for one in install(CLIENTS["claude-code"], active, "user", project).remarks)


def test_a_program_in_a_cache_is_said_to_be_gone_one_day(active: Machine, project: Path) -> None:
    program = project / ".cache" / "uv" / "bin" / "memoryd"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    passing = replace(active, python=program.with_name("python"))
    assert any("in a cache" in one for one in install(CLIENTS["codex"], passing, "user", project).remarks)
    assert not any("in a cache" in one for one in install(CLIENTS["codex"], active, "user", project).remarks)


def test_a_file_that_is_committed_names_nothing_of_this_machine(active: Machine, project: Path) -> None:
    machine = replace(active, settings=SETTINGS)
    (project / ".mcp.json").write_text('{"mcpServers": {}}')
    _git(project, "init", "--quiet")
    _git(project, "add", ".mcp.json")
    edit = _install("claude-code", machine, project, "project")
    assert _entry(edit, "mcpServers") == {"type": "stdio", "command": "memoryd", "args": ["mcp"], "alwaysLoad": True}
    assert any("is committed" in one for one in edit.remarks)
    assert json.loads(example(CLIENTS["claude-code"], machine, "project", project)[1])["mcpServers"]["memoryd"] == _entry(
        edit, "mcpServers"
    )
    # What a colleague committed stays as it is.
    assert _install("claude-code", machine, project, "project").diff == ""


def test_what_git_tracks_never_gets_the_secret(machine: Machine, project: Path) -> None:
    config = machine.home / ".codex" / "config.toml"
    config.parent.mkdir()
    config.write_text('model = "o"\n')
    daemon = Daemon(7333, "s" * 43)
    assert daemon.secret in (install(CLIENTS["codex"], machine, "user", project, daemon).after or "")
    _git(machine.home, "init", "--quiet")
    _git(machine.home, "add", ".codex/config.toml")
    with pytest.raises(InstallRefused, match="must not hold your secret"):
        install(CLIENTS["codex"], machine, "user", project, daemon)


def test_a_program_that_runs_as_a_module_takes_nothing_from_the_project(machine: Machine, project: Path) -> None:
    nowhere = replace(machine, environment={"PATH": "bin:."}, python=Path("/opt/python/python3"))
    (project / "memoryd").write_text("#!/bin/sh\n")
    (project / "memoryd").chmod(0o755)
    entry = json.loads(example(CLIENTS["gemini"], nowhere, "user", project)[1])["mcpServers"]["memoryd"]
    assert (entry["command"], entry["args"]) == ("/opt/python/python3", ["-P", "-m", "memoryd", "mcp"])


def test_a_link_on_the_path_to_this_program_is_named_since_it_outlives_an_upgrade(active: Machine, project: Path, tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "memoryd"
    link.symlink_to(active.python.with_name("memoryd"))
    linked = replace(active, environment={"PATH": str(link.parent)})
    assert _entry(_install("gemini", linked, project, "user"), "mcpServers")["command"] == str(link)
    # Another memoryd on the PATH is not this one.
    link.unlink()
    link.write_text("#!/bin/sh\nexit 1\n")
    link.chmod(0o755)
    assert json.loads(example(CLIENTS["cursor"], linked, "user", project)[1])["mcpServers"]["memoryd"]["command"] == str(
        active.python.with_name("memoryd")
    )


@pytest.mark.parametrize(
    "name, file, text, keys",
    [
        ("opencode", "opencode.json", '{"mcp": {"memoryd": {"type": "local", "command": ["memoryd"], "enabled": false}}}', ("mcp",)),
        ("opencode", "opencode.json", '{"mcp": {"memoryd": {"type": "local", "command": ["/gone/memoryd", "mcp"], "enabled": false}}}',
         ("mcp",)),
        ("codex", ".codex/config.toml", '[mcp_servers.memoryd]\ncommand = "memoryd"\nargs = ["mcp"]\nenabled = false\n', ("mcp_servers",)),
        ("cursor", ".cursor/mcp.json", '{"mcpServers": {"memoryd": {"command": "memoryd", "args": ["mcp"], "disabled": true}}}',
         ("mcpServers",)),
    ],
)  # fmt: skip
def test_a_server_that_its_user_switched_off_stays_off_and_this_is_said(
    name: str, file: str, text: str, keys: tuple[str, ...], active: Machine, project: Path
) -> None:
    (project / file).parent.mkdir(exist_ok=True)
    (project / file).write_text(text)
    edit = _install(name, active, project, "project")
    entry = _entry(edit, *keys)
    assert entry.get("enabled") is False or entry["disabled"] is True
    assert any("switched off" in one for one in edit.remarks)


def test_a_program_of_the_users_own_is_kept_and_said_without_its_secrets(machine: Machine, project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "memoryd"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    token = "ghp_" + "a1B2c3D4e5F6" * 3
    for command in (
        ["docker", "run", "-i", "memoryd", "mcp"], ["env", f"FORGE_TOKEN={token}", "memoryd", "mcp"], ["memoryd", "mcp", "--root", "/a"],
        [str(other), "mcp"],
    ):  # fmt: skip
        text = json.dumps({"mcp": {"memoryd": {"type": "local", "command": command, "enabled": True}}})
        (project / "opencode.json").write_text(text)
        edit = _install("opencode", machine, project, "project")
        assert (project / "opencode.json").read_text() == text
        assert any("and is kept" in one and "memoryd uninstall opencode" in one for one in edit.remarks)
        assert token not in str(edit.remarks)
    # Its path leads nowhere any more: it is of an installation that is gone.
    other.unlink()
    assert _entry(_install("opencode", machine, project, "project"), "mcp")["command"] == ["memoryd", "mcp"]


def test_what_the_user_sets_for_the_program_stays_and_the_rest_is_added(active: Machine, project: Path) -> None:
    config = active.home / ".codex" / "config.toml"
    config.parent.mkdir()
    machine = replace(active, settings=SETTINGS)
    mine = '[mcp_servers.memoryd]\ncommand = "memoryd"\nargs = ["mcp"]\n'
    for text in (
        f'{mine}env = {{ MEMORYD_HOME = "/mine", A = "1" }}\n',
        f'{mine}[mcp_servers.memoryd.env]\nMEMORYD_HOME = "/mine"\nA = "1"\n',
    ):
        config.write_text(text)
        edit = _install("codex", machine, project, "user")
        assert _entry(edit, "mcp_servers")["env"] == {"MEMORYD_HOME": "/mine", "A": "1", "MEMORYD_EMBEDDER": "hash"}
        assert any("MEMORYD_HOME=/mine" in one and "keeps" in one for one in edit.remarks)


NEWER = '{\n  "mcp": {\n    "servers": {\n      "forge": {"type": "local", "command": ["forge"]}, // mine\n    },\n  },\n}\n'


def test_opencodes_newer_layout_is_kept_to_wherever_its_file_is(machine: Machine, project: Path) -> None:
    file = project / ".opencode" / "opencode.json"
    file.parent.mkdir()
    file.write_text(NEWER)
    edit = _install("opencode", machine, project, "project")
    assert edit.file == file
    assert jsonc.read(file.read_text())["mcp"] == {
        "servers": {"forge": {"type": "local", "command": ["forge"]}, "memoryd": {"type": "local", "command": ["memoryd", "mcp"]}}
    }
    assert _install("opencode", machine, project, "project").diff == ""
    write(*remove(CLIENTS["opencode"], machine, "project", project))
    assert file.read_text() == NEWER


def test_an_entry_in_opencodes_older_layout_is_moved_to_where_the_other_servers_are(machine: Machine, project: Path) -> None:
    file = project / "opencode.json"
    file.write_text('{"mcp": {"servers": {}, "memoryd": {"type": "local", "command": ["memoryd", "mcp"], "enabled": false}}}')
    edit = _install("opencode", machine, project, "project")
    assert jsonc.read(file.read_text()) == {
        "mcp": {"servers": {"memoryd": {"type": "local", "command": ["memoryd", "mcp"], "disabled": True}}}
    }
    assert any("switched off" in one for one in edit.remarks)
    # A server may be called `servers`.
    file.write_text('{"mcp": {"servers": {"type": "local", "command": ["x"]}}}')
    assert set(jsonc.read(_install("opencode", machine, project, "project").file.read_text())["mcp"]) == {"servers", "memoryd"}


def test_memoryd_is_removed_from_each_file_that_has_it(machine: Machine, project: Path) -> None:
    entry = '{"mcp": {"memoryd": {"type": "local", "command": ["memoryd", "mcp"]}}}'
    (project / "opencode.json").write_text("{}")
    (project / ".opencode").mkdir()
    for file in ("opencode.jsonc", ".opencode/opencode.json"):
        (project / file).write_text(entry)
    edits = remove(CLIENTS["opencode"], machine, "project", project)
    assert [edit.file.relative_to(project).as_posix() for edit in edits] == ["opencode.jsonc", ".opencode/opencode.json"]


@pytest.mark.parametrize(
    "text, reason",
    [
        ("a = 1\nmcp_servers = { x = { command = 'x' } }\n", "line 2 has all of `mcp_servers` in one pair of braces"),
        (
            "mcp_servers.memoryd.command = '/gone/memoryd'\nmcp_servers.memoryd.args = ['mcp']\n",
            "line 1 has the entry in braces or with dots",
        ),
        ("\n[mcp_servers]\nmemoryd = { command = '/gone/memoryd', args = ['mcp'] }\n", "line 3 has the entry in braces or with dots"),
    ],
)
def test_a_layout_of_toml_that_is_not_edited_is_refused_with_its_line_and_reason(
    text: str, reason: str, machine: Machine, project: Path
) -> None:
    config = machine.home / ".codex" / "config.toml"
    config.parent.mkdir()
    config.write_text(text)
    with pytest.raises(InstallRefused) as refused:
        install(CLIENTS["codex"], machine, "user", project)
    assert reason in str(refused.value)
    assert "[mcp_servers." in str(refused.value)


def test_the_difference_shows_no_secret_that_the_rules_find(machine: Machine, project: Path) -> None:
    token = "ghp_" + "a1B2c3D4e5F6" * 3
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"x": {"args": ["--header", token]}}}))
    assert token not in _install("claude-code", machine, project, "project").diff
