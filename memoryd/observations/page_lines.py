"""Which lines of a page of the web speak of what it was fetched for: headings, code, and sections with words that were asked for. Pure.

A page is read as Markdown, which clients make of it. One of few sections is left whole.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

from indexers import split_words

HEADING = re.compile(r"#{1,6} \S")
FENCE = re.compile(r"\s{0,40}(?:```|~~~)")
FEWEST = 6
"""Sections of a page that may be shortened."""
SHARE = 0.3
"""The share of the characters that is kept of sections that speak of what was asked for, besides code, which is what agents use most."""
COMMON = 0.5
"""A word that stands in more of the sections tells nothing."""


def sections_about(lines: Sequence[str], asked: str) -> set[int]:
    """Return the lines to keep, by number from 0 on; all of them where nothing was asked for, or nothing speaks of it."""
    everything, code = set(range(len(lines))), _code(lines)
    starts = [number for number, line in enumerate(lines) if number not in code and HEADING.match(line)]
    if len(starts) < FEWEST:
        return everything
    parts = list(zip(starts, [*starts[1:], len(lines)], strict=True))
    words = [Counter(split_words("\n".join(lines[first:end])).split()) for first, end in parts]
    wanted = {
        word: held for word in set(split_words(asked).split()) if 0 < (held := sum(word in one for one in words)) <= COMMON * len(parts)
    }
    worth = [_worth(one, wanted, len(parts)) for one in words]
    if not any(worth):
        return everything
    room = SHARE * sum(map(len, lines))
    kept = code | set(starts) | set(range(starts[0]))
    for place in sorted(range(len(parts)), key=lambda place: (-worth[place], place)):
        first, end = parts[place]
        size = sum(map(len, lines[first:end]))
        if worth[place] and size <= room:
            kept.update(range(first, end))
            room -= size
    return kept


def _worth(words: Counter[str], wanted: dict[str, int], sections: int) -> float:
    return sum(math.log(sections / held) * (1 + math.log(words[word])) for word, held in wanted.items() if words[word])


def _code(lines: Sequence[str]) -> set[int]:
    """Return the lines of code, with the fences around it."""
    found, is_code = set[int](), False
    for number, line in enumerate(lines):
        is_fence = FENCE.match(line) is not None
        if is_fence or is_code:
            found.add(number)
        is_code ^= is_fence
    return found
