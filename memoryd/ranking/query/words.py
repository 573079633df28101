"""The words that tell nothing of a task."""

import re

from indexers import query_words

STOP_WORDS = frozenset(
    "a about after all also an and any are as at be been before being but by can could did do does doing done each either for from get "
    "had has have having he her here him his how i if in into is it its itself just like made make makes may me might more most must my "
    "need no not of off on once only or other our out over own same see she should so some such than that the their them then there these "
    "they this those through to too under until up us use used uses using very want was we were what when where which while who whom why "
    "will with would you your please show find explain tell".split()
)
STOP_WORD = re.compile(rf"(?<![\w$])(?:{'|'.join(sorted(STOP_WORDS))})(?![\w$])", re.IGNORECASE)


def telling(text: str) -> str:
    """Return a text without its stop words; the text itself if it has no other words."""
    rest = STOP_WORD.sub(" ", text)
    return rest if query_words(rest) else text
