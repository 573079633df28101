"""Killed at any moment, or two at once: the next refresh gives what a fresh index would, and a reader sees whole versions."""

import os
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import filelock
import pytest

from memoryd.config import Settings
from memoryd.indexing import silent
from memoryd.memory import ProjectMemory
from memoryd.model import Hit
from memoryd.versions.refresh_lock import FOREVER, RefreshLock
from tests import warm
from tests.lengths import tries
from tests.project import Shell, eventually, finish, fresh_rows, index_folder, many, rows, write

POINTS = tries(3, 20)
Rows = list[tuple[str, ...]]


@dataclass(frozen=True)
class Scene:
    """A project in its second state, what its index held in the first, what it should hold now, and how long that takes."""

    root: Path
    first: Path
    before: Rows
    after: Rows
    first_seconds: float
    update_seconds: float


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    base = tmp_path_factory.mktemp("crash")
    root = base / "project"
    write(root, many(50))
    first_seconds = _timed(root, base / "home")
    before = rows(root, base / "home")
    shutil.copytree(base / "home", base / "first")
    write(root, {path: text.replace("value +", "value -") for path, text in list(many(50).items())[:30]})
    write(root, {"pkg0/added.py": "def added(): ...\n", "notes.md": "# Notes\n\nSome words.\n"})
    (root / "pkg9/module_49.py").unlink()
    (root / "pkg8/module_48.py").rename(root / "pkg0/moved.py")
    update_seconds = _timed(root, base / "home")
    after = rows(root, base / "home")
    assert after == fresh_rows(root, base / "fresh") != before
    return Scene(root, base / "first", before, after, first_seconds, update_seconds)


def _timed(root: Path, home: Path) -> float:
    process = warm.start(home, "hash", "reindex", str(root))
    warm.at_work(process, home)
    started = time.monotonic()
    process.join()
    assert process.exitcode == 0
    return time.monotonic() - started


def _killed_after(seconds: float, root: Path, home: Path, embedder: str = "hash") -> None:
    process = warm.start(home, embedder, "reindex", str(root))
    warm.at_work(process, home)
    process.join(seconds)
    warm.kill(process)


def _is_free(lock: Path) -> bool:
    try:
        with filelock.FileLock(lock, timeout=0):
            return True
    except filelock.Timeout:
        return False


def _refreshed_rows(scene: Scene, home: Path) -> Rows:
    # A parser that was being started when its parent was killed has the parent's files until it runs.
    assert eventually(lambda: _is_free(index_folder(scene.root, home).parent / "refresh.lock"))
    with ProjectMemory(scene.root, Settings(home, embedder="hash", workers=1)) as memory:
        memory.refresh(wait=False)
    folder = index_folder(scene.root, home)
    tables = list(folder.glob("facts-*.lance"))
    assert len(tables) == 1
    names = {"meta.json", "stat.json", "repository.json", tables[0].name, f"{tables[0].stem}.arrow"}
    assert {path.name for path in folder.iterdir()} == names
    return rows(scene.root, home)


@pytest.mark.parametrize("point", range(POINTS))
def test_a_first_index_killed_at_any_moment_is_finished_by_the_next(scene: Scene, tmp_path: Path, point: int) -> None:
    _killed_after(scene.first_seconds * point / POINTS, scene.root, tmp_path)
    assert _refreshed_rows(scene, tmp_path) == scene.after


@pytest.mark.parametrize("point", range(POINTS))
def test_an_update_killed_at_any_moment_happened_or_not_and_is_finished_by_the_next(scene: Scene, tmp_path: Path, point: int) -> None:
    shutil.copytree(scene.first, tmp_path / "home")
    _killed_after(scene.update_seconds * point / POINTS, scene.root, tmp_path / "home")
    assert rows(scene.root, tmp_path / "home") in (scene.before, scene.after)
    assert _refreshed_rows(scene, tmp_path / "home") == scene.after


@pytest.mark.parametrize("point", range(2))
def test_a_killed_change_of_embedder_leaves_nothing_behind(scene: Scene, tmp_path: Path, point: int) -> None:
    shutil.copytree(scene.first, tmp_path / "home")
    _killed_after(scene.first_seconds * (point + 1) / 6, scene.root, tmp_path / "home", "static")
    assert _refreshed_rows(scene, tmp_path / "home") == scene.after


def _generation(number: int) -> dict[str, str]:
    return {f"part_{part}.py": f"def marker_{number}():\n    return marker()\n" for part in range(6)}


def _generations(hits: list[Hit]) -> set[str]:
    return {hit.id.partition("#")[2] for hit in hits if "#" in hit.id}


def _is_whole(hits: list[Hit]) -> bool:
    return len(_generations(hits)) == 1 and len([hit for hit in hits if "#" in hit.id]) == 6


@pytest.mark.parametrize("shared", [True, False], ids=["the same memory", "another memory"])
def test_a_reader_sees_all_of_a_version_or_nothing_of_it(tmp_path: Path, shared: bool) -> None:
    root, settings = tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)
    write(root, _generation(0))
    with ProjectMemory(root, settings) as writer, ProjectMemory(root, settings) as other:
        writer.refresh()
        reader = writer if shared else other
        answers: list[list[Hit]] = [reader.search("marker", 50)]
        ended = threading.Event()

        def read() -> None:
            while not ended.is_set():
                reader.version()  # a reader of its own moves on when it looks
                answers.append(reader.search("marker", 50))

        thread = threading.Thread(target=read)
        thread.start()
        for number in range(1, tries(9, 60)):
            write(root, _generation(number))
            writer.refresh()
        ended.set()
        thread.join()
    assert [hits for hits in answers if not _is_whole(hits)] == []
    assert len(set.union(*map(_generations, answers))) > 3


def test_two_at_once_both_succeed(scene: Scene, tmp_path: Path) -> None:
    processes = [warm.start(tmp_path, "hash", "reindex", str(scene.root)) for _ in range(2)]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert _refreshed_rows(scene, tmp_path) == scene.after


def test_who_waits_says_for_whom_and_who_may_not_wait_fails(shell: Shell) -> None:
    folder = index_folder(shell.root, shell.home).parent
    folder.mkdir(parents=True)
    (folder / "refresh.pid").write_text(str(os.getpid()))
    with filelock.FileLock(folder / "refresh.lock"):
        waiting, impatient = shell.start("reindex"), shell.start("reindex", "--no-wait")
        done = finish(impatient)
        assert (done.code, done.out) == (1, b"")
        assert done.err.startswith(f"memoryd: process {os.getpid()} refreshes {shell.root}; try again")
        assert waiting.stderr is not None
        assert waiting.stderr.readline().decode() == f"memoryd: waiting for process {os.getpid()}, which refreshes {shell.root}\n"
    assert finish(waiting).code == 0


def test_who_waits_tells_how_far_the_process_is_that_it_waits_for(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    holder = RefreshLock(tmp_path / "data", "shop", silent)
    waiter = RefreshLock(tmp_path / "data", "shop", lambda *progress: told.append(progress))

    def wait() -> None:
        with waiter.held(FOREVER):
            waiter.progress("parsing", 0, 2)

    def is_heard() -> bool:
        holder.progress("parsing", 1, 3)
        return bool(told)

    waiting = threading.Thread(target=wait)
    with holder.held(0.0):
        waiting.start()
        assert eventually(is_heard)
    waiting.join()
    # Of the phase that was waited for it is said that it is over: the waiter has one of the same name.
    assert list(dict.fromkeys(told)) == [("parsing", 1, 3), ("parsing", 0, 0), ("parsing", 0, 2)]


def test_a_lock_left_by_a_killed_process_does_not_block(scene: Scene, tmp_path: Path) -> None:
    process = warm.start(tmp_path, "hash", "reindex", str(scene.root))
    warm.at_work(process, tmp_path)
    warm.kill(process)
    assert eventually(lambda: (index_folder(scene.root, tmp_path).parent / "refresh.lock").exists())
    assert _refreshed_rows(scene, tmp_path) == scene.after
