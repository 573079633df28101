"""Writes the tour of a project for somebody who is new to it: where it is entered, the way of one request through it, its main parts."""

import re

from memoryd.packing.maps.project_map import FOLDERS_TITLE, folder_lines
from memoryd.packing.maps.sections import Draft, Line, Section, at_most, entry_line, opening, place, purposes_of, type_lines
from memoryd.packing.maps.survey import surveyed
from memoryd.packing.maps.way import Way, beside, ways_through
from memoryd.packing.project_size import readable
from memoryd.text import escaped, source_line
from memoryd.tokens import TokenCount
from memoryd.versions import View

ENTRIES, TYPES, BESIDE, FOLDERS, SIGNATURE = 5, 8, 4, 8, 90
"""The most entry points, types, calls beside each step, folders, and characters of a signature."""
ABOUT_IT = frozenset("project codebase repository repo architecture overview structure code application app program library".split())
"""Words for a project as a whole."""
ASKED_OF_IT = frozenset(
    "work works working organized organised structured laid together main parts high level explain tour understand".split()
)
"""Words that may stand beside them in a question for a tour: any other word asks for something in the project."""
SMALL_WORDS = frozenset(
    "a an all and are at built can do does each entire explain fit fits flow for from give go goes how i in inside is it its me of on "
    "or our overall please request requests show tell the this through to us walk we what where whole you your about".split()
)
WORDS = re.compile(r"[A-Za-z_]+")
LONGEST = 200
"""The characters of a task up to which it may be a question for a tour."""


def asks_for_tour(task: str) -> bool:
    """Tell whether a task asks how the project works as a whole."""
    words = WORDS.findall(task) if len(task) <= LONGEST else []
    if not words or any(not word.islower() for word in words[1:] if word != "I"):
        return False
    told = {word.lower() for word in words} - SMALL_WORDS
    return not told.isdisjoint(ABOUT_IT) and told <= ABOUT_IT | ASKED_OF_IT and len(words) > 2


def tour(view: View, changing: frozenset[str], count: TokenCount) -> Draft:
    """Return the draft of the tour; manifests among the files `changing` are not read."""
    found = surveyed(view, changing)
    ways = [_way(view, way) for way in ways_through(view, found)]
    about = readable(view, changing, count)
    head = opening(view, found.folders, found.purpose) + (f"{about}\n" if about else "")
    sections = (
        Section("entry points", at_most([entry_line(one) for one in found.entries], ENTRIES), 0.2),
        *(Section(title, lines, 0.6) for title, lines in ways),
        Section("central types, by the files that use them", type_lines(view, found.types[:TYPES], found.users), 0.6),
        Section(FOLDERS_TITLE, at_most(folder_lines(found), FOLDERS), 1.0),
    )
    return Draft(head, sections, [], found.read)


def _way(view: View, way: Way) -> tuple[str, list[Line]]:
    """Return the title of a way, and its steps: each with what it is for, and in a line of its own what it calls beside."""
    says = purposes_of(view, way.units)
    lines = []
    for number, unit in enumerate(way.units, 1):
        told = f" {escaped(says[unit.id])}" if says[unit.id] else ""
        lines.append(Line(source_line(f"{number}. {place(unit, SIGNATURE)}{told}\n"), unit))
        if others := beside(view, way, unit, BESIDE):
            lines.append(Line(f"   also {', '.join(escaped(one.id if one.path != unit.path else one.qualname) for one in others)}\n"))
    return f"the way from {escaped(way.units[0].qualname)}: each step calls the next", lines
