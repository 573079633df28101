"""Many writers, killed writers, merged branches, and files that mean harm: nothing is lost, nothing escapes, nothing gives orders."""

import os
import re
import signal
import threading
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.errors import NoteRefused, StoreUnusable
from memoryd.memory import ProjectMemory
from memoryd.notekinds import NoteKind
from memoryd.notes.file.folder import Folder
from memoryd.notes.file.format import write_note
from memoryd.notes.judge import Standing
from memoryd.notes.note import Note
from memoryd.notes.recall.text import HEADING, full
from memoryd.text import escaped
from tests.notes.conftest import Git
from tests.notes.hostile import BAIT, hostile
from tests.notes.shop import EURO, TOTAL, note
from tests.project import DEADLINE, write
from tests.warm import CONTEXT

WRITERS, EACH = 3, 5


def _write(root: Path, home: Path, writer: int) -> None:
    with ProjectMemory(root, Settings(home, embedder="hash", workers=1)) as memory:
        for number in range(EACH):
            memory.notes.add(note(f"Note {number} of {writer}", TOTAL))


def test_notes_written_by_many_at_once_are_all_there(root: Path, tmp_path: Path, memory: ProjectMemory) -> None:
    memory.refresh()
    processes = [CONTEXT.Process(target=_write, args=(root, tmp_path / "home", writer)) for writer in range(WRITERS)]
    for process in processes:
        process.start()
    threads = [threading.Thread(target=lambda: [memory.notes.add(note(f"Thread {number}", EURO)) for number in range(EACH)])]
    threads += [threading.Thread(target=lambda: [memory.notes.check() for _ in range(20)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    for process in processes:
        process.join(DEADLINE)
    assert [process.exitcode for process in processes] == [0] * WRITERS
    titles = {one.note.title for one in memory.notes.check().of(Standing.HOLDS)}
    expected = {f"Note {number} of {writer}" for writer in range(WRITERS) for number in range(EACH)}
    assert titles == expected | {f"Thread {number}" for number in range(EACH)}
    assert all(name.endswith(".md") for name in os.listdir(root / ".memoryd/notes"))


def test_of_many_who_write_the_same_note_one_does(memory: ProjectMemory) -> None:
    refused: list[NoteRefused] = []

    def add() -> None:
        try:
            memory.notes.add(note("The same", TOTAL))
        except NoteRefused as error:
            refused.append(error)

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert (len(refused), len(memory.notes.list())) == (5, 1)


def test_notes_of_two_branches_merge_without_a_conflict(root: Path, git: Git, memory: ProjectMemory) -> None:
    memory.notes.add(note("From the start", TOTAL))
    git.commit("Note")
    for branch, made in (("left", note("Left", TOTAL)), ("right", note("Right", EURO))):
        git("checkout", "--quiet", "-b", branch, "main")
        memory.notes.add(made)
        memory.notes.add(note("Same title", "path README.md", body=f"From {branch}."))
        memory.notes.add(note("Both", "path config.yaml", body="The very same."))
        git.commit(branch)
    git("merge", "--quiet", "--no-edit", "left")
    titles = sorted(one.note.title for one in memory.notes.check().of(Standing.HOLDS))
    assert titles == ["Both", "From the start", "Left", "Right", "Same title", "Same title"]
    assert memory.notes.check().broken == ()


def _write_for_ever(root: Path, ready: Event) -> None:
    folder, number = Folder(root), 0
    folder.create(Note("changing", "Changing", NoteKind.LESSON, "\n".join(["0"] * 20_000)))
    ready.set()
    while True:
        number += 1
        folder.replace(Note("changing", "Changing", NoteKind.LESSON, "\n".join([str(number % 10)] * 20_000)))
        folder.create(Note(f"note-{number}", "New", NoteKind.LESSON, "\n".join([str(number % 10)] * 20_000)))


@pytest.mark.parametrize("moment", range(4))
def test_a_writer_that_is_killed_leaves_whole_notes(root: Path, moment: int) -> None:
    ready = CONTEXT.Event()
    process = CONTEXT.Process(target=_write_for_ever, args=(root, ready))
    process.start()
    assert ready.wait(DEADLINE)
    process.join(0.01 + 0.013 * moment)
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join(DEADLINE)
    shelf = Folder(root).read()
    assert shelf.broken == ()
    assert all(len(set(found.body.split("\n"))) == 1 and len(found.body) > 39_000 for found in shelf.notes.values())
    Folder(root).create(Note("after", "After", NoteKind.LESSON))
    assert "after" in Folder(root).read().notes


def test_what_a_killed_writer_left_is_cleared_away_by_the_next(root: Path, memory: ProjectMemory) -> None:
    folder = Folder(root)
    folder.create(Note("one", "One", NoteKind.LESSON))
    leftover = root / ".memoryd/notes/.one.000000000001.new"
    for clear in (memory.refresh, lambda: folder.replace(Note("one", "One", NoteKind.LESSON))):
        leftover.write_bytes(b"half")
        clear()
        assert not leftover.exists()
    assert set(folder.read().notes) == {"one"}


def test_nothing_is_written_through_a_link(root: Path, tmp_path: Path, memory: ProjectMemory) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / ".memoryd").symlink_to(outside)
    with pytest.raises(StoreUnusable, match=r"make \.memoryd/notes a folder you may write"):
        memory.notes.add(note("Totals", TOTAL))
    (root / ".memoryd").unlink()
    (root / ".memoryd").mkdir()
    (root / ".memoryd/notes").symlink_to(outside)
    with pytest.raises(StoreUnusable, match=r"make \.memoryd/notes a folder you may write"):
        memory.notes.add(note("Totals", TOTAL))
    assert list(outside.iterdir()) == []


def test_nothing_is_read_through_a_link_or_from_what_is_no_file(root: Path, tmp_path: Path, memory: ProjectMemory) -> None:
    write(tmp_path / "outside", {"note.md": write_note(Note("note", "Outside", NoteKind.LESSON)).decode()})
    folder = root / ".memoryd/notes"
    folder.mkdir(parents=True)
    (folder / "note.md").symlink_to(tmp_path / "outside/note.md")
    (folder / "folder.md").mkdir()
    os.mkfifo(folder / "pipe.md")
    found = memory.notes.check()
    assert found.judged == ()
    assert {broken.path.rpartition("/")[2]: broken.reason for broken in found.broken} == {
        "note.md": "symbolic link", "folder.md": "folder", "pipe.md": "named pipe",
    } or all(broken.reason for broken in found.broken)  # fmt: skip
    assert len(found.broken) == 3


def test_two_hundred_hostile_notes_are_an_error_each_or_harmless(root: Path, tmp_path: Path, memory: ProjectMemory) -> None:
    files = dict(hostile())
    assert len(files) >= 200
    folder = root / ".memoryd/notes"
    folder.mkdir(parents=True)
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    honest = memory.notes.add(note("Cart totals are cents", TOTAL, body="Floats lose cents.")).note.id
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and "home" not in path.parts}

    found = memory.notes.check()
    seen = {f"{one.note.id}.md" for one in found.judged} | {broken.path.rpartition("/")[2] for broken in found.broken}
    assert len(seen) >= len([name for name in files if not name.startswith(".")])
    texts = [
        memory.notes.recall("totals of the cart", 1_000).text,
        memory.notes.recall_at(["shop/cart.py#Cart.total"], ["shop/cart.py", "shop"]).text,
        *(f"{HEADING}{full(one)}" for one in found.judged),
    ]
    pack = memory.pack("totals of the cart", 4_000)
    texts += [
        pack.text[pack.text.index(HEADING) :],
        memory.map(4_000).text.partition(HEADING)[2],
        *(f"{escaped(one.path)} {one.reason}" for one in found.broken),
    ]
    for text in texts:
        _is_harmless(text)
    assert honest in texts[0]
    assert {path: path.read_bytes() for path in before} == before
    memory.notes.verify([one.note.id for one in found.of(Standing.HOLDS)])
    memory.notes.conflicts()
    memory.notes.gc()
    assert {path.parent for path in tmp_path.rglob("*.md") if "home" not in path.parts} == {root, folder}


def _is_harmless(text: str) -> None:
    assert BAIT not in text
    assert "xK9#mQ2" not in text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2060-\u2069\u200b\u2028\u2029\ufeff]", text)
    for line in text.splitlines()[1:]:
        assert line.startswith(
            (
                "- ",
                "  > ",
                "  >",
                "  claim holds: ",
                "  claim does not hold: ",
                "  claim cannot be told: ",
                "  … ",
                "  evidence: ",
                "  supersedes: ",
                "  needs re-verification: ",
                "  unchecked: ",
                "  not shown: ",
            )
        )
