"""What a task names: identifiers, paths, stack frames, and the words that tell most."""

import textwrap
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers import split_words
from memoryd.limits import TASK_READ
from memoryd.ranking import read_query, telling
from tests.growth import LINEAR, growth


@pytest.mark.parametrize(
    "text, names",
    [
        ("why does Cart.total round", ("Cart.total",)),
        ("rename parse_money to read_money", ("parse_money", "read_money")),
        ("HttpServer hangs in accept_loop", ("HttpServer", "accept_loop")),
        ("what does `total` do", ("total",)),
        ("total", ("total",)),
        ("std::vector::push_back is slow", ("std::vector::push_back",)),
        ("where is the cache cleared", ("cache", "cleared")),
        ("where is the cache of a project cleared", ()),
    ],
)
def test_identifiers_are_known_by_their_looks(text: str, names: tuple[str, ...]) -> None:
    assert read_query(text).names == names


@pytest.mark.parametrize(
    "text, frames",
    [
        ('  File "/srv/shop/cart.py", line 12, in total\n', (("/srv/shop/cart.py", 12),)),
        ("    at total (src/cart.js:40:7)\n", (("src/cart.js", 40),)),
        ("panic: nil\n\tshop/cart.go:7 +0x1d\n", (("shop/cart.go", 7),)),
        ("at 12:30 it broke", ()),
    ],
)
def test_stack_frames_of_several_languages_are_read(text: str, frames: tuple[tuple[str, int], ...]) -> None:
    assert read_query(text).frames == frames


def test_paths_are_found_in_prose() -> None:
    assert read_query("the bug is in ./shop/cart.py, not in docs/guide.md").paths == ("shop/cart.py", "docs/guide.md")


def test_what_a_form_asks_for_is_no_part_of_the_task() -> None:
    plain = "Cart crashes on refunds\n\nThe total is negative."
    form = (
        "Cart crashes on refunds\n<!-- Please read\nCONTRIBUTING first -->\n### Describe the bug\n\nThe total is negative.\n"
        "### Expected behavior\n- [x] I have searched https://example.org/issues\n**Additional context**\n"
        "### Is your feature request related to a problem? Please tell.\nAre you willing to work on this yourself?\n"
    )
    assert read_query(form).words == read_query(plain).words


def test_a_line_that_only_begins_like_a_form_is_part_of_the_task() -> None:
    assert "block" in read_query("Hooks fail\n\ndescribe blocks run twice").words


def test_words_of_the_title_and_of_identifiers_come_first() -> None:
    words = read_query(f"Refund fails\n\n{'long story ' * 12}, it ends in apply_credit").words
    assert words[:5] == ("refund", "fail", "applycredit", "appli", "credit")


def test_a_word_with_a_hyphen_is_looked_for_as_code_writes_it_too() -> None:
    assert read_query("keep-alive is ignored").words == ("keep", "aliv", "ignor", "keepalive", "keepal")
    assert set(split_words("keepalive keep_alive keepAlive").split()) == set(read_query("keep-alive").words)
    assert read_query("a --dry-run of x-y-z on 2024-11").words == ("dri", "run", "x", "y", "z", "2024", "11")


def test_stop_words_are_left_out_unless_nothing_else_is_there() -> None:
    assert read_query("where is the cache").words == ("cach",)
    assert read_query("what is this").words


def test_the_telling_part_of_a_text_is_what_stop_words_leave() -> None:
    assert telling("what is the total of a cart").split() == ["total", "cart"]
    assert telling("what is this about") == "what is this about"


def test_what_says_more_than_its_headline_is_a_report() -> None:
    assert not read_query("where is the cache cleared").is_report
    assert not read_query("\n the cache is stale\n\n").is_report
    assert not read_query("where is price * quantity rounded, and what reads SELECT * FROM carts").is_report
    assert read_query(f"the cache is stale\n\nAfter an edit it still answers as before{', and again' * 10}.").is_report


HOSTILE = [
    "<!--",
    "\n",
    " ",
    "@",
    "a/",
    "a.",
    '"',
    "`a",
    "- [ ] x\n",
    "#",
    "*",
    "_",
    "aA",
    "a:1",
    'File "',
    "describe the bug ",
    "-> ",
    "a-",
    "ab-cd ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_takes_long_to_read(piece: str) -> None:
    assert growth(lambda size: read_query(piece * (size // len(piece))), TASK_READ) < LINEAR


@pytest.mark.parametrize(
    "text", ["", "\0", "###", "<!--", "`" * 5_000, "a." * 5_000, "/" * 5_000, "\ud800", '"' * 3_001, "- [ ]\n" * 2_000]
)
def test_any_text_is_a_query(text: str) -> None:
    assert read_query(text).words is not None


LONG = "It was well in the last release, and the one before, where nobody had closed an account yet, as far as we can see."
BODIES = [
    "When an account is closed it fails. See cart.py:12.",
    "I noticed that this broke in the last release, and `apply_credit` raises now.",
    "We're calling Cart.total() twice.",
    "Calling Cart.total() twice gives another sum.",
    "### Describe the bug The total is negative.",
    "**Steps to reproduce** 1. Close it. 2. Refund it.",
    "```python cart.refund() ```",
    ">>> cart.refund() -1",
    'Traceback (most recent call last): File "shop/cart.py", line 12, in refund',
    "The total is negative. - [x] I have searched the issues.",
    "* the total is negative",
    "<!-- Please read CONTRIBUTING first --> The total is negative.",
    "Refunds of closed accounts fail with a negative total since the last release.",
]
"""What follows the titles of reports."""


@pytest.mark.parametrize("body", BODIES)
def test_a_report_on_one_line_reads_as_one_of_several(body: str) -> None:
    title = "Refunds of closed accounts fail"
    forms = [f"{title}\n\n{body}", f"{title} {body}", f"  {title}\r\n\r\n\t{body}\r\n"]
    first, *others = (read_query(f"{form} {LONG} {LONG}") for form in forms)
    assert (first.headline, first.is_report) == (title, True)
    assert others == [first] * 2


def test_a_title_without_an_end_is_cut() -> None:
    parts = [f"part{number}" for number in range(60)]
    assert read_query(" ".join(parts)).headline == " ".join(parts[:15])


def test_a_wrapped_paragraph_reads_as_on_one_line() -> None:
    text = "Refunds of closed accounts fail in the last release. The sum of Cart.total is below 0 after it, and no credit is left."
    assert read_query(textwrap.fill(text, 60)) == read_query(text)
    assert read_query(textwrap.fill(text * 2, 60)) == read_query(text * 2)


PIECES = (
    "`cart`",
    '"two words"',
    "'x y'",
    "don't",
    "Cart.total()",
    "apply_credit",
    "cart.py:12",
    "GET /cart/7",
    "```py",
    "it's",
    '"',
    "`",
    "- a",
)


@given(st.lists(st.sampled_from(PIECES)), st.randoms(use_true_random=False))
def test_white_space_below_the_headline_does_not_matter(pieces: list[str], drawn: Random) -> None:
    ends = "".join(f"{piece}{drawn.choice([' ', chr(10), chr(13) + chr(10), chr(10) * 2 + '  ', chr(9)])}" for piece in pieces)
    assert read_query(f"Refunds fail\n\nAgain {ends}") == read_query(f"Refunds fail\n\nAgain {' '.join(' '.join(pieces).split())}")
