"""Bytes of an index that change on the disk are noticed before they are believed, and made again from the working tree."""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.store import Unreadable
from tests import warm
from tests.project import FILES, MONEY, Shell, fresh_rows, index_folder, rows, write

FLIPS = 3
"""Bits that are flipped in each file."""
KINDS = (
    "meta.json",
    "*.lance/data/*",
    "*.lance/_deletions/*",
    "*.lance/_versions/*.manifest",
    "*.lance/_indices/*/*",
    "facts-*-????????.arrow",
    "*.units.arrow",
    "*.graph.arrow",
    "*.docs.arrow",
    "stat.json",
)
UNREAD = ("*.docs.arrow", "stat.json")
"""The kinds of files that a search does not read, or whose loss costs only time."""
BESIDE = ("arrow", "docs.arrow", "graph.arrow", "units.arrow")
"""The suffixes of the arrays beside a table: its search index, and the image of a version."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Give a project with a sound index of two versions."""
    base = tmp_path_factory.mktemp("sound")
    write(base / "project", FILES)
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as memory:
        memory.refresh()
        write(base / "project", {"shop/money.py": MONEY + "\n\nCENT = 1\n"})
        memory.refresh()
    return Shell(base / "project", base / "home")


@pytest.fixture
def shell(sound: Shell, tmp_path: Path) -> Shell:
    shutil.copytree(sound.home, tmp_path / "home")
    return Shell(sound.root, tmp_path / "home")


@pytest.fixture(scope="module")
def expected(sound: Shell, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, ...]]:
    return fresh_rows(sound.root, tmp_path_factory.mktemp("fresh") / "home")


def _flipped(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]


def _all_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size)


def test_whichever_bit_of_an_index_is_flipped_and_whichever_file_is_gone_its_rows_are_refused_or_right(
    shell: Shell, expected: list[tuple[str, ...]]
) -> None:
    chance = random.Random(5)
    refused = 0
    for file in _all_files(index_folder(shell.root, shell.home)):
        whole = file.read_bytes()
        for data in (*(_flipped(whole, chance) for _ in range(FLIPS)), None):
            file.unlink()
            if data is not None:
                file.write_bytes(data)
            try:
                assert rows(shell.root, shell.home) == expected, file
            except Unreadable:
                refused += 1
            file.write_bytes(whole)
    assert refused > 10 * FLIPS


@pytest.mark.parametrize("kind", KINDS)
def test_after_a_flipped_bit_answers_and_rows_are_those_of_a_sound_index(shell: Shell, expected: list[tuple[str, ...]], kind: str) -> None:
    before = warm.run(shell, "search", "parse_money", "--json").json
    folder, chance = index_folder(shell.root, shell.home), random.Random(7)
    if "arrow" not in kind:  # then rows come from the table
        _lose_the_image(folder)
    damaged = list(folder.glob(kind))
    for file in damaged:
        file.write_bytes(_flipped(file.read_bytes(), chance))
    done = warm.run(shell, "search", "parse_money", "--json")
    assert (done.code, done.json) == (0, before)
    assert (done.err.count("\n"), done.err.count("again") + done.err.count("it is rebuilt")) == ((0, 0) if kind in UNREAD else (1, 1))
    assert damaged
    assert rows(shell.root, shell.home) == expected
    if "arrow" in kind:  # what was made again is saved by the next refresh, or the next answer
        assert warm.run(shell, "reindex").err == ""
        assert warm.run(shell, "map").err.count("again") == (kind == "*.docs.arrow")
        assert warm.run(shell, "map").err == ""
        assert tuple(sorted(file.name.partition(".")[2] for file in folder.glob("*.arrow"))) == BESIDE


def _lose_the_image(folder: Path) -> None:
    for file in folder.glob("*.units.arrow"):
        file.unlink()


@pytest.mark.parametrize("kind", KINDS[1:5])
def test_while_nothing_changes_a_damaged_table_harms_no_answer_and_is_noticed_by_the_next_change(shell: Shell, kind: str) -> None:
    before = warm.run(shell, "search", "parse_money", "--json")
    folder, chance = index_folder(shell.root, shell.home), random.Random(7)
    for file in folder.glob(kind):
        file.write_bytes(_flipped(file.read_bytes(), chance))
    assert warm.run(shell, "search", "parse_money", "--json") == before
    with ProjectMemory(shell.root, Settings(shell.home, embedder="hash", workers=1)) as memory:
        assert memory.verify().damaged
        assert not memory.verify().damaged
    assert warm.run(shell, "search", "parse_money", "--json").json["hits"] == before.json["hits"]


def _flip_in_place(file: Path, chance: random.Random) -> None:
    """Flip a bit as a disk does it: whoever has the file open, or mapped, reads the other byte from now on."""
    with file.open("r+b") as opened:
        data = opened.read()
        opened.seek(0)
        opened.write(_flipped(data, chance))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[ProjectMemory]:
    """Give a memory that has its table open and its arrays mapped, as a daemon's that lives for days."""
    write(tmp_path / "project", {**FILES, "much.py": "".join(f"def made_{number}():\n    return {number}\n\n\n" for number in range(50))})
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.refresh()
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.search("parse_money")
        write(memory.root, {"shop/money.py": MONEY + "\n\nCENT = 1\n"})
        memory.refresh()
        yield memory


def _rows_of(memory: ProjectMemory) -> list[tuple[str, ...]]:
    return rows(memory.root, memory.folder.parents[2])


def test_rows_that_were_damaged_since_they_were_opened_are_never_written_anew(
    running: ProjectMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("memoryd.store.tidying.SLACK", -(1 << 30))  # so the next refresh writes the table once more
    for file in running.folder.glob("*.lance/data/*"):
        _flip_in_place(file, random.Random(3))
    write(running.root, {"shop/money.py": MONEY + "\n\nPENNY = 1\n"})
    running.refresh()
    assert _rows_of(running) == fresh_rows(running.root, tmp_path / "fresh")
    assert caplog.text.count("it is rebuilt") == 1


def test_a_table_that_was_opened_long_ago_is_compared_before_a_change_rests_on_it(
    running: ProjectMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("memoryd.store.published.TRUSTED_SECONDS", 0.0)
    for file in running.folder.glob("*.lance/data/*"):
        _flip_in_place(file, random.Random(3))
    (running.root / "much.py").rename(running.root / "moved.py")  # whose rows are not made anew
    running.refresh()
    assert _rows_of(running) == fresh_rows(running.root, tmp_path / "fresh")
    assert caplog.text.count("it is rebuilt") == 1


@pytest.mark.parametrize("suffix", BESIDE)
def test_arrays_that_were_damaged_since_they_were_mapped_are_never_saved_anew(
    running: ProjectMemory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, suffix: str
) -> None:
    for share in ("SHARE", "ROWS"):  # so the next refresh saves another image, and another search index
        monkeypatch.setattr(f"memoryd.versions.changes.CHANGED_{share}", 0)
        monkeypatch.setattr(f"memoryd.searchindex.index_file.SCATTERED_{share}", 0)
    (damaged,) = (file for file in running.folder.glob("*.arrow") if file.name.partition(".")[2] == suffix)
    _flip_in_place(damaged, random.Random(4))
    write(running.root, {"shop/money.py": MONEY + "\n\nPENNY = 1\n"})
    running.refresh()
    assert caplog.text.count("it is rebuilt") == 1
    assert not running.verify().damaged


def _manifests(folder: Path) -> list[Path]:
    """Return the manifests of all versions, the newest first, as LanceDB numbers them."""
    return sorted(folder.glob("*.lance/_versions/*.manifest"))


def _lose_the_newest(folder: Path) -> None:
    _manifests(folder)[0].unlink()


def _put_an_older_in_its_place(folder: Path) -> None:
    newest, older, *_ = _manifests(folder)
    shutil.copyfile(older, newest)


def _add_one_that_is_newer(folder: Path) -> None:
    newest, older, *_ = _manifests(folder)
    shutil.copyfile(older, newest.with_name(f"{int(newest.stem) - 1}.manifest"))


@pytest.mark.parametrize("change", [_lose_the_newest, _put_an_older_in_its_place, _add_one_that_is_newer])
def test_a_manifest_that_is_gone_or_another_never_serves_another_version(
    shell: Shell, expected: list[tuple[str, ...]], change: Callable[[Path], None]
) -> None:
    folder = index_folder(shell.root, shell.home)
    change(folder)
    try:
        assert rows(shell.root, shell.home) == expected
    except Unreadable:
        assert "it is rebuilt" in warm.run(shell, "search", "parse_money").err
    with ProjectMemory(shell.root, Settings(shell.home, embedder="hash", workers=1)) as memory:
        memory.refresh()
        assert rows(shell.root, shell.home) == expected
        assert memory.search("CENT")[0].path == "shop/money.py"


def test_what_a_killed_writer_committed_and_did_not_publish_does_not_count(tmp_path: Path) -> None:
    root, settings = tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)
    write(root, FILES)
    with ProjectMemory(root, settings) as memory:
        memory.refresh()
        published = (memory.folder / "meta.json").read_bytes()
        before = rows(root, settings.home)
        write(root, {"shop/money.py": MONEY + "\n\nCENT = 1\n"})
        memory.refresh()
        (memory.folder / "meta.json").write_bytes(published)
    assert rows(root, settings.home) == before
    write(root, {"shop/money.py": MONEY})
    with ProjectMemory(root, settings) as memory:
        assert not memory.refresh().has_changes
        assert len(_manifests(memory.folder)) == 1  # what was left is gone, although nothing changed
        assert rows(root, settings.home) == before
        write(root, {"shop/money.py": MONEY + "\n\nPENNY = 1\n"})
        memory.refresh()
        assert memory.search("PENNY")[0].path == "shop/money.py"
    assert rows(root, settings.home) == fresh_rows(root, tmp_path / "fresh")


@pytest.mark.parametrize("kind", ["meta.json", "*.lance/_deletions/*", "*.arrow"])
def test_verify_names_what_is_damaged_and_makes_it_again(shell: Shell, expected: list[tuple[str, ...]], kind: str) -> None:
    sound = warm.run(shell, "verify", "--json")
    assert (sound.code, sound.json["sound"], sound.err) == (0, True, "")
    assert sound.json["files"] > 5
    file = next(iter(index_folder(shell.root, shell.home).glob(kind)))
    file.write_bytes(_flipped(file.read_bytes(), random.Random(1)))
    done = warm.run(shell, "verify", "--json")
    assert (done.code, done.json["sound"], done.err.count("\n")) == (3, False, 1)
    assert file.name in done.json["damaged"][0]
    assert warm.run(shell, "verify").code == 0
    assert rows(shell.root, shell.home) == expected


def test_verify_without_an_index_makes_none(sound: Shell, tmp_path: Path) -> None:
    done = warm.run(Shell(sound.root, tmp_path / "none"), "verify")
    assert (done.code, done.text) == (0, "nothing is indexed; run: memoryd reindex .\n")
    assert not (tmp_path / "none").exists()


def test_a_folder_in_the_place_of_any_file_of_an_index_is_removed_and_the_file_made_again(
    shell: Shell, expected: list[tuple[str, ...]]
) -> None:
    folder = index_folder(shell.root, shell.home)
    warm.run(shell, "map")
    # Those inside of the table, and the pointer, are made again with all of it.
    places = [*folder.glob("*.arrow"), folder / "stat.json", folder.parent / "refresh.lock"]
    assert len(places) == len(BESIDE) + 2
    for place in places:
        place.unlink()
        (place / "foreign").mkdir(parents=True)
    with ProjectMemory(shell.root, Settings(shell.home, embedder="hash", workers=1)) as memory:
        memory.refresh()
        memory.verify()
        assert memory.search("CENT")
        memory.refresh()
        assert not memory.verify().damaged
    assert [place.name for place in places if place.is_dir()] == []
    assert rows(shell.root, shell.home) == expected


FOREIGN = (".meta.json.0123456789ab.new", "facts-9-abc.lance", "facts-1-abc.arrow", "notes.json", "tmp")


@pytest.mark.parametrize("is_folder", [True, False], ids=["folders", "files"])
def test_what_nobody_asked_for_in_the_folder_of_an_index_stops_nothing(
    shell: Shell, expected: list[tuple[str, ...]], is_folder: bool
) -> None:
    folder = index_folder(shell.root, shell.home)
    for name in FOREIGN:
        if is_folder:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(b"foreign")
    with ProjectMemory(shell.root, Settings(shell.home, embedder="hash", workers=1)) as memory:
        assert not memory.refresh().has_changes
        assert memory.search("CENT")
        memory.verify()
        assert not memory.verify().damaged
    assert {name for name in FOREIGN if name.endswith(("arrow", "lance", "new")) and (folder / name).exists()} == set()
    assert rows(shell.root, shell.home) == expected
