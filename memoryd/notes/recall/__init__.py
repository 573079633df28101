"""Recall: the notes to read for a task or before an edit.

search   by words and vectors
recall   by what notes are about
text     as an agent reads them
packing  in packs and in the map
"""

from memoryd.notes.recall.packing import SHARE, Offered, digest, noted
from memoryd.notes.recall.recall import Names, Recalled, anchored, gathered, spoken
from memoryd.notes.recall.search import NoteSearch
from memoryd.notes.recall.text import Withheld, full

__all__ = ["SHARE", "Names", "NoteSearch", "Offered", "Recalled", "Withheld", "anchored", "digest", "full", "gathered", "noted", "spoken"]
