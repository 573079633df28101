"""The baselines of BM25, over whole files or over units, with split identifiers (Robertson & Zaragoza 2009; k1 = 1.5, b = 0.75)."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from indexers import query_words, split_words

K1, B = 1.5, 0.75


class Bm25:
    """An index of texts by key (a path, the id of a unit) that follows their changes; a key counts as text."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self._lengths: dict[str, int] = {}
        self._postings: dict[str, dict[str, int]] = defaultdict(dict)

    def change(self, gone: Iterable[str], texts: Mapping[str, str]) -> None:
        """Remove the texts of the keys `gone`; add `texts` by key, replacing the old texts of those keys."""
        for key in {*gone, *texts}:
            for word in self._counts.pop(key, ()):
                del self._postings[word][key]
            self._lengths.pop(key, None)
        for key, text in texts.items():
            found = self._counts[key] = Counter(split_words(f"{key} {text}").split())
            self._lengths[key] = sum(found.values())
            for word, number in found.items():
                self._postings[word][key] = number

    def ranked(self, query: str) -> list[str]:
        """Return the keys of the texts that hold any word of the query, best first."""
        mean = sum(self._lengths.values()) / max(1, len(self._lengths))
        scores: dict[str, float] = defaultdict(float)
        for word in query_words(query):
            found = self._postings.get(word, {})
            weight = math.log(1 + (len(self._lengths) - len(found) + 0.5) / (len(found) + 0.5))
            for key, number in found.items():
                scores[key] += weight * number * (K1 + 1) / (number + K1 * (1 - B + B * self._lengths[key] / mean))
        return sorted(scores, key=lambda key: (-scores[key], key))
