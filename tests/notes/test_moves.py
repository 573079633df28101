"""Renames and moves: a note goes along where it is certain, and says where to; between two places nothing is guessed."""

from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.notes.judge import Judgement, Standing
from tests.notes.conftest import Git
from tests.notes.shop import EURO, TOTAL, note
from tests.project import CART, MONEY, write


def added(memory: ProjectMemory, *claims: str) -> str:
    return memory.notes.add(note("Totals are cents", *claims, body="Floats lose cents.")).note.id


def moved(root: Path, old: str, new: str) -> None:
    (root / new).parent.mkdir(parents=True, exist_ok=True)
    (root / old).rename(root / new)


def standing(memory: ProjectMemory, id_: str) -> tuple[Standing, tuple[str, ...]]:
    found = memory.notes.show(id_)
    return found.standing, found.moves()


def test_a_renamed_file_carries_its_notes_along_before_it_is_committed(root: Path, git: Git, memory: ProjectMemory) -> None:
    id_ = added(memory, TOTAL, "path shop/cart.py")
    moved(root, "shop/cart.py", "store/basket.py")
    assert standing(memory, id_) == (Standing.HOLDS, ("store/basket.py#Cart.total", "store/basket.py"))
    assert 'moved to "store/basket.py#Cart.total"' in memory.notes.recall("totals in cents").text


def test_a_renamed_file_carries_its_notes_along_without_git(root: Path, memory: ProjectMemory) -> None:
    id_ = added(memory, TOTAL)
    moved(root, "shop/cart.py", "store/basket.py")
    assert standing(memory, id_) == (Standing.HOLDS, ("store/basket.py#Cart.total",))


def test_a_file_renamed_and_edited_is_followed_once_git_says_so(root: Path, git: Git, memory: ProjectMemory) -> None:
    id_ = added(memory, TOTAL, "path shop/cart.py")
    moved(root, "shop/cart.py", "store/basket.py")
    write(root, {"store/basket.py": CART.replace("Sum of everything", "The sum of all")})
    assert standing(memory, id_)[0] == Standing.FALSE
    git.commit("Rename the cart")
    assert standing(memory, id_) == (Standing.HOLDS, ("store/basket.py#Cart.total", "store/basket.py"))


def test_a_file_renamed_by_git_and_edited_is_followed_before_it_is_committed(root: Path, git: Git, memory: ProjectMemory) -> None:
    id_ = added(memory, TOTAL, "path shop/cart.py")
    git("mv", "shop/cart.py", "shop/basket.py")
    write(root, {"shop/basket.py": CART.replace("Sum of everything", "The sum of all")})
    assert standing(memory, id_) == (Standing.HOLDS, ("shop/basket.py#Cart.total", "shop/basket.py"))
    git("mv", "shop/basket.py", "shop/trolley.py")
    assert standing(memory, id_) == (Standing.HOLDS, ("shop/trolley.py#Cart.total", "shop/trolley.py"))


def test_a_rename_is_followed_through_many_commits_and_the_claim_is_checked_there(root: Path, git: Git, memory: ProjectMemory) -> None:
    id_ = added(memory, EURO)
    git.commit("Note")
    for place in ("a/money.py", "b/c/money.py", "coins.py"):
        old = git("ls-files", "*money.py")
        moved(root, old, place)
        git.commit(f"Move to {place}")
    assert standing(memory, id_) == (Standing.HOLDS, ("coins.py#CURRENCY",))
    write(root, {"coins.py": (root / "coins.py").read_text().replace("EUR", "USD")})
    found = memory.notes.show(id_)
    assert (found.standing, found.because) == (Standing.FALSE, f"{EURO}: CURRENCY is 'USD'")


def test_a_symbol_that_moved_with_its_body_is_followed(root: Path, memory: ProjectMemory) -> None:
    id_ = added(memory, "symbol shop/money.py#parse_money", "signature shop/money.py#parse_money is def parse_money(text: str) -> Money")
    before, _, after = MONEY.partition("def parse_money")
    write(root, {"shop/money.py": before, "shop/parsing.py": f"from shop.money import Money\n\n\ndef parse_money{after}"})
    assert standing(memory, id_) == (Standing.HOLDS, ("shop/parsing.py#parse_money",))


def test_the_second_definition_of_a_name_is_followed_as_the_first(root: Path, memory: ProjectMemory) -> None:
    twice = "def cents(text):\n    return int(text) * 100\n\n\ndef cents(text):\n    return round(float(text) * 100)\n"
    write(root, {"shop/cents.py": f"{twice}\n\nLIMIT = 5\n"})
    memory.refresh()
    id_ = added(memory, "symbol shop/cents.py#cents~2")
    write(root, {"shop/cents.py": "LIMIT = 5\n", "shop/money.py": f"{MONEY}\n\n{twice}"})
    assert standing(memory, id_) == (Standing.HOLDS, ("shop/money.py#cents~2",))


def test_between_two_places_nothing_is_guessed(root: Path, memory: ProjectMemory) -> None:
    id_ = added(memory, "symbol shop/money.py#parse_money")
    (root / "shop/money.py").unlink()
    write(root, {"a.py": MONEY, "b.py": MONEY})
    found = memory.notes.show(id_)
    assert (found.standing, found.moves()) == (Standing.FALSE, ())
    (root / "b.py").unlink()
    assert standing(memory, id_) == (Standing.FALSE, ())  # its file was another one, with constants in it


def test_a_twin_that_was_there_before_is_not_taken_for_the_file(root: Path, git: Git, memory: ProjectMemory) -> None:
    write(root, {"copy/cart.py": CART})
    git.commit("A copy")
    id_ = added(memory, "path shop/cart.py", TOTAL)
    (root / "shop/cart.py").unlink()
    git.commit("Remove the cart")
    found = memory.notes.show(id_)
    assert (found.standing, found.moves()) == (Standing.FALSE, ())
    assert "copy/cart.py" in found.because


def test_that_something_is_gone_is_said_of_the_place_and_stays_true(root: Path, memory: ProjectMemory) -> None:
    id_ = memory.notes.add(note("There is no basket", "not path shop/basket.py", "not symbol shop/cart.py#Cart.sum")).note.id
    moved(root, "shop/cart.py", "store/cart.py")
    assert standing(memory, id_) == (Standing.HOLDS, ())


def test_what_must_not_be_in_a_file_is_looked_for_where_the_file_went(root: Path, memory: ProjectMemory) -> None:
    id_ = memory.notes.add(note("No dollars", 'not text shop/money.py has "USD"')).note.id
    moved(root, "shop/money.py", "coins.py")
    assert standing(memory, id_) == (Standing.HOLDS, ("coins.py",))


def test_verifying_writes_where_things_stand_now(root: Path, git: Git, memory: ProjectMemory) -> None:
    made = note("Totals are cents", TOTAL, quote=("Sum of everything in the cart.", "shop/cart.py:13-14"))
    id_ = memory.notes.add(made).note.id
    moved(root, "shop/cart.py", "store/basket.py")
    write(root, {"store/basket.py": (root / "store/basket.py").read_text().replace('"""The', '"""\nThe')})
    head = git.commit("Move the cart")
    found: Judgement = memory.notes.verify([id_])[0]
    assert (found.standing, found.moves()) == (Standing.HOLDS, ())
    assert [str(claim) for claim in found.note.claims] == ["symbol store/basket.py#Cart.total"]
    assert found.note.evidence[0].at == "store/basket.py:15-15"
    assert found.note.verified.commit == head
    assert set(found.note.verified.files) == {"store/basket.py"}


def test_reading_never_writes(root: Path, memory: ProjectMemory) -> None:
    id_ = added(memory, TOTAL)
    file = root / f".memoryd/notes/{id_}.md"
    before = file.read_bytes()
    moved(root, "shop/cart.py", "store/basket.py")
    memory.notes.check()
    memory.notes.recall("totals")
    memory.pack("how are totals computed")
    assert file.read_bytes() == before


@pytest.mark.parametrize("files", [{"a/__init__.py": "", "b.py": "x = 1\n"}])
def test_a_file_that_says_nothing_is_followed_by_git_alone(root: Path, git: Git, tmp_path: Path, files: dict[str, str]) -> None:
    write(root, files)
    git.commit("Add")
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        id_ = memory.notes.add(note("Packages", "path b.py")).note.id
        moved(root, "b.py", "c.py")
        assert standing(memory, id_)[0] == Standing.FALSE
        git.commit("Move")
        assert standing(memory, id_) == (Standing.HOLDS, ("c.py",))
