"""`memoryd install` on the files people have: what it adds, what it leaves alone, and that `--remove` takes it back."""

import json
import os
import stat
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from memoryd.errors import InstallRefused, UsageError
from memoryd.faces.install import CLIENTS, Daemon, Machine, Rewrite, client_named, example, install, jsonc, remove, toml_text, write

BARE: dict[str, Any] = {"command": "memoryd", "args": ["mcp"]}
HERE: dict[str, Any] = {"command": "memoryd", "args": ["mcp", "--root", "${workspaceFolder}"]}
WANTED: dict[str, tuple[str, dict[str, Any]]] = {
    "claude-code": (".mcp.json", {"mcpServers": {"memoryd": {"type": "stdio", **BARE, "alwaysLoad": True}}}),
    "codex": ("HOME/.codex/config.toml", {"mcp_servers": {"memoryd": BARE}}),
    "cursor": (".cursor/mcp.json", {"mcpServers": {"memoryd": HERE}}),
    "vscode": (".vscode/mcp.json", {"servers": {"memoryd": {"type": "stdio", **HERE}}}),
    "gemini": ("HOME/.gemini/settings.json", {"mcpServers": {"memoryd": BARE}}),
    "opencode": ("opencode.json", {"mcp": {"memoryd": {"type": "local", "command": ["memoryd", "mcp"], "enabled": True}}}),
    "zed": ("HOME/.config/zed/settings.json", {"context_servers": {"memoryd": BARE}}),
}
USER_FILES = {
    "claude-code": ".claude.json",
    "codex": ".codex/config.toml",
    "cursor": ".cursor/mcp.json",
    "vscode": ".config/Code/User/mcp.json",
    "gemini": ".gemini/settings.json",
    "opencode": ".config/opencode/opencode.json",
    "zed": ".config/zed/settings.json",
}
ZED = """// Zed settings
//
{
\t"theme": "One Dark", // dark
\t/* servers */
\t"context_servers": {
\t\t// the forge
\t\t"forge": {
\t\t\t"command": "forge-mcp",
\t\t\t"args": ["--a//b", "/*"],
\t\t}, // trailing
\t\t// nothing below
\t},
\t"vim_mode": true // no comma
}
"""
JSON_FILES = {
    "nothing": "",
    "a line end": "\n",
    "an empty object": "{}",
    "an empty object and a line end": "{}\n",
    "an empty object with space": "{\n}\n",
    "no servers": '{"CONTAINER": {}}\n',
    "no servers, with space": '{\n  "CONTAINER": {\n  }\n}\n',
    "no servers, with a comment": '{\n  "CONTAINER": {\n    // none yet\n  }\n}\n',
    "no servers, on one line": '{ "CONTAINER": { }, "b": 1 }',
    "one line": '{"a":1}',
    "one line with servers": '{"CONTAINER":{"x":{"command":"x"}}}',
    "others": '{\n  "a": 1,\n  "CONTAINER": {\n    "x": {\n      "command": "x"\n    }\n  },\n  "z": [1, 2]\n}\n',
    "four spaces": '{\n    "a": 1\n}\n',
    "tabs, Windows": '{\r\n\t"a": {\r\n\t\t"b": null\r\n\t}\r\n}\r\n',
    "a mark at the start": '\ufeff{\n  "a": 1\n}',
    "comments at the end": '{\n  "a": 1, // one\n  "b": 2 // two\n  // three\n}\n// four\n',
    "a comment before the brace": '{ "a": 1 /* one */ }',
    "trailing commas": '{\n  "a": [1, 2,],\n  "CONTAINER": {"x": {},},\n}\n',
    "one line, trailing comma": '{"a": 1,}',
    "one line, line comment": '{ "a": 1 // one\n}',
    "a comment first": "// settings\n",
    "the key twice": '{"CONTAINER": {"x": {}}, "CONTAINER": {"y": {}}}',
    "quotes and braces in texts": '{"a": "\\"}{,//", "b\\u00e9": "é"}\n',
    "Zed's": ZED.replace("context_servers", "CONTAINER"),
}
TOML_FILES = {
    "nothing": "",
    "a line end": "\n",
    "settings": 'model = "o"\n',
    "no line end": 'model = "o"',
    "two line ends": 'model = "o"\n\n\n',
    "Windows": 'model = "o"\r\n\r\n[tools]\r\nweb = true\r\n',
    "Windows, no line end": 'model = "o"\r\n[tools]\r\nweb = true',
    "another server": '# mine\n[mcp_servers.x]  # x\ncommand = "x" # run\nargs = [\n  "[mcp_servers.memoryd]",\n]\n'
    '\n[mcp_servers.x.env]\nA = "1"\n',
    "the parent's table": "[mcp_servers]\n",
    "a text that looks like a table": 'note = """\n[mcp_servers.memoryd]\ncommand = "no"\n"""\n',
    "comments at the end": "a = 1\n# the end\n",
    "tables in an array": "[[x]]\na = 1\n[[x]]\na = 2\n",
}


def _file(name: str, machine: Machine, project: Path) -> Path:
    path = WANTED[name][0]
    return machine.home / path.removeprefix("HOME/") if path.startswith("HOME/") else project / path


def _do(what: Callable[..., Rewrite | tuple[Rewrite, ...]], name: str, machine: Machine, project: Path, scope: str = "") -> Rewrite:
    found = what(CLIENTS[name], machine, scope or CLIENTS[name].scope, project)
    edit = found if isinstance(found, Rewrite) else next(iter(found), Rewrite(project, None, None))
    if edit.before != edit.after:
        write(edit)
    return edit


def _container(name: str) -> str:
    return CLIENTS[name].layouts[0].container[0]


def _parsed(name: str, file: Path) -> Any:
    return (tomllib.loads if name == "codex" else jsonc.read)(file.read_bytes().decode())


def _files() -> list[ParameterSet]:
    found = []
    for name in CLIENTS:
        texts = TOML_FILES if name == "codex" else JSON_FILES
        found += [pytest.param(name, text.replace("CONTAINER", _container(name)), id=f"{name}: {what}") for what, text in texts.items()]
    return found


@pytest.mark.parametrize("name", CLIENTS)
def test_each_client_gets_its_entry_in_its_file(name: str, machine: Machine, project: Path) -> None:
    file, wanted = _file(name, machine, project), WANTED[name][1]
    edit = _do(install, name, machine, project)
    assert edit.file == file
    assert (tomllib.loads if name == "codex" else json.loads)(file.read_text()) == wanted
    assert edit.diff.startswith("--- /dev/null\n+++ ")
    again = _do(install, name, machine, project)
    assert again.before == again.after
    assert again.diff == ""
    assert example(CLIENTS[name], machine, CLIENTS[name].scope, project) == (file, file.read_text())
    _do(remove, name, machine, project)
    assert not file.exists()
    assert list(project.iterdir()) == []


@pytest.mark.parametrize("name", CLIENTS)
def test_the_user_scope_is_the_users_file(name: str, machine: Machine, project: Path) -> None:
    assert _do(install, name, machine, project, "user").file == machine.home / USER_FILES[name]
    assert "workspaceFolder" not in (machine.home / USER_FILES[name]).read_text()


@pytest.mark.parametrize("name, text", _files())
def test_removing_gives_back_every_byte_and_installing_keeps_every_other(name: str, text: str, machine: Machine, project: Path) -> None:
    file = _file(name, machine, project)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    file.chmod(0o640)
    before = _parsed(name, file) or {}
    _do(install, name, machine, project)
    container = _container(name)
    after = _parsed(name, file)
    assert after[container].pop("memoryd") == WANTED[name][1][container]["memoryd"]
    assert {key: value for key, value in after.items() if value or key != container} == {
        key: value for key, value in before.items() if value or key != container
    }
    kept = iter(file.read_bytes().decode())
    assert all(character in kept for character in text), "something that was there is gone"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert _do(install, name, machine, project).diff == ""
    _do(remove, name, machine, project)
    assert file.read_bytes().decode() == text
    assert _do(remove, name, machine, project).diff == ""
    assert [path for path in file.parent.iterdir() if path != file] == [], "something was left behind"


SECRET = "the-secret-of-the-user-who-runs-these-tests"
ASKED = "http://127.0.0.1:7333/mcp"


def _sent(bearer: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {bearer}"}


REMOTE: dict[str, tuple[dict[str, Any], str]] = {
    "claude-code": ({"type": "http", "url": ASKED, "headers": _sent(SECRET), "alwaysLoad": True}, "${MEMORYD_SECRET}"),
    "codex": ({"url": ASKED, "http_headers": _sent(SECRET)}, ""),
    "cursor": ({"url": ASKED, "headers": _sent(SECRET)}, "${env:MEMORYD_SECRET}"),
    "vscode": ({"type": "http", "url": ASKED, "headers": _sent(SECRET)}, "${env:MEMORYD_SECRET}"),
    "gemini": ({"httpUrl": ASKED, "headers": _sent(SECRET)}, "$MEMORYD_SECRET"),
    "opencode": ({"type": "remote", "url": ASKED, "headers": _sent(SECRET), "enabled": True}, "{env:MEMORYD_SECRET}"),
    "zed": ({"url": ASKED, "headers": _sent(SECRET)}, ""),
}
"""The entry in the user's file, and how a file of the project names the secret."""


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_that_connects_by_http_gets_the_secret_in_the_users_file_alone(name: str, machine: Machine, project: Path) -> None:
    client, daemon = CLIENTS[name], Daemon(7333, SECRET)
    file = machine.home / USER_FILES[name]
    file.parent.mkdir(parents=True, exist_ok=True)
    _do(install, name, machine, project, "user")
    stdio = file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) & 0o044
    edit = install(client, machine, "user", project, daemon)
    assert (SECRET in edit.diff, "…" in edit.diff) == (False, True)
    write(edit)
    assert _parsed(name, file)[_container(name)]["memoryd"] == REMOTE[name][0]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert install(client, machine, "user", project, daemon).diff == ""
    # The way back says nothing of the secret, either.
    back = install(client, machine, "user", project)
    assert SECRET not in back.diff
    write(back)
    assert file.read_bytes() == stdio

    if not REMOTE[name][1]:
        with pytest.raises(InstallRefused, match="must not hold your secret"):
            install(client, machine, "project", project, daemon)
        return
    edit = install(client, machine, "project", project, daemon)
    assert SECRET not in str(edit.after)
    write(edit)
    entry = json.loads(edit.file.read_text())[_container(name)]["memoryd"]
    assert entry["headers"] == _sent(REMOTE[name][1])
    assert (entry.get("url") or entry["httpUrl"]) == f"{ASKED}?root={client.workspace or project}"
    assert stat.S_IMODE(edit.file.stat().st_mode) & 0o044


def test_what_the_user_added_to_the_entry_stays(machine: Machine, project: Path) -> None:
    file = project / ".mcp.json"
    file.write_text(
        '{"mcpServers": {"memoryd": {"command": "/gone/bin/memoryd", "args": ["mcp"], /* mine */ "env": {"MEMORYD_WORKERS": "1"}}}}'
    )
    _do(install, "claude-code", machine, project)
    assert jsonc.read(file.read_text())["mcpServers"]["memoryd"] == {
        **WANTED["claude-code"][1]["mcpServers"]["memoryd"],
        "env": {"MEMORYD_WORKERS": "1"},
    }
    assert "/* mine */" in file.read_text()
    toml = machine.home / ".codex" / "config.toml"
    toml.parent.mkdir()
    toml.write_text(
        '[mcp_servers.memoryd] # mine\ncommand = "/gone/memoryd"\nargs = ["mcp"]\nenabled = true # on\n'
        '[mcp_servers.memoryd.env]\nA = "1"\n[z]\nb = 1\n'
    )
    _do(install, "codex", machine, project)
    assert tomllib.loads(toml.read_text()) == {"mcp_servers": {"memoryd": {**BARE, "enabled": True, "env": {"A": "1"}}}, "z": {"b": 1}}
    assert "enabled = true # on" in toml.read_text()
    _do(remove, "codex", machine, project)
    assert toml.read_text() == "[z]\nb = 1\n"


def test_an_entry_that_talks_to_a_remote_server_is_replaced_as_a_whole(machine: Machine, project: Path) -> None:
    file = project / ".mcp.json"
    file.write_text('{"mcpServers": {"memoryd": {"type": "http", "url": "http://127.0.0.1:1/mcp", "headers": {}}, "x": {}}}')
    _do(install, "claude-code", machine, project)
    assert jsonc.read(file.read_text())["mcpServers"] == {**WANTED["claude-code"][1]["mcpServers"], "x": {}}
    toml = machine.home / ".codex" / "config.toml"
    toml.parent.mkdir()
    toml.write_text('[mcp_servers.memoryd]\nurl = "http://127.0.0.1:1/mcp"\n[z]\n')
    _do(install, "codex", machine, project)
    assert tomllib.loads(toml.read_text()) == {"mcp_servers": {"memoryd": BARE}, "z": {}}


def test_the_file_that_a_client_already_has_is_taken(machine: Machine, project: Path) -> None:
    (project / "opencode.jsonc").write_text('{\n  "$schema": "s", // mine\n}\n')
    assert _do(install, "opencode", machine, project).file == project / "opencode.jsonc"
    assert not (project / "opencode.json").exists()


def test_without_memoryd_on_the_path_the_entry_names_the_program_by_its_path(machine: Machine, project: Path) -> None:
    elsewhere = Machine(machine.home, {"PATH": "/nowhere"}, "linux")
    command = json.loads(example(CLIENTS["gemini"], elsewhere, "user", project)[1])["mcpServers"]["memoryd"]
    assert Path(command["command"]).is_absolute()
    assert command["args"][-1] == "mcp"


def test_environment_and_platform_decide_where_user_files_are(machine: Machine, project: Path, tmp_path: Path) -> None:
    given = {"CODEX_HOME": str(tmp_path / "c"), "CLAUDE_CONFIG_DIR": str(tmp_path / "d"), "XDG_CONFIG_HOME": str(tmp_path / "x")}
    elsewhere = replace(machine, environment={**machine.environment, **given})
    assert example(CLIENTS["codex"], elsewhere, "user", project)[0] == tmp_path / "c/config.toml"
    assert example(CLIENTS["claude-code"], elsewhere, "user", project)[0] == tmp_path / "d/.claude.json"
    assert example(CLIENTS["zed"], elsewhere, "user", project)[0] == tmp_path / "x/zed/settings.json"
    mac = replace(machine, platform="darwin")
    assert example(CLIENTS["vscode"], mac, "user", project)[0] == machine.home / "Library/Application Support/Code/User/mcp.json"


@pytest.mark.parametrize(
    "name, text",
    [
        ("claude-code", '{"mcpServers": {'),
        ("claude-code", '{"a": 1} {"b": 2}'),
        ("claude-code", '{"a" 1}'),
        ("claude-code", "{'a': 1}"),
        ("claude-code", '{"a": }'),
        ("claude-code", "[1, 2]"),
        ("claude-code", '{"mcpServers": []}'),
        ("claude-code", '{"mcpServers": null}'),
        ("claude-code", '{"a":' * 5000),
        ("claude-code", "/* never ends"),
        ("codex", "a = "),
        ("codex", "mcp_servers = 1\n"),
        ("codex", "mcp_servers = { x = { command = 'x' } }\n"),
        ("codex", "mcp_servers.memoryd.command = '/gone/memoryd'\nmcp_servers.memoryd.args = ['mcp']\n"),
        ("codex", "[mcp_servers]\nmemoryd = { command = '/gone/memoryd', args = ['mcp'] }\n"),
    ],
)
def test_a_file_that_is_broken_or_laid_out_oddly_is_left_alone(name: str, text: str, machine: Machine, project: Path) -> None:
    file = _file(name, machine, project)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    with pytest.raises(InstallRefused, match="nothing was written"):
        _do(install, name, machine, project)
    assert file.read_text() == text


def test_bytes_that_are_no_utf8_and_things_that_are_no_files_are_refused(machine: Machine, project: Path) -> None:
    (project / ".mcp.json").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(InstallRefused, match="UTF-8"):
        _do(install, "claude-code", machine, project)
    (project / "opencode.json").mkdir()
    os.mkfifo(project / ".cursor")
    for name in ("opencode", "cursor"):
        with pytest.raises(InstallRefused):
            _do(install, name, machine, project)


def test_a_link_that_leaves_the_project_is_refused_and_one_inside_is_followed(machine: Machine, project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text("{}")
    (project / ".mcp.json").symlink_to(outside)
    (project / ".vscode").symlink_to(tmp_path)
    (project / ".cursor").mkdir()
    (project / ".cursor" / "mcp.json").symlink_to(tmp_path / "gone.json")
    for name in ("claude-code", "vscode", "cursor"):
        with pytest.raises(InstallRefused, match="leads to"):
            _do(install, name, machine, project)
    assert outside.read_text() == "{}"
    assert not (tmp_path / "mcp.json").exists()
    assert not (tmp_path / "gone.json").exists()
    (machine.home / "dotfiles").mkdir()
    (machine.home / "dotfiles" / "gemini.json").write_text("{}\n")
    (machine.home / ".gemini").mkdir()
    (machine.home / ".gemini" / "settings.json").symlink_to(machine.home / "dotfiles" / "gemini.json")
    _do(install, "gemini", machine, project)
    assert (machine.home / ".gemini" / "settings.json").is_symlink()
    assert "memoryd" in (machine.home / "dotfiles" / "gemini.json").read_text()


def test_a_file_that_changed_after_the_difference_was_shown_is_not_overwritten(machine: Machine, project: Path) -> None:
    edit = install(CLIENTS["claude-code"], machine, "project", project)
    (project / ".mcp.json").write_text('{"mcpServers": {"new": {}}}')
    with pytest.raises(InstallRefused, match="changed meanwhile"):
        write(edit)
    assert (project / ".mcp.json").read_text() == '{"mcpServers": {"new": {}}}'


def test_the_difference_shows_no_secrets(machine: Machine, project: Path) -> None:
    (project / ".mcp.json").write_text(
        '{"mcpServers": {"x": {"env": {"FORGE_TOKEN": "s3cr\\"et", "api-key":"s3cret"}, "Authorization": "s3cret"}}}'
    )
    diff = _do(install, "claude-code", machine, project).diff
    assert "memoryd" in diff
    assert "s3cr" not in diff
    toml = machine.home / ".codex" / "config.toml"
    toml.parent.mkdir()
    toml.write_text("api_key = 's3cret'")
    assert "s3cr" not in _do(install, "codex", machine, project).diff


def test_an_unknown_client_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="claude-code, codex, cursor, vscode, gemini, opencode, zed"):
        client_named("emacs")


def test_the_toml_values_that_are_written_are_read_back() -> None:
    data = {"command": 'C:\\x "y"\té', "args": ["a", "#b"], "on": True}
    assert toml_text.read(toml_text.put(None, ("a", "b"), data)) == {"a": {"b": data}}


def test_who_keeps_a_tool_from_agents_by_its_older_name_keeps_it_from_them_by_its_name_of_today(machine: Machine, project: Path) -> None:
    config = machine.home / ".codex" / "config.toml"
    config.parent.mkdir()
    config.write_text('[mcp_servers.memoryd]\ncommand = "memoryd"\nargs = ["mcp"]\ndisabled_tools = ["remember", "x"]\n')
    write(install(client_named("codex"), machine, "user", project))
    assert tomllib.loads(config.read_text())["mcp_servers"]["memoryd"]["disabled_tools"] == ["remember", "x", "write_note"]
    again = install(client_named("codex"), machine, "user", project)
    assert again.before == again.after

    settings = project / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text('{"permissions": {"deny": ["mcp__memoryd__remember", "mcp__memoryd__pack", "mcp__memoryd__search_code"]}}')
    (said,) = (one for one in install(client_named("claude-code"), machine, "project", project).remarks if "permissions.deny" in one)
    assert said.endswith(": mcp__memoryd__write_note")
    settings.write_text("{")
    assert not any("permissions.deny" in one for one in install(client_named("claude-code"), machine, "project", project).remarks)
