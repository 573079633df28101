"""Recall: selects the notes to read for a task or before an edit, and writes them as text.

search   by words and vectors
recall   by the symbols and files that notes are about
text     as text for an agent
packing  in packs and in the map
"""

from memoryd.notes.recall.packing import SHARE, Offered, digest, noted
from memoryd.notes.recall.recall import Names, Recalled, about_code, about_task, divide, subjects_of
from memoryd.notes.recall.search import NoteSearch
from memoryd.notes.recall.text import Withheld, full, proposed

__all__ = [
    "SHARE",
    "Names",
    "NoteSearch",
    "Offered",
    "Recalled",
    "Withheld",
    "about_code",
    "about_task",
    "digest",
    "divide",
    "full",
    "noted",
    "proposed",
    "subjects_of",
]
