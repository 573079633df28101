"""Who is let in, and to what: foreign pages, missing tokens, and paths that lead out of a project get nothing."""

import json
import os
import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from memoryd.daemon import forget_secret, secret_of
from memoryd.errors import StoreUnusable, UsageError
from memoryd.faces.access import Access, Knock, Objection, Tokens, host_of
from tests import warm
from tests.faces.http.test_http import problem
from tests.faces.serving import JSON, KEY, KEYED, Served, serving
from tests.project import FILES, Shell, finish, write

SECRET = "the-secret-of-somebody-else"


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("local")) as one:
        one.post("/v1/reindex").raise_for_status()
        yield one


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A daemon as it behaves where others can reach it; one project is registered."""
    with serving(tmp_path_factory.mktemp("remote"), host="0.0.0.0") as one:
        one.projects.register(one.root)
        yield one


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:7333", "127.8.9.1", "[::1]:9"])
def test_loopback_names_are_answered(local: Served, host: str) -> None:
    assert local.client.get("/v1/projects", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.7",
        "localhost@evil.example",
        "[::2]",
        "",
        "local host",
    ],
)
def test_a_foreign_host_is_refused(local: Served, host: str) -> None:
    for path in ("/v1/projects", "/healthz", "/docs", "/mcp"):
        problem(local.client.get(path, headers={"Host": host}), "foreign-host")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_daemons_own_page_is_answered(local: Served, host: str) -> None:
    own = {"Host": f"{host}:{local.port}", "Origin": f"http://{host}:{local.port}"}
    assert local.client.get("/v1/projects", headers=own).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example", "null", "http://localhost.evil.example", "file://", "http://localhost@evil.example", "", "localhost",
        "http://localhost:3000", "http://127.0.0.1", "https://[::1]:8",
    ],
)  # fmt: skip
def test_a_foreign_page_is_refused(local: Served, origin: str) -> None:
    asked = {"root": str(local.root), "query": "money"}
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for refused in (
        local.client.post("/v1/search", json=asked, headers={"Origin": origin}),
        local.client.get("/healthz", headers={"Origin": origin}),
        local.stranger.options("/v1/search", headers=asks),
    ):
        problem(refused, "foreign-origin")
        assert not [name for name in refused.headers if name.startswith("access-control")]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_a_foreign_page_embeds_is_refused(local: Served, tmp_path: Path, site: str) -> None:
    # Another port of the same host is the same site to a browser, and none of ours.
    for path in ("/v1/projects", "/docs"):
        problem(local.client.get(path, headers={"Sec-Fetch-Site": site}), "foreign-origin")


def test_a_program_without_the_secret_is_told_where_it_is(local: Served) -> None:
    asked = {"root": str(local.root), "query": "money"}
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": KEY}, {"Authorization": f"Basic {KEY}"}):
        for path in ("/v1/projects", "/metrics", "/mcp", "/v1/nowhere"):
            problem(local.stranger.get(path, headers=headers), "no-token")
        refused = local.stranger.post("/v1/search", json=asked, headers=headers)
        said = problem(refused, "no-token")
        assert "`memoryd token local` prints your secret" in said["next"]
        assert "Authorization: Bearer SECRET" in said["next"]
        assert refused.headers["www-authenticate"] == "Bearer"
    for path in ("/healthz", "/docs", "/openapi.json"):
        assert local.stranger.get(path).status_code == 200


def test_another_secret_counts_at_once(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        assert one.client.get("/v1/projects").status_code == 200
        forget_secret(one.home)
        problem(one.client.get("/v1/projects"), "no-token")
        assert one.stranger.get("/v1/projects", headers={"Authorization": f"Bearer {secret_of(one.home)}"}).status_code == 200
        (one.home / "secret").chmod(0o644)
        said = problem(one.client.get("/v1/projects"), "unavailable")
        assert str(one.home) not in json.dumps(said)


def test_a_token_on_loopback_reaches_registered_projects_only(tmp_path: Path) -> None:
    write(tmp_path / "other", {"kept.txt": SECRET})
    with serving(tmp_path) as one:
        one.post("/v1/reindex").raise_for_status()
        headers = {"Authorization": f"Bearer {Tokens(one.home).create('visitor')}"}
        assert one.stranger.post("/v1/search", json={"root": str(one.root), "query": "money"}, headers=headers).json()["hits"]
        asked = {"root": str(tmp_path / "other")}
        for path, more in (("/v1/search", {"query": "x"}), ("/v1/pack", {"task": "x"}), ("/v1/notes/list", {}), ("/v1/reindex", {})):
            problem(one.stranger.post(path, json={**asked, **more}, headers=headers), "outside-root")
        events = {**headers, "Accept": "text/event-stream"}
        problem(one.stranger.post("/v1/reindex", json=asked, headers=events), "outside-root")
        problem(one.stranger.post("/v1/projects", json=asked, headers=headers), "not-yours")
        assert not one.projects.is_registered(tmp_path / "other")


def test_without_a_token_everybody_on_this_machine_is_let_in_but_no_page(tmp_path: Path) -> None:
    with serving(tmp_path, is_open=True) as one:
        assert one.stranger.post("/v1/search", json={"root": str(one.root), "query": "money"}).json()["hits"]
        problem(one.stranger.get("/v1/projects", headers={"Origin": "http://localhost:3000"}), "foreign-origin")
        problem(one.stranger.get("/v1/projects", headers={"Host": "evil.example"}), "foreign-host")
        problem(one.stranger.post("/v1/stop"), "not-yours")
        assert not one.server.should_exit
        assert one.client.post("/v1/stop").status_code == 202


def test_a_daemon_that_is_open_says_so_loudly_and_only_on_loopback(shell: Shell) -> None:
    refused = warm.run(shell, "serve", "--no-token", "--host", "0.0.0.0")
    assert (refused.code, "leave out one of the two" in refused.err) == (2, True)
    process = shell.start("serve", "--no-token")
    try:
        assert process.stderr
        said = [process.stderr.readline().decode() for _ in range(2)]
        assert "WARNING: with --no-token every user and every program of this machine may read your projects" in said[1]
        assert "--no-token" in warm.run(shell, "daemon", "status").text
        assert warm.run(shell, "daemon", "status", "--json").json["demands"] == "nothing"
        assert "--no-token" in warm.run(shell, "status").err
    finally:
        process.terminate()
        finish(process)


def test_a_read_registers_nothing(local: Served, tmp_path: Path) -> None:
    problem(local.client.get("/v1/status", params={"root": str(tmp_path)}), "outside-root")
    assert not local.projects.is_registered(tmp_path)


def test_a_folder_is_registered_by_its_first_use(local: Served, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert local.client.post("/v1/search", json={"root": str(tmp_path), "query": "money"}).json()["hits"]
    assert local.projects.is_registered(tmp_path)


@pytest.mark.parametrize("root", ["/no/such/folder", "/etc/passwd", "/", "/\0", "/" + "x" * 3_000, "/" + "../" * 50])
def test_what_is_no_folder_of_a_project_is_refused(local: Served, root: str) -> None:
    problem(local.client.post("/v1/pack", json={"root": root, "task": "x"}), "no-project")
    problem(local.client.post("/v1/reindex", json={"root": root}), "no-project")
    problem(local.client.post("/v1/projects", json={"root": root}), "no-project")


@pytest.mark.parametrize("root", ["project", "~/project", "../project", ""])
def test_a_relative_root_is_refused(local: Served, root: str) -> None:
    problem(local.client.post("/v1/pack", json={"root": root, "task": "x"}), "invalid")


def test_a_loop_of_links_is_refused(local: Served, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    problem(local.client.post("/v1/pack", json={"root": str(tmp_path / "loop"), "task": "x"}), "no-project")
    problem(local.client.get("/v1/status", params={"root": str(tmp_path / "loop")}), "outside-root")


def test_our_own_data_is_never_served(local: Served) -> None:
    (local.home / "daemon.json").write_text(json.dumps({"key": SECRET}))
    Tokens(local.home).create("somebody")
    problem(local.client.post("/v1/show", json={"root": str(local.home), "handles": ["daemon.json"]}), "no-project")
    around = str(local.home.parent)
    assert local.client.post("/v1/search", json={"root": around, "query": "key"}).status_code == 200
    for name in ("daemon.json", "tokens.json", ".memorydignore"):
        problem(local.client.post("/v1/show", json={"root": around, "handles": [f"home/{name}"]}), "unknown-handle")


@pytest.mark.parametrize(
    ("handle", "kind"),
    [
        ("/etc/passwd", "outside-root"),
        ("../secret.txt", "outside-root"),
        ("shop/../../secret.txt", "outside-root"),
        ("shop/../../secret.txt:1-2", "outside-root"),
        ("..\\secret.txt", "unknown-handle"),
        ("%2e%2e/secret.txt", "unknown-handle"),
        ("secret.txt\0", "unknown-handle"),
        ("link.txt", "unknown-handle"),
        ("out/secret.txt", "unknown-handle"),
    ],
)
def test_a_handle_cannot_lead_out_of_the_project(local: Served, handle: str, kind: str) -> None:
    base = local.root.parent
    write(base, {"secret.txt": SECRET, "elsewhere/secret.txt": SECRET})
    for link, target in (("link.txt", base / "secret.txt"), ("out", base / "elsewhere")):
        if not (local.root / link).is_symlink():
            (local.root / link).symlink_to(target)
    local.post("/v1/reindex").raise_for_status()
    said = problem(local.post("/v1/show", handles=[handle]), kind)
    assert SECRET not in json.dumps(said)


def test_a_file_that_becomes_a_link_out_is_not_followed(local: Served, tmp_path: Path) -> None:
    write(tmp_path, {"secret/kept.txt": SECRET, "one/kept.txt": "mine\n", "one/folder/kept.txt": "mine\n"})
    root = tmp_path / "one"
    asked = {"root": str(root), "handles": ["kept.txt", "folder/kept.txt"]}
    assert [one["text"] for one in local.client.post("/v1/show", json=asked).json()["shown"]] == ["mine\n"] * 2
    (root / "kept.txt").unlink()
    (root / "kept.txt").symlink_to(tmp_path / "secret/kept.txt")
    (root / "folder").rename(tmp_path / "moved")
    (root / "folder").symlink_to(tmp_path / "secret")
    for handle in asked["handles"]:
        refused = local.client.post("/v1/show", json={"root": str(root), "handles": [handle]})
        assert refused.status_code == 404
        assert SECRET not in refused.text


def test_a_token_is_demanded_beyond_loopback(remote: Served) -> None:
    asked = {"root": str(remote.root), "query": "money"}
    token = Tokens(remote.home).create("reader")
    for headers in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": token},
        {"Authorization": f"Basic {token}"},
        {"Authorization": "Bearer"},
    ):
        refused = remote.stranger.post("/v1/search", json=asked, headers=headers)
        problem(refused, "no-token")
        assert refused.headers["www-authenticate"] == "Bearer"
    for path in ("/v1/projects", "/metrics", "/mcp", "/v1/nowhere"):
        problem(remote.stranger.get(path), "no-token")
    assert remote.client.post("/v1/search", json=asked, headers={"Authorization": f"Bearer {token}"}).json()["hits"]
    for path in ("/healthz", "/docs", "/openapi.json"):
        assert remote.stranger.get(path).status_code == 200


def test_a_revoked_token_opens_nothing_from_that_moment(remote: Served) -> None:
    headers = {"Authorization": f"Bearer {Tokens(remote.home).create('guest')}"}
    assert remote.client.get("/v1/projects", headers=headers).status_code == 200
    Tokens(remote.home).revoke("guest")
    problem(remote.client.get("/v1/projects", headers=headers), "no-token")


def test_a_large_body_without_a_token_is_refused_for_the_token(remote: Served) -> None:
    problem(remote.stranger.post("/v1/pack", content=b"x" * (4 << 20), headers=JSON), "no-token")


def test_a_token_reaches_registered_projects_only(remote: Served, tmp_path: Path) -> None:
    headers = {"Authorization": f"Bearer {Tokens(remote.home).create('visitor')}"}
    write(tmp_path, {"kept.txt": SECRET})
    answers = [
        problem(remote.client.post("/v1/search", json={"root": root, "query": "x"}, headers=headers), "outside-root")
        for root in (str(tmp_path), "/no/such/folder", str(remote.root.parent), f"{remote.root}/shop", f"{remote.root}/../project2")
    ]
    assert len({answer["detail"] for answer in answers}) == 1, "what there is and what there is not look the same"
    problem(remote.client.post("/v1/reindex", json={"root": str(tmp_path)}, headers=headers), "outside-root")
    problem(remote.client.post("/v1/projects", json={"root": str(tmp_path)}, headers=headers), "not-yours")
    problem(remote.client.delete("/v1/projects", params={"root": str(remote.root)}, headers=headers), "not-yours")
    assert not remote.projects.is_registered(tmp_path)
    assert remote.client.post("/v1/projects", json={"root": str(tmp_path)}, headers=KEYED).status_code == 201


def test_only_its_user_stops_a_daemon(local: Served, remote: Served) -> None:
    token = Tokens(remote.home).create("stopper")
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        problem(local.stranger.post("/v1/stop", headers=headers), "no-token")
    problem(remote.client.post("/v1/stop", headers={"Authorization": f"Bearer {token}"}), "not-yours")
    assert not local.server.should_exit
    assert not remote.server.should_exit


def test_a_daemon_answers_to_the_names_that_it_was_given_and_beyond_loopback_to_its_own_and_addresses(tmp_path: Path) -> None:
    access = Access(tmp_path, "0.0.0.0", names=frozenset({"Memory.internal"}))
    secret = secret_of(tmp_path)

    def kind(host: str, **headers: str) -> str:
        found = access.judge(Knock("/v1/pack", {"host": host, "authorization": f"Bearer {secret}", **headers}, peer="127.0.0.1"))
        return found.kind if isinstance(found, Objection) else ""

    own = socket.gethostname()
    assert {kind(host) for host in ("10.0.0.5:7333", "[fe80::1]:7333", "memory.internal", "localhost", own)} == {""}
    assert {kind(host) for host in ("evil.example", "", "10.0.0.5.evil.example")} == {"foreign-host"}
    assert kind("10.0.0.5:1", origin="http://10.0.0.5:1") == ""
    assert kind("memory.internal", origin="https://memory.internal") == ""
    assert kind("10.0.0.5:1", origin="http://10.0.0.6:1") == "foreign-origin"
    # A proxy on this machine passes on what it was called.
    access = Access(tmp_path, names=frozenset({"memory.internal"}))
    assert {kind(host) for host in ("memory.internal", "localhost")} == {""}
    assert {kind(host) for host in ("10.0.0.5", own, "evil.example")} == {"foreign-host"}


@pytest.mark.parametrize("wrong", ["https://memory.internal", "memory.internal:80", ""])
def test_what_is_no_name_is_refused_as_one_and_so_is_any_where_nothing_is_demanded(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(UsageError, match="no name of a machine"):
        Access(tmp_path, names=frozenset({wrong})).check_start()
    with pytest.raises(UsageError, match="--name for others"):
        Access(tmp_path, names=frozenset({"memory.internal"}), is_open=True).check_start()


def test_hosts_are_read_without_being_fooled() -> None:
    assert host_of("LocalHost:80") == "localhost"
    assert host_of("[::1]:80") == "::1"
    assert {host_of(given) for given in ("a:b", "a:1:2", "a/b", "a b", "[::1", "a\n", ":80", "user@localhost", "a" * 300)} == {""}


def test_a_daemon_beyond_loopback_does_not_start_without_a_token(shell: Shell) -> None:
    refused = warm.run(shell, "serve", "--host", "0.0.0.0")
    assert (refused.code, refused.out) == (2, b"")
    assert "memoryd token create" in refused.err
    assert not (shell.home / "daemon.json").exists()


def test_tokens_are_made_listed_and_revoked_from_the_command_line(shell: Shell) -> None:
    made = warm.run(shell, "token", "create", "ci")
    token = made.text.strip()
    assert made.code == 0
    assert "only time" in made.err
    assert warm.run(shell, "token", "create", "ci").code == 2
    assert [one["name"] for one in warm.run(shell, "token", "list", "--json").json["tokens"]] == ["ci"]
    assert Tokens(shell.home).holder(token) == "ci"
    stored = shell.home / "tokens.json"
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert not any(token in file.read_text() or token[8:] in file.read_text() for file in shell.home.rglob("*") if file.is_file())
    assert warm.run(shell, "token", "revoke", "ci").code == 0
    assert warm.run(shell, "token", "revoke", "ci").code == 2
    assert Tokens(shell.home).holder(token) == ""


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "x" * 65, "é", "a\n", "local"])
def test_a_token_needs_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"cannot name a token|your own secret"):
        Tokens(tmp_path).create(name)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"tokens": [{"name": 1}]}', b"\xff"])
def test_a_damaged_list_of_tokens_lets_nobody_in(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tokens.json").write_bytes(content)
    with pytest.raises(StoreUnusable, match=r"tokens\.json"):
        Tokens(tmp_path).holder("x")


def test_a_damaged_list_of_tokens_is_told_without_where_it_lies(tmp_path: Path) -> None:
    with serving(tmp_path, host="0.0.0.0") as one:
        write(one.home, {"tokens.json": "{"})
        said = problem(one.stranger.get("/v1/projects", headers={"Authorization": "Bearer wrong"}), "unavailable")
    assert str(tmp_path) not in json.dumps(said)


def test_two_tokens_made_at_once_are_both_kept(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = list(pool.map(lambda number: Tokens(tmp_path).create(f"token-{number}"), range(16)))
    assert len(Tokens(tmp_path).all()) == len(set(secrets)) == 16
    assert sorted(os.listdir(tmp_path)) == [".memorydignore", "tokens.json", "tokens.lock"]
