"""What a handle names: a qualified name is one where a single unit has it, and a range holds lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.errors import OutsideRoot, UnknownHandle
from memoryd.memory import ProjectMemory
from memoryd.packing import place_of
from memoryd.questions import Relation
from memoryd.relations import RelationQuestion
from memoryd.text import split_id, symbol_id
from tests.project import CART, MONEY, write

TILL = """class Till:
    @property
    def total(self):
        return self._total

    @total.setter
    def total(self, value):
        self._total = value

    def pay(self): ...

    def open(self): ...

    def pay(self, tip): ...


def parse_money():
    return 0
"""
MONEY_CPP = "struct Money {\n    int cents() const { return amount; }\n    int amount;\n};\n"
ORDERS_CS = """namespace Shop.Orders
{
    public class Order
    {
        public Order() {}
        public int Total() { return Total(0); }
        public int Total(int tip) { return tip; }
    }
}
"""
BLEND_CPP = """namespace cv { namespace detail {
int blend(int a) { return a; }
struct Mask { int area() const { return 1; } };
struct Cut { struct Mask { int area() const { return 2; } }; };
} }
"""
ONLY = {
    "shop/cart.py": CART, "shop/money.py": MONEY, "shop/till.py": TILL, "empty.py": "", "money.cpp": MONEY_CPP,
    "orders.cs": ORDERS_CS, "blend.cpp": BLEND_CPP,
}  # fmt: skip
SAMPLES = Path(__file__).parents[1] / "indexers/samples"
WITH_NAMESPACES = ("csharp.cs", "cpp.cpp", "elixir.ex", "fsharp.fs", "php.php", "ruby.rb", "rust.rs")


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


@pytest.mark.parametrize("spelling", ["{root}/{handle}", "./{handle}"])
@pytest.mark.parametrize("handle", ["shop/cart.py", "shop/cart.py:3-4", "shop/cart.py#Cart.total"])
def test_a_path_may_begin_with_that_of_the_project(memory: ProjectMemory, spelling: str, handle: str) -> None:
    assert memory.show(spelling.format(root=memory.root, handle=handle)) == memory.show(handle)


@pytest.mark.parametrize("handle", ["{root}/../shop/cart.py", "{root}2/shop/cart.py", "{root}"])
def test_a_path_elsewhere_leaves_the_project(memory: ProjectMemory, handle: str) -> None:
    with pytest.raises(OutsideRoot):
        memory.show(handle.format(root=memory.root))


@pytest.mark.parametrize("handle", ["shop/cart.py:4:12", "shop/cart.py:4:12:"])
def test_a_line_may_have_a_column(memory: ProjectMemory, handle: str) -> None:
    assert memory.show(handle) == memory.show("shop/cart.py:4")


def test_a_name_that_several_units_have_is_refused_with_the_choice_unless_they_overload_it_one_after_the_other(
    memory: ProjectMemory,
) -> None:
    ids = ["shop/money.py#parse_money", "shop/till.py#parse_money"]
    with pytest.raises(UnknownHandle, match=f"'parse_money' may be any of {', '.join(ids)}; give one of these"):
        memory.show("parse_money")
    assert memory.show(ids[-1]).path == "shop/till.py"
    with pytest.raises(UnknownHandle, match=r"'Till\.pay' may be any of "):
        memory.show("Till.pay")
    assert memory.related(RelationQuestion(Relation.CALLERS, ("Till.pay",))).target == ("shop/till.py#Till.pay",)
    both = memory.show("Till.total")
    assert (both.path, both.start_line, both.end_line) == ("shop/till.py", 2, 8)


@pytest.mark.parametrize("handle", ["shop/cart.py#Order.add", "shop/till.py#add", "add~2"])
def test_a_name_is_not_shown_for_another_of_the_same_end(memory: ProjectMemory, handle: str) -> None:
    assert memory.show("cart.py#add") == memory.show("shop/cart.py#Cart.add")
    with pytest.raises(UnknownHandle, match=r"did you mean shop/cart\.py#Cart\.add"):
        memory.show(handle)


def test_a_path_that_is_no_more_is_not_taken_for_a_name(memory: ProjectMemory) -> None:
    with pytest.raises(UnknownHandle, match=r"did you mean shop/cart\.py\?"):
        memory.show("shop/card.total")


@pytest.mark.parametrize(("handle", "meant"), [("shop/money.py:5-2", "2-5"), ("shop/money.py:0", "1-1"), ("money.py:4-0", "1-4")])
def test_a_range_without_a_line_is_refused_with_what_it_may_mean(memory: ProjectMemory, handle: str, meant: str) -> None:
    with pytest.raises(UnknownHandle, match=f"names no line: .* did you mean shop/money.py:{meant}\\?"):
        memory.show(handle)


def test_an_empty_file_is_shown_as_it_is(memory: ProjectMemory) -> None:
    assert memory.show("empty.py").text == ""


@pytest.mark.parametrize(
    ("id_", "short"),
    [
        ("orders.cs#Shop.Orders.Order", "Order"),
        ("orders.cs#Shop.Orders.Order.Order", "Order.Order"),
        ("orders.cs#Shop.Orders.Order.Total", "Order.Total"),
        ("orders.cs#Shop.Orders.Order.Total~2", "Order.Total~2"),
        ("blend.cpp#cv.detail.blend", "detail.blend"),
        ("blend.cpp#cv.detail.Mask.area", "cv.detail.Mask.area"),  # else it might be that of `Cut.Mask`, too
        ("blend.cpp#cv.detail.Cut.Mask.area", "Cut.Mask.area"),
        ("shop/cart.py#Cart.total", "Cart.total"),
    ],
)
def test_names_are_told_without_the_namespaces_around_them(memory: ProjectMemory, id_: str, short: str) -> None:
    catalog = memory.view().catalog
    assert catalog.short_name(catalog.by_id[id_]) == short


def test_a_short_name_is_a_handle_of_its_file(tmp_path: Path) -> None:
    write(tmp_path / "project", {name: (SAMPLES / name).read_text() for name in WITH_NAMESPACES})
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as samples:
        view = samples.view()
    short = {unit.id: view.catalog.short_name(unit) for unit in view.catalog.by_id.values() if unit.is_symbol}
    assert sum(name != view.catalog.by_id[id_].qualname for id_, name in short.items()) > 100
    assert [id_ for id_, name in short.items() if place_of(view, symbol_id(split_id(id_)[0], name)).unit != view.catalog.by_id[id_]] == []
