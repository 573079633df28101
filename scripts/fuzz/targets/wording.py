"""Prose that is mined and mentioned: decision records, Markdown, marked comments. The first line says which, or names a language."""

from memoryd.notes import from_record
from memoryd.notes.mentions import comments, mentions
from memoryd.notes.mining.comments import _marked_comments
from memoryd.notes.mining.wording import sentences, title_of

RECORD = "docs/adr/0001-x.md"


def check(data: bytes) -> None:
    """Any text gives notes that can be checked, and mentions in their lines."""
    head, _, body = data.partition(b"\n")
    kind, text = head.decode("ascii", "replace"), body.decode("utf-8", "replace")
    if kind == "record":
        note = from_record(RECORD, text)
        if note is not None:
            assert note.title.strip()
            assert "\n" not in note.title
            assert note.evidence
    elif kind == "markdown":
        lines = text.count("\n") + 1
        for mention in mentions(text):
            assert 1 <= mention.line <= lines
            assert mention.path or mention.name
        assert "".join(shown + hidden for shown, hidden in comments(text)) == text
    else:
        lines = text.count("\n") + 1
        for found in _marked_comments(kind, text.split("\n")):
            assert 1 <= found.first <= found.last <= lines
            assert found.quote in text
    assert "\n" not in title_of(text)
    assert all(one == one.strip() and one in text for one in sentences(text))
