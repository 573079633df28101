"""The limits of requests and notes: one table for every face. Imports nothing, since the MCP bridge must start fast."""

DEFAULT_BUDGET, MOST_BUDGET = 4_000, 1_000_000
"""Tokens of a pack: by default, and at most."""
MOST_TOOL_BUDGET = 14_000
"""Tokens of a pack that an agent's tool call gets: clients hardly ever show more of a result."""
MOST_DEFINED = 580
"""Tokens of the definitions of all tools (name, description, parameters), at most: 450 without that of relations, which saves greps."""
MAP_BUDGET = 2_000
"""Tokens of a map by default."""
RELATIONS_BUDGET = 1_500
"""Tokens of an answer about relations, by default."""
TOUR_BUDGET = 1_500
"""Tokens of a tour, at most."""
DEFAULT_HITS, MOST_HITS = 10, 1_000
"""Hits of a search: by default, and at most."""
DEFAULT_PAGE, MOST_PAGE = 50, 500
"""Entries of one page of a list: by default, and at most."""

LONGEST_TASK = 200_000
"""Characters of a task, and of a note's body in a request: room for a long log, within the limit on the bytes of a request."""
TASK_READ = 40_000
"""Characters of a task that are read, from its start; the rest of a pasted log repeats itself."""
MOST_HANDLES = 100
"""Handles that one request may show."""
MOST_ITEMS, LONGEST_ITEM = 100, 4_096
"""Entries of each list in a note or a recall; characters of an entry, and of a title or a handle."""

DEFAULT_NOTES, MOST_NOTES = 8, 100
"""Notes of a recall: by default, and at most."""
NOTE_BYTES = 64 * 1024
"""Bytes of a note's file."""
NOTE_TITLE, NOTE_BODY, NOTE_QUOTE, NOTE_TAG = 160, 32_000, 4_000, 40
"""Characters of the title, the body, a quote and a tag of a note that is admitted."""
NOTE_CLAIMS, NOTE_EVIDENCE, NOTE_TAGS = 40, 20, 20
"""Claims, pieces of evidence and tags of a note that is admitted."""
