"""The baseline of agents: searches for a task's keywords with ripgrep, then reads the files, or the lines around each hit.

Files are read in descending order of different keywords, then of hits, then in order of paths. Where `rg` is not installed, the
same search is done in Python: the same keywords, leftmost first, ignoring case, line by line, so the order is the same.
"""

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KEYWORDS = 10
CODE = re.compile(r"[A-Za-z_]\w*(?:_|[a-z][A-Z]|\.)\w+")
WORD = re.compile(r"[A-Za-z_]\w{2,}")
COMMON = frozenset(
    "about after all also and any are been before being but can could did does doing each either else for from get had has have how "
    "into its itself just like make makes may more most must need not now off one only other our out over same see should some such "
    "than that the their them then there these they this those through too under until use used uses using very want was were what "
    "when where which while who why will with would you your".split()
)
WINDOW = 100
"""Lines read on each side of a hit."""


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits in one file: their lines in order, and the number of different keywords among them."""

    lines: tuple[int, ...]
    keywords: int


def has_ripgrep() -> bool:
    """Tell whether ripgrep is installed."""
    return shutil.which("rg") is not None


def keywords(text: str) -> tuple[str, ...]:
    """Return at most ten keywords of a task: names that look like code, then words of the first line, then the other words."""
    title, _, rest = text.strip().partition("\n")
    found = [*CODE.findall(text), *_words(title), *_words(rest)]
    return tuple(dict.fromkeys(word.lower() for word in found))[:KEYWORDS]


def _words(text: str) -> list[str]:
    return [word for word in WORD.findall(text) if word.lower() not in COMMON]


def search(root: Path, texts: Mapping[str, str], wanted: tuple[str, ...]) -> dict[str, Hits]:
    """Return the hits in each of the files `texts` below `root`, in reading order."""
    if not wanted:
        return {}
    found = _by_ripgrep(root, wanted) if has_ripgrep() else _by_python(texts, wanted)
    hits = {
        path: Hits(tuple(line for line, _ in places), len({word for _, word in places})) for path, places in found.items() if path in texts
    }
    return dict(sorted(hits.items(), key=lambda one: (-one[1].keywords, -len(one[1].lines), one[0])))


def windows(hits: Hits, length: int) -> list[tuple[int, int]]:
    """Return the ranges of lines to read around the hits of a file of `length` lines, in order; ranges that meet are merged."""
    found: list[tuple[int, int]] = []
    for line in hits.lines:
        first, last = max(1, line - WINDOW), min(length, line + WINDOW)
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _by_ripgrep(root: Path, wanted: tuple[str, ...]) -> dict[str, list[tuple[int, str]]]:
    options = ["--no-config", "--no-ignore", "--hidden", "--glob=!.git", "--text", "--null", "--no-heading", "--color=never", "--threads=1"]
    patterns = [f"--regexp={word}" for word in wanted]
    command = ["rg", *options, "--only-matching", "--line-number", "--ignore-case", "--fixed-strings", *patterns, "."]
    printed = subprocess.run(command, cwd=root, capture_output=True, check=False).stdout.decode(errors="replace")
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in printed.split("\n"):
        path, _, rest = row.partition("\0")
        line, _, word = rest.partition(":")
        if line.isdigit():
            found[path.removeprefix("./")].append((int(line), word.lower()))
    return found


def _by_python(texts: Mapping[str, str], wanted: tuple[str, ...]) -> dict[str, list[tuple[int, str]]]:
    pattern = re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE)
    found = {
        path: [(number, word.lower()) for number, line in enumerate(text.split("\n"), 1) for word in pattern.findall(line)]
        for path, text in texts.items()
        if pattern.search(text)
    }
    return {path: places for path, places in found.items() if places}
