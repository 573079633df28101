"""Clones of the repositories whose commits are asked about, and what git says of them."""

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

CODE = (".py", ".ts", ".tsx", ".js", ".mjs", ".go", ".rs", ".java", ".rb", ".php", ".c", ".cc", ".cpp", ".cs", ".kt", ".swift")
"""What files of code end with."""


def clones(mirrors: Iterable[Path], folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield a checkout of each repository, bare or not, with its name; it is cloned where it is not there yet."""
    for mirror in mirrors:
        tree = folder / name_of(mirror)
        if not tree.exists():
            subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(mirror), str(tree)], check=True)
        yield tree.name, tree


def name_of(mirror: Path) -> str:
    """Return what a repository is called: its folder, or the folder around `repo`."""
    return mirror.parent.name if mirror.name == "repo" else mirror.name


def git(tree: Path, *arguments: str) -> str:
    """Return what git prints, "" where it fails: a first commit has no parent, and not every path is in a commit."""
    done = subprocess.run(["git", "-C", str(tree), *arguments], check=False, capture_output=True)
    return done.stdout.decode("utf-8", "replace")
