"""Finds for each hit of a search the line that speaks of the query most: what a reader sees of it beside its name."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from indexers import base_name, split_words
from memoryd.model import BestLine, Hit
from memoryd.parsing import SECTION
from memoryd.ranking import Query
from memoryd.versions import Sources, View

MOST_LINES = 5_000
"""The lines of a unit that are looked at, from its first."""
LONGEST_LINE = 400
"""The most characters of a line that are looked at and shown."""


def with_best_lines(view: View, hits: Sequence[Hit], query: Query, changing: Collection[str]) -> tuple[Hit, ...]:
    """Return the hits, each with its best line as it is on disk; those in the files `changing` have none."""
    sources, words = Sources(view, (hit.path for hit in hits)), frozenset(query.words)
    return tuple(hit if hit.path in changing else replace(hit, best=_best(hit, sources[hit.path], words)) for hit in hits)


def _best(hit: Hit, lines: Sequence[str], words: frozenset[str]) -> BestLine | None:
    """Return the line with most of the words, `None` if all are blank.

    Of equal ones it is the one that names the symbol, or does not repeat the heading of the section, then the first.
    """
    name, is_section = base_name(hit.title), hit.kind == SECTION
    chosen, most = None, (-1, False)
    for number, line in enumerate(lines[hit.start_line - 1 : hit.end_line][:MOST_LINES], hit.start_line):
        text = line.strip()[:LONGEST_LINE]
        if text:
            found = (len(words.intersection(split_words(text).split())), bool(name) and (name in text) != is_section)
            if found > most:
                chosen, most = BestLine(number, text), found
    return chosen
