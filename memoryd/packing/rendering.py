"""Renders a unit as text: lines of it under its headline, an outline of its members, or its signature alone."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from indexers import query_words
from memoryd.packing.choice import FUNCTIONS
from memoryd.packing.windows import ranges
from memoryd.text import block_id, escaped, escaped_text, number_of, shortened, source_line, source_lines
from memoryd.versions import Catalog, Unit

MEMBERS = 10
"""The most members that an outline lists."""
LEAST_MEMBERS = 4
"""The members that an outline lists even if they do not speak of the question."""
SIGNATURE = 120
"""The most characters of a signature."""
LONGEST_LINE = 400
"""The most characters of a line that are shown."""
WORD = re.compile(r"(\w+)[!?]?")
"""A word, and what names of Ruby, Elixir and others may end in."""
NAMELESS = frozenset({"section", "variable", "constant", "property"})
"""Kinds whose signature, a title or an assignment, does not say what they are."""


def heading(path: str) -> str:
    """Return the line that opens a file."""
    return source_line(f"## {escaped(path)}")


def quoted(
    unit: Unit, opening: str, lines: Sequence[str], shown: Collection[int], folded: Collection[int], beside: Collection[int]
) -> str:  # fmt: skip
    """Return lines of a unit, by their numbers in the file, under the line that opens it; each gap has a mark that says what it is.

    `folded` are lines of documentation, `beside` those that other parts of the pack show.
    """
    parts, position = [f"{opening}\n"], unit.first_line
    for start, end in [*ranges(shown), (unit.last_line + 1, unit.last_line + 1)]:
        if position < start:
            parts.append(_gap(unit, position, start - 1, folded, beside))
        parts.append(_shown(lines[start - 1 : end - 1]))
        position = end
    return "".join(parts)


def listing(unit: Unit, name: str, members: Iterable[str]) -> str:
    """Return a unit by its signature, and under it the lines of its outline."""
    return "".join(f"{line}\n" for line in [signed(unit, name), *members])


def outlined(unit: Unit, catalog: Catalog, words: Sequence[str], likely: Mapping[str, float]) -> list[Unit]:
    """Return the definitions in a type or file that its outline lists, at most `MEMBERS`, those first that speak of the question.

    A member speaks of it by its probability, or by words of its signature; of the others a few are listed, as they stand in the source.
    """
    inner = _members(unit, catalog)
    shared = {other.id: len(set(query_words(other.signature or other.qualname)).intersection(words)) for other in inner}
    ordered = sorted(
        inner, key=lambda other: (-shared[other.id], -likely.get(other.id, 0.0), other.qualname.count("."), other.start, other.id)
    )
    speaking = sum(other.id in likely or shared[other.id] > 0 for other in inner)
    return ordered[: min(MEMBERS, max(speaking, LEAST_MEMBERS))]


def outline(unit: Unit, catalog: Catalog, listed: Sequence[Unit], shown: Collection[str]) -> list[str]:
    """Return the lines of an outline: those of `listed` that are not `shown` elsewhere, if any, then how many others are not."""
    unshown = [other for other in listed if other.id not in shown]
    lines = [f"  {_place(other)} {escaped(shortened(other.signature, SIGNATURE) or catalog.short_name(other))}" for other in unshown]
    more = sum(other.id not in shown for other in _members(unit, catalog)) - len(unshown)
    return lines + ([f"  … {more} more"] if lines and more else [])


def headline(unit: Unit, name: str) -> str:
    """Return the line that opens a unit: its place, kind and name."""
    return f"{_place(unit)} {unit.kind} {escaped(name)}" if unit.is_symbol else _place(unit)


def signed(unit: Unit, called: str) -> str:
    """Return the headline with the signature; a signature that says the kind and the name needs no other headline.

    `[13-15] class Cart(Base)`, `[20-24] def Cart.total(self) -> Money`, `[8-9] func (c *Cart) Total() int`.
    """
    signature = shortened(unit.signature, SIGNATURE)
    start = next((word.start() for word in WORD.finditer(signature) if unit.name in (word[0], word[1])), None)
    if start is None or unit.kind in NAMELESS:
        return f"{headline(unit, called)}: {escaped(signature)}" if signature else headline(unit, called)
    container = called.rpartition(".")[0].rpartition(".")[2]
    if container and container not in signature[:start]:
        signature = f"{signature[:start]}{called}{signature[start + len(unit.name) :]}"
    return f"{_place(unit)} {escaped(signature)}"


def _members(unit: Unit, catalog: Catalog) -> list[Unit]:
    return [] if unit.kind in FUNCTIONS else [other for other in catalog.inside(unit) if other.is_symbol]


def _place(unit: Unit) -> str:
    return f"[{unit.first_line}-{unit.last_line}]"


def _gap(unit: Unit, first: int, last: int, folded: Collection[int], beside: Collection[int]) -> str:
    lines = range(first, last + 1)
    place = f"lines {first}-{last}" if first < last else f"line {first}"
    if all(line in beside for line in lines):
        return f"  … {place} shown apart\n"
    if all(line in folded for line in lines):
        return f"  … {place} left out: {number_of(len(lines), 'line')} of documentation, {escaped(block_id(unit.path, first, last))}\n"
    return f"  … {place} left out\n"


def _shown(lines: Sequence[str]) -> str:
    """Return lines of a file, each with a line end, none too long, none that reads as a line of memoryd, nothing invisible."""
    # Hardly any line is too long, and a pack is chosen from thousands of them.
    shown = lines if max(map(len, lines), default=0) <= LONGEST_LINE else [_clipped(line) for line in lines]
    return escaped_text(source_lines(shown))


def _clipped(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} … {number_of(len(line) - LONGEST_LINE, 'character')} left out"
