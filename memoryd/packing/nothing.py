"""The pack of a task of which nothing in the project speaks: two lines instead of units that are near by chance."""

from collections.abc import Callable

from memoryd.model import Answering, Pack, PackVerdict

TEXT = (
    "Nothing here speaks of that: no file has the words that matter, and nothing is near in meaning.\n"
    "Next: ask in words of this project, name a symbol or a file, or grep for the exact text.\n"
)


def unanswered(budget: int, count: Callable[[str], int], store_version: int) -> Pack:
    """Return the pack that says so and what to do next; without text if even that exceeds the budget."""
    tokens = count(TEXT)
    text, tokens = (TEXT, tokens) if tokens <= budget else ("", 0)
    return Pack(text, tokens, budget, (), (), store_version, PackVerdict(Answering.GREP))
