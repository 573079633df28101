"""An index stays small whatever its history, and whoever reads an older version goes on with the newest."""

import logging
from multiprocessing.connection import Connection
from pathlib import Path

from memoryd.config import Settings
from memoryd.daemon import Projects
from memoryd.memory import ProjectMemory
from tests import warm
from tests.project import MONEY, many, rows, write
from tests.project import fresh_rows as fresh

EDITS = 15
LEFTOVER = ".file.0123456789ab.new"
UNFINISHED = ".tmpcJOB4E"
"""As LanceDB calls a file until it is finished."""


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _versions(memory: ProjectMemory) -> int:
    return len(list(memory.folder.glob("*.lance/_versions/*.manifest")))


def _edited(number: int) -> dict[str, str]:
    """Return four modules that differ from those of every other number."""
    return {path: f"{text}\n\nEDIT = {number}\n" for path, text in list(many(12).items())[number % 3 :: 3]}


def test_after_any_history_an_index_takes_at_most_a_few_times_what_a_fresh_one_takes(tmp_path: Path) -> None:
    root, settings = tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)
    write(root, many(12))
    with ProjectMemory(root, settings) as memory:
        memory.refresh()
        first = _size(memory.folder)
        sizes, versions = [], []
        for number in range(EDITS):
            write(root, _edited(number))
            memory.refresh()
            sizes.append(_size(memory.folder))
            versions.append(_versions(memory))
        assert 1 in versions
        assert memory.verify().damaged == ()
    assert max(sizes) < 3 * first
    assert rows(root, settings.home) == fresh(root, tmp_path / "fresh")


def _read(pipe: Connection, root: Path, home: Path) -> None:
    """Load a version, tell so, and answer from it when told to; send the answer and the warnings."""
    said: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    logging.getLogger("memoryd").addHandler(Keep())
    with ProjectMemory(root, Settings(home, embedder="hash", workers=1)) as memory:
        version = memory.view().version
        pipe.send(version)
        while pipe.recv():
            found = memory.search("parse_money")[0].id, memory.pack("parse_money pay").items[0].path, len(memory.map().text) > 0
            pipe.send((found, memory.status().fresh, said))


def test_a_reader_in_another_process_is_not_harmed_when_its_version_is_removed(root: Path, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", embedder="hash", workers=1)
    ours, theirs = warm.CONTEXT.Pipe()
    with ProjectMemory(root, settings) as memory:
        memory.refresh()
        reader = warm.CONTEXT.Process(target=_read, args=(theirs, root, settings.home))
        reader.start()
        theirs.close()
        version = ours.recv()
        files = set(memory.folder.rglob("*"))
        manifest = 2**64 - 1 - version  # as LanceDB numbers them
        for number in range(5 * EDITS):
            write(root, {"shop/money.py": MONEY, **_edited(number)})
            memory.refresh()
            if not any(memory.folder.glob(f"*.lance/_versions/{manifest}.manifest")):
                break
        assert files - set(memory.folder.rglob("*"))
        ours.send(True)
        assert ours.recv() == (("shop/money.py#parse_money", "shop/money.py", True), True, [])
        ours.send(False)
    reader.join()
    assert reader.exitcode == 0


def test_what_killed_writers_left_is_removed_by_the_next_start(root: Path, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", embedder="hash", workers=1)
    with ProjectMemory(root, settings) as memory:
        memory.refresh()
        places = [root / ".memoryd/notes", settings.home, memory.folder.parent, memory.folder]
        for place in places:
            place.mkdir(parents=True, exist_ok=True)
            (place / LEFTOVER).write_text("half")
        (table,) = memory.folder.glob("*.lance")
        half = [table / "data" / UNFINISHED, table / "_versions" / UNFINISHED, table / "data/half.lance"]
        for file in half:
            file.write_text("half")
        memory.refresh()
        assert [file for file in half if file.exists()] == []
    Projects(settings).close()
    assert [place for place in places if (place / LEFTOVER).exists()] == []
