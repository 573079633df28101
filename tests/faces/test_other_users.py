"""Other users of the machine: they read no file of ours, are let in nowhere, and a file has the mode that it should have, always."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memoryd.config import Settings
from memoryd.daemon import SOCKET, State, connect, ensure, running, stop
from memoryd.faces.access import Tokens
from memoryd.memory import ProjectMemory
from tests import warm
from tests.faces.serving import serving
from tests.project import DEADLINE, Shell, let_others_enter, may_unshare, write

LOOK = """
import http.client, json, os, socket, sys
port, home, root, *files = sys.argv[1:]
told = {"user": os.getuid(), "read": [], "statuses": {}}
for file in files:
    try:
        open(file, "rb").read()
        told["read"].append(file)
    except PermissionError:
        pass
body = json.dumps({"root": root, "query": "parse_money"})
asked = [("GET", "/v1/projects"), ("POST", "/v1/search"), ("POST", "/v1/projects"), ("POST", "/v1/stop"), ("POST", "/mcp")]
for secret in ("", "Bearer wrong"):
    for method, path in asked:
        connection = http.client.HTTPConnection("127.0.0.1", int(port))
        headers = {"Content-Type": "application/json", **({"Authorization": secret} if secret else {})}
        connection.request(method, path, body if method == "POST" else None, headers)
        told["statuses"][f"{path} {secret}"] = connection.getresponse().status
try:
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(home + "/daemon.sock")
    peer.sendall(b"GET /v1/projects HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
    told["socket"] = peer.recv(100).decode()
except OSError as error:
    told["socket"] = type(error).__name__
print(json.dumps(told))
"""


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Settings(tmp_path / "home", "hash", 2)
    yield made
    stop(made)


def modes(folder: Path) -> dict[str, int]:
    """Return the mode of a folder and of everything in it."""
    found = [folder, *folder.rglob("*")]
    return {f"{place.relative_to(folder)}{'/' if place.is_dir() else ''}": stat.S_IMODE(place.lstat().st_mode) for place in found}


def wrong(folder: Path) -> dict[str, int]:
    """Return what other users could get at."""
    return {name: mode for name, mode in modes(folder).items() if mode != (0o700 if name.endswith("/") else 0o600)}


def post(state: State, path: str, **asked: Any) -> Any:
    connection = connect(state, DEADLINE)
    connection.request("POST", path, json.dumps(asked), {"Content-Type": "application/json"})
    response = connection.getresponse()
    said = json.loads(response.read())
    connection.close()
    assert response.status in (200, 201), said
    return said


@pytest.fixture
def generous() -> Iterator[None]:
    """Have new files be for everybody, where nobody says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("generous")
def test_everything_in_the_data_folder_is_ours_alone_and_what_is_in_the_project_as_the_umask_has_it(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    with serving(tmp_path) as one:
        one.post("/v1/reindex").raise_for_status()
        for number in range(3):
            write(one.root, {f"shop/new_{number}.py": f"def new_{number}(): ...\n"})
            one.post("/v1/reindex").raise_for_status()
        one.post("/v1/notes", title="Euros only", body="The bank takes no other.").raise_for_status()
        one.post("/v1/notes/pending").raise_for_status()
        Tokens(one.home).create("ci")
        with one.projects.memory(one.root) as memory:
            memory.notes.record("pytest", 0)
            memory.export(archive)
    with ProjectMemory(one.root, Settings(tmp_path / "another", "hash", 1)) as memory:
        memory.take_in(archive)
    for home in (one.home, tmp_path / "another"):
        assert wrong(home) == {}
        assert len([name for name in modes(home) if ".lance/" in name]) > 8
    assert {"tokens.json", "projects.lock", "secret"} <= set(modes(one.home))
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert {mode for name, mode in modes(one.root / ".memoryd").items() if name.endswith(".md")} == {0o666}


def test_what_an_older_version_left_open_is_closed_by_a_refresh_and_by_the_daemon(root: Path, settings: Settings) -> None:
    def opened() -> None:
        for place in (settings.home, *settings.home.rglob("*")):
            place.chmod(0o755 if place.is_dir() else 0o644)

    with ProjectMemory(root, settings) as memory:
        memory.refresh()
        opened()
        memory.refresh()
    assert wrong(settings.home / "projects") == {}
    write(settings.home, {"tokens.lock": "", "usage.db-wal": "", "projects.json": '{"projects": []}'})
    opened()
    ensure(settings)
    assert wrong(settings.home) == {}


def test_a_folder_that_others_use_too_is_left_as_it_is_and_only_ours_in_it_is_closed(settings: Settings) -> None:
    write(settings.home, {"mine.txt": "", "folder/mine.txt": "", "projects/shop-0/kept": ""})
    for place in (settings.home, *settings.home.rglob("*")):
        place.chmod(0o755 if place.is_dir() else 0o644)
    ensure(settings)
    assert wrong(settings.home) == {"./": 0o755, "mine.txt": 0o644, "folder/": 0o755, "folder/mine.txt": 0o644}


def test_another_user_reads_nothing_and_is_let_in_nowhere(shell: Shell, settings: Settings) -> None:
    if os.getuid() or shutil.which("setpriv") is None:
        pytest.skip("needs setpriv of util-linux, and root, to become another user")
    state = ensure(settings)
    post(state, "/v1/reindex", root=str(shell.root))
    assert warm.run(shell, "token", "local").code == 0
    let_others_enter(shell.home)

    def look() -> Any:
        files = [str(file) for file in shell.home.rglob("*") if file.is_file()]
        assert len(files) > 10
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-S", "-c", LOOK]
        arguments = [str(state.port), str(shell.home), str(shell.root), *files]
        done = subprocess.run([*command, *arguments], cwd="/", capture_output=True, timeout=DEADLINE)
        told = json.loads(done.stdout or done.stderr)
        assert told["user"] == 65534
        assert set(told["statuses"].values()) == {401}
        return told

    told = look()
    assert (told["read"], told["socket"]) == ([], "PermissionError")
    # Were the folders open, the files would not be; and were the socket, it hangs up on others.
    for place in (shell.home, *shell.home.rglob("*")):
        if place.is_dir():
            place.chmod(0o755)
    told = look()
    assert (told["read"], told["socket"]) == ([], "PermissionError")
    (shell.home / SOCKET).chmod(0o666)
    assert look()["socket"] in ("", "ConnectionResetError", "BrokenPipeError")
    assert running(settings) == state


def test_where_a_path_is_too_long_for_a_socket_the_secret_serves(shell: Shell, tmp_path: Path) -> None:
    long = Settings(tmp_path / ("x" * 120) / "home", "hash", 1)
    try:
        state = ensure(long)
        assert state.socket == ""
        assert post(state, "/v1/search", root=str(shell.root), query="parse_money")["hits"]
        if may_unshare("--net"):
            # No port leads out of another network: that is told at once.
            told = replace(shell, home=long.home).run("daemon", "start", prefix=["unshare", "--net"])
            assert (told.code, f"the daemon (process {state.pid}) does not answer" in told.err) == (1, True)
        assert stop(long)
    finally:
        stop(long)
