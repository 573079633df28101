"""Files that the index may not see: no claim, quote or audit tells them from files that do not exist."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from memoryd.config import Settings
from memoryd.errors import MemorydError
from memoryd.files import Scan, scan
from memoryd.memory import ProjectMemory
from memoryd.notes.claim import Claim
from tests.faces.serving import serving
from tests.notes.conftest import Git
from tests.notes.shop import SHOP, note
from tests.project import write

SECRET = "hunter2 is the password"
HIDDEN = {
    ".git/config": "[core]",
    ".git": "",
    ".env": SECRET,
    "private/secret.py": SECRET,
    "private": "",
    "out/secret.txt": SECRET,
    "inner/cart.py": "class Cart",
    "node_modules/dep.js": SECRET,
}
"""Paths that the index may not see, each with words that it holds."""
ABOUT: list[Callable[[str, str], str]] = [
    lambda path, words: f"path {path}",
    lambda path, words: f"not path {path}",
    lambda path, words: f'text {path} has "{words}"',
    lambda path, words: f'not text {path} has "{words}"',
    lambda path, words: f"symbol {path}#PASSWORD",
    lambda path, words: f'constant {path}#PASSWORD is "{SECRET}"',
    lambda path, words: f"imports {path} -> os",
    lambda path, words: f"imports shop/cart.py -> {path}",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write(tmp_path / "outside", {"secret.txt": SECRET})
    write(root, {**SHOP, ".gitignore": ".env\nprivate/\n", ".env": SECRET, "private/secret.py": f"PASSWORD = '{SECRET}'\n"})
    write(root, {"node_modules/dep.js": f"// {SECRET}\n", "uv.lock": "version = 1\n"})
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "inner").symlink_to(root / "shop")
    return root


def missing(path: str) -> str:
    return f"x{path}"


def told(ask: Callable[[], Any], path: str) -> str:
    """Return what an answer, or an error, says of a path, without the path."""
    try:
        said = str(ask())
    except MemorydError as error:
        said = f"{type(error).__name__}: {error}"
    return said.replace(path, "PATH")


def verdict(memory: ProjectMemory, text: str) -> tuple[bool | None, str]:
    found = memory.notes.tell(Claim.parse(text))
    return found.holds, found.because


@pytest.mark.parametrize("path", HIDDEN)
def test_a_claim_about_a_hidden_file_is_one_about_a_missing_file(git: Git, memory: ProjectMemory, path: str) -> None:
    for about in ABOUT:
        hidden, gone = (told(partial(verdict, memory, about(one, HIDDEN[path] or "x")), one) for one in (path, missing(path)))
        assert hidden == gone
        assert "None" not in hidden


@pytest.mark.parametrize("path", [path for path, words in HIDDEN.items() if words])
def test_a_quote_from_a_hidden_file_is_one_from_a_missing_file(git: Git, memory: ProjectMemory, path: str) -> None:
    found = [
        told(lambda one=one: memory.notes.add(note("Quoted", quote=(HIDDEN[path], f"{one}:1-9"))), one)  # type: ignore[misc]
        for one in (path, missing(path))
    ]
    assert found[0] == found[1]
    assert "PATH is no text that can be read" in found[0]


@pytest.mark.parametrize("path", HIDDEN)
def test_no_hidden_file_leaves_its_digest_in_a_note(git: Git, memory: ProjectMemory, path: str) -> None:
    made = memory.notes.add(note("About nothing", "path shop/cart.py", f"not path {path}"))
    assert list(made.note.verified.files) == ["shop/cart.py"]


@pytest.mark.parametrize("path", HIDDEN)
def test_an_audit_of_a_hidden_file_is_one_of_a_missing_file(git: Git, memory: ProjectMemory, path: str) -> None:
    found = [told(lambda one=one: memory.notes.audit([one]), one) for one in (path, missing(path))]  # type: ignore[misc]
    assert found[0] == found[1]
    assert "UnknownHandle" in found[0]


@pytest.mark.parametrize("path", ["private/secret.py", "inner/cart.py", "out/secret.txt"])
def test_a_document_that_names_a_hidden_file_is_audited_as_one_that_names_a_missing_file(
    root: Path, git: Git, memory: ProjectMemory, path: str
) -> None:
    def audited(named: str) -> list[str]:
        write(root, {"AGENTS.md": f"Passwords stand in `{named}`.\n\nThe name is `{named}#guess_work`.\n"})
        return [f"{one.line} {one.because}".replace(named, "PATH") for one in memory.notes.audit(["AGENTS.md"])]

    assert audited(path) == audited(path.replace(".", "x."))


def test_what_changed_since_a_commit_says_nothing_of_hidden_files(git: Git, memory: ProjectMemory) -> None:
    changed = memory.notes.changed_since("HEAD")
    assert not any(changed(path) for path in HIDDEN if path != "node_modules/dep.js")  # which is committed


def test_a_hidden_file_is_looked_for_as_often_as_a_missing_one(
    root: Path, git: Git, memory: ProjectMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans: list[Path] = []

    def counted(place: Path) -> Scan:
        scans.append(place)
        return scan(place)

    for module in ("memoryd.notes.checks.disk", "memoryd.indexing.refresh"):
        monkeypatch.setattr(f"{module}.scan", counted)
    memory.refresh()
    looks = []
    for path in (".env", "x.env"):
        for text in (f"path {path}", f'text {path} has "x"'):
            scans.clear()
            verdict(memory, text)
            looks.append(len(scans))
        write(root, {"new.py": f"# {path}\n"})
        memory.refresh()
        scans.clear()
        verdict(memory, f"path {path}")
        looks.append(len(scans))
    assert looks == [1, 0, 0] * 2


def test_what_the_scan_skips_with_a_reason_can_be_named(root: Path, memory: ProjectMemory) -> None:
    write(root, {"big/data.csv": "1,2\n" * 500_000})
    for path in ("uv.lock", "out", "inner", "node_modules", "big/data.csv", "big", "shop"):
        assert verdict(memory, f"path {path}") == (True, ""), path
    assert verdict(memory, 'text uv.lock has "version"')[0] is None


def test_a_folder_without_files_does_not_exist(root: Path, memory: ProjectMemory) -> None:
    (root / "empty/inner").mkdir(parents=True)
    assert verdict(memory, "path empty") == (False, "empty is gone")
    write(root, {"empty/inner/new.py": "def new(): ...\n"})
    assert verdict(memory, "path empty/inner/new.py")[0] is True
    assert verdict(memory, "path empty")[0] is True


def test_a_file_is_hidden_once_it_is_ignored_and_seen_once_it_is_not(root: Path, git: Git, memory: ProjectMemory) -> None:
    write(root, {"notes.env": SECRET, "poetry.lock": "x"})
    assert verdict(memory, f'text notes.env has "{SECRET}"')[0] is True
    assert verdict(memory, "path poetry.lock")[0] is True
    assert verdict(memory, "path .env")[0] is False
    write(root, {".gitignore": "notes.env\npoetry.lock\n"})
    memory.refresh()
    assert verdict(memory, f'text notes.env has "{SECRET}"') == (False, "notes.env is gone")
    assert verdict(memory, "path poetry.lock") == (False, "poetry.lock is gone")
    assert verdict(memory, f'text .env has "{SECRET}"')[0] is True


@pytest.mark.parametrize("path", [path for path, words in HIDDEN.items() if words])
def test_http_answers_alike_for_hidden_and_missing_files(root: Path, git: Git, tmp_path: Path, path: str) -> None:
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.refresh()
    with serving(tmp_path) as one:
        for kept in ({"claims": [f'text PATH has "{HIDDEN[path]}"']}, {"evidence": [{"quote": HIDDEN[path], "at": "PATH:1-9"}]}):
            answers = []
            for place in (path, missing(path)):
                fields = {
                    name: [
                        {key: value.replace("PATH", place) for key, value in item.items()}
                        if isinstance(item, dict)
                        else item.replace("PATH", place)
                        for item in items
                    ]
                    for name, items in kept.items()
                }
                answered = one.post("/v1/notes", title="A guess", kind="decision", body="A guess at words.", author="agent", **fields)
                answers.append((answered.status_code, answered.json()["detail"].replace(place, "PATH")))
            assert answers[0] == answers[1]
            assert answers[0][0] == 409
