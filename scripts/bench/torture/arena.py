"""The arena of one run: a project, its data folder, the daemon, and what has been promised so far."""

import contextlib
import http.client
import random
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from memoryd.config import INDEX_FOLDER, Settings, project_folder
from scripts.bench.torture.client import Daemon
from scripts.bench.torture.disk import Disk
from scripts.bench.torture.processes import Ended, Job, Place, command, left_running

WORDS = (b"Traceback (most recent call last)", b"panicked at")
"""What no command may ever say."""


class Difference(Exception):
    """Something is not as promised."""


@dataclass(slots=True)
class Arena:
    """What the steps work on. `notes` are the notes that were acknowledged, by id, with their titles."""

    place: Place
    disk: Disk
    older: Path
    daemon: Daemon | None = None
    notes: dict[str, str] = field(default_factory=dict)
    bad_inputs: Counter[str] = field(default_factory=Counter)

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.place.root

    @property
    def home(self) -> Path:
        """The data folder."""
        return self.place.home

    @property
    def data(self) -> Path:
        """The folder of everything derived from the project."""
        return project_folder(Settings(self.home), self.root.resolve())

    @property
    def index(self) -> Path:
        """The folder of the index."""
        return self.data / INDEX_FOLDER

    def start(self, *arguments: str) -> Job:
        """Start a command of memoryd."""
        return Job(partial(command, *arguments), self.place)

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> Ended:
        """Run a command of memoryd, which must end with one of some exit codes."""
        return checked(self.start(*arguments).end(), arguments, codes)

    def asked(self) -> Daemon:
        """Return the running daemon; start one if there is none."""
        if self.daemon is None:
            self.daemon = Daemon(self.place)
            if not self.daemon.is_ready():
                ended = self.daemon.job.end_within(0.0)
                self.daemon = None
                raise Difference(f"the daemon does not start: {ended.code}, {ended.err[-4000:]!r}")
        return self.daemon

    def post(self, path: str, statuses: tuple[int, ...] = (200, 201), **asked: Any) -> Any:
        """Ask the daemon, whose answer must have one of some statuses."""
        try:
            status, answer = self.asked().post(path, **asked)
        except (OSError, http.client.HTTPException) as error:
            raise Difference(f"{path} gets no answer: {error!r}") from error
        if status not in statuses:
            raise Difference(f"{path} answers {status}: {str(answer)[:300]}")
        return answer

    def rest(self) -> None:
        """Stop the daemon, which must end by itself and leave nothing running."""
        if self.daemon is not None:
            daemon, self.daemon = self.daemon, None
            checked(daemon.stop(), ("serve",), (0,))
        if left := left_running(self.home, 20.0):
            raise Difference(f"processes {left} still run after all commands ended")

    def heal(self) -> None:
        """Begin anew with an empty data folder, after a difference."""
        with contextlib.suppress(Difference):
            self.rest()
        self.disk.grow()
        shutil.rmtree(self.home / "projects", ignore_errors=True)

    def git(self, *arguments: str) -> str:
        """Run git in the project, as somebody with a name; return what it prints, whatever its exit code."""
        who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0")
        return subprocess.run(["git", *who, "-C", self.root, *arguments], capture_output=True, text=True, check=False).stdout

    def files(self) -> list[Path]:
        """Return the project's regular files in order, without those of git and the notes."""
        folders = [one for one in sorted(self.root.iterdir()) if one.name not in (".git", ".memoryd")]
        found = [one for folder in folders for one in ([folder] if folder.is_file() else folder.rglob("*"))]
        return sorted(one for one in found if one.is_file() and not one.is_symlink())

    def snapshot(self) -> None:
        """Keep a copy of the data of the project as it is now, of which later steps restore something."""
        shutil.rmtree(self.older, ignore_errors=True)
        if self.data.exists():
            shutil.copytree(self.data, self.older)


def checked(ended: Ended, arguments: tuple[str, ...], codes: tuple[int, ...]) -> Ended:
    """Return the end of a command; raise `Difference` if it hung, failed in another way than it may, or said what none should."""
    if ended.code is None:
        raise Difference(f"{' '.join(arguments)} hangs: {ended.err[-4000:]!r}")
    said = ended.out + ended.err.encode()
    if ended.code not in codes or any(word in said for word in WORDS):
        raise Difference(f"{' '.join(arguments)} ends with {ended.code}: {ended.err[-4000:]!r}")
    return ended


def pick(chance: random.Random, files: list[Path]) -> Path | None:
    """Return one of some files, `None` if there are none."""
    return chance.choice(files) if files else None
