"""Which lines of a JSON text show its shape: of members and items that look alike the first ones, and each that looks different. Pure.

A text is read by the indentation of its lines, as every program writes it that writes JSON for people; one on a single line has none to
leave out. What is no JSON is left whole.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence

EACH, FEW = 3, 12
"""How many of the items of a list, and of the members of an object, that look alike are kept."""
DEEPEST = 60
MOST = 1_000_000
"""Characters of a text that is looked at."""
ALARM = re.compile(r"error|fail|fatal|exception|denied|refused|invalid|critical|timed? ?out", re.IGNORECASE)
KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*')


def shape(lines: Sequence[str]) -> set[int]:
    """Return the lines to keep, by number from 0 on; all of them for what is no JSON."""
    everything, text = set(range(len(lines))), "\n".join(lines)
    if len(text) > MOST:
        return everything
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return everything
    kept = set[int]()
    for first, last in _parts(lines, 0, len(lines)):
        _keep(lines, first, last, kept, 0)
    return kept


def _keep(lines: Sequence[str], first: int, last: int, kept: set[int], depth: int) -> None:
    """Keep what is to be seen of a value that stands from one line to another."""
    kept.update((first, last))
    if last <= first + 1 or depth > DEEPEST:
        kept.update(range(first, last + 1))
        return
    most = EACH if lines[first].rstrip().endswith("[") else FEW
    seen: Counter[object] = Counter()
    for start, end in _parts(lines, first + 1, last):
        look = _look(lines, start, end)
        seen[look] += 1
        if seen[look] <= most or any(ALARM.search(lines[number]) for number in range(start, end + 1)):
            _keep(lines, start, end, kept, depth + 1)


def _parts(lines: Sequence[str], first: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of each value among some lines: those that are indented as the first of them is."""
    at = first
    while at < end:
        depth = _indent(lines[at])
        last = at
        if lines[at].rstrip().endswith(("{", "[")):
            last = next((number for number in range(at + 1, end) if _indent(lines[number]) <= depth), end - 1)
        yield at, last
        at = last + 1


def _look(lines: Sequence[str], first: int, last: int) -> object:
    """Return what a value looks like: the kinds of a scalar, the names and kinds of an object's members, the kind of a list."""
    if last == first:
        return _kind(lines[first])
    if not lines[first].rstrip().endswith("{"):
        return "["
    return frozenset(
        (found[1] if (found := KEY.match(lines[start].lstrip())) else "", _kind(lines[start]))
        for start, _ in _parts(lines, first + 1, last)
    )


def _kind(line: str) -> str:
    """Return the kind of the value that begins in a line."""
    value = line.strip()
    if found := KEY.match(value):
        value = value[found.end() :]
    begin = value[:1]
    return "0" if begin.isdigit() or begin == "-" else begin


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
