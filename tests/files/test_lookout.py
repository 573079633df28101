"""What events tell of a working tree is what a scan would find: after any changes, by whatever means, asked at any moment."""

import mmap
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from indexers import language_of
from memoryd.files import Content, Refused, read
from memoryd.files.repository import is_pipe, read_by_git
from memoryd.files.tree import GENERATED_FOLDERS
from memoryd.indexing import Survey, survey
from memoryd.model import Fingerprint, Secrets
from memoryd.parsing import revision_of
from memoryd.store import FileRecord, Meta
from memoryd.versions.known_tree import KnownTree, Scanned

STEPS = 40
META = Meta("table", "hash", 8, "root", "table")
IGNORING = ("*.log\n", "build/\n", "b*\n!big.py\n", "/a/\n", "*.py\n!keep.py\n", "")
FOLDERS = ("a", "b", "a/c", "build", "deep/er/est", "node_modules", "a/__pycache__", "empty")
NAMES = ("one.py", "two.py", "keep.py", "big.py", "x.log", "README.md", "data.bin", "HEAD")

pytestmark = pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="Only Linux tells of every change.")


class Indexed:
    """What an index of a tree records, without an index: surveys are compared with scans, and then taken in."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        self.tree = KnownTree(root, folder, Secrets.MASK)
        self.tree.follow()
        self.records: dict[str, FileRecord] = {}
        self.version = 1

    @property
    def state(self) -> tuple[Meta, int]:
        return META, self.version

    def truth(self) -> Survey:
        return survey(self.root, self.folder, self.records)

    def checked(self, found: Survey) -> Survey:
        """Compare a survey with a scan."""
        truth = self.truth()
        assert found.changes == truth.changes
        assert _told(found) == _told(truth)
        return found

    def refresh(self, scanned: Scanned | None = None) -> Survey:
        """Survey the tree, and take in what is found, or what a scan found some time ago."""
        self.tree.begun()
        before, records = self.state, dict(self.records)
        if scanned is None:
            found = self.checked(self.tree.survey(before, records))
        else:
            found = self.tree.survey_scanned(scanned, before, records)
        changes, unsure = found.changes, []
        for path in (*changes.removed, *(old for old, _ in changes.renamed)):
            del self.records[path]
        for path in (*changes.added, *changes.modified, *(new for _, new in changes.renamed)):
            content = read(self.root, path)
            if isinstance(content, Content):
                language = language_of(path, content.source[:4096])
                self.records[path] = FileRecord(Fingerprint(content.digest, revision_of(language, Secrets.MASK)), language, "")
            elif isinstance(content, Refused):
                self.records[path] = FileRecord(Fingerprint(content.seen.digest, revision_of("", Secrets.MASK)), "", content.reason)
            else:
                unsure.append(path)
        self.version += bool(changes)
        self.tree.indexed(before, self.state, unsure)
        return found


def _does_not_wait(file: Path) -> bool:
    """Tell whether a file can be opened without a wait: it is no pipe."""
    return not file.is_fifo()


def _told(found: Survey) -> list[tuple[str, str]]:
    # Where a link leads, and whether a folder that tools fill is empty, may be told as at the last scan: nobody looks into them.
    seen = [one for one in found.skipped if one.reason not in GENERATED_FOLDERS.values()]
    return sorted((one.path, "symbolic link" if "symbolic link" in one.reason else one.reason) for one in seen)


class Hand:
    """Changes a tree at random, by all means that a system has."""

    def __init__(self, seed: int, root: Path, git: Callable[..., None]) -> None:
        self.chance, self.root, self.git = random.Random(seed), root, git
        self.outside = root.parent / "outside"
        self.outside.mkdir()
        self.ways = [name for name in sorted(vars(Hand)) if not name.startswith("_")]

    def _step(self) -> str:
        way = self.chance.choice(self.ways)
        try:
            getattr(self, way)()
        except (OSError, subprocess.CalledProcessError, ValueError):
            return f"{way} (in vain)"
        return way

    def _folder(self) -> Path:
        found = sorted(Path(folder) for folder, _, _ in os.walk(self.root) if ".git" not in folder.split("/"))
        return self.chance.choice([*found, *(self.root / name for name in FOLDERS)])

    def _inner(self) -> Path:
        folder = self._folder()
        if folder == self.root:
            raise ValueError("the root stays")
        return folder

    def _file(self) -> Path:
        found = sorted(Path(folder, name) for folder, _, names in os.walk(self.root) for name in names if ".git" not in folder.split("/"))
        if not (found := [*filter(_does_not_wait, found)]):
            raise ValueError("there is none")
        return self.chance.choice(found)

    def _text(self) -> str:
        return f"def f{self.chance.randrange(10**6)}(): ...\n"

    def write(self) -> None:
        folder = self._folder()
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / self.chance.choice(NAMES)
        if _does_not_wait(file):
            file.write_text(self._text())

    def append(self) -> None:
        with self._file().open("a") as opened:
            opened.write(self._text())

    def change_unseen(self) -> None:
        file = self._file()
        before = file.stat()
        file.write_bytes(bytes(reversed(file.read_bytes())))
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    def change_mapped(self) -> None:
        with self._file().open("r+b") as opened, mmap.mmap(opened.fileno(), 0) as mapped:
            mapped[0:1] = bytes([self.chance.randrange(97, 122)])

    def replace(self) -> None:
        file = self._file()
        aside = file.with_name(f".{file.name}.new")
        aside.write_text(self._text())
        aside.replace(file)

    def unlink(self) -> None:
        self._file().unlink()

    def rename(self) -> None:
        self._file().rename(self._folder() / self.chance.choice(NAMES))

    def make_folder(self) -> None:
        (self._folder() / self.chance.choice(("new", "build", "more/below"))).mkdir(parents=True)

    def remove_folder(self) -> None:
        shutil.rmtree(self._inner())

    def rename_folder(self) -> None:
        self._inner().rename(self._folder() / "moved")

    def exchange_folders(self) -> None:
        one, other, aside = self._inner(), self._inner(), self.outside / "aside"
        one.rename(aside)
        other.rename(one)
        aside.rename(other)

    def take_out(self) -> None:
        self._inner().rename(self.outside / "taken")

    def bring_in(self) -> None:
        (self.outside / "taken").rename(self._folder() / "brought")

    def ignore(self) -> None:
        file = self._folder() / self.chance.choice((".gitignore", ".ignore", ".memorydignore"))
        if _does_not_wait(file):
            file.write_text(self.chance.choice(IGNORING))

    def heed(self) -> None:
        self.chance.choice(sorted(self.root.rglob(".*ignore")) or [self.root / "none"]).unlink()

    def mark(self) -> None:
        file = self._folder() / self.chance.choice(("CACHEDIR.TAG", "pyvenv.cfg"))
        if _does_not_wait(file):
            file.write_text("x")

    def unmark(self) -> None:
        self.chance.choice(sorted([*self.root.rglob("CACHEDIR.TAG"), *self.root.rglob("pyvenv.cfg")]) or [self.root / "none"]).unlink()

    def link(self) -> None:
        file = self._file()
        if self.chance.random() < 0.5:
            file.unlink()
        (file.parent / self.chance.choice((file.name, "link.py"))).symlink_to(self.chance.choice(("one.py", "a", "/nowhere")))

    def become_folder(self) -> None:
        file = self._file()
        file.unlink()
        file.mkdir()

    def become_pipe(self) -> None:
        file = self._file()
        file.unlink()
        os.mkfifo(file)

    def name_twice(self) -> None:
        os.link(self._file(), self.outside / f"twin{self.chance.randrange(4)}")

    def write_by_other_name(self) -> None:
        twin = self.outside / f"twin{self.chance.randrange(4)}"
        if _does_not_wait(twin):
            twin.write_text(self._text())

    def forget_other_name(self) -> None:
        (self.outside / f"twin{self.chance.randrange(4)}").unlink()

    def grow(self) -> None:
        os.truncate(self._file(), 2_000_000)

    def shrink(self) -> None:
        os.truncate(self._file(), 3)

    def touch(self) -> None:
        self._file().touch()

    def hide(self) -> None:
        self._file().chmod(0o200)

    def begin_repository(self) -> None:
        self.git(self._folder(), "init")

    def end_repository(self) -> None:
        inner = sorted(place for place in self.root.rglob(".git") if place.parent != self.root)
        shutil.rmtree(self.chance.choice(inner or [self.root / "none"]))

    def track(self) -> None:
        self.git(self.root, "add", "--force", str(self._file().relative_to(self.root)))

    def untrack(self) -> None:
        self.git(self.root, "rm", "--cached", "--quiet", str(self._file().relative_to(self.root)))

    def exclude(self) -> None:
        file = self.root / ".git/info/exclude"
        file.unlink(missing_ok=True)
        if self.chance.random() < 0.2:
            os.mkfifo(file)
        else:
            file.write_text(self.chance.choice(IGNORING))

    def exclude_everywhere(self) -> None:
        (self.outside / "excludes").write_text(self.chance.choice(IGNORING))

    def commit(self) -> None:
        self.git(self.root, "add", ".")
        self.git(self.root, "commit", "-m", "all")

    def check_out(self) -> None:
        self.git(self.root, "checkout", "--force", "-B", "other", "HEAD~1")


@pytest.fixture(params=["git", "plain"])
def hand(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hand:
    """A small project, once a repository and once a plain folder."""
    settings = tmp_path / "gitconfig"
    settings.write_text(f"[user]\nname = A\nemail = a@example.org\n[core]\nexcludesFile = {tmp_path / 'outside/excludes'}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")

    def git(folder: Path, *arguments: str) -> None:
        if any(map(is_pipe, read_by_git(os.fsencode(folder), []))):
            raise ValueError("git would wait for somebody to write to the pipe")
        subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)

    root = tmp_path / "project"
    for name in ("one.py", "a/two.py", "b/keep.py", "deep/er/est/README.md"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"def {name[0]}(): ...\n")
    (root / "empty").mkdir()
    if request.param == "git":
        git(root, "init")
        git(root, "add", ".")
        git(root, "commit", "-m", "one")
    return Hand(SEED, root, git)


SEED = 5


def test_after_any_changes_events_and_scans_tell_the_same(hand: Hand, tmp_path: Path) -> None:
    made, ways = Indexed(hand.root, tmp_path / "index"), []
    for _ in range(STEPS):
        ways += [hand._step() for _ in range(hand.chance.choice((1, 1, 2, 4)))]
        try:
            if hand.chance.random() < 0.2:
                made.checked(made.tree.look(made.state, dict(made.records)))
            if hand.chance.random() < 0.1:  # a refresh that fails after its survey
                made.tree.survey(made.state, dict(made.records))
            else:
                made.refresh()
            if hand.chance.random() < 0.3:  # a scan beside which the tree changes, and other refreshes end
                scanned = made.tree.scan(made.state, dict(made.records))
                ways += [hand._step() for _ in range(hand.chance.choice((0, 0, 1)))]
                if hand.chance.random() < 0.5:
                    made.refresh()
                    ways += [hand._step() for _ in range(hand.chance.choice((0, 1)))]
                made.refresh(scanned)
            if hand.chance.random() < 0.5:
                made.refresh()
                made.refresh()
        except AssertionError as error:
            raise AssertionError(f"after {ways[-12:]}") from error
    made.tree.close()
