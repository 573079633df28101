"""Chooses what to show of many units, best worth first: a knapsack with several levels for each item. Pure.

The worth of a step, from one level of a unit to a richer one, is the number of needed lines that it is expected to show for each
token that it costs: probability × lines / tokens. For a report, what is shown first of a file counts more, and pays for the line that
opens the file. Steps that are worth less than `least_worth` are not taken, however much room is left: a reader pays for every line, also
for those that help nobody.
"""

from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

from memoryd.model import Level
from memoryd.parsing import BLOCK, FILE
from memoryd.versions import Unit

LEAST_WORTH, LEAST_WORTH_OF_REPORT = 0.0005, 0.00018
"""The least worth of a step, in expected needed lines for each token. At the usual ten tokens a line, a body of forty lines is shown from
a probability of about a two hundredth. To be calibrated together with the probabilities. For a report it is less: one place that was not
shown costs a further search."""
BYTES_A_TOKEN = 3.7
"""The bytes of source for each token: what things cost is estimated before any file is read."""
HEADLINE = 12
"""The tokens of a unit's headline beside its signature."""
SIGNATURE_LINES = 4.0
"""The lines that a signature is worth: it says that a thing exists and where, so it saves a search but no reading."""
FILE_LINES, FILE_OPENING = 9.0, 6.0
"""The lines that what is shown first of a file is worth to a report beside its own, since it names a file that may have to change; the
characters beside the path of the line that opens it."""
WHOLE_LINES, FIRST_LINES = 40, 0.7
"""The first lines of a unit, which together count in full, and the exponent by which fewer count more for each line: two short bodies
tell more than one of as many lines."""
FURTHER, INSIDE = 0.4, 0.1
"""What each further line counts: of a function; of what holds units of its own, which are found on their own."""
WINDOW_LINES = 24
"""The lines of a long unit that its windows show, those that speak of the task."""
WINDOW_WORTH = 20.0
"""The lines that these windows are worth."""
OUTLINE_TOKENS, OUTLINE_LINES = 160, 10.0
"""What an outline of members costs and the lines that it is worth."""
FUNCTIONS = frozenset({"function", "prototype", "method", "constructor", "destructor"})
"""Kinds that have no outline of members: windows of their lines are shown."""


class Step(NamedTuple):
    """A step to a level of a unit, which is given by its place among the candidates."""

    worth: float
    candidate: int
    level: Level
    tokens: float


class _Option(NamedTuple):
    level: Level
    tokens: float
    lines: float


def least_worth(is_report: bool) -> float:
    """Return the worth below which no step is taken."""
    return LEAST_WORTH_OF_REPORT if is_report else LEAST_WORTH


def steps(candidates: Iterable[tuple[Unit, float]], is_report: bool, brief: Container[str] = ()) -> list[Step]:
    """Return the steps that are worth their tokens for units with their probabilities, the likeliest first; the best steps come first.

    Of those whose ids are in `brief`, nothing but the signature is shown, as soon as more of them would be.
    Of each unit they are the upper hull of its levels, so a later step is always worth less than the one before.
    """
    found: list[Step] = []
    opened: set[str] = set()
    least = least_worth(is_report)
    for place, (unit, probability) in enumerate(candidates):
        options = _opening(unit) if is_report and unit.path not in opened else _options(unit)
        opened.add(unit.path)
        for step in _brief(options) if unit.id in brief else _hull(options):
            worth = probability * step.lines / step.tokens
            if worth < least:
                break
            found.append(Step(worth, place, step.level, step.tokens))
    return sorted(found, key=lambda step: (-step.worth, step.candidate))


def _hull(options: Sequence[_Option]) -> Iterable[_Option]:
    """Yield the levels that are worth the step from the one before, with the tokens and lines that each adds."""
    tokens, lines = 0.0, 0.0
    left = list(options)
    while left := [one for one in left if one.tokens > tokens and one.lines > lines]:
        best = max(left, key=lambda one: (one.lines - lines) / (one.tokens - tokens))
        yield _Option(best.level, best.tokens - tokens, best.lines - lines)
        tokens, lines = best.tokens, best.lines


def _opening(unit: Unit) -> Sequence[_Option]:
    """Return the levels of the likeliest unit of a file: whichever is shown first opens the file."""
    tokens = (len(unit.path) + FILE_OPENING) / BYTES_A_TOKEN
    return [_Option(one.level, one.tokens + tokens, one.lines + FILE_LINES) for one in _options(unit)]


def _brief(options: Sequence[_Option]) -> Iterable[_Option]:
    """Yield the signature alone, worth as much for each token as the first step would be."""
    first = next(iter(_hull(options)))
    yield from (
        one._replace(lines=max(one.lines, first.lines * one.tokens / first.tokens)) for one in options if one.level == Level.SIGNATURE
    )


def _options(unit: Unit) -> Sequence[_Option]:
    number = unit.last_line - unit.first_line + 1
    body = max((unit.end - unit.start) / BYTES_A_TOKEN, 1.0)
    if unit.kind == FILE:
        return (_Option(Level.OUTLINE, OUTLINE_TOKENS, OUTLINE_LINES),)
    is_leaf = unit.kind in FUNCTIONS or unit.kind == BLOCK
    further = FURTHER if is_leaf else INSIDE
    whole = WHOLE_LINES * min(number / WHOLE_LINES, 1.0) ** FIRST_LINES + further * max(number - WHOLE_LINES, 0)
    found = [_Option(Level.FULL, HEADLINE + body, whole)]
    if number > WHOLE_LINES:
        window = HEADLINE + body * WINDOW_LINES / number
        found.append(_Option(Level.OUTLINE, window, WINDOW_WORTH) if is_leaf else _Option(Level.OUTLINE, OUTLINE_TOKENS, OUTLINE_LINES))
    if unit.is_symbol:
        found.append(_Option(Level.SIGNATURE, HEADLINE + len(unit.signature[:120]) / BYTES_A_TOKEN, min(SIGNATURE_LINES, whole / 2)))
    return found
