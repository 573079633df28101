"""The search for the notes that answer a task: a small search index in memory, by words and vectors."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexers import query_words, split_words
from memoryd.embed import Embedder
from memoryd.notes.file import Shelf
from memoryd.notes.note import Note
from memoryd.ranking import Candidates, telling, weighted
from memoryd.searchindex import Matcher, Matches, segment_of_texts

TITLE_WEIGHT = 3
"""Times that a word of the title counts: it says what the note is about."""
WORDS_WEIGHT, VECTOR_WEIGHT = 1.0, 0.3
EMBEDDED = 1_500
"""Characters of a note, and of a task, that are embedded."""
LEAST_WORDS = 0.18
"""The share of the query's information that a note must have to answer it by its words."""
LEAST_COSINE = 0.45
"""The cosine from which the vectors confirm such a match, or relate a note to a query with which it shares no word."""


class Match(NamedTuple):
    """A note that answers a query: `words` is the share of the query's information (summed IDF) in it, `cosine` that of their vectors."""

    id: str
    score: float
    words: float
    cosine: float

    @property
    def is_related(self) -> bool:
        """Tell whether the note has something to do with the query: enough for whoever asks for notes, not for a pack."""
        return self.words >= LEAST_WORDS or self.cosine >= LEAST_COSINE

    @property
    def is_strong(self) -> bool:
        """Tell whether the note is about the query, not merely the best one available."""
        return self.words >= 2.5 * LEAST_WORDS or (self.words >= LEAST_WORDS and self.cosine >= LEAST_COSINE)


class NoteSearch:
    """A search index over the notes of a shelf. The row of a note is kept while its file stays the same."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], _Row] = {}
        self._ready: _Ready | None = None

    def matches(self, shelf: Shelf, task: str, embedder: Embedder) -> list[Match]:
        """Return the notes that have something about a task, best first; equal ones in order of id."""
        if not shelf.notes:
            return []
        matcher = self._matcher(shelf, embedder)
        asked = telling(task)
        words, vector = query_words(asked), embedder.embed([asked[:EMBEDDED]])[0]
        found = matcher.search(words, vector, matcher.rows)
        candidates = Candidates(
            [weighted("text", WORDS_WEIGHT, _shares(found.words)), weighted("vector", VECTOR_WEIGHT, _shares(found.nearest))]
        )
        cosines = np.zeros(matcher.rows)
        cosines[found.nearest.numbers] = found.nearest.scores
        numbers = candidates.numbers
        columns = (candidates.fused().round(6), matcher.coverage(words)[numbers], cosines[numbers])
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
        """Return the row of each note by id; only rows of changed notes are computed."""
        keys = {id_: (embedder.id, shelf.digests[id_]) for id_ in shelf.notes}
        known = self._rows
        new = [shelf.notes[id_] for id_, key in keys.items() if key not in known]
        vectors = embedder.embed([f"{note.title}\n{note.body}"[:EMBEDDED] for note in new]).astype(np.float16)
        made = {keys[note.id]: _Row(_words(note), vector) for note, vector in zip(new, vectors, strict=True)}
        rows = {id_: made.get(key) or known[key] for id_, key in keys.items()}
        self._rows = {keys[id_]: row for id_, row in rows.items()}
        return rows


class _Row(NamedTuple):
    """The searched columns of a note: its words, those of the title repeated, and the vector of its text (float16)."""

    words: str
    vector: npt.NDArray[np.float16]


class _Ready(NamedTuple):
    """The matcher of a shelf's notes, and the id of the embedder that made their vectors."""

    shelf: Shelf
    embedder: str
    matcher: Matcher


def _words(note: Note) -> str:
    rest = (note.body, *note.tags, *(claim.subject for claim in note.claims))
    return " ".join(filter(None, [*[split_words(note.title)] * TITLE_WEIGHT, split_words(" ".join(rest))]))


def _shares(found: Matches) -> Matches:
    """Return matches with scores divided by the best one."""
    return Matches(found.numbers, found.scores / found.scores[:1])
