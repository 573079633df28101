"""The ledger never says that an agent has a line that it was not shown, and knows what its own edits did."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.sessions import Hunk
from memoryd.sessions.ledger import LONGEST_LINE, MOST_LINES, Ledger

PATH = "shop/cart.py"
line = st.sampled_from(["", "}", "a = 1", "b = 2", "return a", "x" * (LONGEST_LINE + 1)])
lines = st.lists(line, min_size=1, max_size=12)
place = st.tuples(st.integers(0, 11), st.integers(0, 4))
steps = st.lists(st.one_of(st.tuples(st.just("read"), place), st.tuples(st.sampled_from(["edit", "others"]), place, lines)), max_size=12)


@given(lines, steps)
@settings(max_examples=300, deadline=None)
def test_what_an_agent_is_said_to_have_it_was_shown_or_wrote(start: list[str], done: list[tuple[Any, ...]]) -> None:
    ledger, file, shown = Ledger(), list(start), set[str]()
    for what, (at, count), *new in done:
        first = min(at, len(file))
        if what == "read":
            part = file[first : first + count + 1]
            if part:
                ledger.saw(PATH, first + 1, part)
                shown.update(part)
            continue
        removed = len(file[first : first + count])
        if what == "edit":
            ledger.edited(PATH, [Hunk(first + 1, removed, tuple(new[0]))])
            shown.update(new[0])
        file[first : first + count] = new[0]
        for number, text in enumerate(file, 1):
            assert not ledger.has(PATH, file, [number]) or (text in shown and len(text) <= LONGEST_LINE)


@given(lines, st.lists(st.tuples(place, lines), max_size=6))
@settings(max_examples=200, deadline=None)
def test_who_read_a_file_and_edits_it_alone_has_all_of_it(start: list[str], edits: list[tuple[tuple[int, int], list[str]]]) -> None:
    file = [one for one in start if len(one) <= LONGEST_LINE] or ["a"]
    ledger = Ledger()
    ledger.saw(PATH, 1, file)
    for (at, count), lines_ in edits:
        first, new = min(at, len(file)), [one for one in lines_ if len(one) <= LONGEST_LINE] or ["b"]
        ledger.edited(PATH, [Hunk(first + 1, len(file[first : first + count]), tuple(new))])
        file[first : first + count] = new
        assert ledger.has(PATH, file, range(1, len(file) + 1))


def test_several_changes_of_one_edit_count_lines_of_the_old_file() -> None:
    ledger = Ledger()
    ledger.saw(PATH, 1, list("abcdef"))
    ledger.edited(PATH, [Hunk(2, 1, ("B", "B2")), Hunk(5, 1, ())])
    assert ledger.has(PATH, ["a", "B", "B2", "c", "d", "f"], range(1, 7))
    assert not ledger.has(PATH, ["a", "B", "B2", "c", "d", "e"], [6])


def test_the_file_seen_longest_ago_is_forgotten_first() -> None:
    ledger = Ledger()
    for name in ("old", "new"):
        ledger.saw(name, 1, [f"{name} {number}" for number in range(MOST_LINES // 2 + 1)])
    assert len(ledger) <= MOST_LINES
    assert not ledger.has("old", ["old 0"], [1])
    assert ledger.has("new", ["new 0"], [1])
