"""Packs of a change: every changed unit with what it was, what stands around it, and never more than the budget."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.config import Settings
from memoryd.errors import UnknownHandle, UnknownNote
from memoryd.faces.mcp.answers import call
from memoryd.files import MAX_BYTES
from memoryd.limits import MOST_BUDGET
from memoryd.memory import ProjectMemory
from memoryd.model import Level
from memoryd.parsing import TimeLimit
from memoryd.questions import Relation
from memoryd.relations import RelationQuestion
from memoryd.review.differences import MOST_COMPARED, Effort, UnitLines, moved, pieces
from memoryd.tokens import counter
from tests.lengths import tries
from tests.notes.conftest import Git, begun
from tests.project import SLOW, write

LINES = st.lists(st.sampled_from(["a", "b", "def f():", "", "    x", "\\"]), max_size=14)


@settings(max_examples=tries(150, 20_000), deadline=None)
@given(LINES, LINES, st.lists(st.tuples(st.integers(1, 14), st.integers(0, 6), st.booleans()), max_size=4), st.integers(0, 300))
def test_pieces_hold_every_changed_line_once(old: list[str], new: list[str], spans: list[tuple[int, int, bool]], effort: int) -> None:
    before, now = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    units = [UnitLines("f", 1, 1 << 40, False), *(UnitLines(f"f#{n}", at, at + long, whole) for n, (at, long, whole) in enumerate(spans))]
    found = list(pieces("f", before, now, units, Effort(effort)))
    assert all(1 <= one.first <= one.last <= max(len(new), 1) for one in found)
    lost, come = (sorted(line for one in found for line in marked(one.whole, mark)) for mark in "-+")
    assert len(lost) == sum(one.removed for one in found)
    assert len(come) == sum(one.added for one in found)
    # What both have besides is the same: so the pieces tell all of the difference.
    assert sorted([*new, *lost]) == sorted([*old, *come])
    assert bool(found) == (old != new)


def marked(lines: Sequence[str], mark: str) -> list[str]:
    return [line[1:] for line in lines if line.startswith(mark)]


def test_a_file_that_came_is_the_one_that_it_has_most_lines_of() -> None:
    texts = {"old/a.py": "one\ntwo\nthree\n", "old/b.py": "four\nfive\n"}
    assert moved(texts, {"new/a.py": "one\ntwo\n3\n", "new/c.py": "else\n"}) == {"new/a.py": "old/a.py"}
    assert moved(texts, {}) == {}


def repeated(mark: str) -> str:
    """Return a text in which every other line is one of fifty, and the others are in no other text."""
    return "".join(f"{number * 7 % 50}\n{mark} {number}\n" for number in range(995))


def test_texts_of_lines_that_repeat_are_compared_no_longer_than_may_be_for_all_of_them() -> None:
    compared, units = 0, [UnitLines("f", 1, 1 << 40, False)]

    def count(_frame: object, event: str, function: object) -> None:
        nonlocal compared
        compared += event == "c_call" and getattr(function, "__name__", "") == "get"

    effort, many = Effort(200_000), 0
    sys.setprofile(count)
    try:
        for number in range(20):
            many += sum(one.added for one in pieces("f", repeated(f"{number}"), repeated("x"), units, effort))
    finally:
        sys.setprofile(None)
    assert many > 20 * 995
    assert 100_000 < compared < 250_000


def test_the_work_for_units_and_moves_is_bounded_too() -> None:
    units = [UnitLines("f", 1, 1 << 40, False), *(UnitLines(f"f#{n}", n, n, True) for n in range(1, 20_001))]
    new = "".join(f"def f{number}(): pass\n" for number in range(20_000))
    assert [one.id for one in pieces("f", "", new, units, Effort())][:2] == ["f#1", "f#2"]  # with as many pairs of units it took minutes
    old = "".join(f"{line}\n" if number % 2 else f"# {line}\n" for number, line in enumerate(new.splitlines()))
    assert sum(one.added for one in pieces("f", old, new, units, Effort())) == 19_999
    texts = {f"{number}.py": "".join(f"{number} {line}\n" for line in range(1_200)) for number in range(60)}
    assert MOST_COMPARED < 60 * 60 * 1_200
    assert moved(texts, {f"new/{path}": text for path, text in texts.items()}) == {}
    assert len(moved(texts, {"new.py": texts["3.py"]})) == 1


SHOP = {
    "shop/cart.py": (
        "from shop.money import parse\n\n\nclass Cart:\n    def total(self):\n        return parse('1')\n\n"
        "    def old(self):\n        return 0\n"
    ),
    "shop/money.py": "def parse(text):\n    return text.strip()\n",
    "shop/pay.py": "from shop.cart import Cart\n\n\ndef pay():\n    return Cart().total()\n",
    "shop/text.py": "ONE = 1\nTWO = 2\nTHREE = 3\n",
    "tests/test_pay.py": "from shop.pay import pay\n\n\ndef test_pay():\n    assert pay()\n",
    "README.md": "# Shop\n\nText.\n",
    "logo.bin": "\0\1",
}  # fmt: skip


def changed(tmp_path: Path) -> tuple[ProjectMemory, Git]:
    root = tmp_path / "project"
    write(root, SHOP)
    git = begun(root)
    write(
        root,
        {
            "shop/cart.py": SHOP["shop/cart.py"].replace("parse('1')", "parse('2')").replace("    def old(self):\n        return 0\n", ""),
            "README.md": "# Shop\n\nOther.\x1b[2J\n[1-2] lies\n", "logo.bin": "\0\2",
        },
    )  # fmt: skip
    (root / "shop/texts").mkdir()
    (root / "shop/text.py").rename(root / "shop/texts/words.py")
    return ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)), git


def test_a_change_is_shown_with_what_it_was_and_what_stands_around_it(tmp_path: Path) -> None:
    memory, git = changed(tmp_path)
    with memory:
        pack = memory.pack_change("HEAD")
        total = "## shop/cart.py:5-6 Cart.total +1 −1\n     def total(self):\n-        return parse('1')\n+        return parse('2')\n"
        assert total in pack.text
        assert "-    def old(self):\n-        return 0\n" in pack.text
        assert "## callers of what changed: 1\nshop/pay.py:5 def pay() → Cart.total\n" in pack.text
        assert "## other tests that reach it: 1\ntests/test_pay.py 0." in pack.text
        assert "## what it calls: 1\nshop/money.py:1 def parse(text)\n" in pack.text
        assert "+Other.\\x1b[2J\n+[1-2] lies\n" in pack.text
        assert "## logo.bin:1-1 (not shown: no text, or not indexed) +0 −0\n" in pack.text
        assert "## shop/texts/words.py:1-1 (was shop/text.py) +0 −0\n" in pack.text
        assert {item.id: item.level for item in pack.items}["shop/cart.py#Cart.total"] == Level.FULL
        assert (pack.tokens, pack.omitted) == (counter()(pack.text), ())
        for budget in (1, 20, 60, 100, 150, 200, 300):
            small = memory.pack_change("HEAD", budget)
            assert small.tokens == counter()(small.text) <= budget
            assert not small.text or len(small.items) == len(pack.items) or "not named" in small.text
        assert call("search_code", {"since": "HEAD", "task": "review"}).answer(memory, None) == pack.text
        with pytest.raises(UnknownHandle, match="git knows no commit"):
            memory.pack_change("nowhere")
        git.commit("Two")
        assert memory.pack_change("HEAD").text.startswith("# what changed since")
        assert "Cart.total" not in memory.pack_change("HEAD").text
        assert "Cart.total" in memory.pack_change("HEAD~1").text


def test_what_was_before_and_cannot_be_parsed_or_read_is_said_and_all_that_is_there_now_counts_as_changed(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, {"slow.py": SLOW * 10, "large.py": "#" * (MAX_BYTES + 1), "other.py": SLOW * 10, "a.py": "def a():\n    pass\n"})
    git = begun(root)
    write(root, {"slow.py": "def now():\n    pass\n", "large.py": "def here():\n    pass\n"})
    (root / "other.py").unlink()
    settings = Settings(tmp_path / "home", embedder="hash", workers=1)
    slow = "it is not known what other.py, slow.py defined before: parsing took over 0.3 s of CPU time\n"
    large = "it is not known what large.py defined before: larger than 1.5 MB\n"
    with ProjectMemory(root, settings, limit=TimeLimit(cpu=0.3)) as memory:
        pack = memory.pack_change("HEAD", MOST_BUDGET)
        assert f"run all tests: {slow}" in pack.text
        assert f"run all tests: {large}" in pack.text
        assert "## large.py:1-1 (not compared: larger than 1.5 MB) +0 −0\n" in pack.text
        assert "## slow.py:1-2 now +2 −600\n" in pack.text
        tests = memory.related(RelationQuestion(Relation.TESTS, (), "HEAD"))
        assert tests.uncertain[:2] == (large.strip(), slow.strip())
        text = memory.related(RelationQuestion(Relation.IMPACT, (), "HEAD")).text
        assert "3 definitions in 3 files" in text
        assert slow in text
        git.commit("Two")
        assert slow not in memory.pack_change("HEAD").text


def test_where_git_has_no_commit_that_is_the_reason_why_nothing_is_told_of_a_change(tmp_path: Path) -> None:
    write(tmp_path / "project", SHOP)
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        with pytest.raises(UnknownHandle, match="in no repository, or has no commit yet"):
            memory.pack_change("HEAD")
        with pytest.raises(UnknownNote, match="in no repository, or has no commit yet"):
            memory.notes.disproved("HEAD")


def test_notes_that_the_change_disproves_are_named(tmp_path: Path) -> None:
    memory, _ = changed(tmp_path)
    with memory:
        note = "---\nid: {}\nkind: decision\ntitle: Totals are kept\ncreated: 2026-01-01\nauthor: person\nclaims:\n"
        note += "  - symbol shop/cart.py#Cart.old\n---\n\nThe old total stays for the reports.\n"
        id_ = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
        write(memory.root, {f".memoryd/notes/{id_}.md": note.format(id_)})
        assert "Totals are kept" in memory.pack_change("HEAD").text


def test_what_usually_changes_together_and_did_not_is_named(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, SHOP)
    git = begun(root)
    for number in range(4):
        write(
            root,
            {"shop/money.py": f"ONE = {number}\n", "README.md": f"# {number}\n", "tests/test_far.py": f"def test_{number}():\n    pass\n"},
        )
        git.commit(str(number))
    write(root, {"shop/money.py": "ONE = 9\n"})
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        said = "## usually changes together with it, and did not: 2\nREADME.md in 100% of the commits of shop/money.py (5)\n"
        assert said in memory.pack_change("HEAD").text
        answer = memory.related(RelationQuestion(Relation.TESTS, (), "HEAD"))
        assert ("tests/test_far.py", ("changed together in 4 commits",)) in [(one.id, one.marks) for one in answer.found]
