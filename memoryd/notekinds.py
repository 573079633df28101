"""The kinds of notes. A module of its own, because the command line and the MCP bridge must start fast."""

from enum import StrEnum


class NoteKind(StrEnum):
    """The kind of a note."""

    DECISION = "decision"
    CONSTRAINT = "constraint"
    LESSON = "lesson"
    DEAD_END = "dead-end"
    CONVENTION = "convention"
    GLOSSARY = "glossary"
