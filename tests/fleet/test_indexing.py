"""Indexing a fleet: what is in its tables follows from the heads of its repositories alone, whatever happened on the way."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memoryd.config import Settings
from memoryd.errors import FleetUnusable, RefreshBusy, UsageError
from memoryd.files import locked
from memoryd.fleet import Fleet, Node, Resources, Scope, State, index, read_list, read_list_in, status_of
from memoryd.fleet.engines import Ended, Engine, local
from memoryd.fleet.parts import Parts
from memoryd.fleet.serving.local_copy import LocalCopy
from memoryd.fleet.tasks import Done, Task, run
from memoryd.store import Tables
from tests.fleet.fleets import Small, commit, git, here
from tests.project import DEADLINE, MONEY, eventually
from tests.sharing.servers import s3_server


class Killed(BaseException):
    """Stands for the end of the process."""


def test_the_tables_follow_from_the_heads_and_only_moved_heads_make_work(tmp_path: Path) -> None:
    small = Small(tmp_path).make()
    first = small.index()
    assert {one.repository: one.state for one in first.covered} == dict.fromkeys(("acme/shop", "acme/mail", "other/paint"), State.INDEXED)
    assert all(one.commit == git(tmp_path / "sources" / one.repository, "rev-parse", "HEAD") for one in first.covered)
    before = small.rows()

    assert small.index().tasks == ()
    assert small.rows() == before

    # What is not committed is not in the fleet; one file of one repository is parsed again.
    (tmp_path / "sources/acme/mail/go.mod").write_text("module example.com/other\n")
    commit(tmp_path / "sources/acme/shop", {"shop/money.py": MONEY + "\n\ndef rounded(amount):\n    return round(amount)\n"})
    second = small.index()
    assert [(one.repository, one.parsed) for one in second.tasks] == [("acme/shop", 1)]

    # A repository that fails stays as it was and disturbs no other; one that is not listed is removed.
    held = [row for row in small.rows()["units"] if "'acme/shop'" in row]
    (tmp_path / "sources/acme/shop/.git/HEAD").write_text("ref: refs/heads/none\n")
    third = small.index(small.listed("other/paint") + "sources/gone\n")
    assert {one.repository: one.state for one in third.covered} == {
        "acme/mail": State.UNCHANGED, "acme/shop": State.KEPT, "other/paint": State.REMOVED, "sources/gone": State.FAILED,
    }  # fmt: skip
    assert [one.why for one in third.covered if one.why] == ["it has no commit yet", "there is no such folder"]
    assert [row for row in small.rows()["units"] if "'acme/shop'" in row] == held
    assert "other/paint" not in repr(small.rows())

    git(
        tmp_path / "sources/acme/shop",
        "symbolic-ref",
        "HEAD",
        "refs/heads/" + git(tmp_path / "sources/acme/mail", "branch", "--show-current"),
    )
    small.index()
    small.index(at="fresh")
    assert small.rows() == small.rows("fresh")
    assert len({row["part"] for row in small.read("images", ["part"])}) == 3


def test_a_folder_within_a_repository_is_none_and_where_no_fleet_is_nothing_is_made(tmp_path: Path) -> None:
    small = Small(tmp_path).make()
    with pytest.raises(FleetUnusable, match="there is no fleet"):
        status_of(str(tmp_path / "tables"))
    assert not (tmp_path / "tables").exists()
    (tmp_path / "file").touch()
    with pytest.raises(FleetUnusable, match="check the address"):
        status_of(str(tmp_path / "file"))
    assert [one.why for one in small.index("sources/acme/shop/shop\n").failed] == [
        "it is a folder within a repository; list the repository itself"
    ]
    assert [one.state for one in status_of(str(tmp_path / "tables")).covered] == [State.FAILED]


def test_a_run_that_finds_the_fleet_changed_by_another_machine_gives_up(tmp_path: Path) -> None:
    small = Small(tmp_path)
    commit(tmp_path / "sources/other/paint", {"a.py": "def a():\n    return 1\n"})
    listed = "sources/other/paint\n"

    def meanwhile(tasks: Sequence[Task], resources: Resources) -> Iterator[Ended]:
        elsewhere = Fleet(str(tmp_path / "tables"), Settings(tmp_path / "home of another", embedder="hash"), here, resources)
        index(read_list(listed, tmp_path), elsewhere, lambda *_: None)
        yield from here(tasks, resources)

    with pytest.raises(RefreshBusy, match="another run indexed the fleet"):
        small.index(listed, meanwhile)
    small.index(listed)
    small.index(listed, at="fresh")
    assert small.rows() == small.rows("fresh")


def test_a_run_whose_parts_another_one_took_in_removes_none_of_them(tmp_path: Path) -> None:
    small = Small(tmp_path).make()

    def robbed(tasks: Sequence[Task], resources: Resources) -> Iterator[Ended]:
        ended = list(here(tasks, resources))
        elsewhere = Fleet(str(tmp_path / "tables"), Settings(tmp_path / "home of another", embedder="hash"), here, resources)
        index(read_list(small.listed(), tmp_path), elsewhere, lambda *_: None)
        yield from ended

    with pytest.raises(RefreshBusy, match="another run indexed the fleet"):
        small.index(engine=robbed)
    small.index(at="fresh")
    assert small.rows() == small.rows("fresh")


def test_a_repository_whose_arrays_are_gone_is_indexed_again(tmp_path: Path) -> None:
    small = Small(tmp_path).make()
    small.index()
    before = small.rows()
    tables = Tables(str(tmp_path / "tables"))
    part = small.read("images", ["part"])[0]["part"]
    for table in ("images", "units"):
        tables.delete(table, f"part = '{part}'")
    assert len(small.index().tasks) == 1
    assert small.rows() == before


def test_a_repository_whose_part_another_run_removed_stays_as_it_was_and_is_named(tmp_path: Path) -> None:
    small = Small(tmp_path).make()
    small.index(small.listed("acme/mail"))
    before = small.rows()
    commit(tmp_path / "sources/acme/shop", {"shop/money.py": MONEY.replace("cents", "pence")})

    def robbed(tasks: Sequence[Task], resources: Resources) -> Iterator[Ended]:
        yield from here(tasks, resources)
        Parts(str(tmp_path / "tables")).discard()

    report = small.index(engine=robbed)
    assert {one.repository: one.state for one in report.covered} == {
        "acme/mail": State.FAILED, "acme/shop": State.KEPT, "other/paint": State.UNCHANGED,
    }  # fmt: skip
    assert small.rows() == before


LATE = {"before naming": ("replace", "repositories", 1), "before removing": ("delete", "units", 2)}
"""At which call of which method of tables the process ends, by moment."""


@pytest.mark.parametrize("moment", ["after a task", *LATE])
def test_killed_at_any_point_the_next_run_ends_with_the_same_tables(tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Small(tmp_path).make()
    small.index(small.listed("acme/mail"))
    before = small.rows()
    commit(tmp_path / "sources/acme/shop", {"shop/money.py": MONEY.replace("cents", "pence")})
    done: list[str] = []

    def dying(tasks: Sequence[Task], resources: Resources) -> Iterator[Ended]:
        for ended in here(tasks, resources):
            done.append(ended.task.listed.name)
            yield ended
            if moment == "after a task":
                raise Killed

    with monkeypatch.context() as patched:
        if moment in LATE:
            method, table = {
                "after units": ("append", "files"),
                "before naming": ("replace", "repositories"),
                "before removing": ("delete", "units"),
            }[moment]
            patched.setattr(Tables, method, _dying(getattr(Tables, method), table, 2 if moment == "before removing" else 1))
        with pytest.raises(Killed):
            small.index(engine=dying)
    # What readers see is the old state or the new one.
    named = {row["part"] for row in small.read("repositories", ["part"])}
    assert len(named) == (3 if moment == "before removing" else 2)
    if moment != "before removing":
        assert small.rows()["repositories"] == before["repositories"]

    again = small.index()
    assert not {one.repository for one in again.tasks} & set(done)
    small.index(at="fresh")
    assert small.rows() == small.rows("fresh")


def _dying(method: Callable[..., Any], table: str, times: int) -> Callable[..., Any]:
    """Have a method of tables end the process when it is called for a table the given number of times."""
    calls: list[str] = []

    def dying(self: Tables, name: str, *arguments: Any) -> Any:
        calls.extend([name] if name == table else [])
        if len(calls) >= times:
            raise Killed
        return method(self, name, *arguments)

    return dying


def dies_twice(task: Task) -> Done:
    """Do a task, at the third time."""
    tries = Path(task.settings.home) / "tries"
    if task.listed.name == "acme/shop" and len(tries.read_text() if tries.exists() else "") < 2:
        with tries.open("a") as file:
            file.write("x")
        os.kill(os.getpid(), signal.SIGKILL)
    return run(task)


def test_a_task_whose_process_dies_is_done_again_and_one_that_always_does_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Small(tmp_path).make()
    monkeypatch.setattr("memoryd.fleet.engines.run", dies_twice)
    report = small.index(small.listed("acme/mail", "other/paint"), local)
    assert [one.state for one in report.covered] == [State.INDEXED]
    assert (tmp_path / "home/tries").read_text() == "xx"
    small.index(small.listed("acme/mail", "other/paint"), at="fresh")
    assert small.rows() == small.rows("fresh")


def holds_a_lock(task: Task) -> Done:
    """Hold a lock until the process is ended, and end the run as a test wants it to."""
    home = task.settings.home
    with locked(home / "held", 0.0):
        os.kill(int((home / "run").read_text()), signal.Signals[(home / "signal").read_text()])
        threading.Event().wait(DEADLINE)
    return Done(task.listed.name, 0, 0, 0.0, 0.0)


RUN = """
import os, pathlib, signal, sys
from memoryd.fleet import engines
from tests.fleet import fleets, test_indexing

small = fleets.Small(pathlib.Path(sys.argv[1]))
(small.folder / "home/run").write_text(str(os.getpid()))
signal.signal(signal.SIGINT, signal.default_int_handler)
engines.run = test_indexing.holds_a_lock
try:
    small.index(engine=engines.local)
except KeyboardInterrupt:
    os._exit(130)  # as a command does
"""


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGKILL", -9)])
def test_the_processes_of_tasks_end_with_the_run(tmp_path: Path, name: str, code: int) -> None:
    small = Small(tmp_path).make()
    (tmp_path / "home").mkdir()
    (tmp_path / "home/signal").write_text(name)
    ended = subprocess.run([sys.executable, "-c", RUN, tmp_path], cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL, check=False)
    assert ended.returncode == code
    with locked(tmp_path / "home/held", DEADLINE / 3):
        small.index()


def test_a_task_removes_the_folders_that_killed_ones_left_and_no_other(tmp_path: Path) -> None:
    small = Small(tmp_path).make()
    left, at_work = tmp_path / "home/fleet/task.left", tmp_path / "home/fleet/task.at-work"
    for folder in (left, at_work):
        (folder / "tree").mkdir(parents=True)
    with locked(at_work / "lock", 0.0):
        assert not small.index().failed
    assert [folder.exists() for folder in (left, at_work)] == [False, True]


def test_what_a_repository_holds_leads_nowhere(tmp_path: Path) -> None:
    source = tmp_path / "sources" / "hostile"
    commit(
        source,
        {"a.py": "def a():\n    return 1\n", ".gitignore": "a.py\n", "big.txt": "x" * 1_600_000, ".gitattributes": "* text eol=crlf\n"},
    )
    (source / "link.py").symlink_to("/etc/passwd")
    (source / ".git/hooks/post-checkout").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (source / ".git/hooks/post-checkout").chmod(0o755)
    git(source, "add", "--all", "--force")
    git(source, "commit", "--quiet", "--message", "link")
    small = Small(tmp_path)
    small.index("sources/hostile evil/one private\n")
    files = {row["path"]: (row["text"], row["skipped"]) for row in small.read("files", ["path", "text", "skipped"])}
    assert files["a.py"] == (b"def a():\n    return 1\n", "")
    assert "link.py" not in files
    assert not (tmp_path / "ran").exists()
    assert list((tmp_path / "home/fleet").glob("task.*")) == []
    reasons = {one["name"]: one["count"] for one in small.read("repositories", ["reasons"])[0]["reasons"]}
    assert reasons == {"larger than 1.5 MB": 1, "link": 1}


def test_a_token_in_an_address_stands_in_no_table_and_no_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Small(tmp_path)
    commit(tmp_path / "sources/shop", {"a.py": "def a():\n    return 1\n"})
    host = "https://ann:t0ken@git.invalid/"
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{tmp_path}/sources/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", host)
    listed = f"{host}shop\n{host}acme/gone\n"
    for report in (small.index(listed), small.index(listed)):
        assert {(one.repository, one.address, bool(one.commit)) for one in report.covered} == {
            ("git.invalid/shop", "https://git.invalid/shop", True), ("acme/gone", "https://git.invalid/acme/gone", False),
        }  # fmt: skip
    held = [file.read_bytes() for file in (tmp_path / "tables").rglob("*") if file.is_file()]
    assert held
    assert not any(b"t0ken" in data for data in held)


def test_our_copy_of_a_remote_repository_is_brought_to_the_commit_whatever_happened_to_it(tmp_path: Path) -> None:
    small, source, home = Small(tmp_path), tmp_path / "sources/shop", tmp_path / "home/fleet/mirrors"
    commit(source, {"a.py": "def a():\n    return 1\n"})
    listed = f"file://{source} one\nfile://{source} two\n"

    def moved_meanwhile(tasks: Sequence[Task], resources: Resources) -> Iterator[Ended]:
        commit(source, {"a.py": "def moved():\n    return 1\n"})
        yield from here(tasks, resources)

    def state(engine: Engine) -> set[tuple[str, State, str]]:
        return {(one.repository, one.state, one.commit) for one in small.index(listed, engine).covered}

    # A commit is fetched that is no head any more; by two names of one address at once.
    head = git(source, "rev-parse", "HEAD")
    assert state(moved_meanwhile) == {("one", State.INDEXED, head), ("two", State.INDEXED, head)}
    (mirror,) = (place for place in home.iterdir() if place.is_dir())
    unused = home / "unused"
    unused.mkdir()
    os.utime(unused, (0, 0))

    # What a killed git leaves keeps any other from fetching.
    (mirror / "shallow.lock").touch()
    head = git(source, "rev-parse", "HEAD")
    assert state(with_two) == {("one", State.INDEXED, head), ("two", State.INDEXED, head)}
    assert [place for place in home.iterdir() if place.is_dir()] == [mirror]


def with_two(tasks: Sequence[Task], resources: Resources) -> Iterator[Ended]:
    """Run two tasks at once in processes of this machine."""
    return local(tasks, replace(resources, workers=2))


def test_repositories_that_git_names_by_sha256_are_indexed_from_a_folder_and_from_elsewhere(tmp_path: Path) -> None:
    source = tmp_path / "sources/shop"
    source.mkdir(parents=True)
    git(source, "init", "--quiet", "--object-format=sha256")
    commit(source, {"a.py": "def a():\n    return 1\n"})
    report = Small(tmp_path).index(f"file://{source} remote\nsources/shop local\n")
    head = git(source, "rev-parse", "HEAD")
    assert {(one.repository, one.state, one.commit) for one in report.covered} == {
        ("local", State.INDEXED, head), ("remote", State.INDEXED, head),
    }  # fmt: skip


def test_a_list_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    read = read_list("# ours\nhttps://example.com/acme/shop.git\ngit@example.com:acme/mail.git mail public  # theirs\n../paint\n", tmp_path)
    assert [(one.name, one.is_remote, str(one.visibility)) for one in read] == sorted([
        ("acme/shop", True, "private"), ("mail", True, "public"), (f"{tmp_path.parent.name}/paint", False, "private"),
    ])  # fmt: skip
    for text, said in (
        ("", "names no repository"), ("a/b\nc/../a/b\n", "another repository"), ("a/b x y z", "line 1"), ("--upload-pack=x y/z", "line 1"),
        ("a/b 'x", "line 1"), ("a/b ../x", "no repository can be called"), ("~no-such-user/x", "no repository can be called"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=said):
            read_list(text, tmp_path)
    (tmp_path / "list").write_bytes(b"\xef\xbb\xbfhttps://example.com/acme/shop.git\r\n")  # as Windows writes it
    assert [one.name for one in read_list_in(tmp_path / "list")] == ["acme/shop"]


def test_tables_in_object_storage_hold_and_answer_the_same_and_a_node_has_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small, whole = Small(tmp_path), threading.Event()
    with s3_server(monkeypatch) as address:
        settings = Settings(tmp_path / "home", embedder="hash")
        fleet = Fleet(address, settings, here, Resources())
        copy = LocalCopy(address, tmp_path / "copy", whole.set)
        copy.bring()
        assert not whole.is_set()  # there is no fleet yet
        for text in ("first", "second"):
            commit(tmp_path / "sources/acme/shop", {"a.py": f"def {text}_thing():\n    return 1\n"})
            assert index(read_list("sources/acme/shop\n", tmp_path), fleet, lambda *_: None).failed == ()
            copy.bring()
            assert whole.is_set()
            assert rows_at(str(copy.folder)) == rows_at(address)
        small.index("sources/acme/shop\n")
        assert rows_at(str(tmp_path / "tables")) == rows_at(address)
        node = Node(address, settings)
        assert titles(node, "second thing") == ["acme/shop:a.py#second_thing"]
        node.serve()
        assert eventually(lambda: node.address != address)
        assert titles(node, "second thing") == ["acme/shop:a.py#second_thing"]
        node.close()
    before = rows_at(str(copy.folder))
    with pytest.raises(FleetUnusable, match="copied before"):
        copy.bring()
    assert rows_at(str(copy.folder)) == before
    again = Node(address, settings)
    again.serve()  # what an earlier process copied is served although the original cannot be reached
    assert again.address != address
    assert titles(again, "second thing") == ["acme/shop:a.py#second_thing"]
    again.close()


def rows_at(address: str) -> list[list[str]]:
    tables = Tables(address)
    return [sorted(repr(row) for batch in tables.batches(name) for row in batch.to_pylist()) for name in ("units", "files", "words")]


def titles(node: Node, asked: str) -> list[str]:
    return [f"{one.repository}:{one.hit.id}" for one in node.search(asked, Scope())][:1]
