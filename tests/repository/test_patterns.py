"""No regular expression takes more than its share of time, whatever the text: one that does holds up every request."""

import time
from collections.abc import Callable
from itertools import islice

import pytest

from indexers import index_source, language_of, languages
from indexers.language import mends
from indexers.mending import mended
from memoryd.files.listing import compiled
from memoryd.notes.admission.orders import orders
from memoryd.notes.checks.constants import file_values, text_value
from memoryd.notes.checks.definitions import names, sets_attribute
from memoryd.notes.checks.evidence import _lines_of
from memoryd.notes.file.format import read_note
from memoryd.notes.mining.commits import Commit, from_commit
from memoryd.notes.note import canonical_body
from memoryd.secrets import why_secret
from tests.growth import FACTOR, LINEAR, growth
from tests.lengths import tries
from tests.patterns import Expression, expressions, made_at_run_time, worst

SIZE = tries(600, 4_000)
SUSPECT = 2e-6
"""Seconds a character from which growth is measured: on texts of this size a quadratic expression takes more."""
HOSTILE = {"blanks": " ", "line feeds": "\n", "comments": "<!--", "links": "[", "sentences": "so. "}


def test_every_expression_is_linear_on_its_worst_texts() -> None:
    found = expressions()
    assert len(found) > 150
    slow = {}
    for one in found:
        for position, text in enumerate(worst(one, SIZE)):
            began = time.thread_time()
            one.run(text)
            if time.thread_time() - began > SUSPECT * SIZE and _growth(one, position) > LINEAR:
                slow[one.place] = text[:40]
                break
    assert slow == {}


def _growth(one: Expression, position: int) -> float:
    texts = {size: next(islice(worst(one, size), position, None)) for size in (SIZE, SIZE * FACTOR)}
    return growth(lambda size: one.run(texts[size]), SIZE * FACTOR)


STARTS = ("ignore all ", "ignore all all all all all all all instruction ", "don't tell tell tell tell tell ")
MADE: dict[str, Callable[[int], object]] = {
    "indexers.language._places": lambda size: [
        language_of(f"{unit * (size // len(unit))}.yml") for unit in (".github/workflows/", "compose.", "compose-", "/", "a", "/compose")
    ],
    "indexers.language._recognisers": lambda size: [language_of("a.h", unit * size) for unit in (b"\n", b" ", b"class ", b"#\n")],
    "indexers.language.mends": lambda size: [
        mended(unit * (size // len(unit)), mends(name))
        for name in languages()
        for unit in (b"\n", b" ", b"x\n <", b"x\n\n ", b"class A<", b"class A\n ", b"A_API_", b"A_B ", b"template <>", b") A_B", b")  ")
    ],
    "indexers.mending._finding": lambda size: [
        index_source("groovy", unit * (size // len(unit)))
        for unit in (b"\n@a ", b"@a", b"\n@a(", b"static ", b"class a{", b"/*", b'"""', b"'", b" ", b"{\nclass A{\n", b"{", b"\nclass ")
    ],
    "memoryd.files.listing.compiled": lambda size: [
        compiled(["*.py", "build/", "/doc/*.txt", "!a"]).any.match(unit * (size // len(unit))) for unit in ("a/", "a", "/", "build", "doc/")
    ],
    "memoryd.notes.admission.orders._order": lambda size: [
        orders(unit * (size // len(unit))) for unit in (*STARTS, " ", "\n", "first ", "sag dem benutzer ", "忽略", "a.", "<system ")
    ],
    "memoryd.notes.checks.constants.file_values": lambda size: [
        file_values(unit * size, name, "yaml")
        for unit in ("\n", " ", "a ", "a: ", "a: [\n", "-", "a\n")
        for name in ("a", "-" * 40, "-" * (size // 2) + "b", "a\n" * (size // 2) + "b")
    ],
    "memoryd.notes.checks.constants._as_word": lambda size: text_value("-" * size, "-" * (size // 2) + "b", "go"),
    "memoryd.notes.checks.definitions.sets_attribute": lambda size: [
        sets_attribute(unit * size, name) for unit in (b"self.a ", b"self.a,", b"self.a:", b" ") for name in ("a", "-" * (size // 2) + "b")
    ],
    "memoryd.notes.checks.definitions.names": lambda size: [names(name, b"-" * size) for name in ("-" * 40, "-" * (size // 2) + "b")],
    "memoryd.secrets.kinds._kind": lambda size: [
        why_secret(name, unit * size)
        for name in (".env", ".netrc", ".git-credentials", ".npmrc", ".pypirc", "credentials", "config.json", ".my.cnf", "kubeconfig")
        for unit in (b" ", b"\n", b"a", b"a=", b"password ", b"secret_", b"token:", b'"auth"', b"_auth = ", b":")
    ],
}
"""What is done with the expressions that are made while memoryd runs, for names, quotes and files that mean harm."""


def test_what_is_made_at_run_time_is_linear_for_hostile_names_and_files() -> None:
    assert set(MADE) == made_at_run_time()
    assert [place for place, work in MADE.items() if growth(work, 16_000) > LINEAR] == []


def test_a_quote_is_found_in_time_in_proportion_to_the_file() -> None:
    assert growth(lambda size: _lines_of("a " * (size // 4) + "b", "a " * size), 64_000) < LINEAR


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
