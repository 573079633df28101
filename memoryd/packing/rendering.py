"""Renders a unit as text at a level: in full, as an outline of its members or an excerpt of its lines, or by its signature alone."""

import re
from collections.abc import Collection, Mapping, Sequence

from indexers import query_words
from memoryd.delimiting import source_line, source_lines
from memoryd.escaping import escaped, escaped_text
from memoryd.model import Level
from memoryd.versions import Catalog, Unit

MEMBERS = 10
"""The most members that an outline lists."""
LEAST_MEMBERS = 4
"""The members that an outline lists even if they do not speak of the question."""
SIGNATURE = 120
"""The most characters of a signature."""
WINDOW_LINES = 6
"""The lines at the start of an excerpt, and half of those of its window."""
LONGEST_LINE = 400
"""The most characters of a line that are shown."""
WORD = re.compile(r"\w+")
NAMELESS = frozenset({"section", "variable", "constant", "property"})
"""Kinds whose signature, a title or an assignment, does not say what they are."""
FUNCTIONS = frozenset({"function", "method", "constructor"})
"""Kinds whose outline is an excerpt of their lines, not a list of their members."""


def render(unit: Unit, level: Level, lines: Sequence[str], words: Sequence[str], members: Sequence[str]) -> str:
    """Return the text of a unit at a level: its headline, then its lines, each with a line end; nothing in it is invisible.

    `members` are the lines of its outline; without any, an excerpt stands in its place.
    """
    if level == Level.FULL:
        return f"{_headline(unit)}\n{_shown(lines[unit.first_line - 1 : unit.last_line])}"
    if level == Level.OUTLINE and not members:
        return f"{_headline(unit)}\n" + _excerpt(unit, lines, words)
    return "".join(f"{line}\n" for line in [_signed(unit), *(members if level == Level.OUTLINE else ())])


def heading(path: str) -> str:
    """Return the line that opens a file."""
    return source_line(f"## {escaped(path)}")


def _headline(unit: Unit) -> str:
    return f"{_place(unit)} {unit.kind} {escaped(unit.qualname)}" if unit.is_symbol else _place(unit)


def _signed(unit: Unit) -> str:
    """Return the headline with the signature; a signature that says the kind and the name needs no other headline.

    `[13-15] class Cart(Base)`, `[20-24] def Cart.total(self) -> Money`, `[8-9] func (c *Cart) Total() int`.
    """
    signature = unit.signature[:SIGNATURE]
    name = next((word for word in WORD.finditer(signature) if word[0] == unit.name), None)
    if name is None or unit.kind in NAMELESS:
        return f"{_headline(unit)}: {escaped(signature)}" if signature else _headline(unit)
    container = unit.qualname.rpartition(".")[0].rpartition(".")[2]
    if container and container not in signature[: name.start()]:
        signature = f"{signature[: name.start()]}{unit.qualname}{signature[name.end() :]}"
    return f"{_place(unit)} {escaped(signature)}"


def _place(unit: Unit) -> str:
    return f"[{unit.first_line}-{unit.last_line}]"


def outlined(unit: Unit, catalog: Catalog, words: Sequence[str], scores: Mapping[str, float]) -> list[Unit]:
    """Return the definitions in a type or file that its outline lists, at most `MEMBERS`, those first that speak of the question.

    A member speaks of it by its score, or by words of its signature; of the others a few are listed, as they stand in the source.
    """
    inner = [] if unit.kind in FUNCTIONS else [other for other in catalog.inside(unit) if other.is_symbol]
    shared = {other.id: len(set(query_words(other.signature or other.qualname)).intersection(words)) for other in inner}
    ordered = sorted(
        inner, key=lambda other: (-shared[other.id], -scores.get(other.id, 0.0), other.qualname.count("."), other.start, other.id)
    )
    speaking = sum(other.id in scores or shared[other.id] > 0 for other in inner)
    return ordered[: min(MEMBERS, max(speaking, LEAST_MEMBERS))]


def outline(unit: Unit, catalog: Catalog, listed: Sequence[Unit], shown: Collection[str]) -> list[str]:
    """Return the lines of an outline: those of `listed` that are not `shown` elsewhere, then how many there are beside."""
    inner = [] if unit.kind in FUNCTIONS else [other for other in catalog.inside(unit) if other.is_symbol]
    lines = [f"  {_place(other)} {escaped(other.signature[:SIGNATURE] or other.qualname)}" for other in listed if other.id not in shown]
    return lines + ([f"  … {len(inner) - len(listed)} more"] if len(inner) > len(listed) else [])


def _excerpt(unit: Unit, lines: Sequence[str], words: Sequence[str]) -> str:
    """Return the first lines of a unit and the window with most words of the query; marks say which lines are left out."""
    body = lines[unit.first_line - 1 : unit.last_line]
    if len(body) <= 3 * WINDOW_LINES:
        return _shown(body)
    pattern = re.compile("|".join(map(re.escape, words[:20])) or r"(?!)", re.IGNORECASE)
    marks = [len({match.lower() for match in pattern.findall(line)}) for line in body]
    start = max(range(WINDOW_LINES, len(body) - WINDOW_LINES), key=lambda first: (sum(marks[first : first + 2 * WINDOW_LINES]), -first))
    stop = min(len(body), start + 2 * WINDOW_LINES)
    text = _shown(body[:WINDOW_LINES])
    if start > WINDOW_LINES:
        text += f"  … lines {unit.first_line + WINDOW_LINES}-{unit.first_line + start - 1} left out\n"
    text += _shown(body[start:stop])
    if stop < len(body):
        text += f"  … lines {unit.first_line + stop}-{unit.last_line} left out\n"
    return text


def _shown(lines: Sequence[str]) -> str:
    """Return lines of a file, each with a line end, none too long, none that reads as a line of memoryd, nothing invisible."""
    # Hardly any line is too long, and a pack is chosen from thousands of them.
    shown = lines if max(map(len, lines), default=0) <= LONGEST_LINE else [_clipped(line) for line in lines]
    return escaped_text(source_lines(shown))


def _clipped(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} … {len(line) - LONGEST_LINE} characters left out"
