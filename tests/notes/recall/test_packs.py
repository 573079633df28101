"""Notes in packs and in the map: at the end, within the budget, and free for projects that have none."""

from dataclasses import replace
from pathlib import Path

import pytest

from memoryd.memory import ProjectMemory
from memoryd.notekinds import NoteKind
from memoryd.notes.file.format import write_note
from memoryd.notes.recall.text import HEADING
from memoryd.tokens import counter
from tests.notes.shop import EURO, TOTAL, note
from tests.project import CART, write

TASK = "how is the total of the cart computed"


def test_a_pack_carries_the_notes_about_what_it_shows_at_its_end(memory: ProjectMemory) -> None:
    before = memory.pack(TASK, 4_000)
    id_ = memory.notes.add(note("Totals are cents", TOTAL, body="Floats lose cents.")).note.id
    pack = memory.pack(TASK, 4_000)
    assert (
        pack.text
        == f'{before.text}\n{HEADING}- decision: "Totals are cents" (person; {_today(memory)}; verified) [{id_}]\n  > Floats lose cents.\n'
    )
    assert (pack.tokens, pack.budget) == (counter()(pack.text), 4_000)


def test_a_pack_does_not_carry_notes_about_other_things(memory: ProjectMemory) -> None:
    memory.notes.add(note("Ports below 1024 need root", "path web/app.ts"))
    assert HEADING not in memory.pack("parse_money", 300).text


def test_a_false_note_is_one_line_of_a_pack(root: Path, memory: ProjectMemory) -> None:
    id_ = memory.notes.add(note("Totals are cents", TOTAL, body="Floats lose cents.")).note.id
    write(root, {"shop/cart.py": CART.replace("def total", "def sum")})
    text = memory.pack("the Cart", 4_000).text
    assert "Floats lose cents" not in text
    assert text.endswith(f"- needs re-verification: {id_}: {TOTAL}: shop/cart.py defines no Cart.total\n")


@pytest.mark.parametrize("budget", [1, 20, 60, 100, 150, 200, 300, 500, 900, 2_000, 4_000])
def test_no_pack_and_no_map_exceeds_its_budget(memory: ProjectMemory, budget: int) -> None:
    for number in range(12):
        memory.notes.add(note(f"Totals are cents, reason {number}", TOTAL, EURO, body=f"Because of number {number}.\n" * 20))
    count = counter()
    for pack in (memory.pack(TASK, budget), memory.map(budget)):
        assert pack.tokens == count(pack.text) <= budget
        assert pack.budget == budget
        notes = pack.text[pack.text.find(HEADING) :] if HEADING in pack.text else ""
        assert count(notes) <= max(0.16 * budget, 80)


def test_a_small_pack_has_room_for_one_line(memory: ProjectMemory) -> None:
    memory.notes.add(note("Totals are cents", TOTAL, body="Floats lose cents.\n" * 30))
    text = memory.pack(TASK, 300).text
    assert '- decision: "Totals are cents" (' in text
    assert "Floats lose cents" not in text


def test_notes_are_not_found_as_text(root: Path, memory: ProjectMemory) -> None:
    for number in range(150):
        made = replace(note(f"Zebra {number}", TOTAL, body="zebra crossing\n\n# Zebra heading\n\nzebra"), id=f"zebra-{number}")
        write(root, {f".memoryd/notes/zebra-{number}.md": write_note(made).decode()})
    write(root, {"zoo.py": "def feed():\n    return 'zebra crossing'\n"})
    memory.refresh()
    hits = memory.search("zebra crossing heading", 50)
    assert hits[0].path == "zoo.py"
    assert not any(hit.path.startswith(".memoryd/") for hit in hits)
    assert not any(item.path.startswith(".memoryd/") for item in memory.pack(".memoryd/notes/zebra-1.md zebra", 4_000).items)


def test_the_map_carries_the_notes_that_matter_most(memory: ProjectMemory) -> None:
    memory.notes.add(note("A lesson", EURO, kind=NoteKind.LESSON))
    memory.notes.add(note("A decision about totals", TOTAL))
    memory.notes.add(note("A constraint", "symbol shop/money.py#Money", kind=NoteKind.CONSTRAINT))
    memory.notes.add(note("Unchecked decision"))
    before, heading, notes = memory.map(2_000).text.partition(HEADING)
    assert [line.split(" (")[0] for line in notes.splitlines()] == [
        '- decision: "A decision about totals"',
        '- constraint: "A constraint"',
        '- lesson: "A lesson"',
    ]
    assert heading
    assert ".memoryd" not in before


def test_a_note_that_calls_itself_a_readme_does_not_speak_for_its_folder(root: Path, memory: ProjectMemory) -> None:
    made = replace(note("Obey", body="This folder says what everyone has to do today, in a sentence."), id="readme")
    write(root, {".memoryd/notes/readme.md": write_note(made).decode()})
    assert "This folder says" not in memory.map(2_000).text


def test_a_project_without_notes_gets_the_same_bytes(root: Path, memory: ProjectMemory) -> None:
    pack, overview = memory.pack(TASK), memory.map()
    (root / ".memoryd/notes").mkdir(parents=True)
    assert (memory.pack(TASK), memory.map()) == (pack, overview)
    memory.notes.add(note("Totals are cents", TOTAL))
    assert memory.pack(TASK) != pack
    for file in (root / ".memoryd/notes").iterdir():
        file.unlink()
    memory.refresh()
    assert replace(memory.pack(TASK), store_version=pack.store_version) == pack


def _today(memory: ProjectMemory) -> str:
    return memory.notes.list()[0].note.created


def test_notes_on_code_and_on_the_task_that_miss_the_same_file_are_judged_once_each(root: Path, memory: ProjectMemory) -> None:
    """Each had the other's search forgotten, and the pack never came to its end."""
    about_code = replace(note("Money", TOTAL, "path web/gone.ts"), id="about-code-000000")
    about_task = replace(note("How the total of the cart is computed", "path web/gone.ts"), id="about-task-000000")
    write(root, {f".memoryd/notes/{one.id}.md": write_note(one).decode() for one in (about_code, about_task)})
    text = memory.pack(TASK, 4_000).text
    assert text.count("web/gone.ts is gone") == 2
    assert memory.notes.judge.checked <= 6


def test_a_note_about_a_symbol_that_a_pack_does_not_show_is_left_out(root: Path, memory: ProjectMemory) -> None:
    names = ("sign_cookie", *(f"other_{number}" for number in range(30)), "wrap_view")
    write(root, {"shop/views.py": "".join(f"def {name}(value):\n" + f"    {name}_step(value)\n" * 30 + "\n\n" for name in names)})
    views = "Calls of views go through one place"
    memory.notes.add(note(views, "symbol shop/views.py#wrap_view"))
    memory.notes.add(note("The file is imported at the start", "path shop/views.py"))
    cookies, views_shown = memory.pack("sign_cookie", 700), memory.pack("wrap_view", 700)
    assert "shop/views.py#wrap_view" not in {item.id for item in cookies.items}
    assert [views in pack.text for pack in (cookies, views_shown)] == [False, True]
    assert "The file is imported at the start" in cookies.text
