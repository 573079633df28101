"""Notes: the why of a project, kept as files beside its code and checked against it before anyone reads them.

claim, note   the values
file          a note and its bytes on disk
checks        a claim → whether it holds, and what it is checked against
admission     what may be written down
judge         what has become of each note
conflicts     notes that contradict each other
writing       one writer at a time
recall        notes for a task, for a symbol, in packs
mentions      what prose says about code
mining        what a project already says about why
audit         what documents name that is gone
book          all of it for one project: what `ProjectMemory.notes` is
review        what changed about the notes, for a pull request
answers       notes as values for JSON
memory_tool   the memory tool of Anthropic's API
"""

from memoryd.notes.answers import NoteDraft, candidate, draft, headline, recall_about, recalled, summary, told, write_down
from memoryd.notes.book import Asking, Book
from memoryd.notes.judge import ALIVE, SERVED, Judgement, Standing
from memoryd.notes.memory_tool import MemoryTool
from memoryd.notes.recall import SHARE, full, noted
from memoryd.notes.review import markdown, review_notes, review_notes_since, values

__all__ = [
    "ALIVE",
    "SERVED",
    "SHARE",
    "Asking",
    "Book",
    "Judgement",
    "MemoryTool",
    "NoteDraft",
    "Standing",
    "candidate",
    "draft",
    "full",
    "headline",
    "markdown",
    "noted",
    "recall_about",
    "recalled",
    "review_notes",
    "review_notes_since",
    "summary",
    "told",
    "values",
    "write_down",
]
