"""Our own judges on a small tree: which names are drawn, what an answer is worth, and that what is kept is as good as new."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from scripts.bench.data import FunctionQuestion, Name, Place, draw, foreign_questions, function_questions
from scripts.bench.judges import functions, names, verdicts
from scripts.bench.results import Row
from scripts.bench.subjects import Answered, Subject
from tests.project import CART, FILES, write

TYPES = {
    "Basket.java": "class Basket {\n  Basket() {}\n  int size() {\n    return 0;\n  }\n}\n",
    "Store.java": "interface Store {\n  int stockUp();\n  default int openStore() {\n    return 1;\n  }\n}\n",
    "Shop.java": "class Shop implements Store {\n  public int stockUp() {\n    return 2;\n  }\n  int count() {\n"
    + "    size();\n" * 12
    + "  }\n}\n",
}


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """The project of the tests; nobody changes it."""
    folder = tmp_path_factory.mktemp("judged")
    write(folder / "shop", FILES)
    with Subject(folder / "shop", Answered(folder / "answered.json", functions.__name__)) as found:
        found.follow(folder / "home")
        yield found


def test_short_functions_of_their_own_name_are_drawn_and_of_a_type_its_definition(tmp_path: Path) -> None:
    write(tmp_path, TYPES)
    drawn = draw(tmp_path, Place("acme/store", "java", "0" * 40))
    assert {(one.kind, one.name, one.path, one.others) for one in drawn} == {
        ("function", "openStore", "Store.java", 0),
        ("function", "size", "Basket.java", 0),
        ("type", "Basket", "Basket.java", 1),  # its constructor bears the name
        ("type", "Store", "Store.java", 0),
        ("type", "Shop", "Shop.java", 0),
    }
    assert draw(tmp_path, Place("acme/store", "java", "0" * 40)) == drawn


def test_an_answer_is_whole_where_the_pack_shows_all_of_the_function(subject: Subject) -> None:
    asked = FunctionQuestion("shop:1", "how is the sum of a cart computed", ("shop/cart.py#Cart.total",))
    ours, *baselines = functions.measure(subject, asked)
    assert (ours["whole@4000"], ours["all@4000"], ours["functions"]) == (1.0, 1.0, 1)
    assert [one["method"] for one in baselines if one["function_hit@10"] is not None] == ["BM25, units"]


def test_a_sheet_that_names_no_symbol_ends_the_run(subject: Subject) -> None:
    with pytest.raises(SystemExit, match=r"shop:1 names shop/cart\.py#Cart\.gone, which is no symbol"):
        list(functions.measure(subject, FunctionQuestion("shop:1", "what", ("shop/cart.py#Cart.gone",))))


def test_what_a_pack_says_is_true_only_of_questions_of_its_own_repository(subject: Subject) -> None:
    asked = FunctionQuestion("shop:1", "how is the sum of a cart computed", ("shop/cart.py#Cart.total",))
    (own,), (foreign,), (unknown,) = (
        verdicts.measure(subject, one)
        for one in (asked, replace(asked, answers=()), replace(asked, text="how are zebras fed with xylophones", answers=()))
    )
    assert (own["holds"], foreign["holds"], own["says"]) == (1.0, 0.0, foreign["says"])
    assert (unknown["says"], unknown["confidence"]) == ("nothing", 0.0)


def test_foreign_questions_are_those_of_another_repository_and_have_no_answers() -> None:
    for own, foreign in zip(function_questions(), foreign_questions(), strict=True):
        assert own.place == foreign.place
        assert {one.name for one in own.tasks}.isdisjoint(one.name for one in foreign.tasks)
        assert not any(one.answers for one in foreign.tasks)


def test_a_name_is_first_only_if_the_first_hit_is_its_definition(subject: Subject) -> None:
    line = CART[: CART.index("class Cart")].count("\n") + 1
    here, there = (Name("type", "Cart", path, line, line + 1, 0) for path in ("shop/cart.py", "shop/money.py"))
    found = [row for row in names.measure(subject, here) if row["method"] == "memoryd"]
    assert {row["asked"]: row["first"] for row in found}["NAME"] == 1.0
    assert all(row["first"] == (row["rank"] == 1) and row["shown@1000"] == 1.0 for row in found)
    assert {row["rank"] for row in names.measure(subject, there) if row["method"] == "memoryd"} == {0}


def test_an_index_that_began_as_a_copy_answers_as_a_new_one(root: Path, tmp_path: Path) -> None:
    with (
        Subject(root, Answered(tmp_path / "one.json", functions.__name__)) as subject,
        Subject(root, Answered(tmp_path / "other.json", functions.__name__)) as fresh,
    ):
        subject.follow(tmp_path / "home")
        write(root, {"shop/cart.py": CART.replace("def total", "def grand_total"), "shop/extra.py": "def grand_opening():\n    return 1\n"})
        (root / "shop" / "money.py").unlink()
        subject.follow(tmp_path / "copied")
        fresh.follow(tmp_path / "fresh")
        for text in ("where is grand_total", "parse money", "grand opening"):
            assert [(hit.id, hit.score) for hit in subject.memory.search(text)] == [
                (hit.id, hit.score) for hit in fresh.memory.search(text)
            ]
            assert list(subject.baselines(text)) == list(fresh.baselines(text))


def test_what_baselines_answered_is_measured_once(tmp_path: Path) -> None:
    measured: list[Row] = []
    for rank in (1, 2):
        measured += Answered(tmp_path / "answered.json", functions.__name__).rows("a", partial(list, [{"rank": rank}]))
    assert measured == [{"rank": 1}] * 2
