"""`memoryd doctor` on real installations, sound ones and others."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from memoryd.config import Settings, index_folder, project_folder
from memoryd.daemon import ensure, hold_lock, secret_of, stop
from memoryd.errors import StoreUnusable
from memoryd.faces.doctor import examine
from memoryd.faces.install import CLIENTS, Daemon, Finding, Machine, install, write
from memoryd.model import ChangeSet, Skipped, Status
from tests.project import Shell

FRESH = Status("p", "d", store_version=1, files=5, units=9, languages={}, embedder="hash", fresh=True, changes=ChangeSet())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "data", "hash", 1)


@pytest.fixture
def machine(tmp_path: Path, settings: Settings) -> Machine:
    (tmp_path / "user").mkdir()
    passed = {"MEMORYD_HOME": str(settings.home), "MEMORYD_EMBEDDER": "hash"}
    return Machine(tmp_path / "user", {"PATH": "/usr/bin:/bin"}, "linux", settings=passed)


def _examined(settings: Settings, machine: Machine, root: Path) -> dict[str, Finding]:
    return {one.what: one for one in examine(settings, machine, root, lambda: FRESH)}


def _wrong(settings: Settings, machine: Machine, root: Path) -> dict[str, Finding]:
    return {what: one for what, one in _examined(settings, machine, root).items() if not one.is_well}


def test_a_machine_on_which_nothing_was_done_yet_is_well_and_nothing_is_done_to_it(
    settings: Settings, machine: Machine, root: Path
) -> None:
    found = _examined(settings, machine, root)
    assert list(found) == ["program", "data", "secret", "daemon", "index", "clients"]
    assert all(one.is_well for one in found.values()), found
    assert not settings.home.exists()
    (machine.home / ".gemini").mkdir()
    assert "found here: gemini; memoryd install --all" in _examined(settings, machine, root)["clients"].found


@pytest.fixture
def served(settings: Settings) -> Iterator[int]:
    """Return the port of a daemon that runs."""
    yield ensure(settings).port
    stop(settings)


def test_an_installation_at_work_is_well_and_what_differs_is_told(served: int, settings: Settings, machine: Machine, root: Path) -> None:
    write(install(CLIENTS["codex"], machine, "user", root))
    secret = secret_of(settings.home)
    write(install(CLIENTS["zed"], machine, "user", root, Daemon(served, secret)))
    write(install(CLIENTS["claude-code"], machine, "project", root, Daemon(served, secret)))
    found = _examined(settings, machine, root)
    assert list(found) == ["program", "data", "secret", "daemon", "socket", "index", "claude-code", "codex", "zed"]
    assert all(one.is_well for one in found.values()), found
    assert "with your secret" in found["zed"].found
    assert "export MEMORYD_SECRET" in found["claude-code"].found
    # This shell, and a client, with another embedder than the daemon's.
    wrong = _wrong(replace(settings, embedder="static"), machine, root)
    assert list(wrong) == ["daemon"]
    assert "MEMORYD_EMBEDDER=hash, not static" in wrong["daemon"].found
    config = machine.home / ".codex" / "config.toml"
    config.write_text(config.read_text().replace('"hash"', '"static"'))
    # An entry with a secret that was revoked, and one for a port at which nobody listens.
    zed = machine.home / ".config" / "zed" / "settings.json"
    zed.write_text(zed.read_text().replace(secret, "s" * 43))
    claude = root / ".mcp.json"
    claude.write_text(claude.read_text().replace(str(served), "1"))
    wrong = _wrong(settings, machine, root)
    assert list(wrong) == ["claude-code", "codex", "zed"]
    assert "will not take its calls" in wrong["codex"].found
    assert "not your secret" in wrong["zed"].found
    assert secret not in str(wrong)
    assert wrong["zed"].next == f"memoryd install zed --port {served}"
    assert wrong["claude-code"].next == "memoryd serve --port 1"


def test_what_others_may_read_is_told_with_the_command_that_closes_it(settings: Settings, machine: Machine, root: Path) -> None:
    secret_of(settings.home)
    project = project_folder(settings, root)
    project.mkdir(0o700, parents=True)
    project.parent.chmod(0o700)
    assert not _wrong(settings, machine, root)
    for folder in (settings.home, project):
        folder.chmod(0o755)
    (settings.home / "secret").chmod(0o644)
    wrong = _wrong(settings, machine, root)
    assert list(wrong) == ["data", "secret"]
    assert wrong["data"].next == f"chmod -R go-rwx {settings.home} {project} {settings.home / 'secret'}"
    assert "memoryd token revoke local" in wrong["secret"].next


def test_an_index_is_told_with_what_to_do_where_it_failed(settings: Settings, machine: Machine, root: Path) -> None:
    def told(status: Callable[[], Status]) -> Finding:
        return next(one for one in examine(settings, machine, root, status) if one.what == "index")

    def unusable() -> Status:
        raise StoreUnusable("the index is damaged; run: memoryd reindex")

    assert told(unusable) == Finding("index", f"none of {root}; the first question makes it")
    index_folder(settings, root).mkdir(parents=True)
    assert told(lambda: FRESH) == Finding("index", f"fresh: 5 files of {root}, 0 left out")
    assert told(lambda: replace(FRESH, failed=(Skipped("a.py", "slow"),))).next == f"memoryd reindex --retry {root}"
    assert told(unusable).next == "the index is damaged; run: memoryd reindex"


def test_a_data_folder_that_cannot_be_one_is_told(settings: Settings, machine: Machine, root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "MEMORYD_HOME" in _wrong(Settings(tmp_path / "file" / "data", "hash", 1), machine, root)["data"].next


def test_a_process_that_holds_the_data_folder_and_does_not_answer_is_told(settings: Settings, machine: Machine, root: Path) -> None:
    with hold_lock(settings):
        wrong = _wrong(settings, machine, root)
    assert list(wrong) == ["daemon"]
    assert wrong["daemon"].next == "memoryd daemon stop"


def test_the_command_prints_a_line_for_each_or_json_and_exits_3_where_something_is_wrong(shell: Shell, tmp_path: Path) -> None:
    settings = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    alone = replace(shell, settings=settings)
    done = alone.run("doctor")
    assert (done.code, {line.split()[0] for line in done.text.splitlines()}) == (0, {"ok"}), done
    (shell.root / ".mcp.json").write_text('{"mcpServers": {"memoryd": {"command": "x\x1b[2J"}}}'.replace("\x1b", "\\u001b"))
    done = alone.run("doctor", "--json")
    (wrong,) = [one for one in done.json["findings"] if not one["ok"]]
    assert (done.code, done.json["ok"], wrong["what"]) == (3, False, "claude-code")
    assert "memoryd uninstall claude-code" in wrong["next"]
