"""The tools and resources that agents see: their names, descriptions and parameters.

Shared by the stdio bridge and by streamable HTTP, so that an agent sees the same through both. Standard library only, because
the bridge must start at once.
"""

from typing import Any

from memoryd.limits import DEFAULT_BUDGET, MOST_TOOL_BUDGET
from memoryd.notekinds import NoteKind

SERVER = "memoryd"
INSTRUCTIONS = (
    "memoryd has this project read and indexed. Call `pack` with your task before grep, glob or reading files: one call returns"
    " the code that matters, as it is on disk now. `expand` shows what a pack left out."
)
"""The server's instructions to agents, at most 250 characters: Codex shows no more."""

ROOT = {"type": "string", "description": "Another project's folder; leave out for this one."}

TOOLS: tuple[dict[str, Any], ...] = (
    {
        "name": "pack",
        "title": "Find the code for a task",
        "description": (
            "Find the code for a task in this project. Use it FIRST, before grep, glob, file listing or reading files: one call"
            " replaces many searches. Returns the relevant functions, classes, tests, configuration and docs with paths and line"
            " numbers, as they are on disk now (no need to read those lines again), within a token budget, and ends with handles"
            " of what was left out, for `expand`. Call it again when the task turns to another part of the code."
        ),
        "inputSchema": {
            "type": "object",
            "properties": {
                "task": {
                    "type": "string",
                    "description": (
                        "What you want to do or know, in full: the user's request, a bug report, a stack trace; name symbols, files and"
                        " error messages you know."
                    ),
                },
                "budget": {
                    "type": "integer",
                    "description": f"Most tokens, up to {MOST_TOOL_BUDGET}.",
                    "default": DEFAULT_BUDGET,
                },
                "root": ROOT,
            },
            "required": ["task"],
        },
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
        "_meta": {"anthropic/alwaysLoad": True},
    },
    {
        "name": "expand",
        "title": "Show what a pack left out",
        "description": "Show the whole text of symbols, files or lines, as they are on disk now.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "handles": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "Ids from a pack (src/app.py#App.run), paths, or lines of a path (src/app.py:10-40).",
                },
                "root": ROOT,
            },
            "required": ["handles"],
        },
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
        "_meta": {"anthropic/alwaysLoad": True},
    },
    {
        "name": "recall",
        "title": "Recall notes on why",
        "description": (
            "Recall what people and agents noted about this project: decisions, constraints, lessons, dead ends, each checked"
            " against the code a moment ago. Call it with `about` before you change files, and with `task` before you decide how"
            " to do something. What the code has disproved is only named."
        ),
        "inputSchema": {
            "type": "object",
            "properties": {
                "task": {"type": "string", "description": "What you are about to do or decide."},
                "about": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "Paths and ids (src/app.py#App.run) you are about to change.",
                },
                "root": ROOT,
            },
        },
        "annotations": {"readOnlyHint": True, "openWorldHint": False},
    },
    {
        "name": "remember",
        "title": "Write down why",
        "description": (
            "Write a note into this project for whoever works here next. Call it after a decision, a constraint you learnt, or a"
            " dead end, that the code itself cannot show; not for what you did, nor for what is being done. Name what it rests on"
            " as claims, which must hold now; a note that is refused says why."
        ),
        "inputSchema": {
            "type": "object",
            "properties": {
                "title": {"type": "string", "description": "What it says, in one line."},
                "body": {"type": "string", "description": "Why; for a dead end, what was tried and how it failed."},
                "kind": {"type": "string", "enum": list(map(str, NoteKind)), "default": "decision"},
                "claims": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": (
                        "One fact each, `not` before it denies it: path P; symbol P#NAME; signature P#NAME is TEXT; constant P#NAME is"
                        ' VALUE; calls P#A -> P#B; inherits P#A -> P#B; imports P -> P; text P has "WORDS".'
                    ),
                },
                "evidence": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "Verbatim words and where they stand: QUOTE @ src/app.py:10-12, or QUOTE @ commit HEX.",
                },
                "supersedes": {"type": "array", "items": {"type": "string"}, "description": "Ids of notes it takes the place of."},
                "root": ROOT,
            },
            "required": ["title", "body"],
        },
        "annotations": {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False, "openWorldHint": False},
    },
)
"""The tools. Those with `_meta` are in an agent's context from the start; of the others it has the names until it looks one up."""

MAP, STATUS = "memoryd://map", "memoryd://status"
RESOURCES: tuple[dict[str, Any], ...] = (
    {
        "uri": MAP,
        "name": "map",
        "title": "Map of the project",
        "description": "Entry points, public interface, central types, folders and what they are for.",
        "mimeType": "text/plain",
    },
    {
        "uri": STATUS,
        "name": "status",
        "title": "State of the index",
        "description": "What is indexed, what is not and why, and whether the index is fresh.",
        "mimeType": "text/plain",
    },
)
