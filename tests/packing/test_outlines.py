"""Outlines: members that speak of the question first, nothing said twice."""

from collections.abc import Iterator

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.model import Level, Pack
from memoryd.packing.rendering import listing
from memoryd.versions import Unit
from tests.project import write

NAMES = [f"prepare_step_{number}" for number in range(20)]
METHODS = "".join(f"    def {name}(self, order):\n" + "        self.orders.append(order)\n" * 12 + "\n" for name in NAMES)
COOKIES = "    def sign(self, name, value):\n" + "        value = self.keep(name, 'cookie', value)  # the cookie\n" * 30 + "\n"
BOOK = f'class Book(Base):\n    """All orders."""\n\n{METHODS}{COOKIES}    def sign_cookie(self, value): ...\n'
GO = "package queue\n\ntype Queue struct{}\n\n" + "".join(
    f"func (q *Queue) Step{number}(job int) int {{\n" + "\tjob = job + 1\n" * 12 + "\treturn job\n}\n\n" for number in range(8)
)


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base = tmp_path_factory.mktemp("outlined")
    write(base / "project", {"shop/book.py": BOOK, "queue/queue.go": GO})
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as made:
        yield made


def outline_of(pack: Pack, id_: str) -> list[str]:
    """Return the lines of a unit that a pack outlines: its headline, then its members."""
    (item,) = (item for item in pack.items if item.id == id_)
    assert item.level == Level.OUTLINE
    lines = pack.text.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(f"[{item.start_line}-{item.end_line}] "))
    last = next((number for number, line in enumerate(lines[first + 1 :], first + 1) if not line.startswith("  ")), len(lines))
    return lines[first:last]


def test_an_outline_lists_the_members_that_speak_of_the_question_first(memory: ProjectMemory) -> None:
    pack = memory.pack("class Book cookie", 400)
    headline, *members = outline_of(pack, "shop/book.py#Book")
    assert headline == "[1-316] class Book(Base)"
    assert "shop/book.py#Book.sign_cookie" in {item.id for item in pack.items} or "cookie" in members[0]
    assert members[-1].endswith(" more")
    assert len(members) < 12


@pytest.mark.parametrize("task", ["class Book cookie", "Book sign", "prepare_step_3 of the book", "Queue.Step2", "queue"])
@pytest.mark.parametrize("budget", [150, 300, 700, 2_000])
def test_nothing_is_listed_in_an_outline_and_shown_beside_it(memory: ProjectMemory, task: str, budget: int) -> None:
    pack = memory.pack(task, budget)
    shown = {f"[{item.start_line}-{item.end_line}]" for item in pack.items}
    listed = [line.split()[0] for line in pack.text.splitlines() if line.startswith("  [")]
    assert not shown.intersection(listed)
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    "kind,qualname,signature,says",
    [
        ("class", "Cart", "class Cart(Base)", "class Cart(Base)"),
        ("method", "Cart.total", "def total(self) -> Money", "def Cart.total(self) -> Money"),
        ("method", "Queue.Step", "func (q *Queue) Step(job int) int", "func (q *Queue) Step(job int) int"),
        ("method", "Cart.operator+", "Cart operator+(Cart other)", "method Cart.operator+: Cart operator+(Cart other)"),
        ("function", "Absinthe.run!", "def run!(input)", "def Absinthe.run!(input)"),
        ("class", "Cart", f"class Cart({'A, ' * 50}B)", f"class Cart({'A, ' * 35}A, …"),
        ("section", "guide.start", "start", "section guide.start: start"),
        ("constant", "LIMIT", "LIMIT = 3", "constant LIMIT: LIMIT = 3"),
        ("function", "f", "", "function f"),
    ],
)
def test_a_signature_says_kind_and_name_once(kind: str, qualname: str, signature: str, says: str) -> None:
    unit = Unit("a", "a", kind, qualname, 0, 9, 1, 2, signature)
    assert listing(unit, qualname, []) == f"[1-2] {says}\n"
