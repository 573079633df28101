"""The life of notes: superseded, retracted, verified, folded, cleared away; and what contradicts each other."""

from dataclasses import replace
from pathlib import Path

import pytest

from memoryd.errors import NoteRefused, UnknownNote
from memoryd.memory import ProjectMemory
from memoryd.notekinds import NoteKind
from memoryd.notes.judge import Standing
from memoryd.notes.recall.text import full
from tests.notes.conftest import Git
from tests.notes.shop import EURO, TOTAL, note
from tests.project import CART, write


def ids(memory: ProjectMemory, standing: Standing) -> list[str]:
    return [one.note.id for one in memory.notes.check().of(standing)]


def test_a_note_says_when_it_was_verified(root: Path, git: Git, memory: ProjectMemory) -> None:
    made = memory.notes.add(replace(note("Cents", TOTAL, EURO), created="2026-11-20", author="agent:claude")).note
    assert (made.verified.commit, set(made.verified.files)) == (git("rev-parse", "HEAD"), {"shop/cart.py", "shop/money.py"})
    assert set(made.verified.symbols) == {"shop/cart.py#Cart.total", "shop/money.py#CURRENCY"}
    assert memory.notes.show(made.id).note == made
    assert memory.notes.show(made.id[:5]).note == made


def test_a_false_note_is_found_the_moment_the_code_changes_and_is_true_again_with_it(root: Path, memory: ProjectMemory) -> None:
    id_ = memory.notes.add(note("Cents", TOTAL)).note.id
    write(root, {"shop/cart.py": CART.replace("def total", "def sum")})
    assert memory.notes.show(id_).because == f"{TOTAL}: shop/cart.py defines no Cart.total"
    assert ids(memory, Standing.FALSE) == [id_]
    write(root, {"shop/cart.py": CART})
    assert ids(memory, Standing.HOLDS) == [id_]


def test_a_superseded_note_stays_as_a_file_and_is_linked(root: Path, memory: ProjectMemory) -> None:
    old = memory.notes.add(note("Totals are floats", TOTAL)).note.id
    new = memory.notes.supersede(old, note("Totals are cents", TOTAL)).note
    assert new.supersedes == (old,)
    assert (root / f".memoryd/notes/{old}.md").exists()
    assert (memory.notes.show(old).standing, memory.notes.show(old).because) == (Standing.SUPERSEDED, f"superseded by {new.id}")
    assert f"supersedes: {old}" in full(memory.notes.show(new.id))
    assert [one.id for one in memory.notes.recall("totals").served] == [new.id]


def test_a_superseding_note_that_is_retracted_lets_the_old_one_live_again(memory: ProjectMemory) -> None:
    old = memory.notes.add(note("Totals are floats", TOTAL)).note.id
    new = memory.notes.supersede(old, note("Totals are cents", TOTAL)).note.id
    memory.notes.retract(new, "It was a mistake")
    assert (ids(memory, Standing.HOLDS), ids(memory, Standing.RETRACTED)) == ([old], [new])


def test_a_retracted_note_is_a_tombstone_with_its_reason(root: Path, memory: ProjectMemory) -> None:
    id_ = memory.notes.add(note("Totals are floats", TOTAL)).note.id
    memory.notes.retract(id_, "They are\nnot")
    assert "retracted: They are not" in (root / f".memoryd/notes/{id_}.md").read_text()
    assert memory.notes.recall("totals floats").text == ""
    assert memory.notes.show(id_).because == "They are not"
    with pytest.raises(NoteRefused, match="needs a reason"):
        memory.notes.retract(id_, " ")


def test_folding_replaces_many_by_one_that_names_them_all(memory: ProjectMemory) -> None:
    old = [memory.notes.add(note(f"Cents, part {part}", TOTAL, body=f"Reason {part}.")).note.id for part in ("one", "two", "three")]
    new = memory.notes.fold(old, note("Cents throughout", TOTAL, body="All reasons.")).note
    assert new.supersedes == tuple(old)
    assert ids(memory, Standing.SUPERSEDED) == sorted(old)
    assert [one.id for one in memory.notes.recall("cents").served] == [new.id]


def test_clearing_away_is_proposed_and_done_only_when_asked(root: Path, memory: ProjectMemory) -> None:
    old = memory.notes.add(note("Old", TOTAL)).note.id
    memory.notes.supersede(old, note("New", TOTAL))
    gone = memory.notes.add(note("Gone", EURO)).note.id
    memory.notes.retract(gone, "No longer so")
    false = memory.notes.add(note("False", "symbol shop/cart.py#Cart.add")).note.id
    write(root, {"shop/cart.py": CART.replace("def add", "def put")})
    proposed = memory.notes.gc()
    assert {removal.id: removal.standing for removal in proposed} == {
        old: Standing.SUPERSEDED,
        gone: Standing.RETRACTED,
        false: Standing.FALSE,
    }
    assert len(list((root / ".memoryd/notes").iterdir())) == 4
    with pytest.raises(NoteRefused, match=f"{false} is neither superseded nor retracted"):
        memory.notes.apply(proposed)
    assert len(list((root / ".memoryd/notes").iterdir())) == 4
    memory.notes.apply(removal for removal in proposed if removal.id != false)
    assert {one.note.id for one in memory.notes.list()} == {false, *ids(memory, Standing.HOLDS)}


def test_a_note_that_does_not_hold_is_not_verified(root: Path, git: Git, memory: ProjectMemory) -> None:
    made = memory.notes.add(note("Cents", TOTAL)).note
    write(root, {"shop/cart.py": CART.replace("def total", "def sum")})
    git.commit("Rename")
    assert memory.notes.verify([made.id])[0].standing == Standing.FALSE
    assert memory.notes.show(made.id).note == made


def test_notes_that_contradict_each_other_are_found_by_what_they_claim(root: Path, memory: ProjectMemory) -> None:
    euro = memory.notes.add(note("Euros", EURO)).note.id
    write(root, {"shop/money.py": 'CURRENCY = "USD"\n'})
    dollar = memory.notes.add(note("Dollars", 'constant shop/money.py#CURRENCY is "USD"')).note.id
    there = memory.notes.add(note("A readme", "path README.md")).note.id
    (root / "README.md").unlink()
    away = memory.notes.add(note("No readme", "not path README.md")).note.id
    terms = [
        memory.notes.add(note(title, kind=NoteKind.GLOSSARY, body=body)).note.id
        for title, body in (("Cart", "A basket."), ("the cart", "A till."))
    ]
    found = {(one.one, one.other): one.because for one in memory.notes.conflicts()}
    pairs = [(min(pair), max(pair)) for pair in ((euro, dollar), (there, away), terms)]
    assert found == {pairs[0]: found[pairs[0]], pairs[1]: found[pairs[1]], pairs[2]: "both say what 'cart' is"}
    memory.notes.supersede(terms[0], note("A cart", kind=NoteKind.GLOSSARY, body="What is meant to be bought."))
    memory.notes.retract(euro, "Now dollars")
    memory.notes.retract(there, "Removed")
    assert len(memory.notes.conflicts()) == 1


def test_what_a_change_disproves_is_told_apart_from_what_was_false_before(root: Path, git: Git, memory: ProjectMemory) -> None:
    broken = memory.notes.add(note("Euros", EURO)).note.id
    holding = memory.notes.add(note("Cents", TOTAL)).note.id
    git.commit("Notes")
    write(root, {"shop/money.py": 'CURRENCY = "USD"\n'})
    base = git.commit("Dollars")
    git("checkout", "--quiet", "-b", "change")
    write(root, {"shop/cart.py": CART.replace("def total", "def sum")})
    assert [one.note.id for one in memory.notes.disproved("main")] == [holding]
    git.commit("Sum")
    assert [one.note.id for one in memory.notes.disproved(base)] == [holding]
    assert {one.note.id for one in memory.notes.disproved(f"{base}~1")} == {broken, holding}
    with pytest.raises(UnknownNote, match="no commit 'nowhere'"):
        memory.notes.disproved("nowhere")
    with pytest.raises(UnknownNote, match="no commit '--help'"):
        memory.notes.disproved("--help")


def test_a_note_rests_on_its_evidence_where_it_claims_nothing(root: Path, memory: ProjectMemory) -> None:
    id_ = memory.notes.add(note("Sums", kind=NoteKind.LESSON, quote=("Sum of everything in the cart.", "shop/cart.py:14"))).note.id
    write(root, {"shop/cart.py": "\n\n" + CART})
    assert ids(memory, Standing.HOLDS) == [id_]
    write(root, {"shop/cart.py": CART.replace("Sum of everything", "All")})
    assert memory.notes.show(id_).because == "the words it quotes from shop/cart.py:14 are gone"
    assert ids(memory, Standing.FALSE) == [id_]


def test_an_unknown_note_is_told_with_those_that_are_near(memory: ProjectMemory) -> None:
    memory.notes.add(note("Cents one", TOTAL))
    memory.notes.add(note("Cents two", EURO))
    with pytest.raises(UnknownNote, match=r"did you mean cents-one-.*, cents-two-"):
        memory.notes.show("cents")
    for id_ in ("", "nothing", "../../etc/passwd"):
        with pytest.raises(UnknownNote, match="memoryd note list"):
            memory.notes.show(id_)
