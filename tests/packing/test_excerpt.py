"""What a handle names: a qualified name is one where a single unit has it, and a range holds lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.errors import UnknownHandle
from memoryd.memory import ProjectMemory
from tests.project import CART, MONEY, write

TILL = """class Till:
    @property
    def total(self):
        return self._total

    @total.setter
    def total(self, value):
        self._total = value


def parse_money():
    return 0
"""
MONEY_CPP = "struct Money {\n    int cents() const { return amount; }\n    int amount;\n};\n"
ONLY = {"shop/cart.py": CART, "shop/money.py": MONEY, "shop/till.py": TILL, "empty.py": "", "money.cpp": MONEY_CPP}


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base: Path = tmp_path_factory.mktemp("excerpt")
    write(base / "project", ONLY)
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as made:
        made.refresh()
        yield made


@pytest.mark.parametrize(("name", "id_"), [("Cart.total", "shop/cart.py#Cart.total"), ("Money::cents", "money.cpp#Money.cents")])
def test_a_qualified_name_that_one_unit_alone_has_is_a_handle(memory: ProjectMemory, name: str, id_: str) -> None:
    assert memory.show(name) == memory.show(id_)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("parse_money", ["shop/money.py#parse_money", "shop/till.py#parse_money"]),
        ("Till.total", ["shop/till.py#Till.total", "shop/till.py#Till.total~2"]),
    ],
)
def test_a_qualified_name_that_several_units_have_is_refused_with_the_choice(memory: ProjectMemory, name: str, ids: list[str]) -> None:
    with pytest.raises(UnknownHandle, match=f"'{name}' may be any of {', '.join(ids)}; give one of these"):
        memory.show(name)
    assert memory.show(ids[-1]).path == ids[-1].partition("#")[0]


@pytest.mark.parametrize("handle", ["shop/cart.py#Order.add", "shop/till.py#add", "add~2"])
def test_a_name_is_not_shown_for_another_of_the_same_end(memory: ProjectMemory, handle: str) -> None:
    assert memory.show("cart.py#add") == memory.show("shop/cart.py#Cart.add")
    with pytest.raises(UnknownHandle, match=r"did you mean shop/cart\.py#Cart\.add"):
        memory.show(handle)


@pytest.mark.parametrize(("handle", "meant"), [("shop/money.py:5-2", "2-5"), ("shop/money.py:0", "1-1"), ("money.py:4-0", "1-4")])
def test_a_range_without_a_line_is_refused_with_what_it_may_mean(memory: ProjectMemory, handle: str, meant: str) -> None:
    with pytest.raises(UnknownHandle, match=f"names no line: .* did you mean shop/money.py:{meant}\\?"):
        memory.show(handle)


def test_an_empty_file_is_shown_as_it_is(memory: ProjectMemory) -> None:
    assert memory.show("empty.py").text == ""
