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

from memoryd.notes.answers import (
    Candidate,
    CheckedClaim,
    NoteDraft,
    NoteHeadline,
    NoteInFull,
    RecalledNote,
    Recollection,
    candidate,
    draft,
    headline,
    recall_about,
    recalled,
    summary,
    told,
    write_down,
)
from memoryd.notes.audit import Finding
from memoryd.notes.book import Asking, Book
from memoryd.notes.checks import Disk, Ground, History, Verdict, check, verified_now
from memoryd.notes.claim import Claim, ClaimKind, split_id
from memoryd.notes.file import Broken, path_of, write_note
from memoryd.notes.judge import ALIVE, SERVED, Judgement, Standing, judge_note
from memoryd.notes.memory_tool import MemoryTool
from memoryd.notes.mining import Commit, from_commit, from_record, is_record
from memoryd.notes.note import Evidence, Note, canonical_body
from memoryd.notes.recall import SHARE, full, noted
from memoryd.notes.review import DisprovedNote, Review, Wrong, review_notes, review_notes_since

__all__ = [
    "ALIVE",
    "SERVED",
    "SHARE",
    "Asking",
    "Book",
    "Broken",
    "Candidate",
    "CheckedClaim",
    "Claim",
    "ClaimKind",
    "Commit",
    "Disk",
    "DisprovedNote",
    "Evidence",
    "Finding",
    "Ground",
    "History",
    "Judgement",
    "MemoryTool",
    "Note",
    "NoteDraft",
    "NoteHeadline",
    "NoteInFull",
    "RecalledNote",
    "Recollection",
    "Review",
    "Standing",
    "Verdict",
    "Wrong",
    "candidate",
    "canonical_body",
    "check",
    "draft",
    "from_commit",
    "from_record",
    "full",
    "headline",
    "is_record",
    "judge_note",
    "noted",
    "path_of",
    "recall_about",
    "recalled",
    "review_notes",
    "review_notes_since",
    "split_id",
    "summary",
    "told",
    "verified_now",
    "write_down",
    "write_note",
]
