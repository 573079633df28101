"""Questions about a past commit: what stood there then, from a folder of ours, while the project stays as it is."""

import os
import re
import signal
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.errors import UnknownHandle
from memoryd.files import locked
from memoryd.memory import ProjectMemory
from memoryd.past import checked_out
from memoryd.past.kept import PLACES
from tests.faces.serving import serving
from tests.fleet.fleets import commit, git
from tests.project import CART, FILES, MONEY, Shell, many, write

KEY = "AKIA" + "QYLPMN5HFJ2KEXA7"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of three commits, of which the second has a key and the last moved a class away."""
    root = tmp_path / "shop"
    commit(root, {**FILES, **many(3), ".gitattributes": "*.py filter=evil text eol=crlf\n", ".gitignore": "README.md\n"})
    git(root, "config", "filter.evil.smudge", f"touch {tmp_path}/ran")
    (root / ".git/hooks/post-checkout").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (root / ".git/hooks/post-checkout").chmod(0o755)
    commit(root, {"shop/key.py": f'AWS_KEY = "{KEY}"\n', "inner/tool.py": "def inner_tool():\n    return 1\n"})
    git(root, "rm", "--quiet", "shop/key.py")
    git(root, "mv", "shop/cart.py", "shop/basket.py")
    commit(root, {"shop/basket.py": CART.replace("Cart", "Basket"), "shop/checkout.py": "def pay():\n    return 1\n"})
    return root


def test_a_past_commit_answers_as_it_was_parses_what_is_new_to_us_and_changes_nothing(project: Path, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", embedder="hash", workers=1)
    with ProjectMemory(project, settings) as memory:
        memory.refresh()
    before = git(project, "status", "--porcelain"), sorted(project.rglob("*"))
    with checked_out(project, "HEAD~1", settings) as past, ProjectMemory(past.folder, settings, more=past.show()) as memory:
        assert memory.refresh().parsed == 3  # all but cart.py, checkout.py and key.py are as in the checkout
        assert memory.show("Cart.total").text.startswith("    def total")
        assert next(hit.id for hit in memory.search("cart total")) == "shop/cart.py#Cart.total"
        assert "shop/cart.py" in memory.pack("how is the total of the cart made", 300).text
        assert f"memoryd show --at {past.commit[:12]} PATH#NAME" in memory.pack("value of step", 1_000).text
        assert past.commit == git(project, "rev-parse", "HEAD~1")
        assert past.day == "2026-01-01"
    assert not any(KEY.encode() in file.read_bytes() for file in (tmp_path / "home").rglob("*") if file.is_file())
    assert (git(project, "status", "--porcelain"), sorted(project.rglob("*"))) == before
    assert not (tmp_path / "ran").exists()
    with checked_out(project / "inner", "HEAD~1", settings) as past:  # a project may be a folder of its repository
        assert [file.name for file in past.folder.glob("*.py")] == ["tool.py"]


def test_a_few_commits_are_kept_and_what_is_in_use_stays(project: Path, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", embedder="hash", workers=1)
    for number in range(PLACES + 1):
        commit(project, {"shop/number.py": f"NUMBER = {number}\n"})
    with checked_out(project, "HEAD", settings) as first:
        for number in range(1, PLACES + 1):
            with checked_out(project, f"HEAD~{number}", settings) as past:
                assert (past.folder / "shop/number.py").read_text() == f"NUMBER = {PLACES - number}\n"
        assert (first.folder / "shop/number.py").read_text() == f"NUMBER = {PLACES}\n"
        with pytest.raises(TimeoutError), locked(first.folder.parent / "lock", 0.0):
            pass
    assert len(list((tmp_path / "home/past").glob("*/tree"))) == PLACES


@pytest.mark.parametrize("revision", ["nothing-of-that-name", "--help", "", "HEAD:shop", "a\0b", "HEAD~2000"])
def test_a_commit_that_git_does_not_know_is_named(project: Path, tmp_path: Path, revision: str) -> None:
    with pytest.raises(UnknownHandle, match="git knows no commit"), checked_out(project, revision, Settings(tmp_path / "home")):
        pass


def test_commands_answer_of_a_commit_and_name_it_and_end_without_leaving_half_of_one(project: Path, tmp_path: Path) -> None:
    shell = Shell(project, tmp_path / "home")
    done = shell.run("show", "--at", "HEAD~1", "shop/cart.py:1", "--raw")
    assert (done.code, done.text) == (0, CART.splitlines(keepends=True)[0])
    assert re.search(r"^memoryd: as of commit [0-9a-f]{12} of 2026-01-01$", done.err, re.MULTILINE)
    assert shell.run("search", "cart", "--at", "HEAD~1", "--json").json["at"] == git(project, "rev-parse", "HEAD~1")
    assert shell.run("pack", "cart total", "--at", "nowhere").code == 2
    write(project, {f"many/{number}.py": "value = 1\n" for number in range(1500)})
    commit(project, {})
    running = shell.start("search", "cart", "--at", "HEAD")
    places = tmp_path / "home/past"
    while running.poll() is None and not any(
        place.name == "tree" and not (place.parent / "held").exists() for place in places.glob("*/tree")
    ):
        pass
    os.killpg(running.pid, signal.SIGINT)
    running.communicate()
    assert all((place.parent / "held").exists() for place in places.glob("*/tree"))


def test_of_a_partial_clone_what_git_has_is_answered_and_what_it_has_not_is_said(project: Path, tmp_path: Path) -> None:
    git(project, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", project.as_uri(), str(clone))
    git(clone, "show", "HEAD~1:shop/checkout.py")  # of which git gets the file
    shell = Shell(clone, tmp_path / "home")
    done = shell.run("show", "--at", "HEAD~1", "shop/money.py:1", "--raw")
    assert (done.code, done.text) == (0, MONEY.splitlines(keepends=True)[0])
    missing = (
        "git lacks 2 of its files, since the clone is partial (shop/cart.py, shop/key.py); `git fetch --refetch --no-filter` gets them"
    )
    assert missing in done.err
    done = shell.run("show", "--at", "HEAD~1", "shop/cart.py")
    assert (done.code, done.text) == (2, "")
    assert missing in done.err
    assert shell.run("search", "money", "--at", "HEAD~1").code == 0
    git(clone, "fetch", "--quiet", "--refetch", "--no-filter")
    done = shell.run("show", "--at", "HEAD~1", "shop/cart.py:1", "--raw")
    assert (done.code, done.text) == (0, CART.splitlines(keepends=True)[0])
    assert "partial" not in done.err


def test_over_http_a_field_names_the_commit(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        commit(served.root, {})
        write(served.root, {"shop/cart.py": "GONE = 1\n"})
        for path, asked in (
            ("/v1/show", {"handles": ["Cart.total"]}),
            ("/v1/search", {"query": "cart"}),
            ("/v1/pack", {"task": "cart total"}),
        ):
            answer = served.post(path, at="HEAD", **asked).raise_for_status().json()
            assert answer["at"] == git(served.root, "rev-parse", "HEAD")
            assert "shop/cart.py" in str(answer)
            assert "GONE" not in str(answer)
        assert served.post("/v1/show", handles=["Cart.total"], at="nowhere").status_code == 404
        assert served.client.get("/v1/projects").json()["projects"] == []
