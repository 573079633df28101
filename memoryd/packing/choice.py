"""Chooses what to show of many units, best worth first: a knapsack with several levels for each item. Pure.

The worth of a step, from one level of a unit to a richer one, is the number of needed lines that it is expected to show for each
token that it costs: probability × lines / tokens. Steps that are worth less than `LEAST_WORTH` are not taken, however much room is
left: a reader pays for every line, also for those that help nobody.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from memoryd.model import Level
from memoryd.parsing import BLOCK, FILE
from memoryd.versions import Unit

LEAST_WORTH = 0.0005
"""The least worth of a step, in expected needed lines for each token. At the usual ten tokens a line, a body of forty lines is shown from
a probability of about a two hundredth. To be calibrated together with the probabilities."""
BYTES_A_TOKEN = 3.7
"""The bytes of source for each token: what things cost is estimated before any file is read."""
HEADLINE = 12
"""The tokens of a unit's headline beside its signature."""
SIGNATURE_LINES = 4.0
"""The lines that a signature is worth: it says that a thing exists and where, so it saves a search but no reading."""
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


def steps(candidates: Iterable[tuple[Unit, float]]) -> list[Step]:
    """Return the steps that are worth their tokens for units with their probabilities, the best first.

    Of each unit they are the upper hull of its levels, so a later step is always worth less than the one before.
    """
    found: list[Step] = []
    for place, (unit, probability) in enumerate(candidates):
        for step in _hull(_options(unit)):
            worth = probability * step.lines / step.tokens
            if worth < LEAST_WORTH:
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
