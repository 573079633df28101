"""The pack of a task of which nothing in the project speaks: two lines instead of units that are near by chance."""

from memoryd.model import Answering, Pack, PackVerdict
from memoryd.packing.verdicts.confidence import verdict_line
from memoryd.tokens import TokenCount

TEXT = (
    "Nothing here speaks of that: no file has the words that matter, and nothing is near in meaning.\n"
    "Next: ask in words of this project, name a symbol or a file, or grep for the exact text.\n"
)


def unanswered(budget: int, count: TokenCount, store_version: int) -> Pack:
    """Return the pack that says so and what to do next; without text if even that exceeds the budget."""
    found = PackVerdict(Answering.GREP, 0.0)
    text = next((text for text in (f"{TEXT}\n{verdict_line(found)}", TEXT) if count(text) <= budget), "")
    return Pack(text, count(text), budget, (), (), store_version, found)
