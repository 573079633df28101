"""The tools and resources that agents see: their names, descriptions and parameters.

Shared by the stdio bridge and by streamable HTTP, so that an agent sees the same through both. Standard library only, because
the bridge must start at once.
"""

from typing import Any

from memoryd.advice import RENAMED_TOOLS
from memoryd.limits import DEFAULT_BUDGET, MOST_TOOL_BUDGET
from memoryd.notekinds import NoteKind
from memoryd.questions import Relation

SERVER = "memoryd"
SEARCH_CODE, SHOW_CODE, TRACE_CODE = "search_code", "show_code", "trace_code"
HISTORY = "history"
"""What `trace_code` tells besides relations: the commits that changed a definition."""
SEARCH_NOTES, WRITE_NOTE = "search_notes", "write_note"
ALIASES = {old: new for old, new in RENAMED_TOOLS.items() if new != WRITE_NOTE}
"""The tools that read, by the names that they had: still callable, for instructions that name them, and not listed.

Not the one that writes: a client that keeps `write_note` from an agent knows of no other name for it.
"""
INSTRUCTIONS = (
    f"`{SEARCH_CODE}`: find code by task, question, name, error. `{SHOW_CODE}`: whole symbols, files, lines. `{TRACE_CODE}`: who calls it,"
    f" what breaks, which tests. `{SEARCH_NOTES}`: why code is so; before you change it. `{WRITE_NOTE}`: keep a reason."
)
"""The server's instructions to agents, at most 250 characters: Codex shows no more."""

# Most clients put every tool into every context, so each token of a definition is paid in each session: together they have at most
# `MOST_DEFINED`, and what most calls do not need (`root` of the others, `tour`, `evidence`) is taken without being listed.
TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
READS = {"readOnlyHint": True, "openWorldHint": False}
LOADED = {"anthropic/alwaysLoad": True}
"""Has Claude Code load a tool from the start, where `alwaysLoad` does not do so for the whole server, as in the entry of `install`."""

# A title is no part of a definition, so it costs no tokens; but Codex, which shows no tool before it is looked for, finds tools by the
# words of titles and descriptions (a name is one word for it): titles have those that models look for.
TOOLS: tuple[dict[str, Any], ...] = (
    {
        "name": SEARCH_CODE,
        "title": "Search the codebase to find, explore and understand source code",
        "description": (
            "Find code, tests, configuration and docs for a task or question, with lines, as on disk now, and handles of the rest."
            " For when you do not know where something is or how it works; a path you know, read yourself."
        ),
        "inputSchema": {
            "type": "object",
            "properties": {
                "task": {**TEXT, "description": "In full, with errors, traces."},
                "since": {**TEXT, "description": "Review since"},
                "budget": {"type": "integer", "description": f"Tokens, up to {MOST_TOOL_BUDGET}.", "default": DEFAULT_BUDGET},
                "root": {**TEXT, "description": "Another project."},
            },
            "required": ["task"],
        },
        "annotations": READS,
        "_meta": LOADED,
    },
    {
        "name": SHOW_CODE,
        "title": "Show the source of a symbol, function or class, or lines of a file",
        "description": f"Show symbols, files or lines whole: what {SEARCH_CODE} left out or shortened.",
        "inputSchema": {
            "type": "object",
            "properties": {"handles": {**TEXTS, "description": "app.py#App.run, app.py:10-40"}},
            "required": ["handles"],
        },
        "annotations": READS,
        "_meta": LOADED,
    },
    {
        "name": TRACE_CODE,
        "title": "Find references and usages: callers, call graph, dependencies, impact analysis, affected tests",
        "description": ("Who uses a symbol, what a change may break, which tests reach it, how sure. Before you change or remove code."),
        "inputSchema": {
            "type": "object",
            "properties": {
                "relation": {**TEXT, "enum": [*map(str, Relation), HISTORY]},
                "handles": {**TEXTS, "description": "app.py#App.run; path: two; cycles, areas, dead: none"},
            },
            "required": ["relation"],
        },
        "annotations": READS,
        "_meta": LOADED,
    },
    {
        "name": SEARCH_NOTES,
        "title": "Recall project notes on past decisions, design and architecture",
        "description": (
            "Find notes on why code is so: decisions, constraints, failed attempts, checked against it now. Call it before you decide"
            " (`task`) or change files (`about`)."
        ),
        "inputSchema": {"type": "object", "properties": {"task": TEXT, "about": TEXTS}},
        "annotations": READS,
        "_meta": LOADED,
    },
    {
        "name": WRITE_NOTE,
        "title": "Remember this and save or record it as a note in the project memory",
        "description": (
            "Note why something is so, where code cannot show it: a decision, a constraint, a failed attempt. A refusal says what to mend."
        ),
        "inputSchema": {
            "type": "object",
            "properties": {
                "title": TEXT,
                "body": TEXT,
                "kind": {**TEXT, "enum": list(map(str, NoteKind))},
                "claims": {
                    **TEXTS,
                    "description": "symbol a.py#A.run; constant a.py#N is 3; calls a.py#f -> b.py#g; not path c.py",
                },
                "supersedes": TEXTS,
            },
            "required": ["title", "body"],
        },
        "annotations": {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False, "openWorldHint": False},
        "_meta": LOADED,
    },
)

MAP, TOUR, STATUS = "memoryd://map", "memoryd://tour", "memoryd://status"
RESOURCES: tuple[dict[str, Any], ...] = (
    {
        "uri": MAP,
        "name": "map",
        "title": "Map of the project",
        "description": "Entry points, public interface, central types, folders and what they are for.",
        "mimeType": "text/plain",
    },
    {
        "uri": TOUR,
        "name": "tour",
        "title": "Tour of the project",
        "description": "How it works: entry points, the way of a request through the main parts.",
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
