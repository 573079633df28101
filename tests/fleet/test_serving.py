"""Questions to a fleet: every answer names its repository and commit, and an asker hears of nothing but what it may see."""

from pathlib import Path

import orjson
import pytest

from memoryd.config import Settings
from memoryd.errors import FleetUnusable, UnknownHandle, UsageError
from memoryd.faces.access import Tokens
from memoryd.fleet import Asker, Node, Scope
from memoryd.fleet.tasks.manifests import read_packages
from tests.faces.serving import serving
from tests.fleet.fleets import MAIL, Small, commit, git
from tests.project import MONEY

ACME = Asker(("acme/*",))
QUESTIONS = ("read an amount of money", "deliver a letter again after a delay", "Cart.total", "draw a stroke", "where is nothing")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    small = Small(tmp_path_factory.mktemp("fleet")).make()
    small.index()
    small.index(small.listed("other/paint"), at="acme")
    return small


def node_of(small: Small, at: str = "tables") -> Node:
    return Node(str(small.folder / at), Settings(small.folder / "home", embedder="hash"))


def test_an_answer_has_repository_and_commit_and_shows_what_stands_there(small: Small) -> None:
    node = node_of(small)
    best = node.search("where is parse_money", Scope())[0]
    assert (best.repository, best.hit.id) == ("acme/shop", "shop/money.py#parse_money")
    assert best.commit == git(small.folder / "sources/acme/shop", "rev-parse", "HEAD")
    assert best.hit.best is not None
    assert best.hit.best.text in MONEY
    assert node.show("acme/shop", best.hit.id).text == MONEY.partition("\n\n\n")[2]
    assert {one.repository for one in node.search("money letter stroke", Scope(("acme/mail", "other/*")))} <= {"acme/mail", "other/paint"}
    assert {one.hit.path for one in node.search("letter money stroke", Scope(languages=("go",)))} <= set(MAIL)


@pytest.mark.parametrize("budget", [1, 60, 2_000])
def test_a_pack_says_of_which_repository_it_speaks_and_keeps_its_budget(small: Small, budget: int) -> None:
    for question in QUESTIONS:
        pack = node_of(small).pack(question, Scope(), budget=budget)
        assert pack.tokens <= budget
        assert [f"## repository: {one.repository} at {one.commit[:12]}" for one in pack.repositories] == [
            line for line in pack.text.splitlines() if line.startswith("## repository: ")
        ]
        if budget == 2_000 and question == QUESTIONS[0]:
            assert "class Money" in pack.text


def test_an_asker_gets_what_a_fleet_of_its_repositories_alone_would_answer(small: Small) -> None:
    whole, alone = node_of(small), node_of(small, "acme")
    for question in QUESTIONS:
        assert whole.search(question, Scope(), ACME) == alone.search(question, Scope())
        assert whole.pack(question, Scope(), ACME) == alone.pack(question, Scope())
    assert whole.repositories(ACME) == alone.repositories()
    assert whole.impact("acme/shop", "parse_money", ACME) == alone.impact("acme/shop", "parse_money")
    assert whole.search(QUESTIONS[0], Scope(), Asker(())) == ()
    for hidden in ("other/paint", "other/none"):
        with pytest.raises(UsageError, match="no repository of this fleet is called"):
            whole.search(QUESTIONS[0], Scope((hidden,)), ACME)
        with pytest.raises(UnknownHandle, match="no repository of this fleet is called"):
            whole.show(hidden, "src/brush.js", ACME)


def test_over_http_a_token_reaches_the_repositories_that_it_names(small: Small, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    secret = Tokens(tmp_path / "home").create("ann", ("acme/mail",))
    with serving(tmp_path, fleet=str(small.folder / "tables")) as served:
        asked = {"query": "parse_money"}
        assert served.client.post("/v1/fleet/search", json=asked).json()["hits"][0]["repository"] == "acme/shop"
        inside = {
            one["hit"]["path"] for one in served.client.post("/v1/fleet/search", json={**asked, "languages": ["Python"]}).json()["hits"]
        }
        assert {path.rpartition(".")[2] for path in inside} == {"py"}
        refused = served.client.post("/v1/fleet/pack", json={"task": "money", "languages": ["gopher"]})
        assert (refused.status_code, "no language is called 'gopher'" in refused.json()["detail"]) == (422, True)
        bearer = {"Authorization": f"Bearer {secret}"}
        assert served.stranger.post("/v1/fleet/search", json=asked, headers=bearer).json() == {"hits": []}
        told = served.stranger.post("/v1/fleet/search", json={"query": "deliver a letter"}, headers=bearer).json()["hits"]
        assert {one["repository"] for one in told} == {"acme/mail"}
        listed = served.stranger.get("/v1/fleet/repositories", headers=bearer).json()["repositories"]
        assert [one["repository"] for one in listed] == ["acme/mail"]
        pack = served.stranger.post("/v1/fleet/pack", json={"task": "money and letters"}, headers=bearer).json()
        assert "acme/shop" not in repr(pack)
        hidden = {"repository": "acme/shop", "handles": ["shop/money.py"]}
        assert served.stranger.post("/v1/fleet/show", json=hidden, headers=bearer).status_code == 404
        assert served.stranger.post("/v1/fleet/search", json=asked).status_code == 401

        # An agent asks the same by a parameter of the same tools.
        def called(tool: str, **arguments: object) -> str:
            params = {"name": tool, "arguments": {"root": "fleet", **arguments}}
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            accept = {"Accept": "application/json, text/event-stream", **bearer}
            answer = served.stranger.post("/mcp", json=message, headers=accept).text
            return str(orjson.loads(answer.partition("data: ")[2] or answer)["result"]["content"][0]["text"])

        assert "## repository: acme/mail at " in called("search_code", task="deliver a letter")
        assert "func Send" in called("show_code", handles=["acme/mail:mail/send.go#Send"])
        assert "no repository of this fleet" in called("show_code", handles=["acme/shop:shop/money.py"])


def test_a_commit_that_was_taken_in_is_seen_and_a_fleet_of_something_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("fleet.serving.node", "store.collection"):
        monkeypatch.setattr(f"memoryd.{module}.SEEN_SECONDS", 0.0)
    small = Small(tmp_path)
    commit(tmp_path / "sources/acme/shop", {"a.py": "def first_thing():\n    return 1\n"})
    small.index("sources/acme/shop\n")
    node = node_of(small)
    assert node.search("first thing", Scope())[0].hit.id == "a.py#first_thing"
    commit(tmp_path / "sources/acme/shop", {"a.py": "def second_thing():\n    return 2\n"})
    small.index("sources/acme/shop\n")
    found = node.search("second thing", Scope())[0]
    assert (found.hit.id, found.commit) == ("a.py#second_thing", git(tmp_path / "sources/acme/shop", "rev-parse", "HEAD"))
    with pytest.raises(FleetUnusable, match="there is no fleet"):
        node_of(small, "nowhere").search("anything", Scope())


def test_what_requires_a_package_of_a_repository_is_told_with_the_uses_of_a_definition(small: Small) -> None:
    node = node_of(small)
    found = node.impact("acme/shop", "shop/money.py#parse_money")
    assert [(one.repository, one.packages) for one in found.dependents] == [("other/paint", ("pypi:acme-shop",))]
    # Not in `other.py`, which imports another `parse_money`.
    assert {(one.path, one.line, one.tier) for one in found.uses} == {("price.py", 1, "IMPORT"), ("price.py", 5, "IMPORT")}
    assert node.impact("acme/mail").dependents == ()
    with pytest.raises(UnknownHandle, match="names no definition of acme/shop"):
        node.impact("acme/shop", "shop/money.py#none")


PYPROJECT = '[project]\nname = "A_b"\ndependencies = ["C.d>1"]\n[dependency-groups]\ndev = ["e"]\n'
GO = "module example.com/a\n\nrequire (\n\texample.com/b v1.0.0 // indirect\n)\nrequire example.com/c v2.0.0\n"
POM = (
    "<project><parent><groupId>org.p</groupId><artifactId>top</artifactId></parent><artifactId>a</artifactId><dependencies>"
    "<dependency><groupId>org.b</groupId><artifactId>c</artifactId></dependency></dependencies></project>"
)
CARGO = '[package]\nname = "a-b"\n[dependencies]\nc = "1"\nd = { package = "e-f", version = "1" }\n'
MANIFESTS = (
    ("pyproject.toml", PYPROJECT, "pypi:a-b", "pypi:c-d pypi:e"),
    ("setup.py", 'setup(\n    name="a",\n)\n', "pypi:a", ""),
    ("package.json", '{"name": "@a/b", "dependencies": {"c": "1"}, "devDependencies": {"@d/e": "1"}}', "npm:@a/b", "npm:c npm:@d/e"),
    ("go.mod", GO, "go:example.com/a", "go:example.com/b go:example.com/c"),
    ("pom.xml", POM, "maven:org.p:a", "maven:org.b:c"),
    ("Cargo.toml", CARGO, "cargo:a-b", "cargo:c cargo:e-f"),
    ("package.json", "[1]", "", ""),
    ("Cargo.toml", "= broken", "", ""),
    ("pyproject.toml", f"a{'.a' * 200} = 1", "", ""),
)


@pytest.mark.parametrize("name, text, provides, requires", MANIFESTS)
def test_a_manifest_names_packages(name: str, text: str, provides: str, requires: str) -> None:
    found = read_packages(name, text)
    assert (" ".join(found.provides), " ".join(found.requires)) == (provides, requires)
