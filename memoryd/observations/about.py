"""Which parts of a text speak most of what was asked for, by words that few of the parts hold. Pure."""

import math
from collections import Counter
from collections.abc import Sequence

from indexers import split_words

SHARE = 0.3
"""The share of the characters of a text that its chosen parts take at most."""
COMMON = 0.5
"""A word that stands in more of the parts tells nothing."""


def speaking(lines: Sequence[str], parts: Sequence[tuple[int, int]], asked: str) -> list[int]:
    """Return the places of the parts, each from a line to before another, that speak of what was asked for; none where nothing does."""
    words = [Counter(split_words("\n".join(lines[first:end])).split()) for first, end in parts]
    wanted = {
        word: held for word in set(split_words(asked).split()) if 0 < (held := sum(word in one for one in words)) <= COMMON * len(parts)
    }
    worth = [_worth(one, wanted, len(parts)) for one in words]
    room = SHARE * sum(map(len, lines))
    found = []
    for place in sorted(range(len(parts)), key=lambda place: (-worth[place], place)):
        first, end = parts[place]
        size = sum(map(len, lines[first:end]))
        if worth[place] and size <= room:
            found.append(place)
            room -= size
    return found


def _worth(words: Counter[str], wanted: dict[str, int], parts: int) -> float:
    return sum(math.log(parts / held) * (1 + math.log(words[word])) for word, held in wanted.items() if words[word])
