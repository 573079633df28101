"""Cuts the sections of a map to a token budget: each takes at most its share, and the exact text never exceeds the budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from memoryd.model import Level, Omitted, Pack, PackItem
from memoryd.versions import Unit

TokenCount = Callable[[str], int]


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


def fit(version: int, head: str, sections: Sequence[Section], central: Sequence[Unit], budget: int, count: TokenCount) -> Pack:
    """Give each section its share, in their order; drop lines from the end until the exact text fits."""
    left = budget - count(head)
    shown: list[tuple[str, list[Line]]] = []
    for section in sections:
        title = f"\n## {section.title}\n"
        room = int(left * section.share) - count(title)
        lines = list(section.lines[: _fitting(section.lines, room, count)])
        if lines:
            shown.append((title, lines))
            left -= count(title + "".join(line.text for line in lines))
    while True:
        text = head + "".join(title + "".join(line.text for line in lines) for title, lines in shown)
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
        Omitted(unit.id, unit.path, unit.first_line, unit.last_line, "over the budget") for unit in central if unit.id not in known
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


def shortened(lines: Sequence[Line], most: int) -> list[Line]:
    """Return the first lines, and how many more there are."""
    more = [Line(f"… {len(lines) - most} more\n")] if len(lines) > most else []
    return [*lines[:most], *more]
