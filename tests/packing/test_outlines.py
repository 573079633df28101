"""Outlines: members that speak of the question first, nothing said twice."""

import re
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
POOLS = """class Pool:
    def release(self, thing):
        def give_back():
            self.things.append(thing)
        give_back()

    def acquire(self):
        return self.things.pop()


class Pools:
    def acquire_pool(self, name):
        return self.held[name].acquire()

    def release_pool(self, pool):
        pool.release(None)
"""
HALL = "class Hall:\n" + "".join(f"    def walk_{one}(self): ...\n" for one in range(30)) + "\n    class Desk:\n"
DESK = "".join(f"        def lamp_of_desk_{one}(self):\n" + "            self.lamp.shine()\n" * 40 for one in range(9))
GO = "package queue\n\ntype Queue struct{}\n\n" + "".join(
    f"func (q *Queue) Step{number}(job int) int {{\n" + "\tjob = job + 1\n" * 12 + "\treturn job\n}\n\n" for number in range(8)
)


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base = tmp_path_factory.mktemp("outlined")
    write(base / "project", {"shop/book.py": BOOK, "shop/pools.py": POOLS, "shop/hall.py": HALL + DESK, "queue/queue.go": GO})
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


@pytest.mark.parametrize("task", ["pools.py", "Hall.Desk", "the desk of the hall"])
@pytest.mark.parametrize("budget", [300, 600, 900, 2_000])
def test_what_stands_in_what_is_shown_whole_is_neither_listed_nor_told_as_a_call(memory: ProjectMemory, task: str, budget: int) -> None:
    pack = memory.pack(task, budget)
    whole = [(item.path, item.start_line, item.end_line) for item in pack.items if item.level == Level.FULL]
    path, told = "", []
    for line in pack.text.splitlines():
        if line.startswith("## shop/"):
            path = line[3:]
        elif match := re.match(r"  \[(\d+)-(\d+)\]", line):
            told.append((path, int(match[1]), int(match[2])))
        elif line.startswith(("  calls: ", "  called by: ")):
            named = (memory.show(handle) for handle in line.partition(": ")[2].split(", "))
            told += [(one.path, one.start_line, one.end_line) for one in named]
    assert [one for one in told if any(one[0] == path and first <= one[1] <= one[2] <= last for path, first, last in whole)] == []
    assert len(told) == len(set(told))
    assert not re.search(r"^\[\d+-\d+\]$", pack.text, re.MULTILINE)


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
