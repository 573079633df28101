"""What users have and programs dislike: every case ends in an answer or in one line that says what to do."""

import contextlib
import errno
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import filelock
import pyarrow as pa
import pytest

from memoryd.config import Settings
from memoryd.errors import ResourcesExhausted, StoreUnusable
from memoryd.files import path_bytes
from memoryd.memory import ProjectMemory
from memoryd.parsing import ParserPool
from memoryd.store.failures import damage, damage_or_full_disk, full_disk
from tests import warm
from tests.project import FILES, MONEY, SOURCE_ROOT, Done, Shell, fresh_rows, index_folder, let_others_enter, many, rows, write

HIT = "shop/money.py#parse_money"


def failed(done: Done, code: int, *says: str) -> None:
    assert (done.code, done.out) == (code, b"")
    # The second names a place in the source of LanceDB.
    assert [words for words in ("Traceback", "/src/") if words in done.err] == []
    assert [words for words in says if words not in done.err] == []


def answers(done: Done) -> None:
    assert (done.code, done.json["hits"][0]["id"]) == (0, HIT)


def search(shell: Shell) -> Done:
    return warm.run(shell, "search", "parse_money", "--json")


@pytest.fixture
def parsers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse in parser processes, which have the names and the files from ours."""
    monkeypatch.setattr("memoryd.versions.writer.ParserPool", ParserPool)


@pytest.mark.parametrize(
    "place, says",
    [
        ("no such folder", "does not exist"),
        ("README.md", "is not a folder"),
        ("loop", "does not exist"),
        ("~nobody here/x", "does not exist"),
    ],
)
@pytest.mark.parametrize("command", [["reindex"], ["pack", "x", "--root"], ["status", "--root"]], ids=lambda command: command[0])
def test_a_root_that_is_no_folder_is_a_usage_error(shell: Shell, command: list[str], place: str, says: str) -> None:
    (shell.root / "loop").symlink_to("loop")
    failed(warm.run(shell, *command, place), 2, says, "give the folder of a project")
    assert not shell.home.exists()


def test_a_home_folder_or_one_of_the_system_is_a_project_only_if_it_is_kept_in_git(shell: Shell) -> None:
    for home, says in ((shell.root, "is your home folder"), (shell.root / "shop", "is above your home folder")):
        failed(warm.run(replace(shell, settings={"HOME": str(home)}), "map"), 2, says, "give the folder of a project: --root FOLDER")
    for folder in ("/usr", "/etc", "/proc/self"):
        failed(
            warm.run(shell, "map", "--root", folder),
            2,
            "is a folder of the system, and no project",
            "give the folder of a project: --root FOLDER",
        )
    assert not shell.home.exists()
    write(shell.root, {".git/HEAD": "ref: refs/heads/main\n"})
    answers(search(replace(shell, settings={"HOME": str(shell.root)})))


@pytest.mark.parametrize("command", [["pack", "anything"], ["search", "anything"], ["map"]], ids=lambda command: command[0])
def test_an_empty_folder_has_nothing_to_say_and_says_so(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "empty").mkdir()
    done = warm.run(Shell(tmp_path / "empty", tmp_path / "home"), *command)
    assert done.code == 0
    assert "nothing is indexed here" in done.err
    assert command == ["map"] or done.out == b""


def test_a_folder_that_is_no_git_repository_works(shell: Shell) -> None:
    assert not (shell.root / ".git").exists()
    answers(search(shell))


@pytest.mark.parametrize("name", ["with space", 'it\'s "quoted"', "new\nline", "größe-日本", "100%25 #1?", "back\\slash", "bytes\udce9"])
@pytest.mark.usefixtures("parsers")
def test_the_name_of_a_project_may_be_anything(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, FILES)
    with ProjectMemory(tmp_path / name, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        assert memory.search("parse_money")[0].id == HIT
        status = memory.status()
    assert (status.fresh, os.fsdecode(path_bytes(status.root))) == (True, str(tmp_path / name))


@pytest.mark.usefixtures("parsers")
def test_a_strange_name_of_a_project_is_printed_safely(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "new\nline bytes\udce9", tmp_path / "home")
    write(shell.root, FILES)
    answers(search(shell))
    assert f"project    {tmp_path}/new\\nline bytes\\xe9\n" in warm.run(shell, "status").text
    assert warm.run(shell, "status", "--json").json["root"] == f"{tmp_path}/new\nline bytes\\xe9"


@pytest.mark.parametrize("name", ["with space", "100%25 #1?", "größe", 'it\'s "quoted"'])
def test_the_index_may_lie_anywhere(root: Path, tmp_path: Path, name: str) -> None:
    for _ in range(2):
        with ProjectMemory(root, Settings(tmp_path / name, embedder="hash", workers=1)) as memory:
            assert memory.search("parse_money")[0].id == HIT
    assert index_folder(root, tmp_path / name).is_dir()


def test_a_data_folder_that_the_store_cannot_name_is_refused(root: Path, tmp_path: Path) -> None:
    failed(warm.run(Shell(root, tmp_path / "new\nline"), "reindex"), 1, "new\\nline", "set MEMORYD_HOME")


@pytest.mark.parametrize("git", [True, False], ids=["git", "no git"])
@pytest.mark.parametrize("home", [".", "data/home"])
def test_an_index_inside_the_project_does_not_index_itself(root: Path, git: bool, home: str) -> None:
    if git:
        subprocess.run(["git", "init", "-q", root], check=True)
    with ProjectMemory(root, Settings(root / home, embedder="hash", workers=1)) as memory:
        assert memory.refresh().added == len(FILES)
        assert not memory.changes()
        version = memory.refresh().store_version
        assert memory.refresh().store_version == version
        assert {one.reason for one in memory.status().skipped} == {"cache folder"}


def test_a_data_folder_that_cannot_be_made_is_named(root: Path) -> None:
    failed(warm.run(Shell(root, root / "README.md/below a file"), "pack", "x"), 1, "cannot write to", "set MEMORYD_HOME to a folder")
    failed(warm.run(Shell(root, Path("/proc/nowhere")), "reindex", "--json"), 1, "cannot write to", "set MEMORYD_HOME to a folder")


def test_a_data_folder_that_may_only_be_read_is_named_and_an_index_in_it_still_answers(shell: Shell) -> None:
    if os.getuid() or shutil.which("setpriv") is None:
        pytest.skip("needs setpriv of util-linux, and root, to become a user who may not write")
    (shell.home / "projects").mkdir(parents=True)
    let_others_enter(shell.root)

    def nobody(*arguments: str) -> Done:
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        return shell.run(*arguments, prefix=command)

    failed(nobody("reindex"), 1, "cannot write to", "set MEMORYD_HOME to a folder")
    answers(search(shell))
    # An index is for its owner alone, so it is given to the one who may not write into it.
    for place in (shell.home, *shell.home.rglob("*")):
        os.chown(place, 65534, 65534)
        place.chmod(0o500 if place.is_dir() else 0o400)
    done = nobody("search", "parse_money", "--json")
    answers(done)
    assert "this answer comes from the index as it was" in done.err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Give a function that makes a file system of some bytes, or a larger one of it."""
    place = tmp_path / "disk"
    place.mkdir()

    def sized(size: int) -> Path:
        options = f"size={size}" + (",remount" if os.path.ismount(place) else "")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place], capture_output=True, text=True)
        if done.returncode:
            pytest.skip("may not mount a small disk; run the tests as root where mounting is allowed")
        return place

    try:
        yield sized
    finally:
        if os.path.ismount(place):
            subprocess.run(["umount", place], check=True)


def test_ctrl_c_while_lancedb_is_imported_is_no_error_of_the_disk() -> None:
    with pytest.raises(KeyboardInterrupt), full_disk():
        raise RuntimeError("Error calling __set_name__ on 'cached_property'") from KeyboardInterrupt()


@pytest.mark.parametrize("translated", [damage, damage_or_full_disk])
@pytest.mark.parametrize(
    "error", [OSError(24, "Too many open files", "meta.json"), RuntimeError("lance error: IO: Too many open files (os error 24)")]
)
def test_an_index_is_not_damaged_where_no_more_files_may_be_opened(
    translated: Callable[[], AbstractContextManager[None]], error: Exception
) -> None:
    with pytest.raises(StoreUnusable, match="oo many open files"), translated():
        raise error


@pytest.mark.parametrize("translated", [damage, damage_or_full_disk])
@pytest.mark.parametrize(
    "error",
    [
        pa.ArrowMemoryError("malloc of size 200256 failed"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        RuntimeError("can't start new thread"),
        pa.ArrowException("Unknown error: Failed to launch worker thread: Resource temporarily unavailable"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_index_is_not_damaged_where_memory_or_threads_ran_out(
    translated: Callable[[], AbstractContextManager[None]], error: Exception
) -> None:
    with pytest.raises(ResourcesExhausted, match="memory or threads ran out"), translated():
        raise error


ROOM = """
import resource, sys
def leave(room):
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + room, resource.RLIM_INFINITY))
"""
"""Limits the memory that a program may have to what it has and some room."""


def alone(program: str, *arguments: object, **environment: str) -> Done:
    """Run a program of Python in a process of its own, which may take a minute."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("no system that says how much memory a process has")
    command = [sys.executable, "-c", ROOM + program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, timeout=60, cwd=SOURCE_ROOT, env={**os.environ, **environment})
    return Done(done.returncode, done.stdout, done.stderr.decode())


@pytest.mark.parametrize("room", [0, 16, 32, 384])
def test_where_lancedb_gets_no_memory_or_no_thread_it_is_said_and_not_waited_for(tmp_path: Path, room: int) -> None:
    # Stacks of 256 MB: of the rooms, the last is large enough for the one thread that LanceDB starts with, and for no other.
    done = alone(
        """
import threading, lancedb
from pathlib import Path
from memoryd.errors import ResourcesExhausted
from memoryd.store.folder import connect
threading.stack_size(256 << 20)
leave(int(sys.argv[1]) << 20)
try:
    connect(Path(sys.argv[2]))
except ResourcesExhausted as error:
    print(error)
""",
        room, tmp_path, RUST_MIN_STACK=str(256 << 20), TOKIO_WORKER_THREADS="1",
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(b"memory or threads ran out")


def test_a_command_that_runs_out_of_memory_says_so_in_one_line(shell: Shell) -> None:
    done = alone(
        """
import pyarrow
from memoryd.faces.cli import main
leave(32 << 20)
sys.argv[1:] = ["reindex", sys.argv[1]]
main()
""",
        shell.root, MEMORYD_HOME=str(shell.home),
    )  # fmt: skip
    failed(done, 1, "memoryd: memory or threads ran out; free some")
    assert done.err.count("\n") == 1


def test_a_file_beside_the_index_is_not_damaged_where_there_is_no_memory_to_map_it(tmp_path: Path) -> None:
    large = tmp_path / "large.arrow"
    large.touch()
    os.truncate(large, 1 << 30)
    done = alone(
        """
from pathlib import Path
from memoryd import arrays
from memoryd.errors import ResourcesExhausted
leave(256 << 20)
try:
    arrays.load(Path(sys.argv[1]), {})
except ResourcesExhausted as error:
    print(error)
""",
        large,
    )
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(b"memory or threads ran out")


def test_a_first_index_on_a_full_disk_fails_whole_and_works_once_there_is_space(
    root: Path, small_disk: Callable[[int], Path], tmp_path: Path
) -> None:
    write(root, many(60))
    shell = Shell(root, small_disk(200_000))
    for command in (["reindex"], ["search", "parse_money", "--json"]):
        failed(warm.run(shell, *command), 1, "memoryd: cannot write the index", "free some space")
        assert list(shell.home.rglob("*.lance")) == []
    small_disk(50_000_000)
    answers(search(shell))
    assert rows(root, shell.home) == fresh_rows(root, tmp_path / "fresh")


def test_an_update_that_does_not_fit_leaves_the_old_index_answering(root: Path, small_disk: Callable[[int], Path], tmp_path: Path) -> None:
    shell = Shell(root, small_disk(50_000_000))
    answers(search(shell))
    before = rows(root, shell.home)
    write(root, many(60))
    # As full as it gets: every page is taken.
    with contextlib.suppress(OSError), (shell.home / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))
    failed(warm.run(shell, "reindex"), 1, "memoryd: cannot write", "MEMORYD_HOME")
    assert rows(root, shell.home) == before
    done = search(shell)
    answers(done)
    assert "this answer comes from the index as it was" in done.err
    (shell.home / "filler").unlink()
    assert warm.run(shell, "reindex").code == 0
    assert rows(root, shell.home) == fresh_rows(root, tmp_path / "fresh")


def _each(folder: Path, pattern: str, change: Callable[[Path], object]) -> None:
    found = [path for path in folder.glob(pattern) if path.is_file()]
    assert found
    for path in found:
        change(path)


def _replaced_by_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("?")


def _meta_is_a_folder(folder: Path) -> None:
    (folder / "meta.json").unlink()
    (folder / "meta.json").mkdir()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated data": lambda folder: _each(folder, "*.lance/data/*", lambda path: path.write_bytes(path.read_bytes()[:100])),
    "overwritten data": lambda folder: _each(folder, "*.lance/data/*", lambda path: path.write_bytes(b"\xff" * path.stat().st_size)),
    "lost data": lambda folder: _each(folder, "*.lance/data/*", Path.unlink),
    "lost versions": lambda folder: _each(folder, "*.lance/_versions/*", Path.unlink),
    "empty versions": lambda folder: _each(folder, "*.lance/_versions/*", lambda path: path.write_bytes(b"")),
    "lost table": lambda folder: _each(folder, "*.lance/**/*", Path.unlink),
    "lost meta": lambda folder: (folder / "meta.json").unlink(),
    "foreign meta": lambda folder: (folder / "meta.json").write_text('{"format": 999}'),
    "no meta": lambda folder: (folder / "meta.json").write_bytes(b"\0\xff"),
    "a file instead": _replaced_by_a_file,
    "a folder as meta": _meta_is_a_folder,
}
LOSSES: dict[str, Callable[[Path], object]] = {
    "lost indexes": lambda folder: _each(folder, "*.lance/_indices/**/*", Path.unlink),
    "overwritten indexes": lambda folder: _each(folder, "*.lance/_indices/**/*", lambda path: path.write_bytes(b"\xff" * 64)),
    "lost postings": lambda folder: _each(folder, "*.arrow", Path.unlink),
    "truncated postings": lambda folder: _each(folder, "*.arrow", lambda path: path.write_bytes(path.read_bytes()[:1000])),
    "overwritten postings": lambda folder: _each(folder, "*.arrow", lambda path: path.write_bytes(b"\xff" * path.stat().st_size)),
}
"""Losses of what only makes an answer quicker."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shell, list[tuple[str, ...]]]:
    """Give a project with a sound index, and what that holds."""
    base = tmp_path_factory.mktemp("sound")
    write(base / "project", FILES)
    return Shell(base / "project", base / "home"), fresh_rows(base / "project", base / "home")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_rebuilt_and_said_to_be(sound: tuple[Shell, list[tuple[str, ...]]], tmp_path: Path, damage: str) -> None:
    shell, expected = Shell(sound[0].root, tmp_path / "home"), sound[1]
    shutil.copytree(sound[0].home, shell.home)
    DAMAGES[damage](index_folder(shell.root, shell.home))
    done = search(shell)
    answers(done)
    assert "it is rebuilt" in done.err
    assert done.err.count("\n") == 1
    assert rows(shell.root, shell.home) == expected


@pytest.mark.parametrize("loss", LOSSES)
def test_what_only_helps_to_find_may_be_lost(tmp_path: Path, loss: str) -> None:
    write(tmp_path / "project", FILES)
    settings = Settings(tmp_path / "home", embedder="hash", workers=1)
    with ProjectMemory(tmp_path / "project", settings) as memory:
        before = memory.search("parse_money")
    LOSSES[loss](memory.folder)
    with ProjectMemory(memory.root, settings) as again:
        assert again.search("parse_money") == before
    write(memory.root, {"shop/money.py": MONEY + "\n\nCENT = 1\n"})
    with ProjectMemory(memory.root, settings) as updated:
        updated.refresh()
        assert updated.search("CENT")[0].path == "shop/money.py"
    assert rows(memory.root, tmp_path / "home") == fresh_rows(memory.root, tmp_path / "fresh")
    assert {file.name.partition(".")[2] for file in memory.folder.glob("*.arrow")} >= {
        "arrow", "docs.arrow", "graph.arrow", "units.arrow"
    }  # fmt: skip


@pytest.mark.parametrize("damage", ["overwritten data", "lost data"])
def test_an_index_found_damaged_while_it_is_updated_is_rebuilt(
    root: Path, tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(tmp_path / "home", embedder="hash", workers=1)
    with ProjectMemory(root, settings) as memory:
        memory.refresh()
    DAMAGES[damage](memory.folder)
    write(root, {"shop/money.py": MONEY + "\n\nCENT = 1\n"})
    with ProjectMemory(root, settings) as memory:
        assert memory.search("CENT")[0].path == "shop/money.py"
    assert "it is rebuilt" in caplog.text
    assert rows(root, tmp_path / "home") == fresh_rows(root, tmp_path / "fresh")


def test_status_of_a_damaged_index_changes_nothing(shell: Shell) -> None:
    answers(search(shell))
    _each(index_folder(shell.root, shell.home), "*.lance/data/*", lambda path: path.write_bytes(path.read_bytes()[:100]))
    _each(index_folder(shell.root, shell.home), "*.units.arrow", Path.unlink)  # else the table is not read
    before = sorted(shell.home.rglob("*"))
    done = warm.run(shell, "status", "--json")
    assert (done.code, done.json["fresh"]) == (0, False)
    assert "damaged" in done.err
    assert warm.run(shell, "reindex", "--check").code == 3
    assert sorted(shell.home.rglob("*")) == before


@pytest.mark.usefixtures("parsers")
def test_what_is_no_text_is_left_out_with_a_reason(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (shell.root / "huge.py").open("wb") as huge:
        huge.truncate(50_000_000)
    os.mkfifo(shell.root / "pipe.py")
    (shell.root / "loop").symlink_to(".")
    (shell.root / "one").symlink_to("other")
    (shell.root / "other").symlink_to("one")
    monkeypatch.chdir(shell.root)  # the name of a socket may not be long
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.py")
        answers(search(shell))
        skipped = {one["path"]: one["reason"] for one in warm.run(shell, "status", "--json").json["skipped"]}
    assert skipped == {
        "huge.py": "larger than 1.5 MB", "pipe.py": "named pipe", "socket.py": "socket", "loop": "symbolic link to .",
        "one": "broken symbolic link", "other": "broken symbolic link",
    }  # fmt: skip


@pytest.mark.parametrize("ask", ["pack", "show"])
@pytest.mark.parametrize("change", ["changed", "deleted"])
def test_a_file_that_moves_on_between_refresh_and_answer_is_never_shown_as_it_was(
    root: Path, tmp_path: Path, ask: str, change: str
) -> None:
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.refresh()
        if change == "changed":
            write(root, {"shop/money.py": MONEY.replace("* 100", "* 1000")})
        else:
            (root / "shop/money.py").unlink()
        text = memory.pack("parse_money amount").text if ask == "pack" else memory.show("README.md").text
        assert "float(text) * 100)" not in text
        assert ("float(text) * 1000)" in text) == (ask == "pack" and change == "changed")


def test_a_changed_file_that_a_task_names_is_refreshed_or_left_out_while_others_refresh(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memoryd.memory.PACK_CANDIDATES", 1)  # what is named besides is no candidate
    task = "why does parse_money disagree with Cart.total"
    write(root, {"shop/long.py": "# long\n" * 100_000})  # of a small project all files are read
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.refresh()
        write(root, {path: text.replace("return", "return  ") for path, text in FILES.items()})
        assert "    return   Money(round(float(text) * 100))" in memory.pack(task).text
        write(root, {"shop/money.py": MONEY})
        with filelock.FileLock(memory.folder.parent / "refresh.lock"):
            text = memory.pack(task).text
        assert "return   Money(sum(" in text
        assert "Money(round(" not in text


@pytest.mark.parametrize("setting, value", [("MEMORYD_WORKERS", "abc"), ("MEMORYD_WORKERS", "0"), ("MEMORYD_WORKERS", "1000")])
def test_a_setting_that_makes_no_sense_is_a_usage_error(root: Path, tmp_path: Path, setting: str, value: str) -> None:
    failed(warm.run(Shell(root, tmp_path / "home", {setting: value}), "status"), 2, f"MEMORYD_WORKERS is {value!r}; set it to")


@pytest.mark.parametrize("name", ["nonsense", "hash:512", "sentence-transformers:"])
def test_an_embedder_that_there_cannot_be_is_a_usage_error(root: Path, tmp_path: Path, name: str) -> None:
    failed(warm.run(Shell(root, tmp_path / "home", {"MEMORYD_EMBEDDER": name}), "reindex"), 2, name.partition(":")[0], ";")


def test_the_home_of_nobody_is_no_folder(root: Path, tmp_path: Path) -> None:
    shell = Shell(root, tmp_path / "home", {})
    failed(warm.run(shell, "reindex", "~no-such-user/x"), 2, "~no-such-user/x")
