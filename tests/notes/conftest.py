"""A small project under git, its memory, and notes about it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from tests.notes.shop import SHOP
from tests.project import write


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    """The memory of a project under git that no test changes: what is refused, or only asked, needs none of its own."""
    base = tmp_path_factory.mktemp("shared")
    write(base / "project", SHOP)
    begun(base / "project")
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as made:
        made.refresh()
        yield made
    assert not (base / "project/.memoryd").exists()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "project", SHOP)
    return tmp_path / "project"


@pytest.fixture
def git(root: Path) -> "Git":
    return begun(root)


@pytest.fixture
def memory(root: Path, tmp_path: Path) -> Iterator[ProjectMemory]:
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as made:
        yield made


class Git:
    """Git in a project, with no settings but ours."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, *arguments: str) -> str:
        settings = ("-c", "user.name=Jo", "-c", "user.email=jo@example.org", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null")
        done = subprocess.run(["git", *settings, "-C", str(self.root), *arguments], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        self("add", "--all")
        self("commit", "--quiet", "--allow-empty", "--message", message)
        return self("rev-parse", "HEAD")


def begun(root: Path) -> Git:
    """Put a project under git."""
    made = Git(root)
    made("init", "--quiet", "--initial-branch=main")
    made.commit("Begin")
    return made
