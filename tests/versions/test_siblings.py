"""A second checkout of a repository begins with the index of the first: nothing is parsed again, nothing is shared that can change."""

import errno
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.model import RefreshReport, Secrets
from tests import warm
from tests.fakes import counting_embedder
from tests.project import CART, FILES, MONEY, Shell, fresh_rows, index_folder, rows, write

DAMAGED = ("meta.json", "repository.json", "*.lance/data/*", "*.lance/_versions/*.manifest", "facts-*-????????.arrow", "*.units.arrow")
OLDER, NEWER = "shop/money.py", "shop/cart.py"


def git(folder: Path, *arguments: str | Path) -> None:
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Give a repository with one commit on `main`, indexed, and a work tree of it on `other`."""
    write(tmp_path / "main", FILES)
    git(tmp_path, "init", "-q", "-b", "main", "main")
    git(tmp_path / "main", "add", ".")
    git(tmp_path / "main", "commit", "-q", "-m", "one")
    git(tmp_path / "main", "worktree", "add", "-q", tmp_path / "other", "-b", "other")
    index(tmp_path / "main")
    return tmp_path


def index(root: Path, embedder: str = "hash", secrets: Secrets = Secrets.MASK) -> RefreshReport:
    with ProjectMemory(root, Settings(root.parent / "home", embedder, workers=1, secrets=secrets)) as memory:
        report = memory.refresh()
        memory.view()  # whose image is saved
    return report


def is_like_new(root: Path) -> bool:
    """Tell whether an index is sound and holds what a fresh one holds."""
    with ProjectMemory(root, Settings(root.parent / "home", "hash", workers=1)) as memory:
        is_sound = not memory.verify().damaged
    found = rows(root, root.parent / "home") == fresh_rows(root, root.parent / "fresh")
    shutil.rmtree(root.parent / "fresh")
    return is_sound and found


def inodes(root: Path) -> dict[int, str]:
    folder = index_folder(root, root.parent / "home")
    return {file.stat().st_ino: file.name for file in folder.rglob("*") if file.is_file()}


def test_a_work_tree_begins_with_its_siblings_index_and_each_goes_its_own_way(base: Path) -> None:
    main, other = base / "main", base / "other"
    write(other, {OLDER: MONEY + "\n\nCENT = 1\n"})
    embedder = counting_embedder()
    index(main, "counting")
    embedder.texts.clear()
    shutil.copytree(base / "home", base / "counted")
    report = index(other, "counting")
    assert (report.parsed, report.modified, report.added) == (1, 1, 0)
    assert all(OLDER in text for text in embedder.texts)

    shutil.rmtree(base / "home")
    index(main)
    index(other)
    assert is_like_new(other)
    shared = inodes(main).keys() & inodes(other).keys()
    assert {inodes(main)[one].rpartition(".")[2] for one in shared} >= {"arrow", "lance", "manifest"}
    # What both do from here on has the same numbers and other rows.
    for number in range(3):
        write(main, {NEWER: CART + f"\n\ndef of_main_{number}():\n    pass\n"})
        write(other, {NEWER: CART + f"\n\ndef of_other_{number}():\n    pass\n"})
        index(main)
        index(other)
    assert is_like_new(main)
    assert is_like_new(other)
    shutil.rmtree(index_folder(main, base / "home").parent)
    shutil.rmtree(main)
    with ProjectMemory(other, Settings(base / "home", "hash", workers=1)) as memory:
        assert not memory.verify().damaged
        assert any("of_other_2" in hit.id for hit in memory.search("of_other_2"))


def test_damage_of_a_sibling_is_not_taken_over(base: Path) -> None:
    kept = base / "kept"
    shutil.copytree(base / "home", kept)
    folder = index_folder(base / "main", base / "home")
    for kind in DAMAGED:
        name = next(folder.glob(kind)).relative_to(folder)
        shutil.rmtree(base / "home")
        shutil.copytree(kept, base / "home")
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 4
        (folder / name).write_bytes(data)
        index(base / "other")
        assert rows(base / "other", base / "home") == rows(base / "main", kept), name
        with ProjectMemory(base / "other", Settings(base / "home", "hash", workers=1)) as memory:
            assert not memory.verify().damaged, name


def test_only_what_was_made_alike_is_taken_over(base: Path) -> None:
    counting_embedder()
    assert index(base / "other", "counting").parsed == len(FILES)
    shutil.rmtree(index_folder(base / "other", base / "home").parent)
    assert index(base / "other", secrets=Secrets.SHOW).parsed == len(FILES)
    assert index(base / "other").parsed == 0


def test_what_a_sibling_wrote_after_the_version_that_is_taken_over_is_not(base: Path) -> None:
    main, other, folder = base / "main", base / "other", index_folder(base / "main", base / "home")
    pointer = (folder / "meta.json").read_bytes()
    write(main, {OLDER: MONEY + "\n\ndef later():\n    pass\n"})
    index(main)
    assert list(folder.glob("*.changes.arrow"))
    (folder / "meta.json").write_bytes(pointer)  # as if it were just being written
    index(other)
    assert not list(index_folder(other, base / "home").glob("*.changes.arrow"))
    write(other, {NEWER: CART + "\n\ndef here():\n    pass\n"})
    index(other)
    with ProjectMemory(other, Settings(base / "home", "hash", workers=1)) as memory:
        assert not any("later" in hit.id for hit in memory.search("later"))
    assert is_like_new(other)


def test_what_was_left_by_a_killed_beginning_is_made_whole(base: Path) -> None:
    theirs, ours = index_folder(base / "main", base / "home"), index_folder(base / "other", base / "home")
    shutil.copytree(theirs, ours)
    (ours / "meta.json").unlink()
    next(ours.glob("*.lance/data/*")).unlink()
    assert index(base / "other").parsed == 0
    assert is_like_new(base / "other")


def test_files_are_copied_where_they_cannot_have_two_names(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    with monkeypatch.context() as patched:
        patched.setattr("memoryd.files.replace.os.link", refuse)
        assert index(base / "other").parsed == 0
    assert not inodes(base / "main").keys() & inodes(base / "other").keys()
    assert is_like_new(base / "other")
    modes = {file.stat().st_mode & 0o77 for file in index_folder(base / "other", base / "home").rglob("*")}
    assert modes == {0}


@pytest.mark.parametrize(
    ("first", "second", "is_sibling"),
    [
        ("https://ann:token@git.example.org/shop.git", "git@Git.Example.org:shop", True),
        ("ssh://git@git.example.org:22/shop/", "https://git.example.org/shop", True),
        ("https://git.example.org/shop", "https://git.example.org/shop-2", False),
        ("", "", False),
    ],
)
def test_a_clone_begins_with_the_index_of_another_clone(base: Path, first: str, second: str, is_sibling: bool) -> None:
    shutil.copytree(base / "main", base / "clone")
    shutil.rmtree(base / "home")
    for folder, origin in (("main", first), ("clone", second)):
        if origin:
            git(base / folder, "remote", "add", "origin", origin)
    index(base / "main")
    assert (index(base / "clone").parsed == 0) == is_sibling
    kept = (index_folder(base / "main", base / "home") / "repository.json").read_text()
    assert not any(word in kept for word in ("ann", "token", "example", "shop", str(base)))


def test_a_local_clone_and_a_folder_of_a_repository_find_theirs(base: Path) -> None:
    git(base, "clone", "-q", base / "main", "local")
    assert index(base / "local").parsed == 0
    shop = ProjectMemory(base / "main/shop", Settings(base / "home", "hash", workers=1))
    theirs = ProjectMemory(base / "other/shop", Settings(base / "home", "hash", workers=1))
    with shop, theirs:
        assert shop.refresh().parsed > 0
        assert theirs.refresh().parsed == 0


def test_status_names_the_branch_and_a_switch_never_serves_lines_of_the_other(base: Path) -> None:
    main, other = base / "main", base / "other"
    told = warm.run(Shell(other, base / "home"), "status", "--no-daemon").text
    commit = subprocess.run(["git", "-C", other, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert f"checkout   other at {commit[:12]}, a work tree of {main}\n" in told
    with ProjectMemory(main, Settings(base / "home", "hash", workers=1)) as memory:
        here = memory.status()
        assert (here.branch, here.commit, here.worktree_of) == ("main", commit, "")
        git(main, "switch", "-q", "-c", "renamed")
        write(main, {OLDER: MONEY.replace("parse_money", "read_money"), "shop/extra.py": "def read_money_twice():\n    pass\n"})
        git(main, "add", ".")
        git(main, "commit", "-q", "-m", "two")
        memory.refresh()
        assert "def read_money" in memory.pack("read_money").text
        for branch, ours, theirs in (("main", "parse_money", "read_money"), ("renamed", "read_money", "parse_money")) * 2:
            git(main, "switch", "-q", branch)
            # Nobody has told of the switch.
            assert theirs not in memory.pack(f"{theirs} reads an amount").text
            assert f"def {ours}" in memory.pack(ours).text
            assert memory.status().branch == branch
        git(main, "switch", "-q", "--detach")
        assert (memory.status().branch, memory.status().commit != commit) == ("", True)
    outside = base / "outside"
    write(outside, FILES)
    assert "checkout " not in warm.run(Shell(outside, base / "home"), "status", "--no-daemon").text
