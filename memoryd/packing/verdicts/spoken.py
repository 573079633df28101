"""Whether a project speaks of what a task asks about: the probability, told from its likeliest units by the index alone.

Some unit is always the likeliest, and common words occur everywhere, so this rests on how near in meaning anything is, on how many of
the task's rare words the project has at all, and on whether one unit has them together. Fitted to tasks of a repository and to as many
of others in the same language, one in ten of which counts as asked by somebody (`scripts/train/history/verdict.py`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from memoryd.packing.likelihood import Likely
from memoryd.ranking import Query
from memoryd.versions import View

LIKELIEST, NEAREST, KNOWN, TOGETHER, BASE = 0.55, 5.00, 1.89, 2.48, -2.67
"""The weight of each feature in the log odds, of `likeliest` by its own log odds, and what is left without any."""
UNSPOKEN = 0.6
"""The probability below which a project does not speak of a task."""
ENOUGH_TOGETHER = 0.2
"""The share of a task's words that one unit has from which the project speaks of it, however near: a misspelled text is near nothing."""
JUDGED, WORDS = 10, 40
"""The likeliest units that are looked at, and the words of the task's headline that are looked for in them."""
LEAST, MOST = 0.001, 0.999
"""The bounds of a probability of which the log odds are taken."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What tells whether a project speaks of a task, each from 0 to 1.

    `likeliest` is the probability of the likeliest unit, `nearest` the largest cosine of one of the likeliest with the task's headline;
    `known` the share of the headline's words, by their rarity, that the project has anywhere, and `together` the largest share that one
    of the likeliest units has.
    """

    likeliest: float
    nearest: float
    known: float
    together: float

    @property
    def terms(self) -> tuple[float, float, float, float]:
        """What the log odds are a weighted sum of."""
        return log_odds(self.likeliest), self.nearest, self.known, self.together

    @property
    def probability(self) -> float:
        """The probability that the project speaks of the task."""
        return 1 / (1 + math.exp(-BASE - sum(map(float.__mul__, (LIKELIEST, NEAREST, KNOWN, TOGETHER), self.terms))))

    @property
    def is_likely(self) -> bool:
        """Whether the project speaks of the task rather than not."""
        return self.probability >= UNSPOKEN or self.together >= ENOUGH_TOGETHER


def spoken_of(view: View, query: Query, found: Sequence[Likely]) -> Spoken:
    """Return what tells whether a project speaks of a task, of which the likeliest units were `found`."""
    rows = view.matcher.numbers(one.unit.id for one in found[:JUDGED])
    words = tuple(dict.fromkeys(query.headline_words))[:WORDS]
    text, names = view.matcher.text_scores(words, rows), view.matcher.name_scores(words, rows)
    shares = text.rarity / max(float(text.rarity.sum()), 1e-9)
    known = np.array([view.matcher.holding(word) > 0 for word in words], bool)
    cosines = view.matcher.cosines(view.embedder.embed([query.headline[:2_000]])[0], rows)
    return Spoken(
        max((one.probability for one in found[:1]), default=0.0),
        float(cosines.max(initial=0.0)),
        float(shares @ known) if words else 1.0,
        float((shares @ (text.parts + names.parts > 0)).max(initial=0.0)) if words else 1.0,
    )


def log_odds(probability: float) -> float:
    """Return the log odds of a probability, which is bounded."""
    bounded = min(max(probability, LEAST), MOST)
    return math.log(bounded / (1 - bounded))
