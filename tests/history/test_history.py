"""History: the commits that changed a symbol, through renames and moves; what changes together; and what is said where git knows less."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.errors import UnknownHandle
from memoryd.history import Log, Touches
from memoryd.history.touched import FILE
from memoryd.memory import ProjectMemory
from memoryd.model import Secrets
from memoryd.parsing import TimeLimit
from tests.notes.conftest import Git, begun
from tests.project import SLOW, write

BODY = "    one = value.strip()\n    two = one.lower()\n    three = two.title()\n    four = three.upper()\n    return four\n"
FIRST = f"def other():\n    return 1\n\n\ndef read(value):\n{BODY}"
LATER = FIRST.replace("two.title()", "two.swapcase()")


def steps(memory: ProjectMemory, handle: str, most: int = 20) -> list[tuple[str, str, bool]]:
    return [(one.subject, one.was, one.is_first) for one in memory.history(handle, most).changes]


@pytest.fixture
def repository(tmp_path: Path) -> Git:
    root = tmp_path / "project"
    write(root, {"a.py": FIRST, "b.py": "ONE = 1\n", "test_a.py": "1\n"})
    git = begun(root)
    write(root, {"a.py": LATER, "test_a.py": "2\n"})
    git.commit("Swap the case\n\nSince the shop shouts.\x1b[2J\nFixes 12.")
    write(root, {"a.py": LATER.replace("return 1", "return 2"), "test_a.py": "3\n"})
    git.commit("Of no concern")
    write(root, {"a.py": LATER.replace("def read", "def parse")})
    git.commit("Rename it")
    git("mv", "a.py", "text.py")
    git.commit("Rename the file")
    write(
        root,
        {
            "text.py": "def other():\n    return 1\n",
            "b.py": "ONE = 1\n\n\n" + LATER.partition("\n\n\n")[2].replace("def read", "def parse"),
        },
    )
    git.commit("Move it")
    write(root, {f"many/{number}.py": "1\n" for number in range(40)} | {"b.py": (root / "b.py").read_text() + "\n\nTWO = 2\n"})
    git.commit("Many at once")
    return git


def test_a_symbol_is_followed_through_renames_and_from_file_to_file(repository: Git, tmp_path: Path) -> None:
    with ProjectMemory(repository.root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        assert steps(memory, "parse") == [
            ("Move it", "text.py#parse", False), ("Rename it", "a.py#read", False), ("Swap the case", "", False), ("Begin", "", True),
        ]  # fmt: skip
        found = memory.history("b.py#parse", 2)
        assert "Jo: Rename it +1 −1 (was a.py#read)\n" in found.text
        assert found.remarks == ("older commits are left out; a larger --limit shows more",)
        assert "    Since the shop shouts.\\x1b[2J Fixes 12.\n" in memory.history("parse").text
        # A file is followed through its renames; what is not committed is in no commit.
        assert [one.subject for one in memory.history("text.py").changes] == [
            "Move it", "Rename the file", "Rename it", "Of no concern", "Swap the case", "Begin",
        ]  # fmt: skip
        write(repository.root, {"c.py": "def fresh():\n    return 3\n"})
        memory.refresh()
        assert memory.history("fresh").remarks == ("it is in no commit yet",)
        with pytest.raises(UnknownHandle):
            memory.history("nothing.py#nowhere")
        # Branches that go on side by side are told apart: each commit is compared with its own parent.
        repository("checkout", "--quiet", "-b", "side", "HEAD~1")
        write(repository.root, {"b.py": (repository.root / "b.py").read_text() + "\n\ndef aside():\n    return 4\n"})
        repository("add", "b.py")
        repository("commit", "--quiet", "--message", "Aside")
        repository("merge", "--quiet", "--no-edit", "-s", "ours", "main")
        memory.refresh()
        assert [subject for subject, _, _ in steps(memory, "parse")] == ["Move it", "Rename it", "Swap the case", "Begin"]


def test_the_name_of_a_file_is_no_pattern(tmp_path: Path) -> None:
    page, odd = "app/[slug]/page.py", ":(top)x.py"
    write(tmp_path / "project", {page: "def page():\n    return 1\n", odd: "def x():\n    return 1\n"})
    git = begun(tmp_path / "project")
    write(git.root, {"app/s/page.py": "def other():\n    return 2\n", "x.py": "2\n"})
    git.commit("Of others")
    with ProjectMemory(git.root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        assert steps(memory, page) == steps(memory, f"{page}#page") == steps(memory, "x") == [("Begin", "", True)]


def test_what_changes_together_is_read_on_and_mass_edits_do_not_count(repository: Git, tmp_path: Path) -> None:
    with Touches(tmp_path / "data", Log(repository.root, Secrets.MASK)) as touches:
        assert not touches.read(2)
        assert touches.commits() == 2
        assert touches.read(100)
        assert touches.commits() == 7
        assert [(one.path, one.support) for one in touches.together("a.py", 5)] == [("test_a.py", 3)]
        assert touches.together("a.py", 5)[0].confidence == 3 / 5  # its removal counts, too
        assert touches.together("many/1.py", 5) == []
        age = touches.age("a.py")
        assert age is not None
        assert (age.commits, age.authors) == (5, (("Jo", 5),))
        write(repository.root, {"b.py": "ONE = 3\n", "new.py": "1\n"})
        repository.commit("New")
        assert touches.read()
        assert (touches.commits(), [one.path for one in touches.together("new.py", 5, least=1)]) == (8, ["b.py"])
        # A history that is another one is read again.
        repository("reset", "--quiet", "--hard", "HEAD~3")
        repository.commit("Else")
        assert touches.read()
        assert touches.commits() == 6


def test_commits_that_could_not_be_kept_are_read_again(repository: Git, tmp_path: Path) -> None:
    def read() -> tuple[bool, int]:
        with Touches(tmp_path, Log(repository.root, Secrets.MASK)) as touches:
            return touches.read(), touches.commits()

    with Touches(tmp_path, Log(repository.root, Secrets.MASK)) as touches:
        assert not touches.read(1)
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("CREATE TRIGGER lost BEFORE INSERT ON commits BEGIN INSERT INTO nowhere VALUES (1); END")
        assert read() == (False, 1)
        other.execute("DROP TRIGGER lost")
        other.execute("BEGIN IMMEDIATE")
        assert read() == (False, 1)
        other.execute("ROLLBACK")
    assert read() == (True, 7)


def test_what_git_has_not_is_said_and_what_it_has_is_told(repository: Git, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    repository("clone", "--quiet", "--depth", "1", f"file://{repository.root}", str(shallow))
    with ProjectMemory(shallow, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        found = memory.history("b.py#parse")
        assert found.remarks == ("this clone is shallow: older commits are not here; git fetch --unshallow brings them",)
        assert [one.subject for one in found.changes] == ["Many at once"]
    repository("mv", "b.py", "c.py")
    write(repository.root, {"c.py": f"{(repository.root / 'c.py').read_text()}THREE = 3\n"})
    repository.commit("Rename it with an edit")
    write(repository.root, {"c.py": LATER})
    repository.commit("Edit it")
    lost = repository("rev-parse", "HEAD~2:b.py")
    (repository.root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    with ProjectMemory(repository.root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        assert [one.subject for one in memory.history("c.py").changes] == ["Edit it"]
    write(repository.root, {"inner/lib/d.py": "def inside():\n    return 1\n"})
    begun(repository.root / "inner")
    with ProjectMemory(repository.root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.refresh()
        assert memory.history("inside").remarks == ("it lies in inner, a repository of its own; ask about that project",)
    write(tmp_path / "bare", {"b.py": "def parse():\n    return 1\n"})
    with ProjectMemory(tmp_path / "bare", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        found = memory.history("parse")
        assert (found.changes, found.together) == ((), ())
        assert found.remarks == ("git tells nothing here: the project is in no repository, or has no commit yet",)


def test_where_an_old_version_cannot_be_parsed_the_history_ends_there_and_says_so(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, {"a.py": FIRST + SLOW * 10})
    git = begun(root)
    write(root, {"a.py": LATER})
    git.commit("Swap the case")
    write(root, {"a.py": LATER.replace("return four", "return 4")})
    git.commit("Return a number")
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1), limit=TimeLimit(cpu=0.3)) as memory:
        assert steps(memory, "read") == [("Return a number", "", False), ("Swap the case", "", False)]
        found = memory.history("read")
        assert found.remarks == ("what was before is not known: a.py: parsing took over 0.3 s of CPU time",)
        assert memory.history("read", 1).remarks == ("older commits are left out; a larger --limit shows more",)
