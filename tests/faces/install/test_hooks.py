"""Hooks in the settings of a client: what is written, and that removing them leaves every byte as it was."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.errors import InstallRefused
from memoryd.faces.install import Machine, add_hooks, jsonc, remove_hooks, write
from memoryd.faces.install.hook_forms import FORMS
from tests import warm
from tests.lengths import tries
from tests.project import Shell

FILE = ".claude/settings.local.json"
THEIRS: dict[str, Any] = {"matcher": "Bash", "hooks": [{"type": "command", "command": "notify-send done"}]}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path, {})


def settings_of(root: Path) -> Any:
    return json.loads((root / FILE).read_text())


def put(root: Path, text: str) -> None:
    (root / FILE).parent.mkdir(exist_ok=True)
    (root / FILE).write_text(text)


def add(machine: Machine, root: Path) -> None:
    write(add_hooks("claude-code", machine, "project", root))


def take(machine: Machine, root: Path) -> None:
    for rewrite in remove_hooks("claude-code", machine, "project", root):
        write(rewrite)


def test_hooks_are_added_and_removed_without_a_trace(machine: Machine, root: Path) -> None:
    add(machine, root)
    start = settings_of(root)["hooks"]["SessionStart"]
    (handler,) = start[0]["hooks"]
    assert handler["args"][-2:] == [handler["args"][2], "claude-code"]
    assert "matcher" not in start[0]
    assert settings_of(root)["hooks"]["PostToolUseFailure"][0]["matcher"] == "^Bash$"
    take(machine, root)
    assert not (root / ".claude").exists()


@pytest.mark.parametrize("text", [
    "{}", "{\n}\n", '{"permissions": {"allow": ["Read"]}}', '{\n  // mine\n  "model": "opus",\n}\n', '{"hooks": {}}',
    json.dumps({"hooks": {"PostToolUse": [THEIRS]}}, indent=2) + "\n",
    json.dumps({"hooks": {"Stop": [THEIRS], "PreCompact": [THEIRS, THEIRS]}}),
    '{"hooks": {"PostToolUse": [\n  {"hooks": []}, // theirs\n]}}', '{"hooks": {"PostToolUse": [], "PreCompact": [ ]}}',
    '{"hooks": {"PostToolUse": [\n  // none yet\n], "PreCompact": [/* none */], "Stop": [// none\n]}}',
])  # fmt: skip
def test_what_stands_there_stays_byte_for_byte(machine: Machine, root: Path, text: str) -> None:
    put(root, text)
    add(machine, root)
    once = (root / FILE).read_text()
    assert "claude-code" in once
    add(machine, root)
    assert (root / FILE).read_text() == once
    take(machine, root)
    assert (root / FILE).read_text() == text


hook = st.fixed_dictionaries({"type": st.just("command"), "command": st.text(max_size=9)})
group = st.fixed_dictionaries({"hooks": st.lists(hook, max_size=4)})
any_settings = st.fixed_dictionaries(
    {},
    optional={
        "hooks": st.dictionaries(st.sampled_from(["Stop", "PostToolUse", "PreCompact"]), st.lists(group, min_size=1, max_size=4)),
        "a": group,
    },
)


@given(any_settings, st.sampled_from([None, 2]))
@settings(max_examples=tries(20, 500), deadline=None)
def test_any_settings_are_left_as_they_were(tmp_path_factory: pytest.TempPathFactory, data: Any, indent: int | None) -> None:
    root = tmp_path_factory.mktemp("root")
    machine = Machine(root, {})
    put(root, json.dumps(data, indent=indent))
    add(machine, root)
    for event, groups in data.get("hooks", {}).items():
        assert settings_of(root)["hooks"][event][: len(groups)] == groups
    take(machine, root)
    assert (root / FILE).read_text() == json.dumps(data, indent=indent)


@pytest.mark.parametrize("inside", ["// mine\n{}", "{} // mine\n", "{}, // mine\n", "{} /* mine */,"])
def test_a_comment_beside_the_only_hook_of_an_event_outlives_it(machine: Machine, root: Path, inside: str) -> None:
    add(machine, root)
    put(
        root,
        json.dumps({"hooks": {"PreCompact": ["HERE"]}}).replace(
            '"HERE"', inside.replace("{}", json.dumps(settings_of(root)["hooks"]["PreCompact"][0]))
        ),
    )
    take(machine, root)
    text = (root / FILE).read_text()
    assert "mine" in text
    assert jsonc.read(text) == {"hooks": {"PreCompact": []}}


def test_hooks_of_another_installation_are_replaced(machine: Machine, root: Path) -> None:
    old = {"hooks": [{"type": "command", "command": "/old/bin/memoryd", "args": ["hook", "claude-code"]}]}
    put(root, json.dumps({"hooks": {"SessionStart": [old]}}))
    add(machine, root)
    assert len(settings_of(root)["hooks"]["SessionStart"]) == 1
    assert "/old" not in (root / FILE).read_text()


@pytest.mark.parametrize("text", ["{", '{"hooks": []}', '{"hooks": {"Stop": {}}}'])
def test_settings_that_no_client_writes_are_refused(machine: Machine, root: Path, text: str) -> None:
    put(root, text)
    with pytest.raises(InstallRefused):
        add(machine, root)
    assert (root / FILE).read_text() == text


def test_a_link_out_of_the_project_is_refused(machine: Machine, root: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs.json").write_text("{}")
    (root / ".claude").mkdir()
    (root / FILE).symlink_to(tmp_path / "theirs.json")
    with pytest.raises(InstallRefused, match="outside of"):
        add(machine, root)


HOOKED = {
    "codex": ".codex/hooks.json", "gemini": ".gemini/settings.json", "cursor": ".cursor/hooks.json", "vscode": ".github/hooks/memoryd.json",
    "opencode": ".opencode/plugins/memoryd.js",
}  # fmt: skip


@pytest.mark.parametrize("client", HOOKED)
def test_every_client_gets_its_hooks_once_and_loses_them_without_a_trace(machine: Machine, root: Path, client: str) -> None:
    file = root / HOOKED[client]
    before = sorted(root.rglob("*"))
    write(add_hooks(client, machine, "project", root))
    once = file.read_text()
    assert once.count("hook.py") + once.count("memoryd hook ") == len(FORMS[client].events if client in FORMS else ())
    again = add_hooks(client, machine, "project", root)
    assert again.after == again.before == once
    for rewrite in remove_hooks(client, machine, "project", root):
        write(rewrite)
    assert [path for path in sorted(root.rglob("*")) if path.is_file()] == [path for path in before if path.is_file()]


@pytest.mark.parametrize("client, text", [
    ("codex", json.dumps({"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "notify"}]}]}}, indent=2)),
    ("gemini", '{"theme": "dark"}\n'), ("cursor", '{"version": 1}\n'),
    ("cursor", '{\n  "version": 1,\n  "hooks": {"stop": [{"command": "./mine.sh hook"}]}\n}\n'),
    ("vscode", json.dumps({"hooks": {"Stop": [{"type": "command", "command": "memoryd status"}]}})),
])  # fmt: skip
def test_what_others_wrote_for_any_client_stays_byte_for_byte(machine: Machine, root: Path, client: str, text: str) -> None:
    file = root / HOOKED[client]
    file.parent.mkdir(parents=True)
    file.write_text(text)
    write(add_hooks(client, machine, "project", root))
    assert file.read_text() != text
    for rewrite in remove_hooks(client, machine, "project", root):
        write(rewrite)
    assert file.read_text() == text


def test_a_plugin_that_is_not_ours_is_left_alone(machine: Machine, root: Path) -> None:
    file = root / HOOKED["opencode"]
    file.parent.mkdir(parents=True)
    file.write_text("export const Mine = 1\n")
    with pytest.raises(InstallRefused, match="not memoryd's"):
        add_hooks("opencode", machine, "project", root)
    assert remove_hooks("opencode", machine, "project", root) == ()


def test_a_client_without_hooks_of_the_user_says_so(machine: Machine, root: Path) -> None:
    with pytest.raises(InstallRefused, match="of a project alone"):
        add_hooks("vscode", machine, "user", root)


def test_a_client_without_hooks_is_refused(machine: Machine, root: Path) -> None:
    with pytest.raises(InstallRefused, match="no hooks for zed"):
        add_hooks("zed", machine, "project", root)


def test_the_commands_add_and_remove_hooks(shell: Shell) -> None:
    home = {"HOME": str(shell.root.parent)}
    run = Shell(shell.root, shell.home, home)
    done = warm.run(run, "install", "claude-code", "--hooks", "--yes")
    assert done.code == 0, done.err
    assert settings_of(shell.root)["hooks"].keys() > {"SessionStart", "PreCompact"}
    assert warm.run(run, "uninstall", "claude-code", "--yes").code == 0
    assert not (shell.root / FILE).exists()
