"""Understanding: what nothing speaks of gets two lines and no pack; what is named, known, misspelled or meant is answered."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.model import Answering
from memoryd.tokens import counter
from tests.notes.shop import TOTAL, note
from tests.project import FILES, write

LETTERS = ("zzzqqq xyzzy", "qwrtp", "lkjhg fdsaq mnbvc", "asdf qwertz uiop jkloe", "???", "0x9f3e7 7c1b2d")
FOREIGN = (
    "how do I schedule kubernetes pods on a cluster",
    "simulate protein folding with molecular dynamics", "the shadow map of a vulkan renderer",
    "recipe for a chocolate cake", "umbrella walrus trombone",
)  # fmt: skip
OURS = (
    "how is the total of the cart computed", "parse_money", "Cart.total", "shop/money.py", "where does paying happen", "rounding", "EUR",
    "what does the shop charge", 'File "/srv/shop/money.py", line 9, in nowhere',
)  # fmt: skip
MISSPELLED = {"how is the totla computed": "shop/cart.py", "pasre_mony": "shop/money.py", "chekcout": "shop/checkout.py"}
MEANT = "convert a string into a monetary amount"


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    """Return a project with the embedder that ships."""
    root = tmp_path_factory.mktemp("spoken") / "project"
    write(root, FILES)
    with ProjectMemory(root, Settings(root.parent / "home", workers=1)) as made:
        yield made


@pytest.mark.parametrize("task", [*LETTERS, *FOREIGN])
def test_what_nothing_speaks_of_gets_two_lines_that_say_what_to_do(memory: ProjectMemory, task: str) -> None:
    pack = memory.pack(task)
    assert pack.verdict.kind == Answering.GREP
    assert (pack.items, pack.omitted) == ((), ())
    assert pack.text.startswith("Nothing here speaks of that")
    assert "\nNext: " in pack.text
    assert pack.tokens == counter()(pack.text) <= 60


@pytest.mark.parametrize("task", [*OURS, *MISSPELLED, MEANT])
def test_what_is_named_known_misspelled_or_meant_is_answered(memory: ProjectMemory, task: str) -> None:
    pack = memory.pack(task)
    assert pack.items
    assert not pack.text.startswith("Nothing here speaks of that")


@pytest.mark.parametrize("task", [*OURS, *MISSPELLED])
def test_what_the_words_of_a_task_or_its_names_speak_of_is_not_left_to_grep(memory: ProjectMemory, task: str) -> None:
    assert memory.pack(task).verdict.kind != Answering.GREP


def test_what_is_near_in_meaning_alone_is_no_sure_answer(memory: ProjectMemory) -> None:
    assert memory.pack(MEANT).verdict.kind == Answering.LOOK


@pytest.mark.parametrize("task", MISSPELLED)
def test_a_misspelled_word_finds_what_the_right_one_finds(memory: ProjectMemory, task: str) -> None:
    assert memory.pack(task).items[0].path == MISSPELLED[task]


@pytest.mark.parametrize("budget", [1, 10, 30, 60])
def test_what_nothing_speaks_of_keeps_to_its_budget(memory: ProjectMemory, budget: int) -> None:
    pack = memory.pack(LETTERS[0], budget)
    assert pack.tokens == counter()(pack.text) <= budget
    assert pack.verdict.kind == Answering.GREP


def test_a_note_on_what_no_code_speaks_of_is_the_answer(root: Path, tmp_path: Path) -> None:
    task = "why not kubernetes"
    with ProjectMemory(root, Settings(tmp_path / "home", workers=1)) as memory:
        assert memory.pack(task).verdict.kind == Answering.GREP
        memory.notes.add(replace(note("No Kubernetes", TOTAL, body="One machine serves all our orders."), tags=("kubernetes",)))
        pack = memory.pack(task)
        assert pack.verdict.kind == Answering.ANSWER
        assert "One machine serves all our orders." in pack.text
        assert "Nothing here speaks" not in pack.text
        assert memory.pack("zzzqqq xyzzy").verdict.kind == Answering.GREP
