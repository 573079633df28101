"""Which notes answer a task: rows of a small search index in memory, found by their words and the vectors of their text."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexers import query_words, split_words
from memoryd.embed import Embedder
from memoryd.notes.file import Shelf
from memoryd.notes.note import Note
from memoryd.ranking import Candidates, given, telling
from memoryd.searchindex import Matcher, Matches, segment_of_texts

TITLE_WEIGHT = 3
"""How often a word of the title counts: it says what the note is about."""
WORDS_WEIGHT, VECTOR_WEIGHT = 1.0, 0.3
EMBEDDED = 1_500
"""Characters of a note that are embedded."""
LEAST_WORDS = 0.18
"""The share of the query's information that a note must say to answer it by its words."""
LEAST_COSINE = 0.45


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
    """The notes of a shelf, ready to be searched. The row of a note is kept while its file stays the same."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], _Row] = {}
        self._ready: _Ready | None = None

    def matches(self, shelf: Shelf, task: str, embedder: Embedder) -> list[Match]:
        """Return the notes that say something of a task, best first; equals in the order of their ids."""
        if not shelf.notes:
            return []
        matcher = self._matcher(shelf, embedder)
        asked = telling(task)
        words, vector = query_words(asked), embedder.embed([asked[:EMBEDDED]])[0]
        found = matcher.search(words, vector, matcher.rows)
        candidates = Candidates([given("text", WORDS_WEIGHT, _shares(found.words)), given("vector", VECTOR_WEIGHT, _shares(found.nearest))])
        cosines = np.zeros(matcher.rows)
        cosines[found.nearest.numbers] = found.nearest.scores
        numbers = candidates.numbers
        columns = (candidates.fused().round(6), matcher.told(words)[numbers], cosines[numbers])
        matches = map(Match, matcher.ids(numbers), *(column.tolist() for column in columns))
        return sorted(matches, key=lambda match: (-match.score, match.id))

    def _matcher(self, shelf: Shelf, embedder: Embedder) -> Matcher:
        ready = self._ready
        if ready is None or ready.shelf is not shelf or ready.embedder != embedder.id:
            rows = self._rows_of(shelf, embedder)
            segment = segment_of_texts(list(rows), [row.words for row in rows.values()], np.stack([row.vector for row in rows.values()]))
            ready = self._ready = _Ready(shelf, embedder.id, Matcher.of([segment], [frozenset()]))
        return ready.matcher

    def _rows_of(self, shelf: Shelf, embedder: Embedder) -> "dict[str, _Row]":
        """Return the row of each note, by its id; made anew are those of notes that changed."""
        keys = {id_: (embedder.id, shelf.digests[id_]) for id_ in shelf.notes}
        known = self._rows
        new = [shelf.notes[id_] for id_, key in keys.items() if key not in known]
        vectors = embedder.embed([f"{note.title}\n{note.body}"[:EMBEDDED] for note in new]).astype(np.float16)
        made = {keys[note.id]: _Row(_words(note), vector) for note, vector in zip(new, vectors, strict=True)}
        rows = {id_: made.get(key) or known[key] for id_, key in keys.items()}
        self._rows = {keys[id_]: row for id_, row in rows.items()}
        return rows


class _Row(NamedTuple):
    """What is searched of a note: its words, those of the title as often as they count, and the vector of its text."""

    words: str
    vector: npt.NDArray[np.float16]


class _Ready(NamedTuple):
    """The matcher of a shelf's notes, with the id of the embedder that made their vectors."""

    shelf: Shelf
    embedder: str
    matcher: Matcher


def _words(note: Note) -> str:
    rest = (note.body, *note.tags, *(claim.subject for claim in note.claims))
    return " ".join(filter(None, [*[split_words(note.title)] * TITLE_WEIGHT, split_words(" ".join(rest))]))


def _shares(found: Matches) -> Matches:
    """Return what was found with scores as shares of the best."""
    return Matches(found.numbers, found.scores / found.scores[:1])
