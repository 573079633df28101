"""No regular expression takes more than its share of time, whatever the text: one that does holds up every request."""

import time
from itertools import islice

import pytest

from memoryd.notes.file.format import read_note
from memoryd.notes.mining.commits import Commit, from_commit
from memoryd.notes.note import canonical_body
from tests.growth import FACTOR, LINEAR, growth
from tests.patterns import Expression, expressions, worst

SIZE = 2_000
SUSPECT = 2e-6
"""Seconds a character from which growth is measured: on texts of this size a quadratic expression takes more."""
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
        for position, text in enumerate(() if one.place in BOUNDED else worst(one, SIZE)):
            began = time.thread_time()
            one.run(text)
            if time.thread_time() - began > SUSPECT * SIZE and _growth(one, position) > LINEAR:
                slow[one.place] = text[:40]
                break
    assert slow == {}


def _growth(one: Expression, position: int) -> float:
    texts = {size: next(islice(worst(one, size), position, None)) for size in (SIZE, SIZE * FACTOR)}
    return growth(lambda size: one.run(texts[size]), SIZE * FACTOR)


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
