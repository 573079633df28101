"""The tour: where a project is entered and the way of a request through it, within its budget, and as the answer to the question for it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.limits import TOUR_BUDGET
from memoryd.memory import ProjectMemory
from memoryd.packing.maps.guided_tour import asks_for_tour
from memoryd.tokens import counter
from tests.project import FILES, write

WEB = {
    "pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n',
    "shop/cli.py": """from shop.app import Shop


def main():
    app = Shop()
    app.log_error("opened")
    return app.wsgi_app({}, None)
""",
    "shop/app.py": """from shop.routing.router import Router
from shop.answers import answer


class Shop:
    def wsgi_app(self, environ, start):
        "Answer one request of many. Really."
        self.log_error(environ)
        return self.dispatched(environ)

    def dispatched(self, environ):
        found = Router().route(environ)
        return answer(found)

    def log_error(self, text):
        print(text)
""",
    "shop/routing/router.py": """class Router:
    def route(self, environ):
        return self.matched(environ)

    def matched(self, environ):
        return environ
""",
    "shop/answers.py": "def answer(found):\n    return str(found)\n",
    "tests/test_app.py": "from shop.app import Shop\n\n\ndef test_it():\n    Shop().wsgi_app({}, None)\n",
}


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base = tmp_path_factory.mktemp("tour")
    write(base / "project", {**WEB, **{path: text for path, text in FILES.items() if path not in WEB}})
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as made:
        yield made


def test_the_way_leads_from_a_door_through_the_files_and_past_what_is_aside(memory: ProjectMemory) -> None:
    text = memory.tour().text
    way = re.findall(r"^\d+\. (\S+)", text.partition("## the way from")[2].partition("\n\n")[0], re.MULTILINE)
    assert way[0] in ("shop/cli.py#main", "shop/app.py#Shop.wsgi_app")
    assert way[-3:] == ["shop/app.py#Shop.wsgi_app", "shop/app.py#Shop.dispatched", "shop/routing/router.py#Router.route"]
    assert "Answer one request of many" in text
    assert "   also shop/answers.py#answer\n" in text
    assert "command shop: shop/cli.py#main" in text
    assert "tests/" not in text.partition("## folders")[0]


def test_a_library_that_nothing_enters_is_entered_by_what_most_files_use(tmp_path: Path) -> None:
    uses = {f"app/use{n}.py": "from shop.cart import total\n\n\ndef use():\n    return total()\n" for n in range(3)}
    write(tmp_path / "project", {
        "shop/cart.py": "from shop.money import summed\n\n\ndef total():\n    return summed(1)\n",
        "shop/money.py": "def summed(value):\n    return value\n", **uses,
    })  # fmt: skip
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        steps = re.findall(r"^\d+\. (\S+)", memory.tour().text, re.MULTILINE)
    assert steps == ["shop/cart.py#total", "shop/money.py#summed"]


def test_every_step_can_be_shown(memory: ProjectMemory) -> None:
    pack = memory.tour()
    assert pack.items
    for item in pack.items:
        assert memory.show(item.id).start_line == item.start_line


@pytest.mark.parametrize("budget", [1, 20, 60, 120, 250, 500, 5_000])
def test_no_tour_exceeds_its_budget(memory: ProjectMemory, budget: int) -> None:
    pack = memory.tour(budget)
    assert pack.tokens == counter()(pack.text) <= min(budget, TOUR_BUDGET)
    assert pack == memory.tour(budget)


@pytest.mark.parametrize(
    "task",
    [
        "how does this project work?", "How is the codebase organized", "give me an overview of the architecture",
        "explain how this repo works", "what does this application do",
    ],
)  # fmt: skip
def test_a_question_about_the_project_as_a_whole_is_answered_by_the_tour(memory: ProjectMemory, task: str) -> None:
    pack = memory.pack(task, 4_000)
    assert pack.text == memory.tour().text
    assert pack.budget == 4_000


@pytest.mark.parametrize(
    "task",
    [
        "project", "how does the cart work", "Project", "how does Project work", "where is the project file parsed", "overview",
        "structure of a note", "how does this project work " + "really " * 40,
    ],
)  # fmt: skip
def test_a_question_about_something_in_the_project_is_none_for_the_tour(task: str) -> None:
    assert not asks_for_tour(task)
