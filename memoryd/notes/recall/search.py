"""Which notes answer a task: BM25 over their words and vectors of their text, fused by rank. In memory: notes are few and short."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from indexers import query_words, split_words
from memoryd.embed import Embedder
from memoryd.notes.file import Shelf
from memoryd.notes.note import Note

K1, B = 1.2, 0.75
"""The constants of BM25 (Robertson & Zaragoza 2009)."""
TITLE_WEIGHT = 3
"""How often a word of the title counts: it says what the note is about."""
SMOOTHING = 40.0
VECTOR_WEIGHT = 0.3
EMBEDDED = 1_500
"""Characters of a note that are embedded."""
LEAST_WORDS = 0.18
"""The share of the query's information that a note must say to answer it by its words."""
LEAST_COSINE = 0.45

ASKING = frozenset(query_words(
    "what which why how when where who was were is are be been do does did done has have had should would can could must will a an the of "
    "for to in on at by with and or not about we our us i you it its this that these those there from into decided decide decision "
    "reason because"
))  # fmt: skip
"""Words that ask, and say nothing of what is asked about: in a question they count only where it has no others."""


class Match(NamedTuple):
    """A note that answers a query. `words` is the share of what the query says that it says, by information; `cosine` its nearness."""

    id: str
    score: float
    words: float
    cosine: float

    @property
    def is_strong(self) -> bool:
        """Tell whether the note is about the query, and not only the best of those there are."""
        return self.words >= 2.5 * LEAST_WORDS or (self.words >= LEAST_WORDS and self.cosine >= LEAST_COSINE)


class NoteSearch:
    """The words and vectors of some notes. What is known of a note's text is kept while its file stays the same."""

    def __init__(self) -> None:
        self._shelf: Shelf | None = None
        self._counts: dict[str, tuple[str, Counter[str]]] = {}
        self._vectors: dict[tuple[str, str], np.ndarray] = {}
        self._holders: Mapping[str, Sequence[str]] = {}

    def matches(self, shelf: Shelf, task: str, embedder: Embedder) -> list[Match]:
        """Return the notes that say something of a task, best first; equals in the order of their ids."""
        self._follow(shelf)
        asked = query_words(task)
        asked = [word for word in asked if word not in ASKING] or asked
        words = [word for word in asked if word in self._holders]
        said = self._bm25(words)
        information = sum(map(self._rarity, asked))
        cosines = self._cosines(shelf, task, embedder)
        ranked = sorted(said, key=lambda id_: (-said[id_], id_))
        near = sorted((id_ for id_ in cosines if cosines[id_] > 0), key=lambda id_: (-cosines[id_], id_))
        scores: dict[str, float] = {}
        for weight, ids, strength in ((1.0, ranked, said), (VECTOR_WEIGHT, near, cosines)):
            best = strength[ids[0]] if ids else 1.0
            for place, id_ in enumerate(ids):
                scores[id_] = scores.get(id_, 0.0) + weight * strength[id_] / best / (SMOOTHING + place)
        found = [
            Match(id_, round(score, 6), self._share(id_, words) / information if information else 0.0, cosines.get(id_, 0.0))
            for id_, score in scores.items()
        ]
        return sorted(found, key=lambda match: (-match.score, match.id))

    def _follow(self, shelf: Shelf) -> None:
        if shelf is self._shelf:
            return
        counts = {}
        for id_, note in shelf.notes.items():
            known = self._counts.get(id_)
            counts[id_] = known if known is not None and known[0] == shelf.digests[id_] else (shelf.digests[id_], _words(note))
        holders: dict[str, list[str]] = {}
        for id_, (_, words) in counts.items():
            for word in words:
                holders.setdefault(word, []).append(id_)
        self._counts, self._holders, self._shelf = counts, holders, shelf

    def _rarity(self, word: str) -> float:
        number, holding = len(self._counts), len(self._holders.get(word, ()))
        return math.log(1 + (number - holding + 0.5) / (holding + 0.5))

    def _share(self, id_: str, words: Iterable[str]) -> float:
        held = self._counts[id_][1]
        return sum(self._rarity(word) for word in words if word in held)

    def _bm25(self, words: Sequence[str]) -> dict[str, float]:
        mean = sum(count.total() for _, count in self._counts.values()) / max(1, len(self._counts))
        scores: dict[str, float] = {}
        for word in words:
            rarity = self._rarity(word)
            for id_ in self._holders[word]:
                count = self._counts[id_][1]
                often = count[word]
                scores[id_] = scores.get(id_, 0.0) + rarity * often * (K1 + 1) / (often + K1 * (1 - B + B * count.total() / mean))
        return scores

    def _cosines(self, shelf: Shelf, task: str, embedder: Embedder) -> dict[str, float]:
        keys = {id_: (embedder.id, shelf.digests[id_]) for id_ in shelf.notes}
        missing = [id_ for id_, key in keys.items() if key not in self._vectors]
        if missing:
            made = embedder.embed([f"{shelf.notes[id_].title}\n{shelf.notes[id_].body}"[:EMBEDDED] for id_ in missing])
            self._vectors.update((keys[id_], _unit(vector)) for id_, vector in zip(missing, made, strict=True))
        if len(self._vectors) > 2 * len(keys):
            self._vectors = {key: self._vectors[key] for key in keys.values()}
        if not keys:
            return {}
        found = np.stack([self._vectors[key] for key in keys.values()]) @ _unit(embedder.embed([task[:EMBEDDED]])[0])
        return dict(zip(keys, map(float, found.round(6)), strict=True))


def _words(note: Note) -> Counter[str]:
    title = Counter(split_words(note.title).split())
    rest = Counter(split_words(" ".join((note.body, *note.tags, *(claim.subject for claim in note.claims)))).split())
    return Counter({word: TITLE_WEIGHT * title[word] + rest[word] for word in title | rest})


def _unit(vector: np.ndarray) -> np.ndarray:
    length = float(np.linalg.norm(vector))
    return vector.astype(np.float32) / length if length else vector.astype(np.float32)
