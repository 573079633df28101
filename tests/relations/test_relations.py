"""Questions about relations: what each answer holds, what it says it does not know, and that it keeps its budget."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from memoryd.config import Settings
from memoryd.errors import UnknownHandle
from memoryd.memory import ProjectMemory
from memoryd.questions import Relation
from memoryd.relations import Format, Grain, Related, RelationQuestion
from memoryd.tokens import counter
from tests.notes.conftest import Git, begun
from tests.project import write

SHOP = {
    "shop/__init__.py": "",
    "shop/base.py": (
        "class Base:\n    def total(self):\n        raise NotImplementedError\n\n    def tell(self):\n        return self.total()\n"
    ),
    "shop/cart.py": (
        "from shop.base import Base\nfrom shop.money import parse\n\n\nclass Cart(Base):\n    def total(self):\n"
        "        return parse('1')\n\n    def _unused(self):\n        return 2\n"
    ),
    "shop/money.py": (
        "def parse(text):\n    return clean(text)\n\n\ndef clean(text):\n    return text.strip()\n\n\ndef _lost():\n    return 1\n\n\n"
        "def offered():\n    return unknown_thing.clean()\n"
    ),
    "shop/pay.py": (
        "from shop.cart import Cart\n\n\ndef pay():\n    return Cart().total()\n\n\ndef refund(order):\n    return order.clean()\n\n\n"
        "def main():\n    return pay()\n"
    ),
    "shop/one.py": "from shop import two\n\n\ndef first():\n    return two.second()\n",
    "shop/two.py": "from shop import one\n\n\ndef second():\n    return one.first\n",
    "tests/test_money.py": "from shop.money import parse\n\n\ndef test_parse():\n    assert parse('1')\n",
    "tests/test_pay.py": "from shop.pay import main\n\n\ndef test_main():\n    main()\n",
    "tests/test_other.py": "def test_nothing():\n    assert True\n\n\ndef clean():\n    pass\n",
    "README.md": "# Shop\n\nA shop.\n",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base = tmp_path_factory.mktemp("relations")
    write(base / "project", SHOP)
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as memory:
        yield memory


def asked(memory: ProjectMemory, relation: Relation, *handles: str, since: str = "") -> Related:
    return memory.related(RelationQuestion(relation, handles, since))


def edges(answer: Related) -> set[tuple[str, str, int, str]]:
    return {(edge["from"], edge["to"], edge["line"], edge["tier"]) for edge in answer.edges}


def test_callers_tell_where_each_call_stands_and_how_it_is_known(shop: ProjectMemory) -> None:
    answer = asked(shop, Relation.CALLERS, "parse")
    assert answer.text == (
        "## callers of shop/money.py#parse\ncertain, by an import: 2\nshop/cart.py\n  7 Cart.total: return parse('1')\n"
        "tests/test_money.py\n  5 test_parse: assert parse('1')\n"
    )
    assert edges(answer) == {
        ("shop/cart.py#Cart.total", "shop/money.py#parse", 7, "IMPORT"),
        ("tests/test_money.py#test_parse", "shop/money.py#parse", 5, "IMPORT"),
    }  # fmt: skip
    assert edges(asked(shop, Relation.CALLERS, "shop/money.py:2")) == edges(answer)  # the definition around a line


def test_what_could_not_be_resolved_is_counted(shop: ProjectMemory) -> None:
    answer = asked(shop, Relation.CALLERS, "shop/money.py#clean")
    assert edges(answer) == {("shop/money.py#parse", "shop/money.py#clean", 2, "SAME_FILE")}
    assert answer.unresolved == 2
    assert "not resolved: 2 of 3 calls of `clean` in the project; 2 definitions have that name\n" in answer.text
    assert "not resolved: 1 of 1 call in it: order.clean\n" in asked(shop, Relation.CALLEES, "refund").text
    for relation in (Relation.USES, Relation.IMPACT, Relation.TESTS):
        assert asked(shop, relation, "shop/money.py#clean").unresolved == 2
        assert (
            "not resolved: 2 of 3 calls of `clean` in the project; 2 definitions have that name\n"
            in asked(shop, relation, "shop/money.py#clean").text
        )


def test_a_call_without_a_receiver_is_none_of_a_member_in_a_component_either(tmp_path: Path) -> None:
    files = {"cart.vue": "<script>\nclass Cart {\n  total() {\n    return 1\n  }\n}\n</script>\n"}
    write(tmp_path / "project", files | {"use.js": "export function main(x) {\n  total()\n  return x.total()\n}\n"})
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        assert "not resolved: 1 of 1 call of `total` in the project" in asked(memory, Relation.CALLERS, "Cart.total").text


def test_types_are_followed_up_and_down_and_members_to_what_overrides_them(shop: ProjectMemory) -> None:
    assert edges(asked(shop, Relation.BASES, "Cart")) == {("shop/cart.py#Cart", "shop/base.py#Base", 5, "IMPORT")}
    assert edges(asked(shop, Relation.SUBCLASSES, "Base")) == {("shop/cart.py#Cart", "shop/base.py#Base", 5, "IMPORT")}
    (found,) = asked(shop, Relation.IMPLEMENTATIONS, "Base.total").edges
    assert (found["from"], found["to"], found["kind"]) == ("shop/cart.py#Cart.total", "shop/base.py#Base.total", "override")


def test_a_file_or_a_type_stands_for_what_is_in_it(shop: ProjectMemory) -> None:
    uses = asked(shop, Relation.USES, "shop/money.py")
    assert {(edge["from"], edge["kind"]) for edge in uses.edges} == {
        ("shop/cart.py", "import"), ("shop/cart.py#Cart.total", "call"), ("tests/test_money.py", "import"),
        ("tests/test_money.py#test_parse", "call"),
    }  # fmt: skip
    assert {edge["to"] for edge in asked(shop, Relation.CALLERS, "Cart").edges} == {"shop/cart.py#Cart", "shop/cart.py#Cart.total"}


def test_a_type_is_used_where_something_is_taken_of_it_and_is_told_once_where_its_member_is_called(tmp_path: Path) -> None:
    lines = ("from shop import Cart", "def made(): return Cart.load()", "def listed(): return Cart.objects.all()", "MODEL = Cart")
    write(tmp_path / "project", {"shop.py": "class Cart:\n    def load(): pass\n", "app.py": "\n".join(lines)})
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        used = asked(memory, Relation.USES, "shop.py#Cart")
        assert {(edge["from"], edge["to"], edge["kind"]) for edge in used.edges} == {
            ("app.py", "shop.py#Cart", "import"), ("app.py#made", "shop.py#Cart.load", "call"), ("app.py#listed", "shop.py#Cart", "type"),
            ("app.py#MODEL", "shop.py#Cart", "value"),
        }  # fmt: skip
        assert "2 uses as a type or a value: ask for its uses" in asked(memory, Relation.CALLERS, "shop.py#Cart").text
        for relation in (Relation.USES, Relation.IMPACT):
            assert "what reads a constant or a variable is not known" in asked(memory, relation, "app.py#MODEL").text


def test_impact_follows_what_reaches_a_definition_and_tests_are_named_apart(shop: ProjectMemory) -> None:
    impact = asked(shop, Relation.IMPACT, "parse")
    assert [(one.id, one.distance, one.marks) for one in impact.found] == [
        ("shop/cart.py#Cart.total", 1, ("public",)), ("shop/pay.py#pay", 2, ("public",)), ("shop/pay.py#main", 3, ("public",)),
    ]  # fmt: skip
    assert "tests: " in impact.text
    overridden = asked(shop, Relation.IMPACT, "Cart.total")
    assert ("shop/base.py#Base.tell", 0.5) in {(one.id, one.probability) for one in overridden.found}
    chosen = asked(shop, Relation.TESTS, "shop/money.py#clean")
    assert [one.id for one in chosen.found] == ["tests/test_money.py", "tests/test_pay.py"]
    assert chosen.commands == ("python -m pytest tests/test_money.py tests/test_pay.py",)


def test_the_command_for_tests_of_rust_runs_all_of_them_and_nothing_else(tmp_path: Path) -> None:
    use = "use shop::total;\n\n#[test]\nfn sums() {\n    total();\n}\n"
    files = {"Cargo.toml": '[package]\nname = "shop"\n', "src/lib.rs": "pub fn total() -> u32 {\n    1\n}\n"}
    files |= {"tests/cart.rs": use, "tests/pay/main.rs": use, "tests/$(id).rs": use}
    write(tmp_path / "project", files)
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        assert asked(memory, Relation.TESTS, "total").commands == ("cargo test --test '$(id)' --test cart --test pay",)
        write(memory.root, {"src/cart_test.rs": use.replace("shop", "crate")})
        memory.refresh()
        assert asked(memory, Relation.TESTS, "total").commands == ("cargo test --workspace",)


def test_a_path_goes_along_calls_and_says_where_there_is_none(shop: ProjectMemory) -> None:
    way = asked(shop, Relation.PATH, "main", "shop/money.py#clean")
    assert [(edge["from"], edge["to"]) for edge in way.edges] == [
        ("shop/pay.py#main", "shop/pay.py#pay"), ("shop/pay.py#pay", "shop/cart.py#Cart.total"),
        ("shop/cart.py#Cart.total", "shop/money.py#parse"), ("shop/money.py#parse", "shop/money.py#clean"),
    ]  # fmt: skip
    assert "there is no way in the direction that was asked for" in asked(shop, Relation.PATH, "shop/money.py#clean", "main").text
    assert "no way is known" in asked(shop, Relation.PATH, "refund", "Base.tell").text


def test_cycles_areas_and_dead_code_are_about_the_whole_project(shop: ProjectMemory) -> None:
    assert [(edge["from"], edge["to"]) for edge in asked(shop, Relation.CYCLES).edges] == [
        ("shop/one.py", "shop/two.py"), ("shop/two.py", "shop/one.py"),
    ]  # fmt: skip
    assert "shop/cart.py" in {one.id for one in asked(shop, Relation.AREAS).found}
    dead = {one.id: one.probability for one in asked(shop, Relation.DEAD).found}
    # What is called main, overrides something, or may be meant by an unresolved call is not surely dead.
    assert dead == {
        "shop/cart.py#Cart._unused": 0.9, "shop/money.py#_lost": 0.9, "shop/money.py#offered": 0.6, "shop/pay.py#refund": 0.6,
        "shop/base.py#Base.tell": 0.6,
    }  # fmt: skip


OTHERS = {
    "go.mod": "module ex.com/p\n",
    "core/core.go": (
        'package core\n\nimport "ex.com/p/level"\n\ntype Core interface {\n\tlevel.Enabler\n\tWrite(int) error\n}\n\n'
        "type plain struct{ level.Enabler }\n\nfunc (p *plain) Write(int) error { return nil }\n\ntype half struct{}\n\n"
        "func (h half) Write(int) error { return nil }\n"
    ),
    "core/core_test.go": 'package core_test\n\nimport "ex.com/p/app"\n\nfunc use() app.T { return nil }\n',
    "level/level.go": "package level\n\ntype Enabler interface {\n\tEnabled() bool\n}\n",
    "app/app.go": (
        'package app\n\nimport "ex.com/p/core"\n\nvar C core.Core\n\ntype T struct{}\n\nfunc (t T) String() string { return "" }\n'
    ),
    "web/store.ts": (
        "export function define(a: string): void\nexport function define(a: number): void\nexport function define(a: any) { make(a) }\n"
        "function make(a: any) { const r = request(); r.onload = function () {} }\n"
        "declare module 'vue' {\n  interface Vue { x: number }\n}\n"
    ),
}


def test_what_languages_leave_to_others_is_told(tmp_path: Path) -> None:
    write(tmp_path / "project", OTHERS)
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        # A type of Go says nowhere what it implements, and no package sees the tests of another.
        for handle, found in (("Core", "plain"), ("Core.Write", "plain.Write")):
            (edge,) = asked(memory, Relation.IMPLEMENTATIONS, f"core/core.go#{handle}").edges
            assert (edge["from"], edge["kind"], edge["tier"]) == (f"core/core.go#{found}", "implement", "AMBIGUOUS")
        assert not asked(memory, Relation.CYCLES).edges
        # A function stands for its overloads; libraries call what is given to members of theirs, and what their interfaces name.
        assert {edge["to"] for edge in asked(memory, Relation.CALLEES, "web/store.ts#define").edges} == {"web/store.ts#make"}
        assert {one.id.partition("#")[2] for one in asked(memory, Relation.DEAD).found}.isdisjoint({"T.String", "make.r.onload", "vue.Vue"})


def test_no_answer_exceeds_its_budget_and_what_it_lacks_is_counted(shop: ProjectMemory) -> None:
    questions = [
        RelationQuestion(Relation.USES, ("shop/money.py",)),
        RelationQuestion(Relation.IMPACT, ("parse",)),
        RelationQuestion(Relation.TESTS, ("shop/money.py#clean",)),
        RelationQuestion(Relation.DEAD),
    ]
    for question in questions:
        whole = shop.related(question)
        for budget in (1, 40, 60, 80, 100, 140):
            answer = shop.related(question, budget)
            assert answer.tokens == counter()(answer.text) <= budget
            rows = len(answer.found) or len(answer.edges)
            assert rows + answer.omitted == len(whole.found) or len(whole.edges)


def test_wrong_questions_say_what_is_right_and_json_has_the_fields_that_programs_rely_on(shop: ProjectMemory) -> None:
    for relation, handles, since in (("callers", (), ""), ("path", ("parse",), ""), ("dead", ("parse",), ""), ("uses", ("parse",), "HEAD")):
        with pytest.raises(UnknownHandle, match=f"`{relation}`"):
            RelationQuestion(Relation(relation), handles, since)
    with pytest.raises(UnknownHandle, match="no code"):
        asked(shop, Relation.CALLERS, "README.md")
    assert orjson.loads(orjson.dumps(asked(shop, Relation.CALLERS, "parse")))["edges"][0] == {
        "from": "shop/cart.py#Cart.total", "to": "shop/money.py#parse", "kind": "call", "path": "shop/cart.py", "line": 7, "tier": "IMPORT",
        "probability": 1.0, "label": "",
    }  # fmt: skip


@pytest.mark.parametrize("form", Format)
def test_the_graph_of_files_is_exported(shop: ProjectMemory, form: Format) -> None:
    text = shop.graph_export(form, Grain.FILES)
    assert "shop/cart.py" in text
    assert "shop/money.py" not in shop.graph_export(form, Grain.FOLDERS)


def test_what_a_test_should_print_is_no_test_and_data_that_no_program_reads_beside_it_is(tmp_path: Path) -> None:
    files = {
        "cart.c": "int total(void) { return 1; }\n", "tests/cart-test.sh": "./cart\n", "tests/cart-test.result": "1\n",
        "tests/cart.test": "cart\n---\n1\n",
    }  # fmt: skip
    write(tmp_path / "project", files)
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        assert {one.id for one in asked(memory, Relation.TESTS, "total").found} == {"tests/cart-test.sh", "tests/cart.test"}


def test_tests_that_no_edge_leads_from_are_looked_for_by_places_and_words_which_is_no_sign_that_they_suffice(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, {
        "src/shop/pay/refund_rules.py": "LIMIT = 1\n",
        "tests/test_refund.py": "def test_refund():\n    pass\n",
        **{f"tests/shop/pay/test_more_{number}.py": "def test_more():\n    pass\n" for number in range(9)},
        **{f"tests/other/test_{number}.py": "def test_other():\n    pass\n" for number in range(9)},
    })  # fmt: skip
    begun(root)
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        write(root, {"src/shop/pay/refund_rules.py": "LIMIT = 2\n"})
        tests = asked(memory, Relation.TESTS, since="HEAD")
        assert [one.id for one in tests.found] == ["tests/test_refund.py", *(f"tests/shop/pay/test_more_{n}.py" for n in range(2))]
        assert tests.uncertain == ("no test is known to reach what changed",)


def test_what_changed_since_a_commit_is_asked_about_by_its_own_lines(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, SHOP)
    git: Git = begun(root)
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        write(root, {"shop/cart.py": SHOP["shop/cart.py"].replace("parse('1')", "parse('2')")})
        impact = asked(memory, Relation.IMPACT, since="HEAD")
        assert impact.target == ("shop/cart.py#Cart.total",)
        tests = asked(memory, Relation.TESTS, since="HEAD")
        assert ([one.id for one in tests.found], tests.uncertain) == (["tests/test_pay.py"], ())
        git.commit("Two")
        write(root, {"shop/money.py": SHOP["shop/money.py"].replace("def parse", "def read"), "data.json": "{}", "setup.cfg": "[x]\n"})
        impact = asked(memory, Relation.IMPACT, since="HEAD")
        assert "names of what is gone, which no longer resolve: 1\nshop/cart.py\n  7 Cart.total → parse (call)" in impact.text
        tests = asked(memory, Relation.TESTS, since="HEAD")
        assert tests.found[0].id == "tests/test_money.py"
        assert tests.uncertain == (
            "what builds or configures the tests changed: setup.cfg", "it is not known which tests read data.json",
            "definitions are gone, and calls of such a name could not be resolved: shop/money.py#parse",
        )  # fmt: skip
        assert asked(memory, Relation.IMPACT, since="HEAD~1").target == ("shop/cart.py#Cart.total", "shop/money.py#read")
        with pytest.raises(UnknownHandle, match="git knows no commit"):
            asked(memory, Relation.IMPACT, since="nowhere")


SERVED = {
    "urls.py": (
        "from django.urls import path\nfrom views import Detail, home\n\n"
        "urlpatterns = [path('', home), path('cart/<int:id>/', Detail.as_view())]\n"
    ),
    "views.py": (
        "from money import total\n\n\ndef home(request):\n    return total()\n\n\nclass Detail:\n    def get(self):\n        return 1\n\n\n"
        "def unused(request):\n    return 2\n"
    ),
    "money.py": "def total():\n    return 1\n",
    "conftest.py": "import pytest\nfrom money import total\n\n\n@pytest.fixture\ndef cart():\n    return total()\n",
    "tests/test_cart.py": "def test_cart(cart):\n    assert cart\n",
    "web/app/users/[id]/route.ts": "export async function GET(request: Request) { return load(request) }\n",
    "api.yaml": (
        "openapi: 3.1.0\npaths:\n  /bills/{id}:\n    get:\n      operationId: showBill\n"
        "    put:\n      operationId: total\n    delete:\n      operationId: notThere\n"
    ),
    "bills.py": "def show_bill(id):\n    return 1\n",
    "old/money.py": "def total():\n    return 1\n",
    ".github/workflows/ci.yml": (
        "jobs:\n  build:\n    uses: ./.github/workflows/build.yml\n"
        "  publish:\n    name: Publish the package\n    needs: [build, nothing]\n    runs-on: ubuntu-latest\n"
    ),
    ".github/workflows/build.yml": "jobs:\n  nothing:\n    runs-on: ubuntu-latest\n",
    "api/users.py": (
        "import fastapi\nfrom flask import Blueprint\nusers = Blueprint('users', __name__)\n\n"
        "@users.get('/<int:id>')\ndef user(id):\n    return id\n"
    ),
    "api/__init__.py": "from flask import Blueprint\nfrom api.users import users\nv1 = Blueprint('v1', __name__)\n"
    "v1.register_blueprint(users, url_prefix='/people')\n",
    "app.py": "from flask import Flask\nimport api\napp = Flask(__name__)\napp.register_blueprint(api.v1, url_prefix='/v1')\n",
    "site_urls.py": "from django.urls import include, path\nurlpatterns = [path('shop/', include('more.urls'))]\n",
    "more/urls.py": "from django.urls import path\nfrom views import Detail\nurlpatterns = [path('sale/', Detail)]\n",
    "node/app.js": "const express = require('express')\nconst app = express()\nconst items = require('./items')\napp.use('/api', items)\n",
    "node/items.js": "const router = require('express').Router()\nrouter.get('/:id', show)\nfunction show(request, response) {}\n"
    "module.exports = router\n",
    "web/app/users/[id]/tools.ts": "export async function GET(request: Request) { return load(request) }\n",
}


def test_what_a_framework_calls_is_told_used_and_searched_for_by_its_route(tmp_path: Path) -> None:
    write(tmp_path / "project", SERVED)
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", workers=1)) as memory:
        callers = asked(memory, Relation.CALLERS, "views.py#home")
        assert edges(callers) == {("urls.py#urlpatterns", "views.py#home", 4, "FRAMEWORK")}
        assert "  4 route / (Django) in urlpatterns: urlpatterns = [path(" in callers.text
        assert callers.edges[0].get("label") == "/ (Django)"
        asks = asked(memory, Relation.CALLERS, "conftest.py#cart")
        assert "fixture (pytest) in test_cart" in asks.text
        assert "route / (Django) → home" in asked(memory, Relation.IMPACT, "money.py#total").text
        assert asked(memory, Relation.TESTS, "money.py#total").found[0].id == "tests/test_cart.py"
        assert "route GET /users/[id] (Next.js)" in asked(memory, Relation.USES, "web/app/users/[id]/route.ts#GET").text
        assert not asked(memory, Relation.USES, "web/app/users/[id]/tools.ts#GET").edges
        assert {one.id for one in asked(memory, Relation.DEAD).found} == {"views.py#unused"}
        labels = {one.label for one in memory.view().graph.routes}
        assert labels >= {"GET /v1/people/<int:id> (Flask)", "/shop/sale/ (Django)", "GET /api/:id (Express)"}
        assert not any("FastAPI" in label for label in labels)  # which the file imports, and does not make the blueprint with
        assert memory.search("GET /cart/7/")[0].id == "views.py#Detail"
        operation = "api.yaml#/bills/{id}.showBill"
        assert edges(asked(memory, Relation.CALLERS, "bills.py#show_bill")) == {(operation, "bills.py#show_bill", 5, "FRAMEWORK")}
        assert "route GET /bills/{id} (OpenAPI)" in asked(memory, Relation.CALLERS, "bills.py#show_bill").text
        assert not asked(memory, Relation.CALLERS, "old/money.py#total").edges
        assert memory.search("GET /bills/7")[0].id == "bills.py#show_bill"
        ci = ".github/workflows/ci.yml#"
        assert edges(asked(memory, Relation.CALLERS, f"{ci}build")) == {(f"{ci}publish", f"{ci}build", 6, "SAME_FILE")}
        assert not asked(memory, Relation.CALLERS, ".github/workflows/build.yml#nothing").edges
        assert (ci[:-1], ".github/workflows/build.yml", 3, "IMPORT") in edges(asked(memory, Relation.USES, ".github/workflows/build.yml"))
        assert memory.search("which job publishes")[0].id == f"{ci}publish"


def test_files_that_mount_each_other_all_round_are_told_below_no_path_and_hold_up_nobody(tmp_path: Path) -> None:
    number = 40  # of which five that are mounted below each other can be chosen in a hundred million ways
    files = {
        f"shop/m{me}.py": "\n".join((
            "from flask import Blueprint",
            *(f"from shop.m{other} import b{other}" for other in range(number) if other != me),
            f"b{me} = Blueprint('b{me}', __name__)",
            *(f"b{me}.register_blueprint(b{other}, url_prefix='/a')" for other in range(number) if other != me),
            f"@b{me}.get('/own{me}')\ndef own{me}():\n    return 1\n",
        ))
        for me in range(number)
    }  # fmt: skip
    write(tmp_path / "project", files)
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.refresh()
        labels = {one.label for one in memory.view().graph.routes}
    assert {f"GET /own{me} (Flask)" for me in range(number)} <= labels
