"""Scans a project: its files with their stats, and the reasons why others are left out. Reads no file but ignore files."""

import os
import stat
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from memoryd.errors import NotAProject
from memoryd.filekinds import is_bundle, is_lock_file
from memoryd.files.listing import Names, Rules, folder_names, git_names
from memoryd.files.names import folder_of, path_text, stat_value, why
from memoryd.files.repository import Repository, repository_of
from memoryd.model import Skipped, Stat

MAX_BYTES = 1_500_000
"""The largest file that is indexed. Larger files are data: they take seconds to parse and never fit a pack."""
TOO_LARGE = f"larger than {MAX_BYTES / 1e6:.1f} MB"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a scan rests on: while nothing of it changes, the next scan finds the same. Paths are relative to `top`, a real path.

    `folders` are those that were listed, each with the folder below which git listed it, `None` where git did not. `closed` are
    those left out for what they hold, `ignored` what our own rules exclude. `files` are those found, or left out for size or name.
    """

    top: bytes
    folders: dict[bytes, bytes | None]
    closed: frozenset[bytes]
    ignored: frozenset[bytes]
    files: frozenset[bytes]
    repositories: frozenset[Repository]


@dataclass(frozen=True, slots=True)
class Scan:
    """The files of a project, and those left out with their reasons, both sorted by path; and what that rests on, which may differ."""

    entries: dict[str, Stat]
    skipped: tuple[Skipped, ...]
    basis: Basis | None = field(default=None, compare=False)

    def paths(self) -> frozenset[str]:
        """Return the paths of the files, of what is left out with a reason, and of the folders that hold them."""
        found = {*self.entries, *(one.path for one in self.skipped)}
        folders = found
        while folders := {folder for path in folders if (folder := path.rpartition("/")[0])} - found:
            found |= folders
        return frozenset(found)


def scan(root: Path) -> Scan:
    """List the files of the project at `root` with their stats; raise `NotAProject` where there is no work tree or folder.

    In a git work tree (or a folder of one) these are the tracked files and the untracked ones that are not ignored; elsewhere
    all files that `.gitignore` and `.ignore` do not exclude. Submodules and nested repositories belong to the project, each
    with its own ignore rules. `.memorydignore` files exclude more in either case.
    """
    top = _checked(root)
    walk = _Walk(top)
    walk.run()
    entries = {path_text(path): found for path, found in walk.entries.items()}
    skipped = [Skipped(path_text(path), reason) for path, reason in walk.skipped.items()]
    basis = Basis(
        top,
        walk.folders,
        frozenset(walk.closed),
        frozenset(walk.ignored),
        frozenset(walk.entries.keys() | walk.refused),
        frozenset(walk.repositories),
    )
    return Scan(dict(sorted(entries.items())), tuple(sorted(skipped, key=lambda one: one.path)), basis)


def stat_of(root: Path, path: str) -> Stat | None:
    """Return the stat of a regular file of the project, or `None` if there is none. Raises `OutsideRoot`."""
    try:
        with folder_of(root, path) as (folder, name):
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None
    return stat_value(found) if stat.S_ISREG(found.st_mode) else None


def refusal(name: bytes, mode: int, size: int) -> str:
    """Return why a file's name or stat rules it out; an empty string if they do not."""
    if not stat.S_ISREG(mode):
        return KINDS.get(stat.S_IFMT(mode), "not a regular file")
    if size > MAX_BYTES:
        return TOO_LARGE
    return "lock file" if is_lock_file(name) else "minified" if is_bundle(name) else ""


def _checked(root: Path) -> bytes:
    top = os.path.realpath(os.fsencode(root))
    try:
        names = os.listdir(top)
    except OSError as error:
        raise NotAProject(f"{root} is no folder that can be read ({why(error)}); give the folder of a project") from error
    if b".git" in top.split(b"/"):
        raise NotAProject(f"{root} lies in a repository's .git folder; give the folder that holds the .git folder")
    if b".git" not in names and _is_bare(top, names):
        raise NotAProject(f"{root} is a bare repository and has no files; give a checkout of it")
    return top


def _is_bare(folder: bytes, names: Collection[bytes]) -> bool:
    # Git lists no empty folders, so the two are looked up.
    return b"HEAD" in names and all(os.path.isdir(os.path.join(folder, name)) for name in (b"objects", b"refs"))


Source = tuple[Names, bytes | None]
"""What lists the names in folders, and the folder below which git does that, `None` where it is not git."""


@dataclass(slots=True)
class _Walk:
    """One scan under way. Paths are bytes relative to `top`, a real path."""

    top: bytes
    entries: dict[bytes, Stat] = field(default_factory=dict)
    skipped: dict[bytes, str] = field(default_factory=dict)
    shared: set[bytes] = field(default_factory=set)  # the repositories entered so far
    pending: list[tuple[bytes, Source, Rules]] = field(default_factory=list)
    folders: dict[bytes, bytes | None] = field(default_factory=dict)
    closed: set[bytes] = field(default_factory=set)
    ignored: set[bytes] = field(default_factory=set)
    refused: set[bytes] = field(default_factory=set)
    repositories: set[Repository] = field(default_factory=set)

    def run(self) -> None:
        above = self.top
        while (repository := repository_of(above)) is None and above != b"/":
            above = os.path.dirname(above)
        if repository is not None:
            self._enter(repository)
        self.pending.append((b"", self._source(b"", above == self.top), Rules()))
        while self.pending:
            self._folder(*self.pending.pop())

    def _source(self, folder: bytes, is_work_tree: bool) -> Source:
        names = git_names(self.top, folder)
        # Git lists nothing for a root that the repository around it ignores; its files are indexed all the same.
        is_of_git = names is not None and (is_work_tree or bool(names(folder)))
        return (names, folder) if names is not None and is_of_git else (folder_names(self.top, folder), None)

    def _enter(self, repository: Repository) -> None:
        self.repositories.add(repository)
        self.shared.add(repository.shared)

    def _folder(self, folder: bytes, source: Source, rules: Rules) -> None:
        try:
            names = source[0](folder)
            if folder and b".git" in names:
                repository = repository_of(os.path.join(self.top, folder))
                if self._is_linked(repository):
                    self.skipped[folder] = "linked worktree of this repository"
                    self.closed.add(folder)
                    return
                if repository is not None:
                    self._enter(repository)
                source = self._source(folder, True)
                names = source[0](folder)
        except OSError as error:
            self.skipped[folder] = why(error)
            return
        if folder and (reason := self._generated(folder, names)):
            self.skipped[folder] = reason
            self.closed.add(folder)
            return
        self.folders[folder] = source[1]
        if not names and source[1] not in (None, folder):  # git lists no other folder itself
            self.skipped[folder] = "submodule that is not checked out; `git submodule update --init` gets it"
        if b".memorydignore" in names:
            rules = rules.within(self.top, folder, (b".memorydignore",), names)
        below = folder + b"/" if folder else b""
        prefix = os.path.join(self.top, below)
        for name in names:
            if name not in VERSION_CONTROL:
                self._name(prefix + name, below + name, name, source, rules)

    def _name(self, place: bytes, path: bytes, name: bytes, source: Source, rules: Rules) -> None:
        try:
            found = os.lstat(place)
        except (FileNotFoundError, NotADirectoryError):
            return  # tracked, but deleted
        except OSError as error:
            self.skipped[path] = why(error)
            return
        mode = found.st_mode
        if rules.levels and rules.ignore(path, stat.S_ISDIR(mode)):
            self.ignored.add(path)
            return
        if stat.S_ISDIR(mode):
            if name in GENERATED_FOLDERS:
                self.skipped[path] = GENERATED_FOLDERS[name]
            else:
                self.pending.append((path, source, rules))
        elif stat.S_ISLNK(mode):
            self.skipped[path] = self._link(place)
        elif reason := refusal(name, mode, found.st_size):
            self.skipped[path] = reason
            self.refused.add(path)
        else:
            self.entries[path] = stat_value(found)

    def _is_linked(self, repository: Repository | None) -> bool:
        return repository is not None and repository.own != repository.shared and repository.shared in self.shared

    def _generated(self, folder: bytes, names: Collection[bytes]) -> str:
        for marker, reason in FOLDER_MARKERS.items():
            if marker in names:
                return reason
        return "bare repository" if b"HEAD" in names and _is_bare(os.path.join(self.top, folder), names) else ""

    def _link(self, place: bytes) -> str:
        target = os.path.realpath(place)
        if target != self.top and not target.startswith(os.path.join(self.top, b"")):
            return "symbolic link out of the project"
        if not os.path.exists(target):
            return "broken symbolic link"
        return f"symbolic link to {path_text(os.path.relpath(target, self.top))}"


KINDS = {
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
    stat.S_IFLNK: "symbolic link",
    stat.S_IFDIR: "folder",
}

VERSION_CONTROL = frozenset((b".git", b".hg", b".svn", b".bzr", b".jj"))
"""Folders of version control, which are left out without a reason."""

DEPENDENCY_FOLDERS = (b"node_modules", b"bower_components", b".pnpm-store", b".bundle", b".eggs")
CACHE_FOLDERS = (
    b"__pycache__", b".tox", b".nox", b".mypy_cache", b".pytest_cache", b".ruff_cache", b".hypothesis", b".import_linter_cache",
    b".ipynb_checkpoints", b".gradle", b".terraform", b".next", b".nuxt", b".svelte-kit", b".parcel-cache", b".turbo",
    b".sass-cache", b".dart_tool", b".ccls-cache", b".clangd", b".stack-work", b".direnv", b".zig-cache",
)  # fmt: skip
GENERATED_FOLDERS = dict.fromkeys(DEPENDENCY_FOLDERS, "dependency folder") | dict.fromkeys(CACHE_FOLDERS, "cache folder")
"""Names of folders that tools fill, with the reason for which they are left out even where no rule ignores them."""

FOLDER_MARKERS = {b"pyvenv.cfg": "virtual environment", b"CACHEDIR.TAG": "cache folder"}
"""Names of files that mark their folder as filled by a tool, with the reason (`CACHEDIR.TAG`: bford.info/cachedir)."""
