"""What the pages of the dashboard show: in HTML that nothing foreign becomes part of, and as JSON at the same address."""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from memoryd.sessions import Event, Kind, Reply, Tool, Use
from memoryd.web import ASSETS, asset
from tests.faces.serving import Served, serving
from tests.faces.ui.test_entrance import browser, invited, proof_of
from tests.project import FILES, write
from tests.usage.writing import answer
from tests.usage.writing import write as transcript

HOSTILE = "<img src=x onerror=alert(1)>\u202egpj"
JSON = {"Accept": "application/json"}
FOLDER = Path(__file__).parents[3] / "memoryd/web"
RATES = "# WHY: rates are looked up by date, since they change in the middle of a year and old orders keep theirs.\n\n"


class Reader(HTMLParser):
    """Reads a page as a browser does, and finds what must not be there, its links and its ids."""

    VOID = frozenset(("meta", "link", "input", "img"))

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.names: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        self.wrong += [f"open: {name}" for name in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.names.append(tag)
        if tag not in self.VOID:
            self._open.append(tag)
        self.wrong += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        if (tag == "script" and not (given.get("src") or "").startswith("/ui/static/")) or tag in ("style", "iframe", "object", "base"):
            self.wrong.append(tag)
        for name in ("href", "src", "action", "hx-get"):
            if name in given:
                self.links.append(given[name] or "")
        if "id" in given:
            self.ids.append(given["id"] or "")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text += data


def read(answer: httpx.Response) -> Reader:
    page = Reader(answer.text)
    assert not page.wrong
    assert all(link.startswith(("/ui", "#")) for link in page.links), page.links
    assert len(page.ids) == len(set(page.ids))
    assert page.names.count("h1") == 1
    return page


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    base = tmp_path_factory.mktemp("pages")
    with at_home(base):
        yield from _served(base)


@contextmanager
def at_home(base: Path) -> Iterator[None]:
    """Have the files of clients lie in a folder, with a transcript whose names are hostile."""
    line = answer("m1", usage=(5, 1_000, 1_000, 0, 100), sessionId="s-1", cwd=f"/{HOSTILE}", gitBranch=HOSTILE)
    named = [{**line, "requestId": f"r{number}", "message": {**line["message"], "id": f"m{number}"}} for number in range(3)]
    transcript(base / "claude/projects/-p/s-1.jsonl", named)
    with pytest.MonkeyPatch.context() as patched:
        for name, folder in {"HOME": ".", "CLAUDE_CONFIG_DIR": "claude", "CODEX_HOME": "codex", "XDG_DATA_HOME": "data"}.items():
            patched.setenv(name, str(base / folder))
        yield


def _served(base: Path) -> Iterator[Served]:
    evil = f"def evil():\n    '''</pre><script>alert(1)</script>'''\n    return '{HOSTILE}'\n"
    write(base / "project", {**FILES, "shop/tax.py": f"{RATES}def rate(day):\n    return 0.19\n", f"{HOSTILE[:28]}.py": evil})
    with serving(base) as served:
        served.post("/v1/reindex").raise_for_status()
        note = {
            "title": HOSTILE[:28],
            "body": f"</div>{HOSTILE[:28]}",
            "claims": ["symbol shop/cart.py#Cart.total"],
            "author": f"person:{HOSTILE[:28]}",
        }
        served.post("/v1/notes", **note).raise_for_status()
        sessions = served.server.app.state.dispatcher.sessions
        place = served.root.resolve()
        lines = tuple(FILES["shop/cart.py"].split("\n"))
        sessions.take(place, Event(Kind.PROMPTED, "s-1", text=f"mend it {HOSTILE}"))
        sessions.take(
            place, Event(Kind.USED, "s-1", use=Use("u1", Tool.READ, path=str(place / "shop/cart.py"), lines=lines, is_whole=True))
        )
        yield served


@pytest.fixture
def ours(one: Served) -> Iterator[httpx.Client]:
    with browser(one) as client:
        assert client.get(invited(one)).status_code == 303
        yield client


def shown(ours: httpx.Client, one: Served, path: str, **asked: Any) -> Reader:
    answer = ours.get(f"/ui{path}", params={"root": str(one.root), **asked})
    assert answer.status_code == 200, answer.text
    return read(answer)


def test_every_page_is_sound_html_without_anything_foreign_in_it_and_the_same_as_json(one: Served, ours: httpx.Client) -> None:
    first = ours.get("/ui/notes", params={"root": str(one.root)}, headers=JSON).json()["notes"]["entries"][0]["id"]
    name = f"{HOSTILE[:28]}.py"
    pages: dict[str, dict[str, str | int]] = {
        "": {}, "/project": {}, "/ask": {"task": "evil img", "budget": 900}, "/show": {"handle": f"{name}#evil"}, "/map": {},
        "/graph": {"id": "shop/cart.py#Cart.total"}, "/impact": {"id": f"{name}#evil"}, "/notes": {}, "/note": {"id": first},
        "/note/edit": {"edits": first}, "/drafts": {}, "/sessions": {}, "/session": {"id": "s-1"}, "/usage": {},
        "/settings": {}, "/client": {"client": "codex"},
    }  # fmt: skip
    links: set[str] = set()
    texts = ""
    for path, asked in pages.items():
        page = shown(ours, one, path, **asked)
        links |= set(page.links)
        texts += page.text
        assert "onerror" not in page.names
        as_json = ours.get(f"/ui{path}", params={"root": str(one.root), **asked}, headers=JSON)
        assert as_json.headers["content-type"] == "application/json"
        as_json.json()
    assert "<img src=x onerror=alert(1)>.py" in texts
    assert "</pre><script>alert(1)</script>" in texts
    assert "\u202e" not in texts
    assert "\\u202e" in texts
    for link in sorted(link for link in links if link.startswith("/ui") and "logout" not in link and "show?" not in link):
        # Forms are sent with POST, the others lead somewhere.
        assert ours.get(link).status_code in (200, 303) or re.match(r"/ui/(note/|drafts/|refresh|client(/|$)|live)", link), link


def test_what_a_page_asks_is_what_an_agent_gets_and_says_why(one: Served, ours: httpx.Client) -> None:
    task = "where is the total of the cart"
    page = ours.get("/ui/ask", params={"root": str(one.root), "task": task, "budget": 900}, headers=JSON).json()
    assert page["pack"] == one.post("/v1/pack", task=task, budget=900).json()
    best = page["found"][0]
    assert best["hit"]["id"] == "shop/cart.py#Cart.total"
    assert best["because"]
    assert all(because["worth"] and because["of"] in ("unit", "file") for because in best["because"])
    read_page = shown(ours, one, "/ask", task=task, budget=900)
    assert "memoryd pack 'where is the total of the cart' --budget 900" in read_page.text


def test_a_neighbourhood_is_bounded_and_says_how_each_link_is_known(one: Served, ours: httpx.Client) -> None:
    asked = {"root": str(one.root), "id": "shop/cart.py#Cart.total"}
    page = ours.get("/ui/graph", params=asked, headers=JSON).json()
    sides = {node["id"]: node["side"] for node in page["nodes"]}
    assert sides["shop/cart.py#Cart.total"] == "middle"
    assert sides["shop/checkout.py#pay"] == "in"
    assert sides["shop/money.py#Money"] == "out"
    assert {link["tier"] for link in page["links"]} <= {"same_file", "import", "typed", "unique", "ambiguous"}
    fewer = ours.get("/ui/graph", params={**asked, "most": 2}, headers=JSON).json()
    assert len(fewer["nodes"]) == 2
    assert fewer["left_out"] == len(page["nodes"]) - 2
    assert all({link["source"], link["target"]} <= {node["id"] for node in fewer["nodes"]} for link in fewer["links"])
    assert ours.get("/ui/graph", params={**asked, "id": "shop/nothing.py#x"}).status_code == 404


def test_a_draft_is_accepted_a_note_edited_and_retracted(one: Served, ours: httpx.Client) -> None:
    root = {"root": str(one.root), "proof": proof_of(ours.get("/ui"))}
    assert "Nothing waits" in shown(ours, one, "/drafts").text
    assert ours.post("/ui/drafts/mine", data=root).status_code == 303
    draft = ours.get("/ui/drafts", params=root, headers=JSON).json()["drafts"]["entries"][0]
    assert "rates are looked up" in draft["title"].lower()
    accepted = ours.post("/ui/drafts/accept", data={**root, "id": draft["id"]})
    assert accepted.status_code == 303
    old = accepted.headers["location"].rpartition("id=")[2]
    form = {
        **root,
        "title": "Rates hang on the day",
        "kind": "constraint",
        "body": "Old orders keep theirs.",
        "edits": old,
        "tags": "tax, law",
    }
    refused = ours.post("/ui/note/write", data={**form, "claims": "symbol shop/tax.py#gone", "evidence": "no place"})
    assert refused.status_code == 409
    assert "names no place" in read(refused).text
    assert "Old orders keep theirs." in refused.text
    written = ours.post("/ui/note/write", data={**form, "claims": "symbol shop/tax.py#rate\r\n"})
    new = written.headers["location"].rpartition("id=")[2]
    page = ours.get("/ui/note", params={**root, "id": new}, headers=JSON).json()
    assert [one["id"] for one in page["history"]] == [old, new]
    assert page["note"]["tags"] == ["tax", "law"]
    assert page["note"]["claims"][0]["holds"] is True
    assert ours.post("/ui/note/verify", data={**root, "id": new}).status_code == 303
    assert ours.post("/ui/note/retract", data={**root, "id": new, "reason": "the law changed"}).status_code == 303
    assert "the law changed" in shown(ours, one, "/note", id=new).text
    wanted = ours.get("/ui/notes", params={**root, "standing": "retracted", "words": "LAW day"}, headers=JSON).json()["notes"]
    assert [one["id"] for one in wanted["entries"]] == [new]
    far = ours.get("/ui/notes", params={**root, "page": 900}, headers=JSON).json()["notes"]
    assert far["number"] == far["pages"] == 1


def test_a_session_shows_what_it_was_given_and_an_output_is_read_whole(one: Served, ours: httpx.Client) -> None:
    listed = ours.get("/ui/sessions", params={"root": str(one.root)}, headers=JSON).json()
    assert listed["sessions"]["total"] == 1
    page = ours.get("/ui/session", params={"root": str(one.root), "id": "s-1"}, headers=JSON).json()
    assert page["held"] == [{"agent": "", "path": "shop/cart.py", "ranges": [[1, 16]], "lines": 16}]
    assert "mend it" in shown(ours, one, "/session", id="s-1").text
    assert ours.get("/ui/session", params={"root": str(one.root), "id": "none"}).status_code == 404


def test_a_refresh_is_told_as_events_or_leads_back(one: Served, ours: httpx.Client) -> None:
    form = {"root": str(one.root), "proof": proof_of(ours.get("/ui"))}
    write(one.root, {"shop/new.py": "def new():\n    return 1\n"})
    told = ours.post("/ui/refresh", data=form, headers={"Accept": "text/event-stream"})
    assert told.headers["content-type"].startswith("text/event-stream")
    assert "event: report" in told.text
    assert ours.post("/ui/refresh", data=form).headers["location"].startswith("/ui/project?root=")
    assert ours.get("/ui/project", params=form, headers=JSON).json()["status"]["fresh"] is True


def test_what_is_vendored_is_listed_unchanged_and_licensed_and_small() -> None:
    listed = tomllib.loads((FOLDER / "static/vendored/vendored.toml").read_text())["file"]
    folder = FOLDER / "static/vendored"
    for one in listed:
        assert hashlib.sha256((folder / one["name"]).read_bytes()).hexdigest() == one["digest"], one["name"]
        assert one["license"] in ("MIT", "0BSD")
        assert "Permission" in (folder / one["license_file"]).read_text()
    licences = {one["license_file"] for one in listed}
    assert {file.name for file in folder.iterdir()} == {one["name"] for one in listed} | licences | {"vendored.toml"}
    assert {name for name in ASSETS if name.startswith("vendored/")} == {f"vendored/{one['name']}" for one in listed}
    assert sum(len(asset(name).body) for name in ASSETS) <= 700_000


def test_no_template_and_no_script_writes_html_from_data() -> None:
    for template in (FOLDER / "templates").iterdir():
        assert "|safe" not in template.read_text().replace(" ", "")
    for script in ("app.js", "graph.js", "plots.js"):
        assert not re.search(r"insertAdjacentHTML|outerHTML|eval\(|document\.write", (FOLDER / "static" / script).read_text())


def test_usage_is_what_the_command_prints_and_says_what_is_wrong(one: Served, ours: httpx.Client) -> None:
    page = _newest_usage(ours, root=str(one.root))
    assert page["report"]["requests"] == 3
    assert page["report"]["by_branch"][HOSTILE]["tokens"]["cache_read"] == 3_000
    assert (page["files"], page["is_at_work"], page["trouble"]) == (1, False, "")
    transcript(one.root.parent / "claude/projects/-p/s-2.jsonl", [answer("n1", sessionId="s-2")])
    assert _newest_usage(ours)["report"]["requests"] == 4
    wrong = ours.get("/ui/usage", params={"since": "--html=owned"}, headers=JSON)
    assert wrong.status_code == 422
    assert "is no day" in wrong.json()["trouble"]


def _newest_usage(ours: httpx.Client, **params: str) -> dict[str, Any]:
    """Ask until the report is the newest: on a busy machine it takes longer than a page waits, which then shows an older one."""
    page: dict[str, Any] = {"is_at_work": True}
    while page["is_at_work"]:
        page = ours.get("/ui/usage", params=params, headers=JSON).json()
    return page


def test_what_may_break_is_what_the_graph_says(one: Served, ours: httpx.Client) -> None:
    page = ours.get("/ui/impact", params={"root": str(one.root), "id": "shop/money.py#Money"}, headers=JSON).json()
    told = one.post("/v1/relations", relation="impact", handles=["shop/money.py#Money"]).json()
    assert [effect["id"] for step in page["steps"] for effect in step["effects"]] == [unit["id"] for unit in told["found"]]
    assert [step["distance"] for step in page["steps"]] == sorted({unit["distance"] for unit in told["found"]})
    assert page["steps"][0]["effects"][0]["tier"] == told["edges"][0]["tier"].lower()


def test_a_client_is_changed_as_was_shown_and_only_with_the_proof(one: Served, ours: httpx.Client) -> None:
    asked = {"root": str(one.root), "client": "claude-code", "scope": "project", "doing": "install"}
    file = one.root / ".mcp.json"
    page = ours.get("/ui/client", params=asked, headers=JSON).json()
    assert not file.exists()
    assert '+    "memoryd"' in page["differences"][0]["diff"]
    assert ours.post("/ui/client/write", data={**asked, "mark": page["mark"]}).status_code == 403
    form = {**asked, "proof": proof_of(ours.get("/ui"))}
    assert ours.post("/ui/client/write", data={**form, "mark": "other"}).status_code >= 400
    file.write_text("{}")
    assert ours.post("/ui/client/write", data={**form, "mark": page["mark"]}).status_code >= 400
    assert file.read_text() == "{}"
    mark = ours.get("/ui/client", params=asked, headers=JSON).json()["mark"]
    assert ours.post("/ui/client/write", data={**form, "mark": mark}).headers["location"].endswith("done=yes")
    assert "memoryd" in file.read_text()
    removal = {**form, "doing": "remove"}
    mark = ours.get("/ui/client", params=removal, headers=JSON).json()["mark"]
    assert ours.post("/ui/client/write", data={**removal, "mark": mark}).status_code == 303
    assert "memoryd" not in file.read_text()
    file.unlink()


def test_what_happens_in_sessions_is_told_as_it_happens(one: Served, ours: httpx.Client) -> None:
    sessions, place = one.server.app.state.dispatcher.sessions, one.root.resolve()
    with ours.stream("GET", "/ui/live", params={"root": str(one.root)}) as answered:
        assert answered.headers["content-type"].startswith("text/event-stream")
        lines = answered.iter_lines()
        assert next(lines) == "retry: 3000"
        event = Event(Kind.PROMPTED, "s-1", text="now this")
        sessions.take(place, event)
        sessions.gave(place, event, Reply(f"## where it lives {HOSTILE}\nshop/cart.py"))
        assert next(line for line in lines if line.startswith("event:")) == "event: changed"
    given = ours.get("/ui/session", params={"root": str(one.root), "id": "s-1"}, headers=JSON).json()["given"]
    assert [(done["how"], done["why"], done["what"]) for done in given] == [
        ("put in", "a task began", f"## where it lives {HOSTILE} shop/cart.py")
    ]
