"""What a pack says of itself: whether it holds what its task needs.

spoken      whether the project speaks of a task at all
reading     what is known of a task before anything is shown
confidence  whether the pack holds what its task needs, and what to open next
nothing     the pack of a task of which nothing speaks
"""

from memoryd.packing.verdicts.confidence import ENOUGH, Features, verdict, verdict_features, verdict_line
from memoryd.packing.verdicts.nothing import unanswered
from memoryd.packing.verdicts.reading import EXACT, Reading, reading_of
from memoryd.packing.verdicts.spoken import JUDGED, Spoken, spoken_of

__all__ = [
    "ENOUGH", "EXACT", "JUDGED", "Features", "Reading", "Spoken", "reading_of", "spoken_of", "unanswered", "verdict", "verdict_features",
    "verdict_line",
]  # fmt: skip
