"""What a search prints: columns that are aligned, whatever the width of characters, and colours for a terminal alone."""

import os
import pty
import re

import pytest

from memoryd.faces.cli.output import drawn
from memoryd.model import BestLine, Hit

LONG = "total = " + "price + " * 40
HITS = (
    Hit("shop/cart.py#Cart.total", "shop/cart.py", 13, 15, "method", 0.9, ("name", "text"), "Cart.total", BestLine(13, "def total(self):")),
    Hit("価格.py:1-2", "価格.py", 1, 2, "block", 0.25, ("text",), "", BestLine(2, f"\tx\x1b[2J{LONG}")),
    Hit("README.md#pay\u202eing", "README.md", 5, 7, "section", 0.125, ("vector",), "Pay\u202eing", None),
)
DRAWN = f"""\
0.9000  shop/cart.py:13-15  method Cart.total     (name, text)
        13: def total(self):
0.2500  価格.py:1-2         block                 (text)
         2:     x\\x1b[2J{LONG[:135].rstrip()}…
0.1250  README.md:5-7       section Pay\\u202eing  (vector)
"""


def test_columns_are_aligned_and_what_steers_is_escaped() -> None:
    assert drawn(HITS) == DRAWN


def test_what_is_longer_than_a_column_moves_only_its_own_line() -> None:
    far = Hit("a", f"{'deep/' * 20}cart.py", 1, 1, "file", 0.1, ("path",))
    lines = drawn((*HITS, far)).splitlines()
    assert lines[:-1] == DRAWN.splitlines()
    assert lines[-1].startswith(f"0.1000  {'deep/' * 20}cart.py:1-1  file  ")


def on_terminal(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> str:
    """Return the hits as they are drawn on a terminal."""
    terminal, end = pty.openpty()
    with os.fdopen(end, "w") as screen, monkeypatch.context() as patch:
        for name, value in {"NO_COLOR": "", "TERM": "xterm", **settings}.items():
            patch.setenv(name, value)
        patch.setattr("sys.stdout", screen)
        text = drawn(HITS)
    os.close(terminal)
    return text


def test_on_a_narrow_terminal_what_a_hit_is_stands_below_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    text = on_terminal(monkeypatch, {"COLUMNS": "60", "NO_COLOR": "1"})
    assert text.splitlines()[:3] == ["0.9000  shop/cart.py:13-15", "  method Cart.total", "  13: def total(self):"]
    assert max(map(len, text.splitlines())) <= 60


@pytest.mark.parametrize(("settings", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_hits_are_in_colour_on_a_terminal_that_may_have_any(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], is_coloured: bool
) -> None:
    text = on_terminal(monkeypatch, {"COLUMNS": "160", **settings})
    assert ("\x1b[1m" in text) == is_coloured
    assert re.sub(r"\x1b\[\d+m", "", text) == DRAWN
