"""Notes as files: parsing, writing, claims, admission, and how they are shown."""

import re

from memoryd.errors import NoteMalformed
from memoryd.notes import Claim, Note, write_note
from memoryd.notes.admission.rules import objections
from memoryd.notes.file import content_of, item_lines, read_note
from memoryd.notes.mentions import mentions
from memoryd.notes.recall.text import quoted
from memoryd.text import escaped_text

LINES, MARK = 12, "  >"
NAME = "totals-are-integers"


def check(data: bytes) -> None:
    """Any bytes are a note or malformed; a note that was read can be written, and reads the same again."""
    assert all(line > 0 for line in item_lines(data, "claims"))
    try:
        note = read_note(NAME, data)
    except NoteMalformed:
        return
    _check_note(note)


def _check_note(note: Note) -> None:
    assert read_note(NAME, write_note(note)) == note
    for claim in note.claims:
        assert Claim.parse(str(claim)) == claim
        assert claim.denied().denied() == claim
    for objection in objections(note):
        assert objection
    lines = note.body.count("\n") + 1
    assert all(1 <= mention.line <= lines for mention in mentions(note.body))
    *shown, end = quoted(content_of(note), LINES).split("\n")
    assert not end
    assert all(line.startswith(MARK) and escaped_text(line) == line for line in shown[:LINES])
    assert all(re.fullmatch(r"  … \d+ lines more", line) for line in shown[LINES:])
