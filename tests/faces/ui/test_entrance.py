"""Who gets into the dashboard, with what, and how far."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from memoryd.daemon import forget_secret
from memoryd.faces.access import Tokens
from tests.faces.http.test_http import problem
from tests.faces.serving import KEY, Served, serving
from tests.project import write

HTML = {"Accept": "text/html,application/xhtml+xml"}
FOREIGN = "http://evil.example"


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("ui")) as served:
        served.post("/v1/reindex").raise_for_status()
        write(other := served.root.parent / "secretive", {"plan.py": "def plan():\n    return 1\n"})
        served.client.post("/v1/reindex", json={"root": str(other)}).raise_for_status()
        yield served


def browser(one: Served) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{one.port}", headers=HTML, timeout=60)


def invited(one: Served) -> str:
    return str(one.client.post("/ui/keys").raise_for_status().json()["path"])


def proof_of(page: httpx.Response) -> str:
    return page.text.split('name="proof" content="')[1].split('"')[0]


def test_the_key_of_an_address_signs_one_browser_in_once(one: Served) -> None:
    with browser(one) as ours, browser(one) as theirs:
        path = invited(one)
        entered = ours.get(path)
        cookie = entered.headers["set-cookie"]
        assert entered.status_code == 303
        assert entered.headers["location"] == "/ui"
        assert {"HttpOnly", "SameSite=Strict", "Path=/ui"} <= set(cookie.split("; "))
        assert KEY not in cookie
        assert str(one.root) in ours.get("/ui").text
        again = theirs.get(path)
        assert again.status_code == 401
        assert "set-cookie" not in again.headers
        assert theirs.get("/ui").status_code == 401
        # The cookie is for pages alone, and another daemon on this host that is sent it cannot ask with it.
        problem(ours.get("/v1/projects", headers={"Accept": "application/json"}), "no-token")
        problem(one.stranger.post("/ui/keys", headers={"Accept": "application/json"}), "no-token")
        assert ours.post("/ui/keys", data={"proof": proof_of(ours.get("/ui"))}).status_code == 403
        assert ours.post("/ui/logout", data={"proof": proof_of(ours.get("/ui"))}).status_code == 303
        assert ours.get("/ui", headers={"Cookie": cookie.split(";")[0]}).status_code == 401


def test_who_is_not_signed_in_sees_nothing_of_any_project(one: Served) -> None:
    with browser(one) as stranger:
        for path in ("/ui", "/ui/project", "/ui/ask?task=money", "/ui/settings", "/ui/nothing", f"/ui/notes?root={one.root}"):
            shown = stranger.get(path)
            assert shown.status_code == 401
            assert str(one.root) not in shown.text
            assert "memoryd ui" in shown.text
            problem(stranger.get(path, headers={"Accept": "application/json"}), "no-token")
        assert stranger.post("/ui/login", data={"token": "wrong"}).status_code == 401
        assert stranger.post("/ui/login", data={"token": "wrong"}, headers={"Origin": FOREIGN}).status_code == 403


def test_every_answer_forbids_what_a_page_does_not_need(one: Served) -> None:
    with browser(one) as ours:
        for path in ("/ui", "/ui/static/app.js", "/ui/project?root=/nowhere"):
            ours.get(invited(one))
            answer = ours.get(path)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "http" not in policy
            assert answer.headers["x-frame-options"] == "DENY"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["cross-origin-opener-policy"] == answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert ours.get("/ui/static/../templates/base.html").status_code == 404
        assert "immutable" in ours.get("/ui/static/app.css").headers["cache-control"]


def test_foreign_pages_and_hosts_get_nothing_even_with_the_cookie(one: Served) -> None:
    with browser(one) as ours:
        ours.get(invited(one))
        proof = proof_of(ours.get("/ui"))
        for headers in (
            {"Host": "rebound.example"},
            {"Origin": FOREIGN},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            assert ours.get("/ui", headers=headers).status_code == 403
            assert ours.post("/ui/drafts/mine", data={"root": str(one.root), "proof": proof}, headers=headers).status_code == 403
        for form in ({}, {"proof": "guessed"}, {"proof": "é"}):
            assert ours.post("/ui/note/write", data={"root": str(one.root), "title": "Forged", **form}).status_code == 403
        assert not (one.root / ".memoryd").exists()
        with browser(one) as other:
            other.get(invited(one))
            assert other.post("/ui/drafts/mine", data={"root": str(one.root), "proof": proof}).status_code == 403


def test_a_token_shows_what_it_may_ask_about_until_it_is_revoked(one: Served) -> None:
    token = Tokens(one.home).create("guest")
    with browser(one) as guest:
        assert guest.post("/ui/login", data={"token": f" {token} "}).status_code == 303
        shown = guest.get("/ui").text
        assert str(one.root) in shown
        assert "secretive" not in shown
        for path in ("/ui/settings", f"/ui/clients?root={one.root}", f"/ui/sessions?root={one.root}", f"/ui/session?root={one.root}&id=1"):
            assert guest.get(path).status_code == 403
        other = str(one.root.parent / "secretive")
        assert guest.get("/ui/project", params={"root": other}).status_code == 403
        assert "def plan" not in guest.get("/ui/show", params={"root": other, "handle": "plan.py"}).text
        assert guest.get("/ui/project", params={"root": str(one.root)}).status_code == 200
        assert guest.post("/ui/keys", data={"proof": proof_of(guest.get("/ui"))}).status_code == 403
        Tokens(one.home).revoke("guest")
        assert guest.get("/ui").status_code == 401


def test_a_secret_that_is_forgotten_signs_its_browsers_out(tmp_path: Path) -> None:
    with serving(tmp_path) as served, browser(served) as ours:
        ours.get(invited(served))
        assert ours.get("/ui").status_code == 200
        forget_secret(served.home)
        assert ours.get("/ui").status_code == 401
