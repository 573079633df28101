"""Provides the repositories to measure on, from a local mirror if given, else cloned; as trees at a revision or working trees."""

import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path


class Repositories:
    """Finds repositories by `owner/name`. A mirror folder may hold `owner/name[.git]` or `owner+name/repo`, in any case of letters."""

    def __init__(self, work: Path, mirror: Path | None) -> None:
        self._work = work
        self._mirror = mirror
        work.mkdir(parents=True, exist_ok=True)

    def git_folder(self, name: str) -> Path:
        """Return the git folder of a repository; clone it where the mirror does not have it. Raises `CalledProcessError`."""
        if (found := self._mirrored(name)) is not None:
            return found
        clone = self._work / "clones" / f"{name}.git"
        if not clone.exists():
            subprocess.run(["git", "clone", "--quiet", "--bare", f"https://github.com/{name}", clone], check=True)
        return clone

    def tree(self, name: str, revision: str, subfolder: str = "") -> Path:
        """Return a folder with the files of a revision (only those under `subfolder`, if given), unpacked once."""
        folder = self._work / "trees" / f"{name.replace('/', '+')}@{revision[:12]}"
        if not folder.exists():
            archive = subprocess.run(
                ["git", f"--git-dir={self.git_folder(name)}", "archive", "--format=tar", revision, *filter(None, [subfolder])],
                check=True,
                capture_output=True,
            ).stdout
            aside = folder.with_suffix(".new")
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(parents=True)
            with tarfile.open(fileobj=BytesIO(archive)) as opened:
                opened.extractall(aside, filter="data")
            aside.rename(folder)
        return folder

    def working_tree(self, name: str, folder: Path) -> "WorkingTree":
        """Return a working tree of a repository in `folder`, to be moved from commit to commit. Raises `CalledProcessError`."""
        if not folder.exists():
            command = ["git", "clone", "--quiet", "--shared", "--no-checkout", str(self.git_folder(name)), str(folder)]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return WorkingTree(folder)

    def _mirrored(self, name: str) -> Path | None:
        if self._mirror is None:
            return None
        wanted = {guess.lower() for guess in (name, f"{name}.git", name.replace("/", "+"))}
        for folder in sorted([*self._mirror.glob("*"), *self._mirror.glob("*/*")]):
            if str(folder.relative_to(self._mirror)).lower() in wanted:
                for inner in ("", ".git", "repo", "repo/.git"):
                    if (folder / inner / "HEAD").is_file():
                        return folder / inner
        return None


class WorkingTree:
    """A checkout that moves from commit to commit, so that its index is refreshed, not made again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def git(self, *arguments: str) -> str:
        """Run git in the tree and return its output. Raises `CalledProcessError`."""
        done = subprocess.run(["git", "-C", str(self.folder), *arguments], check=True, capture_output=True)
        return done.stdout.decode("utf-8", "replace")

    def date(self, commit: str) -> int | None:
        """Return the time of a commit in seconds since 1970; `None` if the repository does not have it."""
        command = ["git", "-C", str(self.folder), "show", "--no-patch", "--format=%ct", commit]
        shown = subprocess.run(command, capture_output=True, text=True, check=False)
        return int(shown.stdout) if not shown.returncode else None

    def first_parents(self, commits: int) -> list[str]:
        """Return the last commits before HEAD along first parents and HEAD itself, the oldest first. Raises `CalledProcessError`."""
        return self.git("rev-list", "--first-parent", f"--max-count={commits + 1}", "HEAD").split()[::-1]

    def move(self, commit: str) -> None:
        """Move the files and HEAD to `commit`; equal files are not written again. Raises `CalledProcessError`."""
        git = ["git", "-C", str(self.folder)]
        subprocess.run([*git, "update-ref", "--no-deref", "HEAD", commit], check=True)
        if subprocess.run([*git, "read-tree", "--reset", "-u", commit], check=False, stderr=subprocess.DEVNULL).returncode:
            # A mirror may lack its largest files; the others are checked out all the same.
            subprocess.run([*git, "read-tree", "--reset", commit], check=True)
            subprocess.run([*git, "checkout-index", "--all", "--force", "--quiet"], check=False, stderr=subprocess.DEVNULL)
        subprocess.run([*git, "clean", "-fdq"], check=True)
