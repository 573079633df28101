"""A fleet that is followed while it is served: signed pushes and the clock lead to runs, one at a time, and nothing else does."""

import hashlib
import hmac
import threading
from dataclasses import replace
from pathlib import Path

import httpx
import orjson
import pytest

from memoryd.config import PUSH_KEY, push_secret
from memoryd.daemon import Followed, Follower
from memoryd.errors import UsageError
from memoryd.fleet import Listed, State, read_push, status_of
from tests.faces.serving import JSON, Served, serving
from tests.fleet.fleets import Small, commit, git
from tests.project import eventually

SECRET = "a-secret-that-only-the-git-host-knows"
GITHUB = {
    "ref": "refs/heads/main",
    "repository": {"full_name": "acme/shop", "clone_url": "https://git.example.com/acme/shop.git", "default_branch": "main"},
}
GITLAB = {
    "ref": "refs/heads/main",
    "project": {"path_with_namespace": "acme/shop", "git_ssh_url": "git@git.example.com:acme/shop.git", "default_branch": "main"},
}


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Followed:
    for name in ("daemon.following.PAUSE", "daemon.following.AGAIN", "fleet.serving.node.SEEN_SECONDS", "store.collection.SEEN_SECONDS"):
        monkeypatch.setattr(f"memoryd.{name}", 0.0)
    commit(tmp_path / "sources/acme/shop", {"a.py": "def first_thing():\n    return 1\n"})
    (tmp_path / "list.txt").write_text("sources/acme/shop\n")
    Small(tmp_path).index("sources/acme/shop\n")
    return Followed(str(tmp_path / "tables"), tmp_path / "list.txt", secret=SECRET)


def told(one: Served, body: bytes, **headers: str) -> httpx.Response:
    """Tell of a push as a host does that knows no token of ours."""
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in (JSON | headers).items()]
    return one.stranger.post("/v1/fleet/push", content=body, headers=given)


def signature(body: bytes) -> str:
    return "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def test_a_signed_push_leads_to_one_run_and_a_replay_or_a_stranger_to_none(tmp_path: Path, followed: Followed) -> None:
    body, shop = orjson.dumps(GITHUB), tmp_path / "sources/acme/shop"
    with serving(tmp_path, fleet=followed.address, followed=followed) as one:

        def is_held(commit: str) -> bool:
            return bool(one.client.get("/v1/fleet/repositories").json()["repositories"] == [{"repository": "acme/shop", "commit": commit}])

        follower: Follower = one.server.app.state.follower
        commit(shop, {"a.py": "def second_thing():\n    return 2\n"})
        for wrong in ({}, {"x_hub_signature_256": "sha256=0"}, {"x_hub_signature_256": "é"}, {"x_gitlab_token": SECRET[:-1]},
                      {"x_hub_signature_256": signature(b"other"), "x_gitlab_token": SECRET}):  # fmt: skip
            assert told(one, body, **wrong).status_code == 401
        assert told(one, b"x" * (1 << 21), x_gitlab_token=SECRET).status_code == 413
        assert told(one, b"[]", x_gitlab_token=SECRET).status_code == 422
        elsewhere = orjson.dumps({**GITHUB, "repository": {"full_name": "evil/one", "clone_url": "file:///etc"}})
        other = orjson.dumps({**GITHUB, "ref": "refs/heads/work"})
        for text in (b"{}", elsewhere, other):
            answer = told(one, text, x_hub_signature_256=signature(text))
            assert (answer.status_code, answer.json()) == (202, {"repositories": []})
        assert follower.runs == 0

        for _ in range(20):
            assert told(one, body, x_hub_signature_256=signature(body)).json() == {"repositories": ["acme/shop"]}
        second = git(shop, "rev-parse", "HEAD")
        assert eventually(lambda: is_held(second), 0.2)
        assert one.client.post("/v1/fleet/search", json={"query": "second_thing"}).json()["hits"][0]["hit"]["title"] == "second_thing"
        runs = follower.runs
        assert runs <= 2
        # What was heard before is heard again, and nothing moved.
        for _ in range(20):
            told(one, orjson.dumps(GITLAB), x_gitlab_token=SECRET)
        commit(shop, {"a.py": "def third_thing():\n    return 3\n"})
        told(one, orjson.dumps(GITLAB), x_gitlab_token=SECRET)
        third = git(shop, "rev-parse", "HEAD")
        assert eventually(lambda: is_held(third), 0.2)
        assert follower.runs <= runs + 2
        assert told(one, body).status_code == 401
        assert SECRET not in repr(follower.followed)


def test_all_repositories_are_asked_every_so_often_and_a_run_ends_with_the_follower(tmp_path: Path, followed: Followed) -> None:
    commit(tmp_path / "sources/acme/shop", {"a.py": "def second_thing():\n    return 2\n"})
    commit(tmp_path / "sources/acme/mail", {"b.py": "def letter():\n    return 1\n"})
    with (tmp_path / "list.txt").open("a") as file:
        file.write("sources/acme/mail\n")
    with serving(tmp_path, fleet=followed.address, followed=replace(followed, every=1_000.0)) as one:
        assert eventually(lambda: len(one.client.get("/v1/fleet/repositories").json()["repositories"]) == 2, 0.2)
    assert not [thread for thread in threading.enumerate() if thread.name == "memoryd-follow"]


def test_only_some_repositories_are_asked_and_the_others_stay(tmp_path: Path) -> None:
    small = Small(tmp_path).make()
    small.index(small.listed("other/paint"))
    before = small.rows()
    commit(tmp_path / "sources/acme/shop", {"new.py": "def new():\n    return 1\n"})
    commit(tmp_path / "sources/acme/mail", {"new.py": "def new():\n    return 1\n"})
    failing = small.listed() + "sources/gone\n"
    assert [one.repository for one in small.index(failing, only=("sources/gone",)).failed] == ["sources/gone"]
    report = small.index(failing, only=("acme/mail",))
    assert [one.repository for one in report.tasks] == [one.repository for one in report.covered] == ["acme/mail"]
    assert report.failed == ()
    assert [one.repository for one in status_of(str(tmp_path / "tables")).covered if one.state == State.FAILED] == ["sources/gone"]
    after = small.rows()
    shop = [row for row in before["units"] if "'acme/shop'" in row]
    assert [row for row in after["units"] if "'acme/shop'" in row] == shop
    assert "other/paint" not in repr(after)
    small.index()
    small.index(at="fresh")
    assert small.rows() == small.rows("fresh")


@pytest.mark.parametrize("address", [
    "https://git.example.com/acme/shop.git", "https://someone@git.example.com:8443/acme/shop", "ssh://git@git.example.com:22/acme/shop.git",
    "git@git.example.com:acme/shop.git", "git@GIT.example.com:acme/shop",
])  # fmt: skip
def test_a_push_is_about_the_repository_whose_address_it_names(address: str) -> None:
    listed = (Listed("ours", address), Listed("other/shop", "https://other.example.com/other/shop"))
    for event in (GITHUB, GITLAB):
        assert read_push(orjson.dumps(event)).among(listed) == ("ours",)


def test_a_secret_comes_from_a_file_or_the_environment_and_a_short_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    assert (push_secret({PUSH_KEY: SECRET}), push_secret({f"{PUSH_KEY}_FILE": str(tmp_path / "secret")}), push_secret({})) == (
        SECRET,
        SECRET,
        "",
    )
    for wrong in ({PUSH_KEY: "short"}, {f"{PUSH_KEY}_FILE": str(tmp_path / "none")}):
        with pytest.raises(UsageError):
            push_secret(wrong)
    with pytest.raises(UsageError, match="--follow needs"):
        Followed("", tmp_path).check()
