"""Decides which lines of a unit a pack shows: documentation beyond a dozen lines is folded, and of a long unit windows are shown. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise

from indexers import split_words

LONG_DOCUMENTATION = 12
"""The lines of a docstring or comment that are shown whole."""
FIRST_LINES = 3
"""The first lines of longer documentation, and of a unit of which windows are shown."""
CONTEXT = 2
"""The lines around a line that speaks of the task."""
CLOSE, CLOSE_CHARACTERS = 2, 32
"""The lines of a gap, or all their characters, that are shown, too: the mark of a gap costs as much."""
LOOKED_AT = 3_000
"""The lines of a unit that are looked at, from its first."""
LONGEST_LINE = 400
"""The characters of a line that are looked at."""
QUOTES = re.compile(r"[rRuUbB]{0,2}(\"\"\"|''')")
COMMENT = re.compile(r"//|#(?![\[!{]|include|define|if|endif|pragma|region)|\*|/\*|--|;;")
Range = tuple[int, int]


def documentation(body: Sequence[str]) -> list[Range]:
    """Return the parts of long documentation in a body to fold, as positions [start, end) of its lines; its first lines stay."""
    found, at = [], 0
    lines = body[:LOOKED_AT]
    while at < len(lines):
        end = _docstring(lines, at) or _comments(lines, at)
        if end - at > LONG_DOCUMENTATION:
            found.append((at + FIRST_LINES, end))
        at = max(end, at + 1)
    return found


def declaring(body: Sequence[str], signature: str) -> range:
    """Return the lines of a body on which its signature stands, which has them on one line; none where comments stand in it, too."""
    inked = [_ink(line[:LONGEST_LINE]) for line in body[:LOOKED_AT]]
    wanted = _ink(signature)
    start = "".join(inked).find(wanted) if wanted else -1
    if start < 0:
        return range(0)
    ends = list(accumulate(map(len, inked)))
    return range(bisect_right(ends, start), bisect_left(ends, start + len(wanted)) + 1)


def windows(body: Sequence[str], declared: range, weights: Mapping[str, float], most: int) -> list[Range]:
    """Return the windows of a body, at most about `most` lines: its first lines, and those around the lines that speak of the task most.

    Of the lines on which it is `declared` the first lines are all or none: then the headline has them, and counts as many. `weights` are
    those of the words of the task. Lines of long documentation are in no window.
    """
    folded = {line for start, end in documentation(body) for line in range(start, end)}
    first = min(FIRST_LINES, len(body))
    shown = set(range(min(first, declared.start) if declared.stop > FIRST_LINES else first))
    room = most - first + len(shown)
    speaking = sorted((-weight, line) for line, weight in enumerate(_speaking(body, weights)) if weight > 0 and line not in folded)
    for _, line in speaking:
        around = set(range(max(0, line - CONTEXT), min(len(body), line + CONTEXT + 1))) - folded
        if len(shown | around) > room:
            break
        shown |= around
    if not speaking:
        shown |= set(range(min(most, len(body)))) - folded
    return ranges(_closed(body, shown, folded))


def ranges(lines: Iterable[int]) -> list[Range]:
    """Return lines as ranges [start, end), in their order."""
    found: list[Range] = []
    for line in sorted(lines):
        if found and found[-1][1] == line:
            found[-1] = (found[-1][0], line + 1)
        else:
            found.append((line, line + 1))
    return found


def _ink(text: str) -> str:
    """Return a text without white space and commas, which differ where lines are joined."""
    return "".join(text.replace(",", " ").split())


def _docstring(lines: Sequence[str], at: int) -> int:
    """Return the end of the docstring that begins at a line, 0 if none does: a string that opens a body, or the unit itself."""
    text = lines[at].strip()
    opening = QUOTES.match(text)
    if opening is None or not (at == 0 or lines[at - 1].rstrip().endswith(":")):
        return 0
    quote = opening[1]
    if quote in text[opening.end() :]:
        return at + 1
    return next((line + 1 for line in range(at + 1, len(lines)) if quote in lines[line]), 0)


def _comments(lines: Sequence[str], at: int) -> int:
    """Return the end of the run of comments that begins at a line; the line itself if it is none."""
    while at < len(lines) and COMMENT.match(lines[at].lstrip()):
        at += 1
    return at


def _speaking(body: Sequence[str], weights: Mapping[str, float]) -> list[float]:
    """Return how much each line speaks of a task: the weights of the words that it has, each word once."""
    return [
        sum(weights[word] for word in dict.fromkeys(split_words(line[:LONGEST_LINE]).split()) if word in weights)
        for line in body[:LOOKED_AT]
    ]


def _closed(body: Sequence[str], shown: set[int], folded: set[int]) -> set[int]:
    """Return lines with the small gaps between them and after them."""
    closed = set(shown)
    for (_, end), (start, _) in pairwise([*ranges(shown), (len(body), len(body))]):
        if start - end <= CLOSE or sum(len(line.strip()) for line in body[end:start]) <= CLOSE_CHARACTERS:
            closed |= set(range(end, start)) - folded
    return closed
