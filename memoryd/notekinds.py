"""The kinds of notes, and their folder.

A module of its own, because the command line and the MCP bridge must start fast.
"""

from enum import StrEnum

NOTES = ".memoryd/notes"
"""The folder of notes, relative to the root of the project."""


class NoteKind(StrEnum):
    """The kind of a note."""

    DECISION = "decision"
    CONSTRAINT = "constraint"
    LESSON = "lesson"
    DEAD_END = "dead-end"
    CONVENTION = "convention"
    GLOSSARY = "glossary"
