"""The marks of memory files: the body of such a note holds the file's text between two comments, the first with its path."""

import re

from memoryd.notes.note import Note

AUTHOR = "agent:memory"
"""The author of notes from the memory tool."""
END = "\n<!-- end -->"
MARKED = re.compile(r"<!-- /memories/(?P<path>[^\n]+) -->\n(?P<text>.*)", re.DOTALL)


def content_of(note: Note) -> str:
    """Return the text of a memory file; for a note that is none, its body."""
    match = MARKED.match(note.body) if note.author == AUTHOR else None
    return match["text"].removesuffix(END) if match else note.body
