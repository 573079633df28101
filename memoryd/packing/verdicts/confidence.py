"""Judges a pack: whether it holds what its task needs, what to open next, or that a plain search serves better. Pure.

The confidence is the probability that the pack shows something of every file that its task needs: that the project speaks of the task
at all (`spoken`), times that the pack then shows all of it. Both are functions of few features, fitted by logistic regression to packs of
2,000 to 8,000 tokens for tasks of repositories that the ranking learnt from, and for tasks that were made for other repositories.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from indexers import split_words
from memoryd.filekinds import is_test
from memoryd.model import Answering, Level, PackVerdict
from memoryd.packing.choice import FUNCTIONS
from memoryd.packing.likelihood import Likely
from memoryd.packing.pieces import Piece
from memoryd.packing.verdicts.reading import Reading
from memoryd.packing.verdicts.spoken import Spoken, log_odds
from memoryd.parsing import BLOCK, FILE
from memoryd.text import escaped
from memoryd.versions import Unit

TOP, MASS, COVERED, REPORTED, BASE = 0.23, 3.02, 0.69, -0.36, -1.5
"""The weight of each feature in the log odds that a pack shows all that is needed, and what is left without any."""
ENOUGH = 0.85
"""The confidence from which the pack of a question says `answer`. That of a report never does: nothing that is known of it, not even a
definition or a line that it names, tells whether a change takes one more file."""
COUNTED = 0.05
"""The probability from which a unit counts in `mass`."""
NEXT, AMONG = 3, 10
"""The most handles to open next, and the likeliest ones that they are taken from: types and sections around other candidates last."""
PARTS = {Level.OUTLINE: 0.5, Level.SIGNATURE: 0.2}
"""How much of what is needed a level shows that does not show all."""


@dataclass(frozen=True, slots=True)
class Features:
    """What a verdict rests on; `scripts/train/history/verdict.py` fits the weights.

    `spoken` tells whether the project speaks of the task. The others are from 0 to 1: `top` is the probability of the likeliest unit that
    is shown whole, `mass` the share of all probability that is shown, `covered` the share of the task's words, by their weights, that the
    shown text has; `named` whether the project has what the task names, `reported` whether the task is a report, which often takes a
    change of several files.
    """

    spoken: Spoken
    top: float
    mass: float
    covered: float
    named: bool
    reported: bool

    @property
    def terms(self) -> tuple[float, float, float, float]:
        """What the log odds that the pack shows all are a weighted sum of: `top` as log odds, `mass`, `covered`, `reported`."""
        return log_odds(self.top), self.mass, self.covered, float(self.reported)


def judged(rests_on: Features) -> tuple[Answering, float]:
    """Return what to say of a pack, and the probability that it holds what its task needs."""
    odds = BASE + sum(weight * term for weight, term in zip((TOP, MASS, COVERED, REPORTED), rests_on.terms, strict=True))
    confidence = round(rests_on.spoken.probability / (1 + math.exp(-odds)), 2)
    if not (rests_on.spoken.is_likely or rests_on.named):
        return Answering.GREP, confidence
    return (Answering.ANSWER if confidence >= ENOUGH and not rests_on.reported else Answering.LOOK), confidence


def verdict(pieces: Sequence[Piece], left: Sequence[Likely], task: Reading) -> PackVerdict:
    """Return the verdict on a pack that shows some pieces and leaves out some units, likeliest first."""
    kind, confidence = judged(verdict_features(pieces, left, task))
    if kind != Answering.LOOK:
        return PackVerdict(kind, confidence, (), f"of its words the project has: {', '.join(task.sought)}" if task.sought else "")
    wanted = [*(piece.likely for piece in pieces if not piece.is_whole and "around" not in piece.likely.ranked.reasons), *left]
    tests = all(is_test(piece.unit.path) for piece in pieces)
    units = [*(piece.unit for piece in pieces), *(one.unit for one in left)]
    handles = (one for one in wanted if one.unit.kind not in (BLOCK, FILE) and is_test(one.unit.path) <= tests)
    likeliest = sorted(handles, key=lambda one: -one.probability)[:AMONG]
    opened = sorted(likeliest, key=lambda one: _is_around_any(one.unit, units))
    in_part = {piece.unit.id for piece in pieces}
    why = {one.unit.id: "shown in part" if one.unit.id in in_part else "left out" for one in opened[:NEXT]}
    return PackVerdict(kind, confidence, tuple(why), ", ".join(dict.fromkeys(why.values())))


def verdict_line(found: PackVerdict, about: str = "") -> str:
    """Return the line at the end of a pack, with what there is to say `about` the project."""
    told = f"## verdict: {found.kind} ({found.confidence:.2f})"
    if found.next:
        told += f"; open next: {', '.join(map(escaped, found.next))} ({found.why})"
    if found.kind == Answering.GREP:
        told += "; a plain search may serve better" + (f"; {escaped(found.why)}" if found.why else "")
    if about:
        told += f"; {about}"
    return f"{told}\n"


def _is_around_any(unit: Unit, others: Sequence[Unit]) -> bool:
    """Tell whether a type or a section holds one of some units: to open these costs less, and they are what is likely."""
    within = (other for other in others if other.path == unit.path and other.id != unit.id and other.kind not in (BLOCK, FILE))
    return unit.kind not in FUNCTIONS and any(unit.first_line <= other.first_line and other.last_line <= unit.last_line for other in within)


def verdict_features(pieces: Sequence[Piece], left: Sequence[Likely], task: Reading) -> Features:
    """Return what a verdict on a pack rests on."""
    shown = {piece.unit.id: piece.likely.probability * (1.0 if piece.is_whole else PARTS[piece.level]) for piece in pieces}
    everything = [*(piece.likely.probability for piece in pieces), *(one.probability for one in left)]
    total = sum(one for one in everything if one >= COUNTED)
    words = {word for piece in pieces for word in split_words(f"{piece.unit.path} {piece.unsaid} {piece.text}").split()}
    covered = sum(weight for word, weight in task.weights.items() if word in words)
    return Features(
        task.spoken,
        max((piece.likely.probability for piece in pieces if piece.is_whole), default=0.0),
        min(1.0, sum(shown.values()) / total) if total else 0.0,
        covered / sum(task.weights.values()) if task.weights else 1.0,
        task.is_named,
        task.is_report,
    )
