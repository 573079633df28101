"""Notes: the recorded reasons of a project, kept as files beside its code and checked against it before anyone reads them.

claim, note   the values
file          notes as files on disk
checks        whether a claim holds, by index, files and git
admission     the rules that a new note must pass
judge         the standing of each note
conflicts     notes that contradict each other
writing       the writer, one at a time
recall        the notes for a task, for a symbol, in packs
mentions      the paths and symbols that prose names
mining        candidates from comments, decision records, commits and instructions
audit         documents that name something gone
book          all notes of one project: the type of `ProjectMemory.notes`
review        the effect of changes on the notes, for a pull request
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
    candidate_text,
    draft,
    headline,
    in_full,
    recall_about,
    recalled,
    summary,
    write_down,
)
from memoryd.notes.audit import Finding
from memoryd.notes.book import Asking, Book
from memoryd.notes.checks import Disk, Ground, History, Verdict, check, verified_now
from memoryd.notes.claim import Claim, ClaimKind, split_name
from memoryd.notes.file import Broken, path_of, write_note
from memoryd.notes.judge import ALIVE, SERVED, Judgement, Standing, judge_note
from memoryd.notes.memory_tool import MemoryTool
from memoryd.notes.mining import SUGGESTED, Commit, from_commit, from_record, is_record
from memoryd.notes.note import Evidence, Note, canonical_body
from memoryd.notes.recall import SHARE, full, noted
from memoryd.notes.review import DisprovedNote, Review, Wrong, review_notes, review_notes_since

__all__ = [
    "ALIVE",
    "SERVED",
    "SHARE",
    "SUGGESTED",
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
    "candidate_text",
    "canonical_body",
    "check",
    "draft",
    "from_commit",
    "from_record",
    "full",
    "headline",
    "in_full",
    "is_record",
    "judge_note",
    "noted",
    "path_of",
    "recall_about",
    "recalled",
    "review_notes",
    "review_notes_since",
    "split_name",
    "summary",
    "verified_now",
    "write_down",
    "write_note",
]
