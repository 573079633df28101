"""Watching: what is saved is found a moment later, and nothing that the system does not tell stays unknown."""

import os
import queue
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.daemon.file_events import relevant, watch
from memoryd.memory import ProjectMemory
from memoryd.model import RefreshReport
from tests.project import CART, FILES, MONEY, fresh_rows, indexed, rows, write

PATIENCE = 30.0


class Watched:
    """A memory that is watched, and the reports that come of it."""

    def __init__(self, memory: ProjectMemory) -> None:
        self.memory = memory
        self.reports: queue.Queue[RefreshReport] = queue.Queue()

    def until(self, query: str, place: str) -> None:
        """Wait for reports until the best answer to a query lies in a file, or until nothing more comes."""
        while self.best(query) != place:
            self.reports.get(timeout=PATIENCE)

    def best(self, query: str) -> str:
        return next((hit.path for hit in self.memory.search(query, 1)), "")


@contextmanager
def watched(root: Path, home: Path, rescan_seconds: float = 1_000.0) -> Iterator[Watched]:
    """Watch a project until the block ends; it begins once watching does."""
    with ProjectMemory(root, Settings(home, embedder="hash", workers=1)) as memory:
        found, stop = Watched(memory), threading.Event()

        def follow() -> None:
            for report in watch(memory, stop, rescan_seconds):
                found.reports.put(report)

        thread = threading.Thread(target=follow)
        thread.start()
        try:
            found.reports.get(timeout=PATIENCE)  # the first index
            yield found
        finally:
            stop.set()
            thread.join()
    assert found.reports.empty()


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run(["git", "-C", root, *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_save_is_found_promptly_and_only_that_file_is_looked_at(root: Path, home: Path) -> None:
    with watched(root, home) as found:  # the next rescan is far beyond our patience: it takes an event to find the save
        write(root, {"shop/money.py": MONEY.replace("parse_money", "read_money")})
        report = found.reports.get(timeout=PATIENCE)
        assert (report.modified, report.parsed) == (1, 1)
        assert found.memory.search("read_money")[0].id == "shop/money.py#read_money"


def test_files_appear_in_nested_folders_move_and_vanish(root: Path, home: Path, tmp_path: Path) -> None:
    with watched(root, home) as found:
        write(root, {f"a/b/c/d{number}/deep.py": f"def deep_{number}(): ...\n" for number in range(5)})
        for number in range(5):
            found.until(f"deep_{number}", f"a/b/c/d{number}/deep.py")
        (root / "a/b").rename(root / "moved")
        found.until("deep_3", "moved/c/d3/deep.py")
        (root / "shop/money.py").rename(root / "shop/coins.py")
        found.until("parse_money", "shop/coins.py")
        (root / "shop/coins.py").unlink()
        while indexed(found.memory, "shop/coins.py"):
            found.reports.get(timeout=PATIENCE)
    assert rows(root, home) == fresh_rows(root, tmp_path / "fresh")


def test_another_branch_is_one_change(root: Path, home: Path, tmp_path: Path) -> None:
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "one")
    git(root, "checkout", "-q", "-b", "other")
    write(
        root,
        {
            "shop/cart.py": CART.replace("total", "amount_due"),
            **{f"new/file_{number}.py": f"def new_{number}(): ...\n" for number in range(40)},
        },
    )
    git(root, "rm", "-q", "config.yaml")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "two")
    git(root, "checkout", "-q", "main")
    with watched(root, home) as found:
        git(root, "checkout", "-q", "other")
        found.until("new_39", "new/file_39.py")
        while found.memory.changes():
            found.reports.get(timeout=PATIENCE)
        git(root, "checkout", "-q", "main")
        while indexed(found.memory, "new/file_0.py") or found.memory.changes():
            found.reports.get(timeout=PATIENCE)
        assert indexed(found.memory, "config.yaml")
        while not found.reports.empty():
            found.reports.get()
    assert rows(root, home) == fresh_rows(root, tmp_path / "fresh")


@pytest.mark.parametrize("rules", [".gitignore", ".memorydignore", "shop/.gitignore"])
def test_an_edited_ignore_file_counts_at_once(root: Path, home: Path, rules: str) -> None:
    write(root, {rules: "# nothing yet\n"})
    with watched(root, home) as found:
        write(root, {rules: "money.py\n"})
        while indexed(found.memory, "shop/money.py"):
            found.reports.get(timeout=PATIENCE)
        (root / rules).unlink()
        found.until("parse_money", "shop/money.py")


def test_version_control_and_our_own_folder_matter_to_nobody(root: Path) -> None:
    with ProjectMemory(root, Settings(root / "data", embedder="hash", workers=1)) as memory:
        matters = relevant(memory)
        ours = memory.folder / "stat.json"
        places = [
            root / ".git/index",
            root / "sub/.git/HEAD",
            root / ".hg/store",
            ours,
            ours.parent.parent / "refresh.lock",
            root,
            root.parent,
        ]
        assert [place for place in places if matters(str(place))] == []
        assert all(matters(str(root / place)) for place in ("a.py", "sub/b.py", ".gitignore", ".github/ci.yml", "data/mine.md"))


def test_an_index_inside_the_tree_and_git_at_work_cause_no_refresh(root: Path) -> None:
    git(root, "init", "-q")
    with watched(root, root / "data") as found:
        lock = found.memory.folder.parent / "refresh.pid"
        before = lock.stat().st_mtime_ns
        write(root, {".git/FETCH_HEAD": "x", ".git/refs/heads/some": "y"})
        git(root, "status")
        os.utime(lock.parent / "refresh.lock")
        assert lock.stat().st_mtime_ns == before
        write(root, {"shop/cart.py": CART + "\n\nLIMIT = 3\n"})
        assert found.reports.get(timeout=PATIENCE).modified == 1
        after = lock.stat().st_mtime_ns
        with pytest.raises(queue.Empty):
            found.reports.get(timeout=1.5)
        assert lock.stat().st_mtime_ns == after


def test_a_change_that_no_event_tells_of_is_found_by_a_rescan(root: Path, home: Path, tmp_path: Path) -> None:
    outside = tmp_path / "same file elsewhere.py"
    outside.hardlink_to(root / "shop/money.py")
    with watched(root, home, rescan_seconds=0.2) as found:
        outside.write_text(MONEY.replace("parse_money", "read_money"))
        assert found.reports.get(timeout=PATIENCE).modified == 1
        assert found.memory.search("read_money")[0].id == "shop/money.py#read_money"


def test_what_changed_before_watching_began_is_found_when_it_begins(root: Path, home: Path) -> None:
    with ProjectMemory(root, Settings(home, embedder="hash", workers=1)) as memory:
        memory.refresh()
        write(root, {"late.py": "def late(): ...\n"})
        stop = threading.Event()
        reports = watch(memory, stop)
        assert next(reports).added == 1
        stop.set()
        assert list(reports) == []
    assert set(FILES) < {row[1] for row in rows(root, home)}


def test_a_watcher_that_hears_nothing_asks_nothing_of_the_index(root: Path, home: Path) -> None:
    class Counted(ProjectMemory):
        """A memory that counts how often it is to be refreshed."""

        refreshes = 0

        def refresh(self, wait: bool = True) -> RefreshReport:
            self.refreshes += 1
            return super().refresh(wait)

        def rescan(self) -> RefreshReport:
            self.refreshes += 1
            return super().rescan()

        def refresh_paths(self, paths: Iterable[str]) -> RefreshReport:
            self.refreshes += 1
            return super().refresh_paths(paths)

    stop, found = threading.Event(), queue.Queue[RefreshReport]()
    with Counted(root, Settings(home, embedder="hash", workers=1)) as memory:

        def follow() -> None:
            for report in watch(memory, stop, 1_000.0):
                found.put(report)

        thread = threading.Thread(target=follow)
        thread.start()
        try:
            found.get(timeout=PATIENCE)
            stop.wait(1.0)  # five times as long as a watcher waits for events
            assert memory.refreshes == 1  # the first index
        finally:
            stop.set()
            thread.join()
