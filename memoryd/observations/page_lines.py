"""Which lines of a page of the web speak of what it was fetched for: headings, code, and sections with words that were asked for. Pure.

A page is read as Markdown, which clients make of it. One of few sections is left whole.
"""

import re
from collections.abc import Sequence

from memoryd.observations.about import speaking

HEADING = re.compile(r"#{1,6} \S")
FENCE = re.compile(r"\s{0,40}(?:```|~~~)")
FEWEST = 6
"""Sections of a page that may be shortened."""


def sections_about(lines: Sequence[str], asked: str) -> set[int]:
    """Return the lines to keep, by number from 0 on; all of them where nothing was asked for, or nothing speaks of it."""
    everything, code = set(range(len(lines))), _code(lines)
    starts = [number for number, line in enumerate(lines) if number not in code and HEADING.match(line)]
    if len(starts) < FEWEST:
        return everything
    parts = list(zip(starts, [*starts[1:], len(lines)], strict=True))
    spoken = speaking(lines, parts, asked)
    if not spoken:
        return everything
    # Code is what agents use most: it stays whatever the sections take.
    kept = code | set(starts) | set(range(starts[0]))
    for place in spoken:
        kept.update(range(*parts[place]))
    return kept


def _code(lines: Sequence[str]) -> set[int]:
    """Return the lines of code, with the fences around it."""
    found, is_code = set[int](), False
    for number, line in enumerate(lines):
        is_fence = FENCE.match(line) is not None
        if is_fence or is_code:
            found.add(number)
        is_code ^= is_fence
    return found
