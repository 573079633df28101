"""No regular expression takes more than its share of time, whatever the text: one that does holds up every request."""

import time

import pytest

from memoryd.notes.file.format import read_note
from memoryd.notes.mining.commits import Commit, from_commit
from memoryd.notes.note import canonical_body
from tests.growth import LINEAR, growth
from tests.patterns import expressions, worst

SIZE = 3_000
MOST = 3.5e-6
"""Seconds a character, at most. A quadratic expression takes more on texts of this size, a linear one a tenth."""
BOUNDED = {
    "memoryd.files.listing.line 108": "a complaint of git names one path, at most 4,096 bytes",
}
"""Expressions that meet short texts only, with the bound."""
HOSTILE = {"blanks": " ", "line feeds": "\n", "comments": "<!--", "links": "[", "sentences": "so. "}


def test_every_expression_is_linear_on_its_worst_texts() -> None:
    found = expressions()
    assert len(found) > 150
    slow = {}
    for one in found:
        for text in () if one.place in BOUNDED else worst(one, SIZE):
            began = time.thread_time()
            one.run(text)
            if time.thread_time() - began > MOST * SIZE:
                slow[one.place] = text[:40]
                break
    assert slow == {}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_costs_what_its_size_does(unit: str) -> None:
    def body(size: int) -> None:
        canonical_body("x" + unit * size + "y")
        read_note("a-note", f"---\ntitle: x\nkind: decision\n---\nx{unit * min(size, 15_000)}y".encode())

    def mined(size: int) -> None:
        message = f"Fix {unit.strip() * size} it\n\n{unit * size} We do it because of {unit * size} the cache."
        from_commit(Commit("0" * 40, "2026-01-01", message))

    assert growth(body, 30_000) < LINEAR
    assert growth(mined, 30_000) < LINEAR
