"""Writes the sections of a map: lines about definitions, each section within its share of a token budget."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memoryd.model import Level, Omitted, Pack, PackItem
from memoryd.packing.maps.entry_points import Entry
from memoryd.packing.maps.purpose import sentence
from memoryd.text import escaped, number_of, shortened, source_line
from memoryd.tokens import TokenCount
from memoryd.versions import Unit, View

SIGNATURE, TYPE_SIGNATURE, PURPOSE = 160, 80, 100
"""The most characters of a signature, of that of a type, and of what a definition is for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the map, and the definition that it is about, if it is about one."""

    text: str
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the map; `share` is the largest part that it may take of the budget that is left when its turn comes."""

    title: str
    lines: Sequence[Line]
    share: float


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a map of a version may say, before it is cut to a budget.

    `central` are the definitions that it names as left out where they do not fit, `read` the files whose text on disk it was made from.
    """

    head: str
    sections: Sequence[Section]
    central: Sequence[Unit]
    read: frozenset[str]


def fit(version: int, draft: Draft, budget: int, count: TokenCount) -> Pack:
    """Give each section its share, in their order; drop lines from the end until the exact text fits."""
    left = budget - count(draft.head)
    shown: list[tuple[str, list[Line]]] = []
    for section in draft.sections:
        title = f"\n## {section.title}\n"
        room = int(left * section.share) - count(title)
        lines = list(section.lines[: _fitting(section.lines, room, count)])
        if lines:
            shown.append((title, lines))
            left -= count(title + "".join(line.text for line in lines))
    while True:
        text = draft.head + "".join(title + "".join(line.text for line in lines) for title, lines in shown)
        tokens = count(text)
        if tokens <= budget or not shown:
            break
        shown[-1][1].pop()
        if not shown[-1][1]:
            shown.pop()
    if tokens > budget:
        text, tokens = "", 0
    items = tuple(_item(line.unit, count(line.text)) for _, lines in shown for line in lines if line.unit is not None)
    known = {item.id for item in items}
    omitted = tuple(
        Omitted(unit.id, unit.path, unit.first_line, unit.last_line, "over the budget") for unit in draft.central if unit.id not in known
    )
    return Pack(text, tokens, budget, items, omitted, version)


def _fitting(lines: Sequence[Line], room: int, count: TokenCount) -> int:
    for number, line in enumerate(lines):
        room -= count(line.text)
        if room < 0:
            return number
    return len(lines)


def _item(unit: Unit, tokens: int) -> PackItem:
    return PackItem(unit.id, unit.path, unit.first_line, unit.last_line, Level.SIGNATURE, tokens, 0.0, ("central",))


def at_most(lines: Sequence[Line], most: int) -> list[Line]:
    """Return at most so many lines, and how many there are beside."""
    more = [Line(f"… {len(lines) - most} more\n")] if len(lines) > most else []
    return [*lines[:most], *more]


def opening(view: View, folders: Mapping[str, Sequence[str]], purpose: str) -> str:
    """Return the head of a map: what the project is for, and how much there is of it."""
    languages = Counter(record.language for record in view.records.values() if not record.skipped)
    listed = ", ".join(f"{name} {number}" for name, number in sorted(languages.items(), key=lambda item: (-item[1], item[0]))[:8])
    title = f"# {escaped(view.root.name)}{': ' + escaped(purpose) if purpose else ''}"
    if not languages:
        return f"{title}\nno file is indexed: the folder is empty, or all of its files are left out\n"
    return f"{title}\n{number_of(sum(languages.values()), 'file')} in {number_of(len(folders), 'folder')}: {listed}\n"


def entry_line(entry: Entry) -> Line:
    """Return the line of an entry point."""
    where = place(entry.unit) if entry.unit else escaped(entry.path)
    return Line(source_line(f"{escaped(entry.label)}: {where}\n"), entry.unit)


def type_lines(view: View, types: Sequence[Unit], users: Mapping[str, int]) -> list[Line]:
    """Return the lines of types: how many files use each, and what it is for."""
    says = purposes_of(view, types)
    lines = []
    for unit in types:
        told = f" {escaped(says[unit.id])}" if says[unit.id] else ""
        lines.append(Line(source_line(f"{place(unit, TYPE_SIGNATURE)} ({number_of(users[unit.id], 'file')}){told}\n"), unit))
    return lines


def purposes_of(view: View, units: Sequence[Unit]) -> dict[str, str]:
    """Return by id what the documentation of definitions says in its first sentence; "" where it says nothing."""
    docs = view.documented({unit.path for unit in units})
    found = {unit.id: sentence(docs.get(unit.id, "")).partition(". ")[0] for unit in units}
    return {id_: says if len(says) <= PURPOSE else f"{says[:PURPOSE].rpartition(' ')[0]} …" for id_, says in found.items()}


def unit_line(unit: Unit) -> Line:
    """Return the line of a definition."""
    return Line(source_line(f"{place(unit)}\n"), unit)


def place(unit: Unit, most: int = SIGNATURE) -> str:
    """Return the handle, the lines and the signature of a definition."""
    return f"{escaped(unit.id)} [{unit.first_line}-{unit.last_line}] {escaped(shortened(unit.signature, most))}"
