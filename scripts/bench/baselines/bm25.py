"""The baseline: BM25 over whole files with split identifiers (Robertson & Zaragoza 2009; k1 = 1.5, b = 0.75)."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from indexers import query_words, split_words

K1, B = 1.5, 0.75


class FileBm25:
    """An index of whole files that follows their changes; a path counts as text."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self._lengths: dict[str, int] = {}
        self._postings: dict[str, dict[str, int]] = defaultdict(dict)

    def change(self, gone: Iterable[str], texts: Mapping[str, str]) -> None:
        """Remove the files `gone`; add `texts` by path, replacing the old texts of those files."""
        for path in {*gone, *texts}:
            for word in self._counts.pop(path, ()):
                del self._postings[word][path]
            self._lengths.pop(path, None)
        for path, text in texts.items():
            found = self._counts[path] = Counter(split_words(f"{path} {text}").split())
            self._lengths[path] = sum(found.values())
            for word, number in found.items():
                self._postings[word][path] = number

    def ranked(self, query: str) -> list[str]:
        """Return the files that hold any word of the query, best first."""
        mean = sum(self._lengths.values()) / max(1, len(self._lengths))
        scores: dict[str, float] = defaultdict(float)
        for word in query_words(query):
            found = self._postings.get(word, {})
            weight = math.log(1 + (len(self._lengths) - len(found) + 0.5) / (len(found) + 0.5))
            for path, number in found.items():
                scores[path] += weight * number * (K1 + 1) / (number + K1 * (1 - B + B * self._lengths[path] / mean))
        return sorted(scores, key=lambda path: (-scores[path], path))
