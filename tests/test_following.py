"""A project that is followed is scanned only where events do not tell all, and never answers from an older tree than there is."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.errors import NotAProject
from memoryd.files import Scan, scan
from memoryd.files.mounts import is_local
from memoryd.memory import ProjectMemory
from tests.project import CART, MONEY, fresh_rows, rows, write

TABLE = (
    b"21 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
    b"22 21 0:5 / /mnt/far rw - nfs4 host:/far rw\n"
    b"23 21 0:6 / /mnt/a\\040b rw - fuse.sshfs x rw\n"
)
QUEUED = 16_384
"""The events that a queue holds where nobody set it otherwise."""

pytestmark = pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="Only Linux tells of every change.")


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The scans of a project's files, as they are made."""
    made: list[Path] = []

    def counted(root: Path) -> Scan:
        made.append(root)
        return scan(root)

    monkeypatch.setattr("memoryd.indexing.refresh.scan", counted)
    return made


@pytest.fixture
def followed(root: Path, tmp_path: Path, scans: list[Path]) -> Iterator[ProjectMemory]:
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.follow()
        for _ in range(4):  # index, listen, hear, know
            memory.refresh()
        scans.clear()
        yield memory


def test_where_nothing_happens_nothing_is_scanned(followed: ProjectMemory, scans: list[Path]) -> None:
    assert not followed.refresh().has_changes
    assert followed.status().fresh
    assert scans == []
    assert not followed.rescan().has_changes
    assert len(scans) == 1


def test_an_edit_is_found_at_once_without_a_scan(followed: ProjectMemory, scans: list[Path], tmp_path: Path) -> None:
    write(followed.root, {"shop/money.py": MONEY.replace("parse_money", "read_money")})
    assert followed.status().changes.modified == ("shop/money.py",)
    assert followed.refresh().modified == 1
    aside = followed.root / "shop/.cart.py.swp"
    aside.write_text(CART.replace("total", "amount_due"))
    aside.replace(followed.root / "shop/cart.py")
    assert followed.refresh().modified == 1
    (followed.root / "config.yaml").unlink()
    assert followed.refresh().removed == 1
    assert scans == []
    assert rows(followed.root, tmp_path / "home") == fresh_rows(followed.root, tmp_path / "fresh")


def test_a_file_written_by_a_name_elsewhere_is_found(followed: ProjectMemory, tmp_path: Path) -> None:
    os.link(followed.root / "shop/money.py", tmp_path / "elsewhere.py")
    (tmp_path / "elsewhere.py").write_text(MONEY.replace("parse_money", "read_money"))
    assert followed.refresh().modified == 1


def test_what_another_process_indexed_meanwhile_is_compared_anew(followed: ProjectMemory, tmp_path: Path) -> None:
    write(followed.root, {"shop/money.py": MONEY.replace("parse_money", "read_money")})
    with ProjectMemory(followed.root, Settings(tmp_path / "home", embedder="hash", workers=1)) as other:
        other.refresh()
    write(followed.root, {"shop/money.py": MONEY})
    assert followed.refresh().modified == 1
    assert followed.search("parse_money")[0].id == "shop/money.py#parse_money"


def test_edits_are_found_where_events_are_lost(followed: ProjectMemory) -> None:
    places = [followed.root / "README.md", followed.root / "config.yaml"]
    for number in range(QUEUED + 10):
        os.utime(places[number % 2])
    write(followed.root, {"shop/money.py": MONEY.replace("parse_money", "read_money")})
    assert followed.refresh().modified == 1


def test_edits_are_found_where_others_may_write_the_files(
    root: Path, tmp_path: Path, scans: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memoryd.files.mounts.LOCAL", frozenset())
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.follow()
        for expected in range(1, 5):
            memory.refresh()
            assert len(scans) == expected


def test_a_repository_around_the_project_and_a_moved_folder_are_noticed(tmp_path: Path) -> None:
    root = tmp_path / "around/project"
    write(root, {"a.py": "A = 1\n", "b.log": "b\n"})
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.follow()
        for _ in range(4):
            memory.refresh()
        write(tmp_path / "around", {".gitignore": "*.log\n"})
        subprocess.run(["git", "init", "-q", str(tmp_path / "around")], check=True)
        assert memory.refresh().removed == 1
        for _ in range(3):
            memory.refresh()
        (tmp_path / "around").rename(tmp_path / "moved")
        with pytest.raises(NotAProject):
            memory.refresh()


@pytest.mark.parametrize(
    "folder,expected",
    [(b"/home/a", True), (b"/mnt/far/project", False), (b"/mnt/farther", True), (b"/mnt", False), (b"/mnt/a b/c", False), (b"/", False)],
)
def test_files_that_others_write_are_told_by_their_file_system(folder: bytes, expected: bool) -> None:
    assert is_local(folder, TABLE) is expected
    assert not is_local(folder, b"")
