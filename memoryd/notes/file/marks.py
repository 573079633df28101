"""How the body of a note holds a memory file: the file's text between two comments, the first of which has its path."""

import re

from memoryd.notes.note import Note

AUTHOR = "agent:memory"
"""Who writes such notes."""
END = "\n<!-- end -->"
MARKED = re.compile(r"<!-- /memories/(?P<path>[^\n]+) -->\n(?P<text>.*)", re.DOTALL)


def content_of(note: Note) -> str:
    """Return the text of the file that the memory tool made a note of; of any other note, its body."""
    match = MARKED.match(note.body) if note.author == AUTHOR else None
    return match["text"].removesuffix(END) if match else note.body
