"""The grammar of claims: what is written is read back, and what makes no sense is told how a claim reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.errors import ClaimMalformed
from memoryd.notes.claim import EXAMPLES, JOINS, LINKS, OF_SYMBOLS, Claim, ClaimKind, split_name

NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
PART = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/#\0"), min_size=1, max_size=10).filter(
    lambda part: part not in (".", "..")
)
PATH = st.lists(PART, min_size=1, max_size=3).map("/".join).map(lambda path: path.replace("\\", "\\\\"))
"""Paths as the index spells them: it doubles each backslash, so none can escape the `#` that follows."""
SYMBOL = st.tuples(PATH, PART).map("#".join)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    kind = draw(st.sampled_from(ClaimKind))
    subject = draw(NAME if kind == ClaimKind.COMMAND else SYMBOL if kind in OF_SYMBOLS else PATH)
    target = draw(PATH | SYMBOL) if kind in LINKS else ""
    value = ""
    if kind == ClaimKind.TEXT:
        value = draw(NAME)
    elif kind == ClaimKind.COMMAND:
        value = str(draw(st.integers(-255, 255)))
    elif kind in JOINS and kind not in LINKS:
        value = " ".join(draw(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1)).split())
    return Claim(kind, subject, target, value, draw(st.booleans()))


@given(claims())
def test_a_claim_reads_back_as_it_was_written(claim: Claim) -> None:
    assert Claim.parse(str(claim)) == claim
    assert str(claim).isprintable()


@pytest.mark.parametrize("text", EXAMPLES.values())
@pytest.mark.parametrize("prefix", ["", "not "])
def test_the_plain_form_is_the_canonical_form(prefix: str, text: str) -> None:
    assert str(Claim.parse(f"  {prefix}{text} ")) == prefix + text


def test_operands_with_blanks_are_quoted() -> None:
    claim = Claim.parse('text "my notes/a b.txt" has "two\\nlines"')
    assert (claim.subject, claim.value, claim.paths()) == ("my notes/a b.txt", "two\nlines", ("my notes/a b.txt",))


def test_a_claim_names_the_paths_of_both_ends() -> None:
    assert Claim.parse("calls a.py#f -> b/c.py#C.g").paths() == ("a.py", "b/c.py")
    assert Claim.parse("calls a.py#f -> b/c.py#C.g").symbols() == ("a.py#f", "b/c.py#C.g")
    assert Claim.parse("imports a.py -> json.dumps").paths() == ("a.py",)
    assert Claim.parse("imports a.py -> b.py").paths() == ("a.py", "b.py")
    assert Claim.parse('command "pytest -q" exits 0').paths() == ()


def test_a_folder_may_hold_the_mark_of_a_symbol_and_a_symbol_too() -> None:
    assert split_name("src/c#/cart.cs#Cart.Total") == ("src/c#/cart.cs", "Cart.Total")
    assert split_name("cart.js#Cart.#total") == ("cart.js", "Cart.#total")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "not",
        "not not path a",
        "pathx a",
        "path",
        "path a b",
        "symbol shop/cart.py",
        "symbol #x",
        "signature a.py#f",
        "signature a.py#f was x",
        "signature a.py#f is",
        "constant a.py#X is  ",
        "calls a.py#f",
        "calls a.py#f ->",
        "calls a.py#f -> b.py#g -> c.py#h",
        "text a.py has",
        'text a.py has "x',
        'text a.py has "\\q"',
        "text a.py has x y",
        "command x exits zero",
        "command x exits",
        'command "" exits 0',
        "path ../outside",
        "path /etc/passwd",
        "path a/../b",
        "path ./a",
        "path a//b",
        "symbol ../a.py#f",
        "calls a.py#f -> ../b.py#g",
        "imports a.py -> /b.py",
        "path " + "a" * 3_000,
    ],
)
def test_what_is_no_claim_is_told_how_one_reads(text: str) -> None:
    with pytest.raises(ClaimMalformed, match=r"reads like|kinds are|may follow"):
        Claim.parse(text)
