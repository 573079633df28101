"""Chooses what to show of many units, best worth first: a knapsack with several levels for each item. Pure.

The worth of a step, from one level of a unit to a richer one, is the number of needed lines that it is expected to show for each
token that it costs: probability × lines / tokens. For a report, what is shown first of a file counts also for what the file is expected
to be worth, and pays for the line that opens it. Steps that are worth less than `Worths.least` are not taken, however much room is left:
a reader pays for every line, also for those that help nobody.
"""

from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

from memoryd.model import Level
from memoryd.parsing import BLOCK, FILE
from memoryd.versions import Unit

BYTES_A_TOKEN = 3.7
"""The bytes of source for each token: what things cost is estimated before any file is read."""
HEADLINE = 12
"""The tokens of a unit's headline beside its signature."""
FILE_OPENING = 6.0
"""The characters, beside the path, of the line that opens a file."""
WHOLE_LINES = 40
"""The first lines of a unit, which together count in full."""
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


class Candidate(NamedTuple):
    """A unit with the probability that the task needs it, and with that of its file."""

    unit: Unit
    probability: float
    of_file: float


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


class Worths(NamedTuple):
    """What things are worth to a form of task. They are calibrated together with the probabilities (`scripts/train`).

    `least` is the least worth of a step, in expected needed lines for each token: for a question, at the usual ten tokens a line, a body
    of forty lines is shown from a probability of about a two hundredth. A signature is worth `signature` lines, since it says that a
    thing exists and where: it saves a search but no reading. `file` lines are what a file that is needed is worth beside the lines that
    are shown of it: its name alone says where else to look. The first lines of a unit count to the power `brevity`, which is below 1:
    two short bodies tell more than one of as many lines.
    """

    least: float
    signature: float
    file: float
    brevity: float


OF_QUESTION = Worths(least=0.0005, signature=4.0, file=0.0, brevity=0.7)
OF_REPORT = Worths(least=0.00018, signature=2.0, file=8.0, brevity=0.55)
"""A report asks for what has to change: what was not shown costs a further search, so more is worth its tokens."""


def worths(is_report: bool) -> Worths:
    """Return what things are worth to a report, or to a question."""
    return OF_REPORT if is_report else OF_QUESTION


def steps(candidates: Iterable[Candidate], is_report: bool, brief: Container[str] = ()) -> list[Step]:
    """Return the steps that are worth their tokens for candidates, the likeliest first; the best steps come first.

    Of those whose ids are in `brief`, nothing but the signature is shown, as soon as more of them would be.
    Of each unit they are the upper hull of its levels, so a later step is always worth less than the one before.
    """
    found: list[Step] = []
    opened: set[str] = set()
    worth_of = worths(is_report)
    for place, one in enumerate(candidates):
        options = _options(one.unit, worth_of)
        if worth_of.file and one.unit.path not in opened and one.probability:
            options = _opening(options, one, worth_of.file)
        opened.add(one.unit.path)
        for step in _brief(options) if one.unit.id in brief else _hull(options):
            worth = one.probability * step.lines / step.tokens
            if worth < worth_of.least:
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


def _opening(options: Sequence[_Option], candidate: Candidate, file: float) -> Sequence[_Option]:
    """Return the levels of the likeliest unit of a file, whichever of them is shown first and opens it, with what the file is worth."""
    tokens = (len(candidate.unit.path) + FILE_OPENING) / BYTES_A_TOKEN
    # Lines are worth what the unit's probability says; those of the file, what its own does, which is never less.
    lines = file * max(candidate.of_file / candidate.probability, 1.0)
    return [_Option(one.level, one.tokens + tokens, one.lines + lines) for one in options]


def _brief(options: Sequence[_Option]) -> Iterable[_Option]:
    """Yield the signature alone, worth as much for each token as the first step would be."""
    first = next(iter(_hull(options)))
    yield from (
        one._replace(lines=max(one.lines, first.lines * one.tokens / first.tokens)) for one in options if one.level == Level.SIGNATURE
    )


def _options(unit: Unit, worth: Worths) -> Sequence[_Option]:
    number = unit.last_line - unit.first_line + 1
    body = max((unit.end - unit.start) / BYTES_A_TOKEN, 1.0)
    if unit.kind == FILE:
        return (_Option(Level.OUTLINE, OUTLINE_TOKENS, OUTLINE_LINES),)
    is_leaf = unit.kind in FUNCTIONS or unit.kind == BLOCK
    further = FURTHER if is_leaf else INSIDE
    whole = WHOLE_LINES * min(number / WHOLE_LINES, 1.0) ** worth.brevity + further * max(number - WHOLE_LINES, 0)
    found = [_Option(Level.FULL, HEADLINE + body, whole)]
    if number > WHOLE_LINES:
        window = HEADLINE + body * WINDOW_LINES / number
        found.append(_Option(Level.OUTLINE, window, WINDOW_WORTH) if is_leaf else _Option(Level.OUTLINE, OUTLINE_TOKENS, OUTLINE_LINES))
    if unit.is_symbol:
        found.append(_Option(Level.SIGNATURE, HEADLINE + len(unit.signature[:120]) / BYTES_A_TOKEN, min(worth.signature, whole / 2)))
    return found
