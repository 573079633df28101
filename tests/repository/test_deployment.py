"""What people copy to run memoryd in CI and in containers: the files parse, and what they name exists and works."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import httpx
import orjson
import pytest

from memoryd.config import Settings
from memoryd.faces.cli import cli
from memoryd.memory import ProjectMemory
from tests.faces.serving import serving
from tests.project import DEADLINE, FILES, SOURCE_ROOT, end, eventually, may_unshare, write

yaml = pytest.importorskip("yaml")
CI = SOURCE_ROOT / "docs" / "ci-example.yml"
DOCKERFILE = (SOURCE_ROOT / "Dockerfile").read_text()
COMMAND = re.compile(r"memoryd (?:[a-z-]+)(?: (?:\"[^\"\n]*\"|[^\s\"`)|&]+))*")


def _steps() -> list[dict[str, Any]]:
    (job,) = yaml.safe_load(CI.read_text())["jobs"].values()
    steps: list[dict[str, Any]] = job["steps"]
    return steps


def _service() -> dict[str, Any]:
    service: dict[str, Any] = yaml.safe_load((SOURCE_ROOT / "docker-compose.yml").read_text())["services"]["memoryd"]
    return service


def _checked(arguments: list[str]) -> None:
    """Parse arguments as the command line does; raise where a command or an option does not exist."""
    command: click.Command = cli
    context = click.Context(cli)
    while isinstance(command, click.Group):
        name, *arguments = arguments
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name!r}"
        command = found
    command.make_context("memoryd", arguments)


def test_every_command_that_the_files_mention_exists_with_its_options() -> None:
    scripts = "\n".join(step.get("run", "") for step in _steps())
    asked = re.findall(r"`(memoryd [^`]*)`", CI.read_text().split("jobs:")[1])
    commands = COMMAND.findall(scripts) + asked
    assert {shlex.split(command)[1] for command in commands} >= {"import", "reindex", "export", "pack"}
    compose = re.findall(r"run --rm memoryd ([a-z ]+)", (SOURCE_ROOT / "docker-compose.yml").read_text())
    for command in [*(shlex.split(command)[1:] for command in commands), *map(str.split, compose)]:
        _checked(command)


def test_the_ci_example_installs_what_exists_today() -> None:
    # On a package index the name is nobody's yet: whoever took it would run in the pipelines of those who copied this.
    (install,) = [step["run"] for step in _steps() if "pip install" in step.get("run", "")]
    assert install == 'python -m pip install "$MEMORYD_SOURCE"'
    assert re.fullmatch(r"git\+https://\S+/memoryd@COMMIT", yaml.safe_load(CI.read_text())["env"]["MEMORYD_SOURCE"])
    # scripts/test-wheel runs this line as it stands, with a repository that it has.
    assert "docs/ci-example.yml" in (SOURCE_ROOT / "scripts" / "test-wheel").read_text()
    # A cache of pip's needs a file of requirements, which a project in another language does not have.
    assert not any("cache" in step.get("with", {}) for step in _steps())


def test_the_ci_example_restores_before_it_indexes_and_keeps_what_it_made() -> None:
    steps = _steps()
    used = [step.get("uses", "").partition("@")[0] for step in steps]
    assert used.index("actions/cache/restore") < used.index("actions/cache/save")
    restore, save = steps[used.index("actions/cache/restore")]["with"], steps[used.index("actions/cache/save")]["with"]
    assert (save["path"], save["key"]) == (restore["path"], restore["key"])
    assert restore["key"].startswith(restore["restore-keys"])
    said = CI.read_text()
    assert all(code in said for code in ("0 done", "1 failure", "2 usage", "3 `reindex --check` found the index stale", "130 interrupted"))


def test_the_steps_of_the_ci_example_run_with_a_kept_index_and_with_a_damaged_one(tmp_path: Path) -> None:
    write(tmp_path / "project", FILES)
    commit = ("-c", "user.name=Jo", "-c", "user.email=jo@example.org", "commit", "--quiet", "--message", "Begin")
    for arguments in (("init", "--quiet"), ("add", "--all"), commit, ("update-ref", "refs/remotes/origin/main", "HEAD")):
        subprocess.run(["git", *arguments], cwd=tmp_path / "project", check=True)
    kept = tmp_path / "memoryd.index"
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "elsewhere", embedder="hash", workers=1)) as memory:
        memory.refresh()
        memory.export(kept)
    before = kept.read_bytes()
    out = _run_steps(tmp_path, "memoryd")
    assert '"parsed": 0' in out
    assert "fresh" in out
    assert "::notice::" not in out
    assert kept.read_bytes() == before
    assert (tmp_path / "summary").read_text() == "No note is disproved by what changed since `origin/main`. Notes: none.\n"
    kept.write_bytes(before[:100])
    assert "::notice::" in _run_steps(tmp_path, "memoryd import")


def _run_steps(base: Path, part: str) -> str:
    """Run the example's own steps that hold `part` as the runner does, but for the installation."""
    (base / "bin").mkdir(exist_ok=True)
    program = base / "bin" / "memoryd"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m memoryd "$@"\n')
    program.chmod(0o755)
    ours = {"PATH": f"{base / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(SOURCE_ROOT), "RUNNER_TEMP": str(base)}
    ours |= {"GITHUB_BASE_REF": "main", "GITHUB_STEP_SUMMARY": str(base / "summary")}
    environment = {**ours, "HOME": str(base), "MEMORYD_HOME": str(base / "home"), "MEMORYD_EMBEDDER": "hash", "MEMORYD_WORKERS": "1"}
    script = "\n".join(step["run"] for step in _steps() if part in step.get("run", "") and "pip install" not in step["run"])
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=base / "project", env=environment, capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_the_dockerfile_copies_exists_and_reaches_the_build() -> None:
    copied = [
        name
        for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
        for name in [word for word in line.split() if not word.startswith("--")][:-1]
    ]
    assert {"pyproject.toml", "indexers", "memoryd", "docker/entrypoint"} <= set(copied)
    assert [name for name in copied if not (SOURCE_ROOT / name).exists()] == []
    ignored = (SOURCE_ROOT / ".dockerignore").read_text().split()
    assert ignored[ignored.index("*") :][1:]
    assert {name.partition("/")[0] for name in copied} == {line[1:] for line in ignored if line.startswith("!")}
    assert os.access(SOURCE_ROOT / "docker" / "entrypoint", os.X_OK)


def test_the_image_runs_as_nobody_of_importance_keeps_its_data_in_a_volume_and_says_how_it_is() -> None:
    assert re.search(r"^USER \d{5}:\d{5}$", DOCKERFILE, re.MULTILINE)
    assert "VOLUME /data" in DOCKERFILE
    assert "MEMORYD_HOME=/data" in DOCKERFILE
    assert "/healthz" in DOCKERFILE


def test_one_setting_chooses_the_port_everywhere_and_there_is_one_health_check() -> None:
    service = _service()
    assert service["ports"] == ["127.0.0.1:${PORT:-7333}:${PORT:-7333}"]
    assert service["environment"]["PORT"] == "${PORT:-7333}"
    assert "healthcheck" not in service
    assert DOCKERFILE.count("HEALTHCHECK") == 1
    # The number stands where it is set, and nowhere else.
    assert re.findall(r".*7333.*", DOCKERFILE) == ["    PORT=7333 \\"]


def test_the_health_check_of_the_image_finds_the_port_that_is_set(tmp_path: Path) -> None:
    check = json.loads(re.findall(r"^ +CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[0])
    with serving(tmp_path) as one:
        for port, code in ((one.port, 0), (1, 1)):
            command = [sys.executable, *check[1:]]
            done = subprocess.run(command, env={"PORT": str(port)}, capture_output=True, timeout=DEADLINE)
            assert done.returncode == code


def test_the_compose_file_opens_a_port_to_this_machine_only_mounts_repositories_read_only_and_pulls_nothing() -> None:
    service = _service()
    assert {(mount["target"], mount.get("read_only", False)) for mount in service["volumes"]} == {("/data", False), ("/repos", True)}
    # With an `image`, compose would look for one of that name in the public registry.
    assert (service["build"], "image" in service) == (".", False)
    assert service["cap_drop"] == ["ALL"]
    assert not any("token" in name.lower() for name in service["environment"])


def test_the_profile_of_a_fleet_runs_commands_that_exist_and_holds_no_secret() -> None:
    services = yaml.safe_load((SOURCE_ROOT / "docker-compose.yml").read_text())["services"]
    of_fleet = {name: one for name, one in services.items() if one.get("profiles") == ["fleet"]}
    assert set(of_fleet) == {"ray-head", "ray-worker", "fleet-index", "fleet"}
    for one in of_fleet.values():
        assert one["cap_drop"] == ["ALL"]
        assert all(port.startswith("127.0.0.1:") for port in one.get("ports", ()))
        assert all(re.fullmatch(r"\$\{\w+:-\}", value) for name, value in one["environment"].items() if "SECRET" in name or "KEY" in name)
        if one["entrypoint"] == ["memoryd"]:
            _checked([re.sub(r"\$\{\w+:-(.*)\}", r"\1", part) for part in one["command"]])


def _composed(**variables: str) -> "subprocess.CompletedProcess[str]":
    """Let Docker's own program read the compose file; it needs no engine for that."""
    command = ["docker", "compose", "config", "--format", "json"]
    kept = {name: value for name, value in os.environ.items() if name not in ("REPOSITORIES", "PORT")}
    return subprocess.run(command, cwd=SOURCE_ROOT, env={**kept, **variables}, capture_output=True, text=True, timeout=DEADLINE)


def _has_compose() -> bool:
    with suppress(OSError):
        return subprocess.run(["docker", "compose", "version"], capture_output=True, timeout=DEADLINE).returncode == 0
    return False


@pytest.mark.skipif(
    not _has_compose(), reason="Docker's compose plugin is not installed; with `docker compose` on the path these tests run"
)
def test_docker_understands_the_compose_file_and_says_what_it_wants(tmp_path: Path) -> None:
    assert "set REPOSITORIES to the folder that holds your repositories" in _composed().stderr
    for chosen, port in (({}, 7333), ({"PORT": "8000"}, 8000)):
        done = _composed(REPOSITORIES=str(tmp_path), **chosen)
        assert (done.returncode, done.stderr) == (0, "")
        service = orjson.loads(done.stdout)["services"]["memoryd"]
        assert [(one["host_ip"], one["published"], one["target"]) for one in service["ports"]] == [("127.0.0.1", str(port), port)]
        assert service["environment"]["PORT"] == str(port)
    assert {(mount["target"], mount.get("read_only", False)) for mount in service["volumes"]} == {("/data", False), ("/repos", True)}


@pytest.fixture
def container(tmp_path: Path) -> dict[str, str]:
    """The environment of the entry point, with folders of ours in the place of /repos and /data."""
    write(tmp_path / "repos" / "shop", FILES)
    (tmp_path / "repos" / "a file").write_text("not a repository")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "memoryd"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m memoryd "$@"\n')
    program.chmod(0o755)
    return {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(SOURCE_ROOT), "HOME": "/nonexistent",
        "MEMORYD_HOME": str(tmp_path / "data"), "MEMORYD_EMBEDDER": "hash", "REPOS": str(tmp_path / "repos"), "PORT": "0",
        "NAMES": "memoryd.example.com b.example",
    }  # fmt: skip


ENTRY = str(SOURCE_ROOT / "docker" / "entrypoint")


def _entered(container: dict[str, str], *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, env=container, capture_output=True, text=True, timeout=DEADLINE)


def _read_only(folder: Path) -> list[str]:
    """Make a folder one that may be read and not written; return the prefix of commands for which it is."""
    if os.geteuid():
        for place in (folder, *folder.rglob("*")):
            place.chmod(place.stat().st_mode & ~0o222)
        return []
    if not may_unshare("--mount"):
        pytest.skip("root may write everywhere, and may not mount a folder read-only here: run it as another user")
    return ["unshare", "--mount", "sh", "-c", 'mount --bind -o ro "$0" "$0" && exec "$@"', str(folder)]


def _unreadable(folder: Path) -> list[str]:
    """Make a folder one that may not be read; return the prefix of commands for which it is."""
    folder.chmod(0o700 if os.geteuid() == 0 else 0)
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may read everywhere: run it as another user, or install setpriv of util-linux")
    os.chown(folder, 65534, 65534)
    rights = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"]


def test_the_entry_point_wants_a_token_serves_every_repository_and_says_that_it_writes_no_notes(
    container: dict[str, str], tmp_path: Path
) -> None:
    wanted = _entered(container, ENTRY)
    assert (wanted.returncode, "memoryd token create" in wanted.stderr) == (2, True)
    token = _entered(container, ENTRY, "token", "create", "t").stdout.strip()
    shop = tmp_path / "repos" / "shop"
    process = subprocess.Popen([*_read_only(tmp_path / "repos"), ENTRY], env=container, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        log = tmp_path / "data" / "daemon.json"
        assert eventually(log.exists)
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
        url = f"http://127.0.0.1:{orjson.loads(log.read_bytes())['port']}"
        with httpx.Client(base_url=url, headers=headers, timeout=DEADLINE, trust_env=False) as client:
            hosts = ("memoryd.example.com", "b.example", "other.example")
            assert [client.get("/healthz", headers={"Host": host}).status_code for host in hosts] == [200, 200, 403]
            assert client.get("/healthz").status_code == 200
            assert [one["root"] for one in client.get("/v1/projects").json()["projects"]] == [str(shop)]
            note = {"title": "Euros only", "body": "The bank takes no other."}
            file = {"command": "create", "path": "/memories/a.md", "file_text": "Euros only."}
            told = [
                client.post("/v1/notes", json={"root": str(shop), **note}),
                client.post("/v1/memory", json={"root": str(shop), "input": file}),
            ]
            assert [(one.status_code, one.json()["type"]) for one in told] == [(403, "/docs#read-only")] * 2
            called = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "write_note", "arguments": note}}
            told.append(client.post(f"/mcp?root={shop}", json=called))
            for one in told:
                assert "may read this project and not write it" in one.text
                assert "mount it for writing" in one.text
        process.terminate()
        assert process.wait(DEADLINE) == 0
    finally:
        end(process)


def test_the_entry_point_names_what_it_cannot_read_and_does_not_start_without_a_project(container: dict[str, str], tmp_path: Path) -> None:
    repos = tmp_path / "repos"
    write(repos / "private", FILES)
    prefix = _unreadable(repos / "private")
    refused = _entered(container, *prefix, ENTRY)
    assert refused.returncode == 2
    assert f"user {os.geteuid()} cannot read {repos / 'private'} (Permission denied); let that user read it" in refused.stderr
    refused = _entered({**container, "REPOS": str(repos / "private")}, *prefix, ENTRY)
    assert (refused.returncode, f"user {os.geteuid()} cannot read {repos / 'private'};" in refused.stderr) == (1, True)
    (repos / "private").chmod(0o700)
    (tmp_path / "empty").mkdir()
    empty = _entered({**container, "REPOS": str(tmp_path / "empty")}, ENTRY)
    assert (empty.returncode, f"there is no folder below {tmp_path / 'empty'}" in empty.stderr) == (1, True)
    assert "set REPOSITORIES" in empty.stderr
