"""Repositories to measure on: from a local mirror when given, otherwise cloned; checked out at a revision, without history."""

import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path


class Repositories:
    """Finds repositories by `owner/name`. A mirror folder may hold `owner/name[.git]` or `owner+name/repo`."""

    def __init__(self, work: Path, mirror: Path | None) -> None:
        self._work = work
        self._mirror = mirror
        work.mkdir(parents=True, exist_ok=True)

    def git_folder(self, name: str) -> Path:
        """Return the git folder of a repository; clone it where the mirror does not have it."""
        if self._mirror is not None:
            for guess in (name, f"{name}.git", f"{name}/.git", f"{name.replace('/', '+')}/repo"):
                if (self._mirror / guess / "HEAD").is_file():
                    return self._mirror / guess
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
