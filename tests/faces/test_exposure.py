"""A daemon that other machines reach: a token opens what was shared, and nothing that our user's own clients asked about."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import httpx
import pytest

from memoryd.config import project_folder
from memoryd.daemon import secret_of
from memoryd.faces.access import Tokens
from tests import warm
from tests.faces.http.test_http import problem
from tests.faces.mcp.bridge import bridge
from tests.faces.serving import serving
from tests.project import DEADLINE, FILES, Shell, eventually, finish, write

PRIVATE = {"safe.py": "def open_safe():\n    return 4711\n"}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@dataclass(frozen=True)
class Exposed:
    """A daemon on all addresses of this machine that shares one project, while our user's agent works in a private one."""

    shell: Shell
    private: Path
    said: tuple[str, ...]
    port: int
    token: str

    def client(self, host: str, token: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=f"http://{host}:{self.port}", headers=headers, timeout=DEADLINE, trust_env=False)


def other_address() -> str:
    """Return an address of this machine that is not loopback. No packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            pytest.skip("this machine has no address but loopback; with a network interface these tests run")
        return str(probe.getsockname()[0])


@pytest.fixture(scope="module")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exposed]:
    base = tmp_path_factory.mktemp("exposed")
    write(base / "shared", FILES)
    write(base / "private", PRIVATE)
    shell = Shell(base / "shared", base / "home")
    token = Tokens(shell.home).create("colleague")
    process = shell.start("serve", "--host", "0.0.0.0", "--name", "ann.example", "--root", ".")
    try:
        assert process.stderr
        said = tuple(process.stderr.readline().decode().strip() for _ in range(2))
        with bridge(base / "private", shell.home) as pipe:
            pipe.shake()
            assert "4711" in pipe.call("search_code", task="open the safe")[0]
        yield Exposed(shell, base / "private", said, int(said[0].rpartition(":")[2]), token)
    finally:
        process.terminate()
        assert finish(process).code == 0


def test_the_address_that_is_told_is_the_one_listened_on(exposed: Exposed) -> None:
    listened = f"http://0.0.0.0:{exposed.port}"
    assert exposed.said == (
        f"memoryd: listening on {listened}",
        f"memoryd: tokens reach {exposed.shell.root}, and no other project",
    )
    assert f"address    {listened}, here http://127.0.0.1:{exposed.port}\n" in warm.run(exposed.shell, "daemon", "status").text
    told = warm.run(exposed.shell, "daemon", "status", "--json").json
    assert (told["address"], told["url"]) == (listened, f"http://127.0.0.1:{exposed.port}")


def test_others_call_the_daemon_by_the_name_that_it_was_given(exposed: Exposed) -> None:
    with exposed.client("127.0.0.1", exposed.token) as visitor:
        found = {name: visitor.get("/v1/projects", headers={"Host": f"{name}:{exposed.port}"}) for name in ("ann.example", "bob.example")}
    assert found["ann.example"].status_code == 200
    assert found["bob.example"].json()["type"] == "/docs#foreign-host"


@pytest.mark.parametrize("is_near", [True, False])
def test_a_token_opens_what_is_shared_and_not_what_a_local_client_asked_about(exposed: Exposed, is_near: bool) -> None:
    with exposed.client("127.0.0.1" if is_near else other_address(), exposed.token) as visitor:
        shared, private = str(exposed.shell.root), str(exposed.private)
        assert visitor.post("/v1/search", json={"root": shared, "query": "parse_money"}).json()["hits"]
        assert [one["root"] for one in visitor.get("/v1/projects").json()["projects"]] == [shared]
        for path, more in (
            ("/v1/search", {"query": "safe"}), ("/v1/pack", {"task": "open the safe"}), ("/v1/show", {"handles": ["safe.py"]}),
            ("/v1/map", {}), ("/v1/reindex", {}), ("/v1/notes/list", {}), ("/v1/notes/recall", {"task": "safe"}), ("/v1/audit", {}),
            ("/v1/memory", {"input": {"command": "view", "path": "/memories"}}), ("/v1/notes", {"title": "Open", "body": "It is."}),
        ):  # fmt: skip
            answer = visitor.post(path, json={"root": private, **more})
            problem(answer, "outside-root")
            assert "4711" not in answer.text
        problem(visitor.get("/v1/status", params={"root": private}), "outside-root")
        problem(visitor.post("/v1/reindex", json={"root": private}, headers={"Accept": "text/event-stream"}), "outside-root")
        for address, arguments in (("/mcp", {"root": private}), (f"/mcp?root={private}", {}), (f"/mcp?root={shared}&root={private}", {})):
            asked: dict[str, Any] = {"name": "search_code", "arguments": {"task": "open the safe", **arguments}}
            body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked}
            text = visitor.post(address, json=body, headers=ACCEPT).text
            assert "4711" not in text
            assert ("this daemon shares" in text) == (f"root={shared}" not in address)


def test_our_own_secret_counts_over_loopback_only(exposed: Exposed) -> None:
    secret = secret_of(exposed.shell.home)
    with exposed.client(other_address(), secret) as afar, exposed.client("127.0.0.1", secret) as near:
        for path in ("/v1/projects", f"/v1/status?root={exposed.private}"):
            assert "over loopback only" in problem(afar.get(path), "no-token")["detail"]
            assert near.get(path).status_code == 200
        problem(afar.post("/v1/stop"), "no-token")


def test_a_daemon_that_would_share_nothing_with_others_does_not_start(shell: Shell) -> None:
    Tokens(shell.home).create("colleague")
    done = warm.run(shell, "serve", "--host", "0.0.0.0")
    assert (done.code, "shares no project" in done.err, "--root FOLDER" in done.err) == (2, True, True)
    missing = warm.run(shell, "serve", "--root", str(shell.root), "--root", "no/such/folder")
    assert (missing.code, "cannot read no/such/folder" in missing.err) == (2, True)


def test_whoever_may_not_ask_about_a_project_does_not_wait_for_its_load(tmp_path: Path) -> None:
    write(tmp_path / "private", PRIVATE)
    with serving(tmp_path) as one, ThreadPoolExecutor(1) as pool:
        asked = {"root": str(tmp_path / "private"), "query": "safe"}
        visitor = {"Authorization": f"Bearer {Tokens(one.home).create('visitor')}"}
        folder = project_folder(one.projects.settings, tmp_path / "private")
        folder.mkdir(parents=True)
        with filelock.FileLock(folder / "refresh.lock"):
            begun = pool.submit(one.client.post, "/v1/search", json=asked)
            assert eventually(lambda: asked["root"] in one.client.get("/v1/projects").text)
            problem(one.stranger.post("/v1/search", json=asked, headers=visitor), "outside-root")
            assert not begun.done()
        assert begun.result(DEADLINE).json()["hits"]
