"""A remote for a team: what one indexed nobody else parses, nobody learns of files they lack, and nothing depends on it."""

import logging
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.errors import RemoteUnusable, UsageError
from memoryd.memory import ProjectMemory
from memoryd.model import RefreshReport
from memoryd.sharing import Pushed, Remote, add_remote, new_pair, remote_of, remotes_of, remove_remote, states_of
from tests import warm
from tests.project import FILES, Shell, fresh_rows, rows, write
from tests.sharing.servers import folder_server, s3_server

TREE = {**FILES, **{f"part/module_{number}.py": f"def step_{number}(value):\n    return value + {number}\n" for number in range(40)}}
"""More files than those for which no remote is asked. One line holds a secret, and one file is binary."""
TREE |= {"part/settings.py": 'PASSWORD = "hunter2-but-longer-9f8a7b"\n', "logo.bin": "\0\1\2", "run": "#!/usr/bin/env python\nprint(1)\n"}


def settings(home: Path, **chosen: str) -> Settings:
    return replace(Settings(home, "hash", workers=1), **chosen)  # type: ignore[arg-type]


def refresh(root: Path, home: Path, **chosen: str) -> RefreshReport:
    with ProjectMemory(root, settings(home, **chosen)) as memory:
        return memory.refresh()


def push(root: Path, home: Path, key: str = "") -> Pushed:
    with ProjectMemory(root, settings(home)) as memory:
        memory.refresh()
        return memory.push(remote_of(home, "team"), key)


def team(home: Path, address: str, keys: tuple[str, ...] = (), patience: float = 30.0) -> Path:
    """Add a remote that is given all the time it takes on a busy machine, unless it is to be given less; return the data folder."""
    add_remote(home, Remote("team", address, keys, patience))
    return home


def checkout(root: Path, files: Mapping[str, str] = TREE) -> Path:
    shutil.rmtree(root, ignore_errors=True)
    write(root, files)
    return root


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what was pushed of a tree. Not to be changed."""
    base = tmp_path_factory.mktemp("filled")
    push(checkout(base / "project"), team(base / "home", f"file://{base}/remote"))
    return base / "remote"


def test_what_one_pushed_nobody_else_parses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_server(monkeypatch) as address:
        pair = new_pair()
        ours, theirs = (team(tmp_path / name, address, (pair.public,)) for name in ("ours", "theirs"))
        root, clone = checkout(tmp_path / "project"), checkout(tmp_path / "clone")
        pushed = push(root, ours, pair.private)
        assert (pushed.files, pushed.pushed) == (len(TREE), len(TREE))
        report = refresh(clone, theirs)
        assert (report.pulled, report.parsed, report.embedded) == (len(TREE), 0, 0)
        assert rows(clone, theirs) == rows(root, ours)
        # A branch that CI has indexed, too, and a file of our own.
        other = {**TREE, **{path: text + "\nADDED = 1\n" for path, text in TREE.items() if path.startswith("part/module")}}
        assert push(checkout(root, other), ours, pair.private).pushed == 40
        report = refresh(checkout(clone, {**other, "mine.py": "def mine():\n    pass\n"}), theirs)
        assert (report.pulled, report.parsed) == (40, 1)
        assert rows(clone, theirs) == fresh_rows(clone, tmp_path / "fresh")
        state = states_of(theirs)[0]
        assert (state.entries, state.failure, state.wrong, state.signed) == (len(TREE) + 40, "", 0, True)


def test_an_edit_asks_nobody_and_a_pull_asks_for_one_file(tmp_path: Path, filled: Path) -> None:
    with folder_server(filled) as served:
        home, root = team(tmp_path / "home", served.address), checkout(tmp_path / "project", dict(list(TREE.items())[:20]))
        assert (refresh(root, home).pulled, served.asked) == (0, 0)
        write(root, dict(list(TREE.items())[20:22]))
        report = refresh(root, home, pulls_from="team")
        assert (report.pulled, report.parsed) == (2, 0)
        assert served.asked


def test_who_lists_a_remote_learns_nothing_of_a_file_they_lack(tmp_path: Path, filled: Path) -> None:
    stored = b"".join(file.read_bytes() for file in filled.rglob("*") if file.is_file())
    assert not [word for word in ("module_1", "step_", "shop", "Money", "hunter2", "python") if word.encode() in stored]
    # A file at the same path with other bytes has no entry that could be found, and one with the same bytes elsewhere has none either.
    home, root = team(tmp_path / "home", f"file://{filled}"), tmp_path / "project"
    changed = {path: text + "# changed\n" for path, text in TREE.items() if path.endswith(".py")}
    moved = {f"elsewhere/{path}": text for path, text in TREE.items()}
    assert refresh(checkout(root, {**changed, **moved}), home).pulled == 0
    # The same entries go to those who mask secrets alone.
    assert refresh(checkout(root), tmp_path / "home", secrets="show").pulled == 0
    with ProjectMemory(root, settings(home, secrets="show")) as memory, pytest.raises(UsageError, match="never pushed"):
        memory.push(remote_of(home, "team"), "")


FAULTS = {
    "cut": "breaks off", "stall": "in time", "silent": "in time", "broken": "status 500", "clock": "the clock of this machine is wrong",
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_remote_that_fails_costs_one_warning_and_then_nothing(
    tmp_path: Path, filled: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    with folder_server(filled) as served:
        served.fault = fault
        home, root = team(tmp_path / "home", served.address, patience=0.2), checkout(tmp_path / "project")
        report = refresh(root, home)
        assert report.pulled + report.parsed + len(report.skipped) >= len(TREE)
        asked = served.asked
        write(root, {f"later/{path}": text for path, text in TREE.items()})
        refresh(root, home)
        assert served.asked == asked > 0
        (said,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
        assert "team is left alone for 10 minutes" in said
        assert states_of(home)[0].failure in said
        assert re.search(FAULTS[fault], said)
        assert not re.search(r"127\.0\.0\.1|sig=", said)
        # Who asks by name is told, and asks again.
        if fault == "broken":
            write(root, {"one.py": "ONE = 1\n"})
            with pytest.raises(RemoteUnusable, match="status 500"):
                refresh(root, home, pulls_from="team")
            served.fault = ""
            assert refresh(root, home, pulls_from="team").parsed == 1
            assert states_of(home)[0].failure == ""


def _flipped_ends(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("damaged", [_flipped_ends, lambda data: data[: len(data) // 2], lambda _: b""])
def test_entries_that_are_wrong_are_parsed_instead_and_not_asked_for_again(
    tmp_path: Path, filled: Path, damaged: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    remote = shutil.copytree(filled, tmp_path / "remote")
    (bundle,) = (remote / "memoryd-1/bundles").iterdir()
    sound = bundle.read_bytes()
    bundle.write_bytes(damaged(sound))
    home, root = team(tmp_path / "home", f"file://{remote}"), checkout(tmp_path / "project")
    report = refresh(root, home)
    assert report.pulled < len(TREE)
    assert report.pulled + report.parsed + len(report.skipped) >= len(TREE)
    assert rows(root, home) == fresh_rows(root, tmp_path / "fresh")
    assert states_of(home)[0].wrong == len(TREE) - report.pulled
    assert caplog.text.count("not what they should be") == 1
    bundle.write_bytes(sound)
    shutil.rmtree(home / "projects")
    assert refresh(root, home).pulled == report.pulled


def _flipped(data: bytes) -> bytes:
    return data[:-100] + bytes([data[-100] ^ 1]) + data[-99:]


@pytest.mark.parametrize("damaged", [_flipped, lambda data: data[: len(data) // 2], lambda _: b"", lambda _: b'{"format": 1}\n'])
def test_an_inventory_that_is_not_what_its_name_says_is_left_out(tmp_path: Path, filled: Path, damaged: Callable[[bytes], bytes]) -> None:
    remote = shutil.copytree(filled, tmp_path / "remote")
    (inventory,) = (remote / "memoryd-1/inventories").iterdir()
    inventory.write_bytes(damaged(inventory.read_bytes()))
    home, root = team(tmp_path / "home", f"file://{remote}"), checkout(tmp_path / "project")
    assert refresh(root, home).pulled == 0
    assert states_of(home)[0].wrong == 1
    assert push(root, home).pushed == len(TREE)
    shutil.rmtree(home / "projects")
    assert refresh(root, home).pulled == len(TREE)


def test_only_what_a_trusted_key_signed_is_taken_and_only_its_owner_may_push(tmp_path: Path) -> None:
    trusted, stranger = new_pair(), new_pair()
    address, root = f"file://{tmp_path}/remote", checkout(tmp_path / "project")
    push(root, team(tmp_path / "strangers", address), stranger.private)
    home = team(tmp_path / "home", address, (trusted.public,))
    assert refresh(root, home).pulled == 0
    assert states_of(home)[0].wrong == 1
    for key, said in (("", "must be signed"), (stranger.private, "none of those"), ("nonsense", "no key")):
        with pytest.raises(UsageError, match=said) as refused:
            push(root, home, key)
        assert not key or key not in str(refused.value)
    assert push(root, home, trusted.private).pushed == len(TREE)
    shutil.rmtree(home / "projects")
    assert refresh(root, home).pulled == len(TREE)


def test_small_bundles_are_put_together_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memoryd.sharing.remote.pushing.MOST_SMALL", 3)
    address, root = f"file://{tmp_path}/remote", checkout(tmp_path / "project", FILES)
    home, other = team(tmp_path / "home", address), team(tmp_path / "other", address)
    push(root, home)
    clone = checkout(tmp_path / "clone", FILES)
    assert refresh(clone, other, pulls_from="team").pulled == len(FILES)  # keeps the inventory of that moment
    tidied = []
    for number in range(5):
        write(root, {"shop/money.py": f"NUMBER = {number}\n"})
        tidied.append(push(root, home).tidied)
    assert sum(tidied) == 1
    assert len([*(tmp_path / "remote/memoryd-1/bundles").iterdir()]) == len([*(tmp_path / "remote/memoryd-1/inventories").iterdir()]) == 3
    for number in (0, 4):
        write(clone, {"shop/money.py": f"NUMBER = {number}\n"})
        assert refresh(clone, other, pulls_from="team").parsed == 0
    # A bundle that somebody removed is pushed again.
    shutil.rmtree(tmp_path / "remote/memoryd-1/bundles")
    assert push(root, home).pushed == len(FILES)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("s3://key:secret@bucket/x", "must not hold credentials"), ("https://h/x?sig=secret", "must not hold a query"),
        ("ftp://host/x", "no kind of remote"), ("file://relative/x", "whole path"), ("http://example.org/x", "https"),
        ("s3://", "names no place"), ("//", "no kind"), ("s3://[bucket", "no address"), ("s3://bucket/\x1b[2J", "not seen"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_or_holds_a_secret_is_refused(tmp_path: Path, address: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        add_remote(tmp_path, Remote("team", address))
    assert "secret@" not in str(refused.value)
    assert remotes_of(tmp_path) == ()


def test_the_commands_say_what_they_did_and_no_credential_is_written(tmp_path: Path) -> None:
    pair = new_pair()
    shell = Shell(
        checkout(tmp_path / "project"), tmp_path / "home", {"MEMORYD_REMOTE_KEY": pair.private, "AWS_SECRET_ACCESS_KEY": "hush-hush"}
    )
    assert warm.run(shell, "remote", "add", "team", f"file://{tmp_path}/remote", "--key", pair.public, "--json").json["signed"] is True
    assert warm.run(shell, "remote", "push", "team", "--json").json["pushed"] == len(TREE)
    assert warm.run(shell, "remote", "pull", "team").text.startswith("0 files pulled, 0 parsed, ")
    assert f"remote     team: file://{tmp_path}/remote, {len(TREE)} entries, signed\n" in warm.run(shell, "status", "--no-daemon").text
    files = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert not [data for data in files if b"hush-hush" in data or pair.private.encode() in data]
    assert {place.stat().st_mode & 0o77 for place in (tmp_path / "home/remotes").rglob("*")} == {0}
    with pytest.raises(UsageError, match="remove it first"):
        team(tmp_path / "home", "s3://bucket")
    remove_remote(tmp_path / "home", "team")
    with pytest.raises(UsageError, match="add it with"):
        remote_of(tmp_path / "home", "team")


def test_a_list_of_remotes_that_is_damaged_is_said_and_refreshes_go_on(tmp_path: Path) -> None:
    home, root = team(tmp_path / "home", "s3://bucket"), checkout(tmp_path / "project")
    (home / "remotes/remotes.json").write_text("{}")
    with pytest.raises(RemoteUnusable, match="add them again"):
        remotes_of(home)
    assert refresh(root, home).parsed == len(TREE) - 1
