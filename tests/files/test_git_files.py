"""Files as git has them at commits: byte for byte, in the order asked, and no more of them than may be."""

import os
from pathlib import Path

import pytest

from memoryd.files import MAX_BYTES, NO_ANSWER, Blob, blobs
from memoryd.model import Secrets
from tests.notes.conftest import Git, begun

TOO_LARGE = "larger than 1.5 MB"


def at_head(root: Path, paths: list[str], secrets: Secrets = Secrets.MASK) -> list[Blob]:
    return blobs(os.fsencode(root), [("HEAD", path) for path in paths], 60.0, secrets)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "src/a b.py").write_bytes(b"\xff\n\n2 blob 3\n")
    (root / "empty").write_bytes(b"")
    (root / "most").write_bytes(b"\n" * MAX_BYTES)
    (root / "large").write_bytes(b"\n" * (MAX_BYTES + 1))
    (root / "a\nb").write_bytes(b"1")
    (root / "c.py").write_bytes(b'password = "hunter2-Zq81xL"\n')
    (root / "id_rsa").write_bytes(b"1\n")
    begun(root)
    return root


def test_files_are_what_git_has_of_them_or_it_is_said_why_they_are_not_read(root: Path) -> None:
    found = at_head(root, ["most", "gone", "large", "src", "src/a b.py", "empty", "most"])
    most, nothing = Blob(b"\n" * MAX_BYTES), Blob(b"")
    assert found == [most, nothing, Blob(b"", TOO_LARGE), nothing, Blob(b"\xff\n\n2 blob 3\n"), nothing, most]
    assert at_head(root, ["a\nb", "empty"]) == [Blob(b"", "git cannot be asked for its name"), nothing]
    assert at_head(root / "src", ["a b.py", "../empty"])[0].data == b"\xff\n\n2 blob 3\n"
    assert at_head(root, []) == []
    assert at_head(root / "nowhere", ["most"]) == [nothing]


def test_files_are_read_without_secrets(root: Path) -> None:
    assert [one.data for one in at_head(root, ["c.py", "id_rsa"])] == [b'password = "**************"\n', b""]
    assert at_head(root, ["c.py"], Secrets.SHOW)[0].data == (root / "c.py").read_bytes()


def test_no_more_is_read_at_once_than_may_be(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memoryd.files.git_files.MOST_BYTES", MAX_BYTES + 5)
    found = at_head(root, ["most", "src/a b.py", "empty"])
    assert [(len(one.data), one.unread) for one in found] == [(MAX_BYTES, ""), (0, "with the files before it larger than 80 MB"), (0, "")]
    monkeypatch.setenv("PATH", "")
    assert at_head(root, ["most", "empty"]) == [NO_ANSWER, NO_ANSWER]


@pytest.mark.parametrize(
    "lacks, unknown", [("blob:none", {"src/a b.py", "c.py"}), ("tree:0", {"gone", "empty", "src/a b.py", "new.py", "c.py"})]
)
def test_of_a_partial_clone_what_git_does_not_have_is_no_file_that_was_not_there(
    root: Path, tmp_path: Path, lacks: str, unknown: set[str]
) -> None:
    git = Git(root)
    git("config", "uploadpack.allowFilter", "true")
    for path in ("src/a b.py", "c.py"):
        (root / path).write_bytes(b"1\n")
    git.commit("Edit")
    Git(tmp_path)("clone", "--quiet", f"--filter={lacks}", f"file://{root}", "clone")
    missing, nothing = Blob(b"", "git does not have it: the clone is partial"), Blob(b"")
    paths = ["gone", "empty", "src/a b.py", "new.py", "c.py"]
    found = blobs(os.fsencode(tmp_path / "clone"), [("HEAD~", path) for path in paths], 60.0, Secrets.MASK)
    assert found == [missing if path in unknown else nothing for path in paths]
